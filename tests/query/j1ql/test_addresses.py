"""People are found by e-mail address and key without reading everybody, and what holds now by indexes alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.query.j1ql import QueryRequest, explain
from collector.store import ROW, Store

from .conftest import Rows
from .graphs import SCHEMA

EMAILS: dict[str, Any] = {
    "ada": ["ada@example.com"],
    "bob": ["bob@example.com"],
    "both": ["both@example.com", "ada@example.com"],
    "text": "ada@example.com",
    "none": [],
    "null": None,
    "number": [1],
}


@pytest.fixture(autouse=True)
def people(store: Store) -> None:
    for emails in (EMAILS, {**EMAILS, "bob": ["rob@example.com"]}):
        run = store.begin(1000, {})
        for name, email in emails.items():
            row = {"_type": "t_user", "_class": ["User"], "name": name, "email": email}
            run.put(f"t_user:{name}", ROW, row, 1000)
        run.finish(2000, 0, [], [], [])
        store.conclude()


LOOK_UPS = pytest.mark.parametrize(
    ("condition", "run", "names"),
    [
        ("email = 'ada@example.com'", 2, ["ada", "both", "text"]),
        ("email = 'both@example.com'", 2, ["both"]),
        ("email = 'bob@example.com'", 1, ["bob"]),
        ("email = 'bob@example.com'", 2, []),
        ("email = ('rob@example.com' OR 'both@example.com')", 2, ["bob", "both"]),
        ("email = ('ada@example.com' AND 'both@example.com')", 2, ["both"]),
        ("email = 'rob@example.com' AND name = 'bob'", 2, ["bob"]),
    ],
)


@LOOK_UPS
@pytest.mark.parametrize("text", ["FIND t_user WITH {} AS u RETURN u.name", "FIND t_user AS u WHERE {} RETURN u.name"])
@pytest.mark.parametrize("indexed", [True, False], ids=["indexed", "not indexed"])
def test_who_has_an_address(
    condition: str, run: int, names: list[str], text: str, indexed: bool, store: Store, rows: Rows
) -> None:
    if not indexed:
        with sqlite3.connect(store.read_only().path) as connection:
            connection.execute("DROP INDEX document_address")
            connection.execute("DROP INDEX part_row")
    said = condition.replace("email", "u.email").replace("name", "u.name") if "WHERE" in text else condition
    assert [name for (name,) in rows(text.format(said), run=run)] == names


@LOOK_UPS
def test_nobody_else_is_read(condition: str, run: int, names: list[str], store: Store) -> None:
    plan = plan_of(store, f"FIND t_user WITH {condition}", run)
    assert "SEARCH document USING INDEX document_address (<expr>=?)" in plan
    assert "SEARCH part USING COVERING INDEX part_row (document=?)" in plan
    assert {line for line in plan if " e0 " in line} == {"SEARCH e0 USING INTEGER PRIMARY KEY (rowid=?)"}


def test_who_accepts_an_invitation_has_another_key_from_then_on(store: Store, rows: Rows) -> None:
    run = store.begin(1000, {})
    run.remove("t_user:bob")
    row = {"_type": "t_user", "_class": ["User"], "name": "Bob Stone", "email": ["rob@example.com"]}
    run.put("t_user:b1", ROW, row, 1000)
    run.finish(2000, 0, [], [], [])
    text = "FIND t_user WITH email = 'rob@example.com' AS u RETURN u._key"
    assert [rows(text, run=number) for number in (1, 2, 3)] == [[], [["t_user:bob"]], [["t_user:b1"]]]


def test_what_is_not_an_address_is_asked_as_ever(rows: Rows) -> None:
    assert rows("FIND t_user WITH email = 1 AS u RETURN u.name") == [["number"]]
    assert rows("FIND t_user WITH email ^= 'both' AS u RETURN u.name") == [["both"]]
    assert len(rows("FIND t_user WITH email != 'ada@example.com' AS u RETURN u.name")) == 4


def test_a_store_of_an_earlier_version_gets_the_indexes(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP INDEX document_address")
        connection.execute("DROP INDEX part_row")
        connection.execute("ALTER TABLE run DROP COLUMN data_model")
        connection.execute("DROP TABLE alert")
        connection.execute("PRAGMA user_version = 5")
    Store.open_existing(path).close()
    with sqlite3.connect(path) as connection:
        indexes = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'"))
    assert {"document_address", "part_row"} <= {*indexes}
    assert "(entity, part, document, to_run)" in indexes["part_now"]
    assert "(target, type, source, to_run)" in indexes["relationship_now"]


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("_key = 't_user:ada'", ["ada"]),
        ("_key = ('t_user:bob' OR 't_user:ada')", ["ada", "bob"]),
        ("_key = ('t_user:bob' AND 't_user:ada')", []),
        ("_key = 't_user'", []),
    ],
)
def test_a_key_is_looked_up(condition: str, names: list[str], store: Store, rows: Rows) -> None:
    assert [name for (name,) in rows(f"FIND t_user WITH {condition} AS u RETURN u.name")] == names
    assert "j1_compare" not in sql(store, f"FIND t_user WITH {condition}")


def test_everything_but_a_key(rows: Rows) -> None:
    assert len(rows("FIND t_user WITH _key != 't_user:ada' AS u RETURN u.name")) == len(EMAILS) - 1
    assert rows("FIND t_user WITH _key = (1 OR 't_user:ada') AS u RETURN u.name") == [["ada"]]
    assert rows("FIND t_user WITH _key ^= 't_user:ad' AS u RETURN u.name") == [["ada"]]


@pytest.mark.parametrize(
    "text",
    [
        "FIND t_group AS g THAT HAS t_user AS u RETURN g.name, count(u)",
        "FIND t_user AS u THAT HAS t_group AS g RETURN g.name, count(u)",
        "FIND t_user THAT !HAS t_group",
    ],
)
def test_what_holds_now_is_read_from_the_indexes_alone(text: str, store: Store) -> None:
    plan = plan_of(store, text)
    assert any("COVERING INDEX part_now" in line for line in plan)
    assert [line for line in plan if "INDEX part_now" in line and "COVERING" not in line] == []
    assert [line for line in plan if "INDEX relationship_now" in line and "COVERING" not in line] == []


@pytest.mark.parametrize(
    "text",
    [
        "FIND t_user AS u RETURN u.name, count(u)",
        "FIND t_user AS u RETURN u.name, u.email ORDER BY u.name",
        "FIND UNIQUE t_user AS u RETURN u.name",
    ],
)
def test_values_are_sorted_and_not_the_documents_they_are_in(text: str, store: Store) -> None:
    assert any(line.startswith("CO-ROUTINE") for line in plan_of(store, text))


def sql(store: Store, text: str) -> str:
    return explain(store, SCHEMA, QueryRequest(text), SystemClock()).statement.sql


def plan_of(store: Store, text: str, run: int | None = None) -> list[str]:
    statement = explain(store, SCHEMA, QueryRequest(text, run=run), SystemClock()).statement
    database = store.read_only()
    plan = [row[3] for row in database.rows(f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters)]
    database.close()
    return plan
