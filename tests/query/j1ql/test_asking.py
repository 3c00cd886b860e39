"""Asking a store: which run, how much, how long; and that nothing is ever written."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.errors import CollectionFailed, Interrupted, UsageError
from collector.query.j1ql import QueryRequest, ask, explain
from collector.query.lists import ListRequest, list_entities
from collector.store import ROW, Store
from tests.fakes import FakeClock

from .conftest import Rows
from .graphs import SCHEMA, write

DAY = 86_400_000


def day(store: Store, at: int, *names: str) -> None:
    """A run on that day (since 1970) that finds these users and no others."""
    run = store.begin(at * DAY, {})
    for name in names:
        run.put(f"t_user:{name}", ROW, {"_type": "t_user", "_class": ["User"], "name": name, "n": at * DAY}, at * DAY)
    for key in run.missing_keys("t_user"):
        run.remove(key)
    run.finish(at * DAY + 1000, 0, [], [], [])
    store.conclude()


@pytest.fixture
def days(store: Store) -> None:
    day(store, 10, "ada", "bob")
    day(store, 12, "ada", "cyd")


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ({}, ["ada", "cyd"]),
        ({"run": 2}, ["ada", "cyd"]),
        ({"run": 1}, ["ada", "bob"]),
        ({"at": "1970-01-11"}, ["ada", "bob"]),
        ({"at": "1970-01-12"}, ["ada", "bob"]),
        ({"at": "1970-01-12T23:59:59Z"}, ["ada", "bob"]),
        ({"at": "1970-01-13T00:00:01Z"}, ["ada", "cyd"]),
        ({"at": "1970-01-13T02:00:01+02:00"}, ["ada", "cyd"]),
        ({"at": "1970-01-13"}, ["ada", "cyd"]),
        ({"at": "1970-01"}, ["ada", "cyd"]),
        ({"at": "1970"}, ["ada", "cyd"]),
    ],
)
def test_the_graph_as_it_was(choice: dict[str, object], names: list[str], rows: Rows) -> None:
    assert [name for (name,) in rows("FIND t_user AS u RETURN u.name", **choice)] == names


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(
    ("choice", "time"),
    [
        ({}, 20 * DAY),
        ({"run": 2}, 12 * DAY + 1000),
        ({"run": 1}, 10 * DAY + 1000),
        ({"at": "1970-01-12"}, 10 * DAY + 1000),
    ],
)
def test_the_time_is_that_of_the_graph(choice: dict[str, Any], time: int, store: Store) -> None:
    """The answer about a past graph never changes; that about the present one may."""
    clock = FakeClock(20 * DAY / 1000)
    request = QueryRequest("FIND t_user WITH name = 'ada' AS u RETURN COALESCE(u.word, date.now)", **choice)
    assert list(ask(store, SCHEMA, request, clock).rows) == [[time]]
    recent = ListRequest("t_user", ("name",), where="name = 'ada' AND n > date.now - 1 day", **choice)
    found = list(list_entities(store, SCHEMA, recent, clock).rows)
    assert found == ([["ada"]] if choice else [])


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"run": 3}, "There is no finished run 3"),
        ({"at": "1970-01-10"}, "No run had ended by 1970-01-10"),
        ({"at": "yesterday"}, "'yesterday' is not a date"),
        ({"at": "1970-13"}, "'1970-13' is not a date"),
        ({"at": "1970-01-13", "run": 1}, "A run and a date are given"),
    ],
)
def test_a_graph_that_there_is_not(choice: dict[str, object], said: str, rows: Rows) -> None:
    with pytest.raises(UsageError, match=said):
        rows("FIND t_user", **choice)


def test_nothing_was_collected(store: Store, rows: Rows) -> None:
    store.begin(1000, {})
    with pytest.raises(UsageError, match="Nothing has been collected"):
        rows("FIND t_user")


@pytest.mark.usefixtures("days")
def test_a_run_that_is_under_way_is_not_seen(store: Store, rows: Rows) -> None:
    run = store.begin(20 * DAY, {})
    run.put("t_user:dan", ROW, {"_type": "t_user", "_class": ["User"], "name": "dan"}, 1)
    run.remove("t_user:ada")
    run.commit()
    assert [name for (name,) in rows("FIND t_user AS u RETURN u.name")] == ["ada", "cyd"]


def test_the_limit_and_what_is_beyond_it(store: Store) -> None:
    day(store, 1, *(f"{number:03}" for number in range(300)))

    def counted(text: str, limit: int = 250) -> tuple[int, list[str]]:
        answer = ask(store, SCHEMA, QueryRequest(text, limit=limit), SystemClock())
        return len(list(answer.rows)), answer.warnings

    beyond = ["There are more rows than the first 250; `--limit 0` gives all."]
    assert counted("FIND t_user") == (250, beyond)
    assert counted("FIND t_user AS u RETURN u.name") == (250, beyond)
    assert counted("FIND t_user", 300) == (300, [])
    assert counted("FIND t_user", 0) == (300, [])
    assert counted("FIND t_user LIMIT 7", 0) == (7, [])
    assert counted("FIND t_user LIMIT 7") == (7, [])
    assert counted("FIND t_user SKIP 295") == (5, [])
    assert counted("FIND t_user RETURN TREE", 3)[0] == 3


class Hurried(SystemClock):
    """Every look at it is a minute later."""

    minutes = 0

    def monotonic(self) -> float:
        self.minutes += 1
        return self.minutes * 60.0


SLOW = "FIND t_user AS a THAT KNOWS t_user AS b THAT KNOWS t_user AS c THAT KNOWS t_user AS d THAT KNOWS t_user AS e"


def crowded(store: Store) -> None:
    """Everybody knows everybody, so that a query of several hops never ends."""
    run = store.begin(1000, {})
    keys = [f"t_user:{number}" for number in range(60)]
    knows = next(each for each in SCHEMA.relationships if each.class_ == "KNOWS")
    for key in keys:
        run.put(key, ROW, {"_type": "t_user", "_class": ["User"], "name": key}, 1000)
        for other in keys:
            run.put_relationship(knows.between(key, other))
    run.finish(2000, 0, [], [], [])


def test_a_query_that_takes_too_long_is_given_up(store: Store) -> None:
    crowded(store)
    with pytest.raises(CollectionFailed, match="not answered in 60 seconds") as raised:
        list(ask(store, SCHEMA, QueryRequest(f"{SLOW} RETURN count(e.name), sum(e.n)"), Hurried()).rows)
    assert "--timeout" in raised.value.next_step


class Pressed(SystemClock):
    """Somebody presses Ctrl-C as soon as a statement runs for long."""

    looks = 0

    def monotonic(self) -> float:
        self.looks += 1
        if self.looks > 3:
            raise KeyboardInterrupt
        return 0.0


def test_ctrl_c_ends_a_query_at_once(store: Store) -> None:
    crowded(store)
    with pytest.raises(Interrupted):
        list(ask(store, SCHEMA, QueryRequest(f"{SLOW} RETURN count(e.name), sum(e.n)"), Pressed()).rows)


@pytest.mark.parametrize(
    "statement",
    [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1e6) SELECT count(i) FROM n",
        "SELECT pressed(1)",
        "SELECT summed(1)",
    ],
)
def test_ctrl_c_in_whatever_sqlite_calls(statement: str, store: Store) -> None:
    """The first bytecode of a call may raise it, where no `try` of that call catches it."""

    def press(*_: object) -> None:
        raise KeyboardInterrupt

    database = store.read_only()
    database.add_function("pressed", 1, press)
    database.add_aggregate("summed", 1, type("Summed", (), {"step": press, "finalize": press}))
    database._connection.set_progress_handler(press, 1000)
    with pytest.raises(Interrupted):
        database.value(statement)
    database.close()


def test_only_the_first_path_to_an_entity_is_looked_for(store: Store) -> None:
    """Without RETURN nobody needs the other millions."""
    crowded(store)
    assert len(list(ask(store, SCHEMA, QueryRequest(SLOW), Hurried()).rows)) == 60


def test_the_connection_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    write(path, random.Random(1))
    with Store.open_existing(path) as store:
        database = store.read_only()
        with pytest.raises(CollectionFailed, match="readonly"):
            database.execute("DELETE FROM part")
        database.close()


def test_literals_are_bound_and_never_part_of_the_sql(store: Store) -> None:
    day(store, 1, "ada")
    text = 'FIND t_user WITH name = "x\' OR 1=1"'
    found = explain(store, SCHEMA, QueryRequest(text), SystemClock())
    assert "OR 1=1" not in found.statement.sql
    assert "x' OR 1=1" in found.statement.parameters.values()
    assert sqlite3.complete_statement(f"{found.statement.sql};")


def test_a_condition_on_shared_settings_is_decided_once_for_each_document(store: Store) -> None:
    day(store, 1, "ada")
    text = "FIND t_user WITH flag = true AND word != 'a' AND name = 'ada'"
    sql = explain(store, SCHEMA, QueryRequest(text), SystemClock()).statement.sql
    assert sql.count("SELECT DISTINCT document AS id FROM part") == 1
    assert sql.count("IN (SELECT document.id FROM documents0") == 1


@pytest.mark.parametrize("run", [1, 2], ids=["past", "current"])
@pytest.mark.parametrize(
    "text",
    [
        "FIND t_user THAT !KNOWS << t_user",
        "FIND t_user AS u THAT KNOWS << t_user AS v RETURN u.name",
        "FIND t_user THAT !KNOWS t_user",
        "FIND t_user THAT RELATES TO * THAT RELATES TO *",
        "FIND t_user AS u THAT RELATES TO (t_user|t_team) AS v WHERE v.name = 'a'",
        "FIND t_user AS u THAT RELATES TO * RETURN u.name",
    ],
)
def test_relationships_are_found_by_index_from_either_end(text: str, run: int, store: Store) -> None:
    crowded(store)
    crowded(store)
    statement = explain(store, SCHEMA, QueryRequest(text, run=run), SystemClock()).statement
    database = store.read_only()
    for preparing in statement.preparation:
        database.execute(preparing)
    plan = [row[3] for row in database.rows(f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters)]
    database.close()
    assert [line for line in plan if line.startswith("SCAN r1")] == []
    assert [line for line in plan if line.startswith("SEARCH r1") and line.endswith("(type=?)")] == []
    assert any(line.startswith("SEARCH r1") and "(target=?" in line for line in plan)


def test_many_relationships_either_way_are_one_join(store: Store) -> None:
    """As a join of unions, SQLite would multiply them out, for seconds in which nothing can stop it."""
    crowded(store)
    text = "FIND t_user " + "THAT RELATES TO * " * 20
    statement = explain(store, SCHEMA, QueryRequest(text), SystemClock()).statement
    database = store.read_only()
    plan = [row[3] for row in database.rows(f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters)]
    database.close()
    assert sum(line.startswith("SEARCH r") for line in plan) == 40


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        ('say "hi"', r"'AY \"H'"),
        ("back\\slash", r"'k\\s'"),
        ("two\nlines\tand a tab", "'O\nL'"),
        ("\x01 control", "'\x01 C'"),
        ("Straße", "'STRASSE'"),
        ("İstanbul", "'i̇STAN'"),
        ("Ärger 😀", "'ärger 😀'"),
        ("", "'name'"),
    ],
)
def test_a_text_is_found_in_whatever_writing(held: str, asked: str, store: Store, rows: Rows) -> None:
    day(store, 1, held)
    assert len(rows(f"FIND {asked}")) == (1 if held else 0)
