"""The views named after the types: equal to the graph, for every property; replaced when the declarations change."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collector.model.graph_schema import ROW, EntitySchema, GraphSchema, PartSource
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import Store
from tests.collect.conftest import people
from tests.collect.profile import Profile
from tests.query.j1ql.graphs import SCHEMA, write


def rows_of(path: Path, statement: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(statement)]


def as_column(value: object) -> object:
    """A property as SQL has it; with its type, since True equals 1."""
    if isinstance(value, list):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value


def typed(row: dict[str, Any]) -> dict[str, tuple[type, Any]]:
    return {name: (type(value), value) for name, value in row.items()}


def assert_equal_to_the_graph(path: Path, schema: GraphSchema) -> None:
    with Store.open_existing(path) as store:
        for entity in schema.entities:
            names = ("_key", *entity.properties)
            expected = [{name: as_column(each.get(name)) for name in names} for each in store.entities(entity.type)]
            found = rows_of(path, f'SELECT * FROM "{entity.type}" ORDER BY _key')
            assert list(map(typed, found)) == list(map(typed, expected))
        for relationship in schema.relationships:
            ties = [
                {"_key": tie.key, "_fromEntityKey": tie.source_key, "_toEntityKey": tie.target_key}
                for tie in store.relationships(relationship.type)
            ]
            assert rows_of(path, f'SELECT * FROM "{relationship.type}" ORDER BY _key') == ties


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    profile = Profile(tmp_path_factory.mktemp("views"), people())
    profile.collect()
    profile.store.close()
    return profile.path


def test_every_property_of_a_collected_account(collected: Path) -> None:
    assert_equal_to_the_graph(collected, graph_schema(all_resources()))


@pytest.mark.parametrize("seed", range(10))
def test_every_property_of_a_graph_with_a_history(tmp_path: Path, seed: int) -> None:
    """With values of every type, nulls in one part of an entity beside a value in another, and missing parts."""
    path = tmp_path / "graph.db"
    write(path, random.Random(seed))
    with Store.open(path) as store:
        store.define_views(SCHEMA)
    assert_equal_to_the_graph(path, SCHEMA)


def test_only_the_documents_that_a_query_selects_are_read(collected: Path) -> None:
    def documents_read(columns: str) -> int:
        plan = rows_of(collected, f"EXPLAIN QUERY PLAN SELECT {columns} FROM zoom_user")
        return sum("USING INTEGER PRIMARY KEY" in row["detail"] for row in plan)

    assert [documents_read(columns) for columns in ("name", "name, isAdmin", "*")] == [1, 2, 7]


def entity(*properties: str, type_: str = "t_user") -> EntitySchema:
    return EntitySchema(type_, ("User",), "users", dict.fromkeys(properties, (ROW,)), {"extra": PartSource()})


def test_views_are_replaced_only_when_the_declarations_change(store: Store, path: Path) -> None:
    first = GraphSchema((entity("name", "it's"), entity("name", type_="t_gone")), ())
    second = GraphSchema((entity("name", "order"),), ())
    seen = []
    for schema in (first, first, second, second):
        store.define_views(schema)
        (version,) = rows_of(path, "PRAGMA schema_version")
        columns = [row["name"] for row in rows_of(path, "PRAGMA table_info(t_user)")]
        seen.append((version["schema_version"], columns, rows_of(path, "PRAGMA table_info(t_gone)") != []))
    before, after = (["_key", "name", "it's"], True), (["_key", "name", "order"], False)
    assert [(columns, gone) for _, columns, gone in seen] == [before, before, after, after]
    versions = [version for version, _, _ in seen]
    assert versions[0] == versions[1] < versions[2] == versions[3]


def test_a_view_of_a_persons_own_is_left_alone(store: Store, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIEW t_user AS SELECT 1 AS mine")
        connection.execute("CREATE VIEW other AS SELECT 2 AS mine")
    for schema in (GraphSchema((entity("name"),), ()), GraphSchema((), ())):
        store.define_views(schema)
        assert rows_of(path, "SELECT t_user.mine AS own, other.mine FROM t_user, other") == [{"own": 1, "mine": 2}]


def test_a_part_never_overwrites_the_row(store: Store, path: Path) -> None:
    run = store.begin(1000, {})
    run.put("t_user:1", ROW, {"_type": "t_user", "_class": ["User"], "name": "a"}, 1000)
    run.put("t_user:1", "extra", {"name": "b", "other": True}, 1000)
    run.finish(2000, 0, [], [], [])
    declared = entity("name")
    store.define_views(GraphSchema((replace(declared, properties={**declared.properties, "other": ("extra",)}),), ()))
    assert rows_of(path, "SELECT * FROM t_user") == [{"_key": "t_user:1", "name": "a", "other": 1}]
