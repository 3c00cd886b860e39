"""`collector doctor` on places that cannot keep a profile: it tells before `collect` does, and leaves nothing there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from collector.sandbox import Sandbox

from .conftest import Command

MAKE_WRITABLE = "Fix: Give yourself the right to write there, or choose another folder with ZOOM_HOME.\n"


@pytest.fixture(autouse=True)
def _token_that_is_not_kept(zoom: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOOM_ACCESS_TOKEN", zoom.issue_token())


def files_failure(text: str) -> str:
    """The line about the files that failed, and the line after it."""
    lines = text.splitlines(keepends=True)
    (first,) = (number for number, line in enumerate(lines) if line.startswith("failure  files: "))
    return "".join(lines[first : first + 2])


@pytest.mark.parametrize("place", ["home", "home/default", "home/above/home"])
def test_a_file_where_a_folder_should_be(
    collector: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    file, home = tmp_path / "home", tmp_path / place
    if place == "home/default":
        file, home = tmp_path / place, tmp_path / "home"
        home.mkdir()
    file.write_text("mine")
    monkeypatch.setenv("ZOOM_HOME", str(home))
    outcome = collector("doctor")
    assert outcome.code == 1
    assert f"{file} is not a folder\n" in files_failure(outcome.out)
    assert f"Fix: Move {file} aside, or choose another folder with ZOOM_HOME.\n" in files_failure(outcome.out)
    assert file.read_text() == "mine"
    assert collector("collect").code == 1


def test_a_link_to_nowhere(collector: Command, tmp_path: Path) -> None:
    (tmp_path / "home").symlink_to(tmp_path / "gone")
    outcome = collector("doctor")
    assert outcome.code == 1
    assert f"{tmp_path / 'home'} is not a folder\n" in files_failure(outcome.out)


@pytest.mark.parametrize("place", [".", "home"])
def test_a_place_that_is_read_only(
    collector: Command, tmp_path: Path, read_only: Callable[[Path], None], place: str
) -> None:
    above = tmp_path / place
    above.mkdir(exist_ok=True)
    read_only(above)
    before = sorted(tmp_path.rglob("*"))
    outcome = collector("doctor")
    assert outcome.code == 1
    folder = tmp_path / "home" / "default"
    assert files_failure(outcome.out) == (
        f"failure  files: {folder} cannot be created: nothing can be written to {above}\n         {MAKE_WRITABLE}"
    )
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (".", "nothing can be written to {path}"),
        ("graph.db", "{path} cannot be opened for writing"),
        ("collect.lock", "{path} cannot be opened for writing"),
    ],
)
def test_a_profile_that_is_read_only(
    collector: Command, tmp_path: Path, read_only: Callable[[Path], None], name: str, message: str
) -> None:
    assert collector("collect").code == 0
    path = tmp_path / "home" / "default" / name
    before = sorted(tmp_path.rglob("*"))
    read_only(path)
    outcome = collector("doctor")
    assert outcome.code == 1
    assert files_failure(outcome.out) == f"failure  files: {message.format(path=path)}\n         {MAKE_WRITABLE}"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_store_that_cannot_be_used(collector: Command, tmp_path: Path) -> None:
    store = tmp_path / "home" / "default" / "graph.db"
    assert collector("collect").code == 0
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA user_version = 99")
    outcome = collector("doctor")
    assert outcome.code == 2
    assert f"failure  files: The store {store} was written by a newer version" in outcome.out

    store.write_bytes(b"something else " * 1000)
    outcome = collector("doctor")
    assert outcome.code == 1
    assert f"failure  files: The store {store} is damaged or not a SQLite file." in outcome.out
    assert "Fix: Move it aside with `mv " in files_failure(outcome.out)


def test_a_home_that_will_be_made(collector: Command, tmp_path: Path) -> None:
    outcome = collector("doctor")
    assert outcome.code == 0
    assert f"ok       files: {tmp_path / 'home' / 'default'} will be created by the first run\n" in outcome.out
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("mode", "warns"), [(0o644, True), (0o640, True), (0o604, True), (0o600, False), (0o400, False)]
)
@pytest.mark.parametrize("name", ["ZOOM_CLIENT_SECRET", "ZOOM_ACCESS_TOKEN", "JUPITERONE_API_KEY"])
def test_a_dotenv_with_a_secret_that_others_may_read(
    collector: Command, work: Path, mode: int, warns: bool, name: str
) -> None:
    dotenv = work / ".env"
    dotenv.write_text(f"{name}=CANARY\n")
    dotenv.chmod(mode)
    out = collector("doctor").out
    warned = (
        f"warning  files: {dotenv} can be read by others (mode {mode:o}) and holds {name}\n"
        f"         Fix: chmod 600 {dotenv}\n"
    )
    assert (warned in out) == warns
    assert (f"ok       files: {dotenv} is private" in out) != warns
    assert "CANARY" not in out


@pytest.mark.parametrize("content", ["ZOOM_PLAN=business\n", "ZOOM_CLIENT_SECRET=\n", ""])
def test_a_dotenv_without_a_secret_may_be_read_by_everybody(collector: Command, work: Path, content: str) -> None:
    (work / ".env").write_text(content)
    (work / ".env").chmod(0o644)
    assert ".env" not in collector("doctor").out
