"""A store with a small graph of the latest run, and the folder its tree goes to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.store import Store

from .graph import collect


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "home" / "graph.db") as store:
        collect(store, "Ada", "Bob")
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "work" / ".j1-integration"
