"""What queries are told of the graph is what collections write: every property, in the part where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.model.graph_schema import ROW
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import Store
from tests.collect.conftest import people
from tests.collect.profile import Profile

SCHEMA = graph_schema(all_resources())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    profile = Profile(tmp_path, people())
    profile.collect()
    return profile.store


def test_every_property_is_where_the_schema_says(store: Store) -> None:
    types = {entity.type: entity for entity in SCHEMA.entities}
    database = store.read_only()
    found = set()
    for type_, part, name in database.rows(
        "SELECT DISTINCT substr(current_part.key, 1, instr(current_part.key, ':') - 1), part, properties.key"
        " FROM current_part, json_each(current_part.json) AS properties"
    ):
        if not name.startswith("_") and name in types[type_].properties:
            assert part in types[type_].properties[name], (type_, name)
            found.add((type_, part))
    database.close()
    assert found >= {(entity.type, ROW) for entity in SCHEMA.entities}
    assert found >= {("zoom_user", part) for part in types["zoom_user"].parts} | {("zoom_role", "privileges")}


def test_parts_that_many_share_are_the_settings_and_what_is_derived() -> None:
    shared = {entity.type: entity.shared for entity in SCHEMA.entities}
    assert shared["zoom_user"] == {
        "settings", "meeting_authentication", "recording_authentication", "meeting_security", "access"
    }  # fmt: skip
    assert "activity" not in shared["zoom_user"]


def test_a_derived_property_rests_on_what_it_follows_from() -> None:
    (user,) = (entity for entity in SCHEMA.entities if entity.type == "zoom_user")
    assert user.properties["isAdmin"] == ("access",)
    assert user.parts["access"].datasets == ("privileges",)
    assert user.parts["access"].types == ("zoom_user_assigned_role", "zoom_role")


def test_every_declared_property_is_in_the_schema() -> None:
    for resource, entity in zip(all_resources(), SCHEMA.entities, strict=True):
        assert entity.properties.keys() == {declared.name for declared in resource.entity.properties}


def test_the_values_of_a_property_are_of_its_kind(store: Store) -> None:
    kinds = {"true": "boolean", "false": "boolean", "integer": "number", "real": "number", "text": "text"}
    declared = {entity.type: entity.value_types for entity in SCHEMA.entities}
    database = store.read_only()
    wrong = set()
    for type_, name, kind in database.rows(
        "SELECT DISTINCT substr(current_part.key, 1, instr(current_part.key, ':') - 1), properties.key, properties.type"
        " FROM current_part, json_each(current_part.json) AS properties WHERE properties.type NOT IN ('null', 'array')"
        " UNION SELECT substr(current_part.key, 1, instr(current_part.key, ':') - 1), properties.key, elements.type"
        " FROM current_part, json_each(current_part.json) AS properties, json_each(properties.value) AS elements"
        " WHERE properties.type = 'array'"
    ):
        if name in declared[type_] and declared[type_][name].kind != kinds[kind]:
            wrong.add((type_, name, kind))
    database.close()
    assert wrong == set()
