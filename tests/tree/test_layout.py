"""The files of the tree: names, content, modes; equal graphs give equal files."""

from __future__ import annotations

import os
import stat
import tracemalloc
import uuid
from pathlib import Path

import pytest

from collector.errors import UsageError
from collector.store import ROW, Store
from collector.tree import TreeReport, write_tree

from .graph import ACCOUNT, HAS_USER, assert_whole, collect, content, graph_keys


def files(tree: Path) -> list[str]:
    """Every file and link with `<uuid>` for what is a version 4 UUID."""
    return sorted(str(path.relative_to(tree).parent / nameless(path)) for path in tree.rglob("*") if not path.is_dir())


def nameless(path: Path) -> str:
    try:
        return "<uuid>.json" if uuid.UUID(path.stem).version == 4 else path.name
    except ValueError:
        return path.name


def test_the_tree(store: Store, folder: Path) -> None:
    assert write_tree(store, folder) == TreeReport(folder, entities=3, relationships=2)
    assert files(folder) == [
        "graph/build-account-and-user-relationship/relationships/<uuid>.json",
        "graph/fetch-account/entities/<uuid>.json",
        "graph/fetch-users/entities/<uuid>.json",
        "index/entities/zoom_account/<uuid>.json",
        "index/entities/zoom_user/<uuid>.json",
        "index/relationships/zoom_account_has_user/<uuid>.json",
        "summary.json",
    ]
    assert_whole(folder)


def test_entities_and_relationships(store: Store, folder: Path) -> None:
    write_tree(store, folder)
    (users,) = (folder / "index" / "entities" / "zoom_user").iterdir()
    assert users.is_symlink()
    assert users.readlink() == folder / "graph" / "fetch-users" / "entities" / users.name
    assert content(users) == {
        "entities": [
            {
                "_key": "zoom_user:ada",
                "_type": "zoom_user",
                "_class": ["User"],
                "displayName": "Ada",
                "tag.AccountName": "acme",
            },
            {
                "_key": "zoom_user:bob",
                "_type": "zoom_user",
                "_class": ["User"],
                "displayName": "Bob",
                "tag.AccountName": "acme",
            },
        ]
    }
    (relationships,) = (folder / "index" / "relationships" / "zoom_account_has_user").iterdir()
    assert content(relationships)["relationships"][0] == {
        "_key": "zoom_account:acme|has|zoom_user:ada",
        "_type": "zoom_account_has_user",
        "_class": "HAS",
        "_fromEntityKey": "zoom_account:acme",
        "_toEntityKey": "zoom_user:ada",
        "displayName": "HAS",
    }


def test_only_relationships_between_what_is_in_the_tree(store: Store, folder: Path) -> None:
    run = store.begin(1000, {})
    run.put_relationship(HAS_USER.between(ACCOUNT, "zoom_user:unheard-of"))
    run.commit()
    assert write_tree(store, folder).relationships == 2
    assert "zoom_account:acme|has|zoom_user:unheard-of" not in graph_keys(folder)


def test_a_type_no_step_declares_is_written(store: Store, folder: Path) -> None:
    run = store.begin(1000, {})
    run.put("zoom_room:1", ROW, {"_type": "zoom_room", "_class": ["Room"]}, 1000)
    run.finish(2000, 0, [], [], [])
    write_tree(store, folder)
    assert "zoom_room:1" in graph_keys(folder)
    assert (folder / "graph" / "zoom_room" / "entities").is_dir()


def test_500_objects_a_file_and_flat_memory(store: Store, folder: Path) -> None:
    collect(store, *(f"User{number:04}" for number in range(1201)))
    write_tree(store, folder)
    sizes = [len(content(file)["entities"]) for file in (folder / "graph" / "fetch-users").rglob("*.json")]
    assert sorted(sizes) == [201, 500, 500]
    assert len(graph_keys(folder)) == 1 + 1201 + 1201

    def peak(*names: str) -> int:
        collect(store, *names)
        tracemalloc.start()
        write_tree(store, folder)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak_bytes

    thousand = peak(*(f"User{number:04}" for number in range(1000)))
    three_thousand = peak(*(f"User{number:04}" for number in range(3000)))
    assert three_thousand < thousand * 1.2


def test_equal_graphs_give_equal_files(store: Store, folder: Path) -> None:
    def graph_files() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in (folder / "graph").rglob("*.json")}

    write_tree(store, folder)
    first = graph_files()
    collect(store, "Bob", "Ada")
    write_tree(store, folder)
    assert graph_files() == first


def test_everything_is_private_whatever_the_umask(store: Store, folder: Path) -> None:
    before = os.umask(0)
    try:
        write_tree(store, folder)
    finally:
        os.umask(before)
    paths = [folder, *(path for path in folder.rglob("*") if not path.is_symlink())]
    assert {(path.is_dir(), oct(stat.S_IMODE(path.stat().st_mode))) for path in paths} == {
        (True, "0o700"),
        (False, "0o600"),
    }


def test_before_the_first_run_there_is_nothing_to_write(tmp_path: Path, folder: Path) -> None:
    with Store.open(tmp_path / "graph.db") as store, pytest.raises(UsageError, match="No run has finished yet"):
        write_tree(store, folder)
    assert not folder.exists()


def test_a_relative_folder_gets_absolute_links(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "here").symlink_to("real")
    monkeypatch.chdir(tmp_path / "here")
    report = write_tree(store, Path(".j1-integration"))
    assert report.path == tmp_path / "real" / ".j1-integration"
    assert_whole(report.path)
