"""`collector forget`: what it removes, says and returns; people are searched for in all bytes that are left."""

from __future__ import annotations

import importlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from collector.sandbox import Account
from tests.fakes import NOON, FakeClock

from .conftest import CollectOnce, Command

HOUR = 3600.0


class ManualClock(FakeClock):
    """The one clock of all commands."""

    def stop(self) -> None:
        raise AssertionError("nobody stops these runs")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[ManualClock]:
    """The time of `collect` and `forget`, in a place four hours behind UTC."""
    clock = ManualClock()
    for module in ("collector.cli.collect", "collector.cli.forget"):
        monkeypatch.setattr(importlib.import_module(module), "SystemClock", lambda: clock)
    monkeypatch.setenv("TZ", "UTC+4")
    time.tzset()
    yield clock
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home" / "default"


def holding(folder: Path, text: str) -> set[str]:
    """The names of the files below that hold this text."""
    return {file.name for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()}


def collections_kept(collector: Command, home: Path) -> int:
    with closing(sqlite3.connect(home / "graph.db")) as connection:
        count: int = connection.execute("SELECT count(*) FROM run").fetchone()[0]
        return count


class TestBefore:
    @pytest.fixture(autouse=True)
    def collected(self, collect_once: CollectOnce, account: Account, clock: ManualClock) -> None:
        """Collected at noon of 23, 24 and 25 November 2026, UTC; Bob left after the first time."""
        for day in range(3):
            clock.time = NOON + day * 24 * HOUR
            collect_once(f"{day} days")
            bob = account.user("bob@example.com")
            if bob is not None:
                account.remove_user(bob.id)

    def test_history_goes(self, collector: Command, home: Path) -> None:
        assert holding(home, "bob@example.com") == {"graph.db"}
        outcome = collector("forget", "--before", "2026-11-25")
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out == (
            "Forgot 2 collections from before 2026-11-25 04:00:00 UTC, and 12 facts that were no longer current.\n"
        )
        assert holding(home, "bob@example.com") == set()
        assert collector("show", "user", "ada@example.com").code == 0

    def test_a_second_time_there_is_nothing_left(self, collector: Command) -> None:
        collector("forget", "--before", "2026-11-25")
        outcome = collector("forget", "--before", "2026-11-25")
        assert outcome.code == 0
        assert outcome.out == "There is no history before 2026-11-25 04:00:00 UTC.\n"

    @pytest.mark.parametrize(
        ("date", "kept"),
        [
            ("2026-11-23", 3),
            ("2026-11-24", 2),
            ("2026-11-24T08:00", 2),
            ("2026-11-24 08:00:01", 1),
            ("2026-11-24T12:00Z", 2),
            ("2026-11-24T13:30+01:00", 1),
            ("1970-01-01", 3),
            ("2026-11-25T08:00", 1),
        ],
    )
    def test_dates_are_of_this_place_unless_they_say_otherwise(
        self, collector: Command, home: Path, date: str, kept: int
    ) -> None:
        assert collector("forget", "--before", date).code == 0
        assert collections_kept(collector, home) == kept

    @pytest.mark.parametrize(
        ("date", "message"),
        [
            ("2026-11-26", "is in the future: it is now 2026-11-25 12:00:00 UTC."),
            ("2026-11-25T12:00:01Z", "is in the future"),
            ("2026-11-31", "is not a date."),
            ("yesterday", "is not a date."),
            ("20261123", "is not a date."),
            ("2026-11-23T25:00", "is not a date."),
            ("2026-11-23T12:00+99:00", "is not a date."),
            ("", "is not a date."),
        ],
    )
    def test_no_date(self, collector: Command, home: Path, date: str, message: str) -> None:
        outcome = collector("forget", "--before", date)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.startswith(f"Error: --before {date!r} {message}")
        assert "Next: Write a date like 2026-01-31" in outcome.err
        assert collections_kept(collector, home) == 3

    def test_json(self, collector: Command) -> None:
        assert json.loads(collector("forget", "--before", "2026-11-25", "--json").out) == {
            "runs": 2,
            "ceasedFacts": 12,
            "people": 0,
            "theirFacts": 0,
            "tree": "none",
            "signedIn": False,
        }


