"""A store where nothing can be written is read as it is, and nothing is left beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.errors import CollectionFailed, UsageError
from collector.store import Store, database, schema

from .graph import ADA, collect, keys


def files(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


@pytest.mark.parametrize("name", [".", "graph.db"])
def test_it_can_be_read(path: Path, read_only: Callable[[Path], None], name: str) -> None:
    with Store.open(path) as store:
        collect(store, "Ada")
    before = files(path)
    read_only(path.parent / name)
    with Store.open_existing(path) as store:
        assert keys(store) == [ADA]
        assert files(path) == before
    assert files(path) == before


def test_its_folder_may_have_any_name(tmp_path: Path, read_only: Callable[[Path], None]) -> None:
    path = tmp_path / "what? 100% #1 ü" / "graph.db"
    with Store.open(path) as store:
        collect(store, "Ada")
    read_only(path)
    with Store.open_existing(path) as store:
        assert keys(store) == [ADA]


def test_it_cannot_be_written(path: Path, read_only: Callable[[Path], None]) -> None:
    Store.open(path).close()
    before = files(path)
    read_only(path)
    with (
        Store.open_existing(path) as store,
        pytest.raises(CollectionFailed, match=r"cannot be written \(attempt to write a readonly database\)"),
    ):
        store.bind("acme")
    assert files(path) == before


def left_by_a_killed_process(path: Path) -> None:
    """What was written last lies beside the store."""
    with Store.open(path) as store:
        collect(store, "Ada")
        shutil.copytree(path.parent, path.parent.with_name("killed"))
    shutil.rmtree(path.parent)
    path.parent.with_name("killed").rename(path.parent)


def test_what_a_killed_process_left_is_read_too(path: Path, read_only: Callable[[Path], None]) -> None:
    left_by_a_killed_process(path)
    read_only(path.parent)
    with Store.open_existing(path) as store:
        assert keys(store) == [ADA]


def test_why_writing_is_needed_to_read_what_a_killed_process_left(
    path: Path, read_only: Callable[[Path], None]
) -> None:
    left_by_a_killed_process(path)
    path.with_name("graph.db-shm").unlink()
    read_only(path.parent)
    with pytest.raises(CollectionFailed, match=r"it has yet to take in graph\.db-wal, and nothing can be written"):
        Store.open_existing(path)


def test_it_can_be_read_while_another_process_writes(path: Path, read_only: Callable[[Path], None]) -> None:
    with Store.open(path) as writer:
        collect(writer, "Ada")
        read_only(path.parent)
        with Store.open_existing(path) as store:
            assert keys(store) == [ADA]
            collect(writer, "Ada", "Bob")
            assert len(keys(store)) == 2


def test_an_older_one_would_have_to_be_written_to(
    path: Path, read_only: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(path).close()
    before = files(path)
    read_only(path)
    monkeypatch.setattr(database, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE work (id INTEGER)",)))
    with pytest.raises(CollectionFailed, match="written by an older version") as caught:
        Store.open_existing(path)
    assert "Give yourself the right to write" in caught.value.next_step
    assert files(path) == before


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
