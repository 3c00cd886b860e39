"""A store where nothing can be written says so, and is left as it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.errors import CollectionFailed, UsageError
from collector.store import Store


@pytest.mark.parametrize("name", [".", "graph.db"])
def test_it_is_told(path: Path, read_only: Callable[[Path], None], name: str) -> None:
    Store.open(path).close()
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    read_only(path.parent / name)
    with pytest.raises(CollectionFailed, match=r"graph\.db cannot be opened: nothing can be written there") as caught:
        Store.open_existing(path)
    assert "Give yourself the right to write" in caught.value.next_step
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


def test_there_is_still_none_where_none_is(path: Path, read_only: Callable[[Path], None]) -> None:
    path.parent.mkdir(parents=True)
    read_only(path.parent)
    with pytest.raises(UsageError, match="Nothing has been collected yet"):
        Store.open_existing(path)


def test_to_open_it_for_writing_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It exists: it is not what could not be created."""
    Store.open(path).close()

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(CollectionFailed, match=r"graph\.db cannot be opened for writing: Permission denied\."):
        Store.open(path)