class TestUser:
    @pytest.fixture(autouse=True)
    def collected(self, collect_once: CollectOnce) -> None:
        collect_once()
        collect_once("the first")

    def test_a_person_goes_from_store_and_tree(self, collector: Command, home: Path, work: Path) -> None:
        assert "graph.db" in holding(home, "Byron")
        assert holding(work, "ada@example.com") != set()
        outcome = collector("forget", "--yes", "--user", "Ada@Example.com")
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out.splitlines() == [
            "Forgot Ada@Example.com: 1 user, 10 facts, now and in the history.",
            ".j1-integration in this folder was rewritten without the person.",
            "JupiterOne keeps its copy until the next upload.",
            "The next `collector collect` adds the user again if Zoom still lists them.",
        ]
        for text in ("ada@example.com", "Ada", "Byron"):
            assert holding(home, text) | holding(work, text) == set()
        assert holding(work, "bob@example.com") != set()
        assert collector("show", "user", "ada@example.com").code == 2
        assert collector("show", "user", "bob@example.com").code == 0

    def test_an_invitation_goes(self, collector: Command, home: Path, work: Path) -> None:
        assert collector("forget", "--yes", "--user", "pia@example.com").code == 0
        assert holding(home, "pia@example.com") | holding(work, "pia@example.com") == set()

    def test_a_tree_of_another_collection_is_left(self, collector: Command, work: Path, clock: ManualClock) -> None:
        clock.time += HOUR
        assert collector("collect", "--profile", "other").code == 0
        before = holding(work, "ada@example.com")
        outcome = collector("forget", "--yes", "--user", "ada@example.com")
        assert outcome.code == 0
        assert (
            ".j1-integration in this folder is not from the latest run and was not changed: it may hold the person "
            "until the next `collector collect` here.\n" in outcome.out
        )
        assert holding(work, "ada@example.com") == before

    def test_without_a_tree_here(self, collector: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        outcome = collector("forget", "--yes", "--user", "ada@example.com")
        assert "A .j1-integration in another folder may still hold the person.\n" in outcome.out
        assert list((tmp_path / "elsewhere").iterdir()) == []

    def test_nobody_of_that_address(self, collector: Command, home: Path) -> None:
        outcome = collector("forget", "--yes", "--user", "nobody@example.com", "--before", "2026-11-23")
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == (
            f"Error: The store {home / 'graph.db'} holds no user 'nobody@example.com', "
            "neither now nor in its history.\n"
            "Next: Give the whole e-mail address, in either case, or name the right profile with `--profile NAME`.\n"
        )

    def test_the_sign_in_of_the_person_is_pointed_out(self, collector: Command, home: Path) -> None:
        document = json.loads((home / "token.json").read_bytes())
        document |= {"grant": "authorization_code", "refresh_token": "x", "account": {"email": "Ada@example.com"}}
        (home / "token.json").write_text(json.dumps(document))
        outcome = collector("forget", "--yes", "--user", "ada@example.com")
        assert outcome.out.endswith("The sign-in in token.json is this person's; `collector auth logout` removes it.\n")

    def test_while_a_collection_is_under_way(self, collector: Command, home: Path) -> None:
        with FileLock(home / "collect.lock"):
            outcome = collector("forget", "--yes", "--user", "ada@example.com")
        assert outcome.code == 2
        assert "Another collection (or `forget`, `uninstall`) of profile 'default' is already running." in outcome.err
        assert collector("show", "user", "ada@example.com").code == 0


def test_nothing_to_forget_was_named(collector: Command) -> None:
    outcome = collector("forget")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("Error: Nothing to forget: give --before DATE, --user EMAIL or both.")


def test_nothing_was_collected_yet(collector: Command, tmp_path: Path) -> None:
    outcome = collector("forget", "--yes", "--user", "ada@example.com")
    assert outcome.code == 2
    assert outcome.err.startswith("Error: Nothing has been collected yet: there is no store at ")
    assert not (tmp_path / "home").exists()
