"""The examples of SQL and DuckDB in docs/asking.md: each is run, and gives these rows."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from collector.query.exports import export_graph
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from tests.collect.conftest import people
from tests.collect.profile import Profile

GUIDE = (Path(__file__).parents[2] / "docs" / "asking.md").read_text(encoding="utf-8")
STATEMENTS = dict(re.findall(r"^([^\n]+):\n\n```sql\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))
ONE_LINE = re.findall(r'`sqlite3 graph.db "([^"]+)"`', GUIDE)
PYTHON = dict(re.findall(r"^([^\n]+):\n\n```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))

ADMINISTRATORS = [
    ("Ada Byron", '["ada@example.com"]'),
    ("Bob Stone", '["bob@example.com"]'),
    ("Olive Owner", '["olive@example.com"]'),
]
ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "Active people whose meetings have no waiting room, or of whom it is not known": [
        ("Ada Byron", 0),
        ("Bob Stone", 0),
        ("Cyd Chen", 0),
        ("Max Rao", 0),
        ("Olive Owner", 0),
    ],
    "How many people each group has": [("Engineering", 3), ("Sales", 2)],
    "How many people there are of each domain": [("example.com", 8)],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `graph.db`, and with `zoom-graph`, exported from it."""
    profile = Profile(tmp_path_factory.mktemp("guide"), people())
    profile.collect()
    export_graph(profile.store, graph_schema(all_resources()), profile.path.parent / "zoom-graph", "parquet")
    profile.store.close()
    return profile.path.parent


def rows(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "graph.db")) as connection:
        return connection.execute(statement).fetchall()


def test_every_statement_has_an_answer() -> None:
    assert STATEMENTS.keys() == ANSWERS.keys()


@pytest.mark.parametrize("title", STATEMENTS)
def test_a_statement_of_the_guide(folder: Path, title: str) -> None:
    assert rows(folder, STATEMENTS[title]) == ANSWERS[title]


def test_the_one_line(folder: Path) -> None:
    assert [sorted(rows(folder, statement)) for statement in ONE_LINE] == [ADMINISTRATORS]


def test_duckdb_reads_the_export(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    exec(compile(PYTHON["DuckDB reads the Parquet files directly"], "docs/asking.md", "exec"), {})
    assert capsys.readouterr().out == "[('Engineering', 3, 2), ('Sales', 2, 0)]\n"
