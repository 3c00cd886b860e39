"""Where a tree may be written, and what it replaces."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from collector.errors import UsageError
from collector.store import Store
from collector.tree import check_target, swap, write_tree

from .graph import assert_whole, collect, graph_keys

ADA_AND_BOB = {
    "zoom_account:acme",
    "zoom_user:ada",
    "zoom_user:bob",
    "zoom_account:acme|has|zoom_user:ada",
    "zoom_account:acme|has|zoom_user:bob",
}
CYD = {"zoom_account:acme", "zoom_user:cyd", "zoom_account:acme|has|zoom_user:cyd"}


def test_the_new_tree_replaces_the_old_one(store: Store, folder: Path) -> None:
    write_tree(store, folder)
    (folder / "index.html").write_text("from visualize")
    assert graph_keys(folder) == ADA_AND_BOB
    collect(store, "Cyd")
    write_tree(store, folder)
    assert graph_keys(folder) == CYD
    assert_whole(folder)
    assert not (folder / "index.html").exists()
    assert list(folder.parent.iterdir()) == [folder]


def test_an_empty_folder_will_do(store: Store, folder: Path) -> None:
    folder.mkdir(parents=True)
    write_tree(store, folder)
    assert_whole(folder)


def test_a_tree_of_the_sdk_is_replaced(store: Store, folder: Path) -> None:
    (folder / "graph" / "fetch-users").mkdir(parents=True)
    check_target(folder)
    write_tree(store, folder)
    assert_whole(folder)


def test_a_file_is_left_untouched(store: Store, folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("mine")
    with pytest.raises(UsageError, match="it is a file"):
        write_tree(store, folder)
    assert folder.read_text() == "mine"


def test_a_folder_of_something_else_is_left_untouched(store: Store, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "thesis.tex").write_text("mine")
    with pytest.raises(UsageError, match="contains something other"):
        write_tree(store, folder)
    assert [path.name for path in folder.iterdir()] == ["thesis.tex"]
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_is_left_untouched(store: Store, folder: Path, there: bool) -> None:
    elsewhere = folder.parent / "elsewhere"
    (elsewhere if there else folder.parent).mkdir(parents=True)
    folder.symlink_to(elsewhere)
    with pytest.raises(UsageError, match="is a symbolic link"):
        write_tree(store, folder)
    assert folder.is_symlink()


def dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


def test_temporary_trees_are_removed_unless_their_process_is_alive(store: Store, folder: Path) -> None:
    names = {
        "of the dead": f".j1-integration.new-{dead_process()}",
        "of an earlier process with our number": f".j1-integration.new-{os.getpid()}",
        "of the living": f".j1-integration.new-{os.getppid()}",
        "of nobody": ".j1-integration.new-idea",
    }
    for name in names.values():
        (folder.parent / name / "graph").mkdir(parents=True)
    write_tree(store, folder)
    assert {path.name for path in folder.parent.iterdir()} == {
        ".j1-integration",
        names["of the living"],
        names["of nobody"],
    }


@pytest.mark.parametrize("state", ["new", "old"])
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("folder of another user", marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can")),
        "pipe",
        "link",
        "file",
    ],
)
def test_files_planted_by_others_are_ignored(store: Store, folder: Path, state: str, kind: str) -> None:
    precious = folder.parent / "precious"
    (precious / "graph").mkdir(parents=True)
    planted = [folder.with_name(f"{folder.name}.{state}-{number}") for number in (dead_process(), os.getpid())]
    for path in planted:
        if kind == "folder of another user":
            (path / "graph").mkdir(parents=True)
            (path / "summary.json").write_text("{}")
            os.chown(path, 12345, -1)
        elif kind == "pipe":
            os.mkfifo(path)
        elif kind == "link":
            path.symlink_to(precious)
        else:
            path.write_text("")
    write_tree(store, folder)
    write_tree(store, folder)
    assert graph_keys(folder) == ADA_AND_BOB
    assert (precious / "graph").is_dir()
    assert [path for path in planted if not os.path.lexists(path)] == []


def test_the_tree_of_another_user_is_not_written_to(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(store, folder)
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(UsageError, match="belongs to another user"):
        check_target(folder)


def test_a_target_taken_away_by_the_dead_is_put_back(store: Store, folder: Path) -> None:
    write_tree(store, folder)
    folder.rename(folder.with_name(f"{folder.name}.old-{dead_process()}"))
    swap.clean_up_stale_folders(folder)
    assert graph_keys(folder) == ADA_AND_BOB


def test_the_replaced_tree_is_deleted(store: Store, folder: Path) -> None:
    write_tree(store, folder)
    left = folder.with_name(f"{folder.name}.old-{dead_process()}")
    left.mkdir()
    swap.clean_up_stale_folders(folder)
    assert not left.exists()
    assert graph_keys(folder) == ADA_AND_BOB
