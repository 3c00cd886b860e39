"""What the alert rules found is kept for each channel, once, and can be forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from collector.store import ROW, AlertRecord, Store
from collector.store.forgetting import Person, forget

from .graph import ADA, begin, finish, user

FOUND = [
    AlertRecord(2, 1, "zoom-owner", ADA, '{"name": "Ada (ada@example.com)"}'),
    AlertRecord(2, 1, "zoom-many-users-gone", "run:2", '{"name": "as ada@example.com knows"}'),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "graph.db") as store:
        yield store


def test_each_channel_has_its_own(store: Store) -> None:
    assert store.alerts.compared_run is None
    store.alerts.record(2, FOUND, ["a", "b"], 1000)
    assert store.alerts.compared_run == 2
    waiting = store.alerts.waiting("a")
    assert list(waiting.values()) == FOUND
    store.alerts.mark_sent(waiting, 2000)
    assert store.alerts.waiting("a") == {}
    assert list(store.alerts.waiting("b").values()) == FOUND
    assert store.alerts.knows("zoom-owner", ADA)
    assert not store.alerts.knows("zoom-owner", "zoom_user:bob")


def test_what_waits_for_a_channel_goes_to_the_one_that_takes_its_place(store: Store) -> None:
    """As when its address was wrong, and is corrected."""
    store.alerts.record(2, FOUND, ["told", "wrong", "wrong too"], 1000)
    store.alerts.mark_sent(store.alerts.waiting("told"), 2000)
    store.alerts.hand_over(["told", "new"])
    assert store.alerts.waiting("told") == {}
    assert list(store.alerts.waiting("new").values()) == FOUND
    assert store.alerts.waiting("wrong") == store.alerts.waiting("wrong too") == {}


def test_a_channel_that_is_no_longer_configured(store: Store) -> None:
    store.alerts.record(2, FOUND, ["a", "b"], 1000)
    store.alerts.mark_sent(store.alerts.waiting("b"), 2000)
    store.alerts.hand_over(["b"])
    assert store.alerts.waiting("a") == store.alerts.waiting("b") == {}
    assert store.alerts.knows("zoom-owner", ADA)


def test_what_was_told_goes_with_the_history_and_what_waits_stays(store: Store, tmp_path: Path) -> None:
    store.alerts.record(2, FOUND[:1], ["a"], 1000)
    store.alerts.mark_sent(store.alerts.waiting("a"), 2000)
    store.alerts.record(3, FOUND[1:], ["a"], 1000)
    store.close()
    forget(tmp_path / "graph.db", before=2000)
    assert _rules(tmp_path) == ["zoom-owner", "zoom-many-users-gone"]
    forget(tmp_path / "graph.db", before=2001)
    assert _rules(tmp_path) == ["zoom-many-users-gone"]


def test_alerts_about_a_person_go_with_the_person(store: Store, tmp_path: Path) -> None:
    run = begin(store)
    run.put(ADA, ROW, user("ada", email=["ada@example.com"]), 1000)
    finish(run)
    store.alerts.record(2, FOUND, ["a"], 1000)
    store.close()
    forget(tmp_path / "graph.db", person=Person("zoom_user", "ada@example.com", "zoom_user:pending:ada@example.com"))
    assert _rules(tmp_path) == ["zoom-many-users-gone"]
    assert b"ada@example.com" not in (tmp_path / "graph.db").read_bytes()


def _rules(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "graph.db")) as database:
        return [rule for (rule,) in database.execute("SELECT rule FROM alert ORDER BY id")]
