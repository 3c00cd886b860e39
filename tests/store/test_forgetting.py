"""Forgetting erases every byte, atomically, and changes nothing else."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.errors import CollectionFailed, ProfileBusy, UsageError
from collector.model.coverage import Coverage, Status
from collector.model.graph import Properties
from collector.store import ROW, Store, database, forgetting
from collector.store.database import Database
from collector.store.forgetting import Forgotten, Person, forget

from .graph import ACCOUNT, ADA, BOB, GROUP_HAS_USER, HAS_USER, account, begin, collect, finish, keys, user
from .histories import HISTORIES, RELATIONSHIPS, TYPES, MadeUpRun, milliseconds, write

DAY = 86_400_000


def person(email: str) -> Person:
    return Person("zoom_user", email, f"zoom_user:pending:{email.lower()}")


def reached_at(name: str, email: str, **properties: str) -> Properties:
    return user(name, email=[email], **properties)


def collect_on(store: Store, day: int, people: Mapping[str, Properties], exit_code: int = 0) -> int:
    """A complete run that ends on this day and finds only these people, in the group; its number."""
    run = store.begin(day * DAY - 1000, {})
    run.put(ACCOUNT, ROW, account(), day * DAY)
    for key, row in people.items():
        run.put(key, ROW, row, day * DAY)
        run.put(key, "settings", {"waitingRoom": True}, day * DAY)
        run.put_relationship(HAS_USER.between(ACCOUNT, key))
        run.put_relationship(GROUP_HAS_USER.between("zoom_group:engineers", key))
    for key in run.missing_keys("zoom_user"):
        run.remove(key)
    for tie in (HAS_USER, GROUP_HAS_USER):
        run.remove_missing_relationships(tie.type)
    run.finish(day * DAY, exit_code, [], [], [])
    store.conclude()
    return run.id


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def bytes_of(path: Path) -> bytes:
    """All bytes in the store's folder: the file, its journal and the journal's index."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))


def assert_sound(path: Path) -> None:
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []
    assert rows(path, "SELECT name FROM meta WHERE name <> 'account_id'") == []
    assert rows(path, "SELECT 1 FROM document WHERE id NOT IN (SELECT document FROM part)") == []
    assert rows(path, "SELECT 1 FROM part WHERE to_run <= from_run") == []


@pytest.mark.parametrize(
    ("stored", "given"),
    [
        ("Zo\u00eb@example.com", "zoe\u0308@example.com"),
        ("zoe\u0308@example.com", "ZO\u00cb@EXAMPLE.COM"),
        ("Größe@example.com", "GRÖSSE@example.com"),
        ("ΣΟΦΟΣ@example.com", "σοφος@example.com"),
    ],
)
def test_a_person_is_found_by_the_address_in_any_case_and_form(store: Store, stored: str, given: str) -> None:
    run = collect_on(store, 1, {ADA: reached_at("Zoë", stored), BOB: reached_at("Bob", "bob@example.com")})
    assert run
    path = store._database.path
    store.close()
    assert forget(path, person=person(given)).people == 1
    assert [key for (key,) in rows(path, "SELECT key FROM entity WHERE key LIKE 'zoom_user:%'")] == [BOB]
    with pytest.raises(UsageError):
        forget(path, person=person(given))


@pytest.mark.parametrize("others", [["bob"], []], ids=["a list of its own", "as an earlier list was"])
def test_a_person_is_taken_out_of_the_lists_of_others(path: Path, others: list[str]) -> None:
    """Of those who may bypass single sign-on the account's document holds the ids."""
    with Store.open(path) as store:
        for day, bypassing in ((1, []), (2, ["ada", *others])):
            run = store.begin(day * DAY - 1000, {})
            run.put(ACCOUNT, ROW, account(), day * DAY)
            run.put(ACCOUNT, "account_security", {"bypass": bypassing, "length": 8}, day * DAY)
            run.put(ADA, ROW, reached_at("Ada", "ada@example.com", id="ada"), day * DAY)
            finish(run)
    forget(path, person=person("ada@example.com"))
    with Store.open_existing(path) as store:
        (remaining,) = store.entities("zoom_account")
        assert (remaining["bypass"], remaining["length"]) == (others, 8)
    assert b'"ada"' not in bytes_of(path)
    assert_sound(path)


