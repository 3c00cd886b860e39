"""Every entity is what JupiterOne's data model asks of its classes."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from collector.model.graph import RelationshipType
from collector.model.older_integration import DataModel, in_data_model
from collector.resources import all_resources, entity_types, relationship_types
from collector.store import Store
from tests.replay import RECORDINGS

from .install import DATA_MODEL, needs

pytestmark = needs(DATA_MODEL)

SCRIPT = Path(__file__).with_name("class_schemas.js")


def checked(*entities: Mapping[str, object]) -> dict[str, Any]:
    """What the script prints about these entities."""
    result = subprocess.run(
        ["node", SCRIPT, DATA_MODEL.folder],
        input=json.dumps({"entities": entities}),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def entities_of(store: Store) -> list[dict[str, object]]:
    return [dict(entity) for type_ in store.entity_types() for entity in store.entities(type_)]


@pytest.fixture(scope="module")
def recorded() -> list[dict[str, Any]]:
    """The entities of Zoom's recorded answers (tests/resources/test_recordings.py holds the code to them)."""
    graph = json.loads((RECORDINGS / "expected-graph.json").read_text(encoding="utf-8"))
    entities: list[dict[str, Any]] = graph["entities"]
    return entities


def test_entities_of_the_recordings(recorded: list[dict[str, Any]]) -> None:
    assert {entity["_type"] for entity in recorded} == {kind.type for kind in entity_types(all_resources())}
    assert checked(*recorded)["failures"] == []


def test_entities_of_a_sandbox_account(collected: Store) -> None:
    entities = entities_of(collected)
    assert {entity["_type"] for entity in entities} == {kind.type for kind in entity_types(all_resources())}
    assert {entity["status"] for entity in entities if entity["_type"] == "zoom_user"} == {
        "active",
        "inactive",
        "pending",
    }
    assert checked(*entities)["failures"] == []


def test_every_optional_document_is_among_them(collected: Store) -> None:
    read = {
        (entity["_type"], each.part)
        for entity in entities_of(collected)
        for each in collected.parts(str(entity["_key"]))
    }
    declared = {(resource.entity.type, each.part) for resource in all_resources() for each in resource.documents}
    assert declared - read == set()


def test_entities_that_are_tagged(collected: Store) -> None:
    tagged = [{**entity, "tag.AccountName": "Example Ltd"} for entity in entities_of(collected)]
    assert checked(*tagged)["failures"] == []


def test_users_in_the_older_form_are_invalid_in_their_texts_only(recorded: list[dict[str, Any]]) -> None:
    older = [in_data_model(entity, DataModel.LEGACY) for entity in recorded]
    assert {failure["property"] for failure in checked(*older)["failures"]} == {"/email", "/username"}


def test_relationship_classes() -> None:
    declared: set[RelationshipType] = set(relationship_types(all_resources()))
    assert {kind.class_ for kind in declared} <= set(checked()["relationshipClasses"])


@pytest.mark.parametrize(
    ("property_", "value", "blamed"),
    [
        ("shortLoginId", ..., "shortLoginId"),
        ("email", "ada@example.com", "/email"),
        ("email", ["no address"], "/email/0"),
        ("createdOn", "2026-11-23", "/createdOn"),
        ("in_meeting", True, "in_meeting"),
        ("_class", ["Userr"], "_class"),
        ("_key", "short", "/_key"),
    ],
)
def test_what_is_wrong_is_found(recorded: list[dict[str, Any]], property_: str, value: object, blamed: str) -> None:
    entity = copy.deepcopy(next(entity for entity in recorded if entity["_type"] == "zoom_user"))
    if value is ...:
        del entity[property_]
    else:
        entity[property_] = value
    assert blamed in {failure["property"] for failure in checked(entity)["failures"]}
