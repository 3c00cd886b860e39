"""People are found by their e-mail address without reading everybody: by index, where the store has it."""

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
    statement = explain(store, SCHEMA, QueryRequest(f"FIND t_user WITH {condition}", run=run), SystemClock()).statement
    database = store.read_only()
    plan = [row[3] for row in database.rows(f"EXPLAIN QUERY PLAN {statement.sql}", statement.parameters)]
    database.close()
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
        indexes = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")]
    assert {"document_address", "part_row"} <= {*indexes}