def graph(store: Store, run: int | None) -> list[object]:
    return [
        *([list(store.entities(type_, run)) for type_ in TYPES]),
        *([list(store.relationships(tie.type, run)) for tie in RELATIONSHIPS]),
    ]


class TestHistory:
    def test_ended_facts_are_removed_and_current_ones_kept(self, path: Path) -> None:
        with Store.open(path) as store:
            collect_on(store, 1, {ADA: user("Ada", dept="old"), BOB: user("Bob")})
            collect_on(store, 2, {ADA: user("Ada", dept="new")})
            newest = collect_on(store, 3, {ADA: user("Ada", dept="new")})
        assert forget(path, before=3 * DAY) == Forgotten(runs=2, ceased_facts=5)
        with Store.open_existing(path) as store:
            assert [run.id for run in store.finished_runs()] == [newest]
            (ada,) = store.entities("zoom_user", newest)
            assert ada["dept"] == "new"
            assert [(part.part, part.read_at, part.from_run) for part in store.parts(ADA)] == [
                ("row", 3 * DAY, newest),
                ("settings", 3 * DAY, newest),
            ]
        assert rows(path, "SELECT key FROM entity ORDER BY key") == [(ACCOUNT,), ("zoom_group:engineers",), (ADA,)]
        assert_sound(path)

    def test_it_can_be_said_twice(self, path: Path) -> None:
        with Store.open(path) as store:
            for day in (1, 2, 3):
                collect_on(store, day, {ADA: user("Ada", dept=str(day))})
        assert forget(path, before=3 * DAY).runs == 2
        before = rows(path, "SELECT * FROM part"), rows(path, "SELECT * FROM run")
        assert forget(path, before=3 * DAY) == Forgotten()
        assert (rows(path, "SELECT * FROM part"), rows(path, "SELECT * FROM run")) == before

    def test_the_results_of_forgotten_runs_go_with_them(self, path: Path) -> None:
        with Store.open(path) as store:
            for day in (1, 2):
                run = store.begin(day * DAY, {})
                denied = Coverage("fetch-users", f"day {day}", Status.DENIED, is_list=True)
                run.finish(day * DAY, 3, [], [denied], [])
                store.conclude()
        forget(path, before=2 * DAY)
        assert rows(path, "SELECT reading FROM coverage") == [("day 2",)]

    def test_the_file_gets_smaller(self, path: Path) -> None:
        with Store.open(path) as store:
            collect_on(store, 1, {f"zoom_user:{n}": user(str(n), about="x" * 500) for n in range(1000)})
            collect_on(store, 2, {})
        before = path.stat().st_size
        forget(path, before=2 * DAY)
        assert path.stat().st_size < before / 4

    @given(history=HISTORIES, hour=st.integers(0, 45), chance=st.integers(0, 2**16))
    @settings(max_examples=80, deadline=None, derandomize=True, database=None)
    def test_every_kept_run_shows_what_it_showed(self, history: list[MadeUpRun], hour: int, chance: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path, untouched = Path(folder) / "graph.db", Path(folder) / "untouched.db"
            with Store.open(path) as store:
                write(store, history)
            shutil.copy(path, untouched)
            forget(path, before=milliseconds(hour))
            next_one = MadeUpRun(chance, 0, history[-1].hour + 1, fresh=False)
            with Store.open_existing(path) as store, Store.open_existing(untouched) as original:
                kept = [run.id for run in store.finished_runs()]
                newest = [run.id for run in original.finished_runs()][:1]
                assert kept[:1] == newest
                for run in (*kept, None):
                    assert graph(store, run) == graph(original, run)
                # an interrupted session resumes as if nothing had been forgotten
                for one in (store, original):
                    write(one, [next_one])
                assert graph(store, None) == graph(original, None)
            assert_sound(path)


class TestPerson:
    @pytest.fixture
    def kept(self, path: Path) -> Path:
        """Over three runs Ada Byron was renamed, Bob was deleted, and Pia is invited."""
        ada, bob = reached_at("Ada", "ada@example.com", last="Byron"), reached_at("Bob", "bob@example.com")
        pia = "zoom_user:pending:pia@example.com"
        with Store.open(path) as store:
            collect_on(store, 1, {ADA: ada, BOB: bob, pia: reached_at("Pia", "pia@example.com")})
            collect_on(store, 2, {ADA: {**ada, "last": "Lovelace"}, pia: reached_at("Pia", "pia@example.com")})
            collect_on(store, 3, {ADA: {**ada, "last": "King"}, pia: reached_at("Pia", "pia@example.com")})
        return path

    @pytest.mark.parametrize(
        ("email", "traces"),
        [
            ("ada@example.com", (b"ada@", b":ada", b"Ada", b"Byron", b"Lovelace", b"King")),
            ("BOB@Example.COM", (b"bob", b"Bob")),
            ("pia@example.com", (b"pia", b"Pia", b"pending")),
        ],
    )
    def test_no_byte_of_the_person_stays(self, kept: Path, email: str, traces: tuple[bytes, ...]) -> None:
        assert all(trace in bytes_of(kept) for trace in traces)
        others = "SELECT part.* FROM part JOIN entity ON id = entity WHERE key NOT LIKE ? ORDER BY 1, 2, 6"
        name = f"%{email.lower().partition('@')[0]}%"
        with closing(sqlite3.connect(kept)) as connection:
            before = connection.execute(others, (name,)).fetchall()
        assert forget(kept, person=person(email)).people == 1
        assert [trace for trace in traces if trace in bytes_of(kept)] == []
        with closing(sqlite3.connect(kept)) as connection:
            assert connection.execute(others, (name,)).fetchall() == before
        assert len(rows(kept, "SELECT * FROM run")) == 3
        assert_sound(kept)

    def test_all_of_that_address_go(self, path: Path) -> None:
        """The address was Ada's before she changed it, and is Bob's now."""
        with Store.open(path) as store:
            collect_on(store, 1, {ADA: reached_at("Ada", "first@example.com")})
            collect_on(
                store, 2, {ADA: reached_at("Ada", "ada@example.com"), BOB: reached_at("Bob", "first@example.com")}
            )
        assert forget(path, person=person("first@example.com")).people == 2
        with Store.open_existing(path) as store:
            assert keys(store) == []

    def test_an_address_is_compared_whole(self, kept: Path) -> None:
        before = bytes_of(kept)
        for email in ("a@example.com", "ada@example.co", "%", "ada@example.com' OR 1 --", ""):
            with pytest.raises(UsageError, match="holds no user"):
                forget(kept, person=person(email))
        assert bytes_of(kept) == before

    def test_what_a_run_overwrote_is_erased_too(self, path: Path) -> None:
        """Changes within a run leave no history, but the earlier document stays in the file."""
        with Store.open(path) as store:
            run = begin(store)
            run.put(ADA, ROW, reached_at("Ada", "ada@example.com", last="Secret-Name"), 1000)
            run.commit()
            run.put(ADA, ROW, reached_at("Ada", "ada@example.com"), 1000)
            finish(run)
        assert b"Secret-Name" in bytes_of(path)
        forget(path, person=person("ada@example.com"))
        assert b"Secret-Name" not in bytes_of(path)

    def test_messages_of_zoom_lose_the_address_and_the_id(self, path: Path) -> None:
        quoting = "Zoom answered HTTP 404, code 404: User Ada@Example.com (x-7) of nada@example.com.au does not exist"
        with Store.open(path) as store:
            run = begin(store)
            run.put("zoom_user:x-7", ROW, reached_at("Ada", "ada@example.com"), 1000)
            partial = Coverage("fetch-users", "settings", Status.PARTIAL, is_list=False, reason=quoting)
            run.finish(2000, 3, [], [partial], [])
        forget(path, person=person("ada@example.com"))
        assert rows(path, "SELECT reason FROM coverage") == [
            ("Zoom answered HTTP 404, code 404: User *** (***) of nada@example.com.au does not exist",)
        ]

    def test_an_interrupted_run_resumes_without_the_person(self, path: Path) -> None:
        with Store.open(path) as store:
            run = begin(store)
            run.put(ADA, ROW, reached_at("Ada", "ada@example.com"), 1000)
            run.checkpoints.save("without settings", {}, ADA)
            run.checkpoints.save("without settings", {}, BOB)
            run.commit()
        forget(path, person=person("ada@example.com"))
        with Store.open_existing(path) as store:
            run = store.begin(2000, {}, fresh=False)
            assert run.is_resumed
            assert run.checkpoints.load_all("without settings") == {BOB: {}}

    def test_history_and_a_person_at_once(self, kept: Path) -> None:
        forgotten = forget(kept, before=3 * DAY, person=person("ada@example.com"))
        assert (forgotten.runs, forgotten.people) == (2, 1)
        assert b"ada@" not in bytes_of(kept)
        assert b"bob" not in bytes_of(kept)
        assert_sound(kept)


class TestInterrupted:
    @pytest.fixture
    def kept(self, path: Path) -> Path:
        with Store.open(path) as store:
            for day in (1, 2, 3):
                collect_on(store, day, {ADA: reached_at("Ada", "ada@example.com", dept=str(day)), BOB: user("Bob")})
        return path

    def test_rows_go_together_or_not_at_all(self, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = [rows(kept, f"SELECT * FROM {table}") for table in ("part", "relationship", "run", "entity", "meta")]

        def interrupt(_: Database) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(forgetting, "_forget_unused", interrupt)
        with pytest.raises(KeyboardInterrupt):
            forget(kept, before=3 * DAY, person=person("ada@example.com"))
        assert before == [
            rows(kept, f"SELECT * FROM {table}") for table in ("part", "relationship", "run", "entity", "meta")
        ]

    def test_the_next_call_finishes_a_killed_one(self, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(forgetting, "_purge", lambda _: None)
            forget(kept, person=person("ada@example.com"))
        assert rows(kept, "SELECT name FROM meta") == [("unpurged",)]
        assert forget(kept, person=person("ada@example.com")) == Forgotten()
        assert b"ada@" not in bytes_of(kept)
        assert_sound(kept)
        with pytest.raises(UsageError, match="holds no user"):
            forget(kept, person=person("ada@example.com"))

    def test_a_reader_keeps_the_bytes_in_the_journal(self, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database, "_BUSY_SECONDS", 0.0)
        with closing(sqlite3.connect(kept)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM run").fetchone()
            with pytest.raises(ProfileBusy, match=r"is removed, but its bytes may still be .* is reading the store"):
                forget(kept, person=person("ada@example.com"))
            assert b"ada@example.com" in bytes_of(kept)
        forget(kept, before=0)
        assert b"ada@example.com" not in bytes_of(kept)
        assert_sound(kept)

    def test_a_disk_too_full_to_rewrite_the_file(self, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        execute = Database.execute

        def full(self: Database, statement: str, parameters: database.Parameters = ()) -> sqlite3.Cursor:
            if statement == "VACUUM":
                raise CollectionFailed("The disk is full.", "Free some space and run the command again.")
            return execute(self, statement, parameters)

        with monkeypatch.context() as patched:
            patched.setattr(Database, "execute", full)
            with pytest.raises(
                CollectionFailed, match=r"is removed, but its bytes may still .* The disk is full"
            ) as caught:
                forget(kept, before=3 * DAY)
        assert "run the command again" in caught.value.next_step
        assert forget(kept, before=3 * DAY) == Forgotten()
        assert_sound(kept)

    def test_a_writer_blocks_forgetting(self, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database, "_BUSY_SECONDS", 0.0)
        with Store.open(kept) as store:
            run = begin(store)
            run.put(ADA, ROW, user("Ada"), 1000)
            with pytest.raises(ProfileBusy, match="is writing to the store"):
                forget(kept, before=3 * DAY)
            run.commit()


def test_without_a_store_there_is_nothing_to_forget(path: Path) -> None:
    with pytest.raises(UsageError, match="Nothing has been collected yet"):
        forget(path, before=0)
    assert not path.exists()


def test_tables_it_does_not_know_are_left_alone(path: Path) -> None:
    with Store.open(path) as store:
        for name in ("Ada", "Bob", "Cyd"):
            collect(store, name)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE newer (run INTEGER REFERENCES run (id), answer TEXT)")
        connection.execute("INSERT INTO newer SELECT id, 'accepted' FROM run")
    forget(path, before=2001)
    assert rows(path, "SELECT * FROM newer") == [(1, "accepted"), (2, "accepted"), (3, "accepted")]
