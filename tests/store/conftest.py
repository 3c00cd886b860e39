"""A store in a profile folder that does not exist yet, and the graph the tests write into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "zoom-collector" / "default" / "graph.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as store:
        yield store
