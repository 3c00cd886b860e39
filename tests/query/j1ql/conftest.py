"""A store for one test, and questions about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.model.graph_schema import GraphSchema
from collector.query.j1ql import QueryRequest, ask
from collector.store import Store

from .graphs import SCHEMA

Rows = Callable[..., list[Any]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "default" / "graph.db") as store:
        yield store


@pytest.fixture
def rows(store: Store) -> Rows:
    """Asks the store, and gives the rows."""

    def asked(text: str, schema: GraphSchema = SCHEMA, **choices: Any) -> list[Any]:
        return list(ask(store, schema, QueryRequest(text, **choices), SystemClock()).rows)

    return asked
