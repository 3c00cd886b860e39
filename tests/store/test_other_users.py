"""A profile folder that others could write to, or that belongs to another user."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.errors import CollectionFailed
from collector.settings.profile import Profile, alerts_lock, collect_lock, upload_lock
from collector.store import Store

from .graph import collect

NAMES = ["graph.db", "graph.db-wal", "graph.db-shm", "graph.db-journal"]
only_root_can = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")


def give_away(path: Path) -> None:
    os.chown(path, 12345, -1)


def plant(path: Path, kind: str) -> None:
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        elsewhere = path.parent.parent / "elsewhere"
        elsewhere.write_bytes(b"")
        path.symlink_to(elsewhere)
    else:
        path.write_bytes(b"")
        give_away(path)


LOCKS = [(collect_lock, "collect.lock"), (upload_lock, "sync.lock"), (alerts_lock, "alerts.lock")]
KINDS = ["pipe", "link", pytest.param("of another user", marks=only_root_can)]


@pytest.mark.parametrize("opened", [Store.open, Store.open_existing])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_planted_files_are_not_opened(path: Path, opened: Callable[[Path], Store], name: str, kind: str) -> None:
    Store.open(path).close()
    plant(path.with_name(name), kind)
    with pytest.raises(CollectionFailed) as raised:
        opened(path)
    reason = "belongs to another user" if kind == "of another user" else "is not a regular file"
    assert f": {name} {reason}." in raised.value.message


@only_root_can
@pytest.mark.parametrize("opened", [Store.open, Store.open_existing])
def test_the_folder_of_another_user(path: Path, opened: Callable[[Path], Store]) -> None:
    Store.open(path).close()
    give_away(path.parent)
    with pytest.raises(CollectionFailed, match=f": {path.parent.name} belongs to another user"):
        opened(path)


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o666, 0o604])
def test_permissions_of_others_are_removed(path: Path, mode: int, caplog: pytest.LogCaptureFixture) -> None:
    with Store.open(path) as store:
        collect(store, "Ada")
    path.chmod(mode)
    path.parent.chmod(0o777)
    with Store.open_existing(path) as store:
        assert store.count("zoom_user") == 1
    assert [stat.S_IMODE(destination.stat().st_mode) for destination in (path, path.parent)] == [0o600, 0o700]
    assert f"{path} was accessible to other users" in caplog.text


@pytest.mark.parametrize(("hold", "name"), LOCKS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_lock(tmp_path: Path, hold: Callable[..., object], name: str, kind: str) -> None:
    profile = Profile("acme", tmp_path / "home" / "acme")
    profile.folder.mkdir(parents=True)
    plant(profile.folder / name, kind)
    with pytest.raises(CollectionFailed, match="cannot be locked"), hold(profile):  # type: ignore[attr-defined]
        pytest.fail("it was locked")
