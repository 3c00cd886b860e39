"""Removing a tree removes all of it, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from collector.errors import CollectionFailed
from collector.store import Store
from collector.tree import remove_tree, write_tree
from collector.tree.swap import new_folder


def test_temporary_trees_of_killed_processes_are_removed_too(store: Store, folder: Path) -> None:
    write_tree(store, folder)
    (folder / "index.html").write_text("drawn")
    folder.with_name(f"{folder.name}.new-999999999").mkdir()
    (folder.parent / "mine.txt").write_text("mine")
    remove_tree(folder)
    assert [path.name for path in folder.parent.iterdir()] == ["mine.txt"]
    remove_tree(folder)


def test_the_next_removal_finishes_a_killed_one(store: Store, folder: Path) -> None:
    write_tree(store, folder)
    folder.rename(new_folder(folder))
    remove_tree(folder)
    assert list(folder.parent.iterdir()) == []


def test_the_targets_of_links_are_kept(store: Store, folder: Path, tmp_path: Path) -> None:
    write_tree(store, folder)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "mine.txt").write_text("mine")
    (folder / "index" / "link").symlink_to(tmp_path / "elsewhere")
    remove_tree(folder)
    assert (tmp_path / "elsewhere" / "mine.txt").read_text() == "mine"


def test_a_disk_that_does_not_let_it(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, os.strerror(13))

    write_tree(store, folder)
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(CollectionFailed, match="could not be removed: Permission denied") as failure:
        remove_tree(folder)
    assert "or delete it yourself" in failure.value.next_step
    assert (folder / "summary.json").exists()
