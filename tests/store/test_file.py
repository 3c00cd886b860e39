"""graph.db as a file: always private, bound to one account, and untouched if it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.errors import CollectionFailed, NewerVersion, OtherAccount, ProfileBusy, UsageError
from collector.store import ROW, Store, database, schema

from .graph import ADA, BOB, CYD, begin, collect, keys, user


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


@pytest.mark.usefixtures("no_umask")
def test_everything_is_private_whatever_the_umask(path: Path) -> None:
    with Store.open(path) as store:
        begin(store).put(ADA, ROW, user("Ada"), 1000)
        modes = {file.name: mode(file) for file in path.parent.iterdir()}
    assert modes == {"graph.db": "0o600", "graph.db-wal": "0o600", "graph.db-shm": "0o600"}
    assert mode(path.parent) == "0o700"
    assert mode(path.parent.parent) == "0o700"


@pytest.mark.usefixtures("no_umask")
def test_the_file_is_private_before_anything_is_in_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(file: Path, **_: object) -> sqlite3.Connection:
        assert mode(file) == "0o600"
        raise sqlite3.OperationalError("stop here")

    monkeypatch.setattr(sqlite3, "connect", connect)
    with pytest.raises(CollectionFailed):
        Store.open(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CollectionFailed, match=r"cannot be created: Not a directory"):
        Store.open(tmp_path / "file" / "graph.db")


def test_what_was_written_is_there_when_opened_again(path: Path) -> None:
    with Store.open(path) as store:
        collect(store, "Ada", "Bob")
    with Store.open_existing(path) as store:
        assert keys(store) == ["zoom_user:ada", "zoom_user:bob"]


def test_reading_before_the_first_collect_says_what_to_do(path: Path) -> None:
    with pytest.raises(UsageError, match="Nothing has been collected yet") as caught:
        Store.open_existing(path)
    assert "collector collect" in caught.value.next_step
    assert not path.exists()


def test_a_store_keeps_to_its_account(path: Path) -> None:
    with Store.open(path) as store:
        assert store.account_id is None
        store.bind("acme")
        store.bind("acme")
    with Store.open(path) as store:
        assert store.account_id == "acme"
        with pytest.raises(OtherAccount, match=r"holds the Zoom account acme, .* belongs to other") as caught:
            store.bind("other")
        assert store.account_id == "acme"
    assert "--profile NAME" in caught.value.next_step


def test_a_newer_store_is_left_untouched(path: Path) -> None:
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerVersion, match="schema 99"):
        Store.open(path)
    assert path.read_bytes() == before


def test_an_older_store_is_brought_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(path) as store:
        collect(store, "Ada")
    later = (*schema.MIGRATIONS, ("CREATE TABLE work (id INTEGER PRIMARY KEY)",))
    monkeypatch.setattr(database, "MIGRATIONS", later)
    with Store.open(path) as store:
        assert keys(store) == [ADA]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM work").fetchone() == (0,)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(later),)
    connection.close()


def test_a_migration_happens_wholly_or_not_at_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.open(path).close()
    broken = (*schema.MIGRATIONS, ("CREATE TABLE work (id INTEGER PRIMARY KEY)", "NOT SQL"))
    monkeypatch.setattr(database, "MIGRATIONS", broken)
    with pytest.raises(CollectionFailed):
        Store.open(path)
    monkeypatch.undo()
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'work'").fetchall() == []
    connection.close()


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough " * 40, b"SQLite format 3\0" + b"x" * 4080]
)
def test_a_damaged_file_is_left_as_it_is(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(CollectionFailed, match="damaged or not a SQLite file") as caught:
        Store.open(path)
    assert caught.value.next_step.startswith(f"Move it aside with `mv {path} {path}.damaged`")
    assert path.read_bytes() == content


def test_damage_found_while_reading(path: Path) -> None:
    with Store.open(path) as store:
        collect(store, *(f"user{number:04}" for number in range(2000)))
    content = bytearray(path.read_bytes())
    for page in range(20 * 4096, len(content), 4096):
        content[page : page + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with Store.open(path) as store, pytest.raises(CollectionFailed, match="is damaged"):
        keys(store)


def test_the_database_of_another_program_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE song (title TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(CollectionFailed, match="holds tables of another program"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_full_disk_keeps_what_was_committed(path: Path) -> None:
    with Store.open(path) as store:
        run = begin(store)
        run.put(ADA, ROW, user("Ada"), 1000)
        run.commit()
        pages = store._database.value("PRAGMA page_count")
        store._database.execute(f"PRAGMA max_page_count = {pages + 2}")
        run.put(BOB, ROW, user("Bob"), 1000)
        with pytest.raises(CollectionFailed, match="The disk is full"):
            run.put(CYD, ROW, user("Cyd", dept="x" * 100_000), 1000)
        run.commit()
        assert keys(store) == [ADA]


def test_an_interrupted_change_is_rolled_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C between ending a part and writing the new one must not lose the part."""
    collect(store, "Ada")
    run = begin(store)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "_begin_part", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run.put(ADA, ROW, user("Ada", dept="Engines"), 2000)
    run.commit()
    assert keys(store) == [ADA]


def test_a_read_only_file_is_named(path: Path) -> None:
    with Store.open(path) as store:
        run = begin(store)
        store._database.execute("PRAGMA query_only = ON")
        with pytest.raises(CollectionFailed, match="cannot be written"):
            run.put(ADA, ROW, user("Ada"), 1000)


def test_two_writers_do_not_mix(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.0)
    with Store.open(path) as one, Store.open(path) as other:
        run = begin(one)
        run.put(ADA, ROW, user("Ada"), 1000)
        with pytest.raises(ProfileBusy, match="Another process is writing"):
            begin(other)
        run.commit()
        assert keys(other) == [ADA]
