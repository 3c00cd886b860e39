"""What finalized jobs make of the graph, and how they count it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from collector.sandbox.jupiterone import Instance, JupiterOneSandbox

from .client import SandboxClient, counts, group, membership, relationship_counts, user

Sync = Callable[..., dict[str, Any]]


@pytest.fixture
def sync(jupiterone: SandboxClient, instance: Instance) -> Sync:
    return lambda *data: jupiterone.sync(instance.id, *data)


def keys(objects: dict[str, Any]) -> set[str]:
    return set(objects)


def test_keeps_what_was_uploaded_as_it_was(jupiterone: SandboxClient, sync: Sync, sandbox: JupiterOneSandbox) -> None:
    rich = user(1, email=["a@example.com"], active=True, score=1.5, note=None, _rawData=[{"name": "default"}])
    job = sync([rich, group(1)], [membership(1, 1)])
    assert (counts(job), relationship_counts(job)) == ((2, 0, 0, 0), (1, 0, 0, 0))
    assert sandbox.entities() == {"zoom_user:1": rich, "zoom_group:1": group(1)}
    assert sandbox.relationships() == {membership(1, 1)["_key"]: membership(1, 1)}


def test_compares_with_what_was_there(sync: Sync, sandbox: JupiterOneSandbox) -> None:
    sync([user(1), user(2), user(3), group(1)], [membership(1, 1), membership(1, 2)])
    job = sync([user(1), user(2, name="New"), user(4), group(1)], [membership(1, 2), membership(1, 4)])
    assert (counts(job), relationship_counts(job)) == ((1, 1, 1, 0), (1, 0, 1, 0))
    assert keys(sandbox.entities()) == {"zoom_user:1", "zoom_user:2", "zoom_user:4", "zoom_group:1"}
    assert keys(sandbox.relationships()) == {membership(1, 2)["_key"], membership(1, 4)["_key"]}


def test_the_same_again_changes_nothing(sync: Sync) -> None:
    data = [user(1), group(1)], [membership(1, 1)]
    sync(*data)
    job = sync(*data)
    assert (counts(job), relationship_counts(job)) == ((0, 0, 0, 0), (0, 0, 0, 0))


def test_a_property_that_is_left_out_goes(sync: Sync, sandbox: JupiterOneSandbox) -> None:
    sync([user(1, email="a@example.com")])
    assert counts(sync([user(1)])) == (0, 1, 0, 0)
    assert sandbox.entities() == {"zoom_user:1": user(1)}


def test_nothing_of_a_partial_type_is_deleted(sync: Sync, sandbox: JupiterOneSandbox) -> None:
    sync([user(1), user(2), group(1)], [membership(1, 1), membership(1, 2)])
    job = sync([user(1, name="New"), user(3)], [], "zoom_user", "zoom_group_has_user")
    assert counts(job) == (1, 1, 1, 0)
    assert keys(sandbox.entities()) == {"zoom_user:1", "zoom_user:2", "zoom_user:3"}


def test_a_partial_relationship_type_stays_with_its_ends(sync: Sync, sandbox: JupiterOneSandbox) -> None:
    sync([user(1), user(2), group(1)], [membership(1, 1), membership(1, 2)])
    job = sync([user(1), group(1)], [], "zoom_group_has_user")
    assert (counts(job), relationship_counts(job)) == ((0, 0, 1, 0), (0, 0, 1, 0))
    assert keys(sandbox.relationships()) == {membership(1, 1)["_key"]}


def test_relationships_may_come_before_entities(jupiterone: SandboxClient, instance: Instance) -> None:
    job_id = jupiterone.start(instance.id)
    jupiterone.good(f"/{job_id}/relationships", {"relationships": [membership(1, 1)]})
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(1)]})
    jupiterone.good(f"/{job_id}/entities", {"entities": [group(1)]})
    job = jupiterone.finish(job_id)
    assert (counts(job), relationship_counts(job)) == ((2, 0, 0, 0), (1, 0, 0, 0))


def test_a_relationship_without_its_ends_is_an_error(sync: Sync, sandbox: JupiterOneSandbox) -> None:
    job = sync([group(1)], [membership(1, 1)])
    assert relationship_counts(job) == (0, 0, 0, 1)
    assert (job["numRelationshipsUploaded"], job["numRelationshipCreateErrors"]) == (1, 1)
    assert sandbox.relationships() == {}


def test_an_end_may_be_there_from_an_earlier_job(sync: Sync, sandbox: JupiterOneSandbox) -> None:
    sync([user(1), group(1)])
    job = sync([group(1)], [membership(1, 1)], "zoom_user")
    assert relationship_counts(job) == (1, 0, 0, 0)
    assert keys(sandbox.relationships()) == {membership(1, 1)["_key"]}


def test_a_key_twice_in_a_job_is_an_error(
    jupiterone: SandboxClient, instance: Instance, sandbox: JupiterOneSandbox
) -> None:
    job_id = jupiterone.start(instance.id)
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(1), user(2), group(1), user(1)]})
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(2, name="Later")]})
    jupiterone.good(f"/{job_id}/relationships", {"relationships": [membership(1, 1), membership(1, 1)]})
    job = jupiterone.finish(job_id)
    assert (counts(job), relationship_counts(job)) == ((3, 0, 0, 2), (1, 0, 0, 1))
    assert job["numEntitiesUploaded"] == 5
    assert sandbox.entities()["zoom_user:2"] == user(2)


@pytest.mark.parametrize("when", ["start", "upload"])
def test_the_latest_wins_where_duplicates_are_ignored(jupiterone: SandboxClient, instance: Instance, when: str) -> None:
    flag = {"ignoreDuplicates": True}
    job_id = jupiterone.start(instance.id, **(flag if when == "start" else {}))
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(1)]})
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(1, name="Later")], **(flag if when == "upload" else {})})
    assert counts(jupiterone.finish(job_id)) == (1, 0, 0, 0)
    assert jupiterone.sandbox.entities() == {"zoom_user:1": user(1, name="Later")}


def test_scopes_do_not_touch_each_other(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    first, second = sandbox.add_instance("first"), sandbox.add_instance("second")
    jupiterone.sync(first.id, [user(1)])
    jupiterone.sync(second.id, [user(2)])
    job_id = jupiterone.start(source="api", scope="third")
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(3)]})
    jupiterone.finish(job_id)
    assert keys(sandbox.entities(first.id)) == {"zoom_user:1"}
    assert keys(sandbox.entities(second.id)) == {"zoom_user:2"}
    assert keys(sandbox.entities(scope="third")) == {"zoom_user:3"}
    assert keys(sandbox.entities()) == {"zoom_user:1", "zoom_user:2", "zoom_user:3"}


def test_a_relationship_may_reach_into_another_scope(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    first, second = sandbox.add_instance("first"), sandbox.add_instance("second")
    jupiterone.sync(first.id, [user(1)])
    reaching = {**membership(1, 1), "_toEntitySource": "integration-external", "_toEntityScope": first.id}
    assert relationship_counts(jupiterone.sync(second.id, [group(1)], [reaching])) == (1, 0, 0, 0)


def test_the_platform_tags_with_the_account_name(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    tags = {"@tag": {"AccountName": True, "Production": False}}
    tagged, plain = sandbox.add_instance("Example Ltd", config=tags), sandbox.add_instance("plain")
    jupiterone.sync(tagged.id, [user(1)])
    jupiterone.sync(plain.id, [user(2)])
    entity = sandbox.ingested_entities(tagged.id)["zoom_user:1"]
    assert (entity["tag.AccountName"], entity["tag.Production"]) == ("Example Ltd", False)
    assert (entity["_source"], entity["_integrationInstanceId"]) == ("integration-external", tagged.id)
    assert entity["_id"] != sandbox.ingested_entities(plain.id)["zoom_user:2"]["_id"]
    assert "tag.AccountName" not in sandbox.ingested_entities(plain.id)["zoom_user:2"]
    assert sandbox.entities(tagged.id) == {"zoom_user:1": user(1)}


BAD_OBJECTS: list[tuple[str, dict[str, Any]]] = [
    ("_key", {"_key": ""}),
    ("_key", {"_key": 7}),
    ("_type", {"_type": None}),
    ("_class", {"_class": []}),
    ("_class", {"_class": [1]}),
    ("_own", {"_own": "reserved"}),
    ("address", {"address": {"city": "Berlin"}}),
    ("addresses", {"addresses": [{"city": "Berlin"}]}),
    ("matrix", {"matrix": [[1]]}),
    ("mixed", {"mixed": ["a", 1]}),
    ("mixed", {"mixed": [True, 1]}),
]


@pytest.mark.parametrize(("name", "properties"), BAD_OBJECTS)
def test_takes_nothing_of_a_batch_with_a_bad_entity(
    jupiterone: SandboxClient, instance: Instance, name: str, properties: dict[str, Any]
) -> None:
    job_id = jupiterone.start(instance.id)
    answer = jupiterone.post(f"/{job_id}/entities", {"entities": [user(1), {**user(2), **properties}]})
    assert jupiterone.refusal(answer) == (400, "VALIDATION_ERROR")
    assert f"entities[1].{name}" in answer.text
    assert jupiterone.job(job_id)["numEntitiesUploaded"] == 0


@pytest.mark.parametrize("missing", ["_key", "_type", "_class", "_fromEntityKey", "_toEntityKey"])
def test_relationships_need_their_identity(jupiterone: SandboxClient, instance: Instance, missing: str) -> None:
    job_id = jupiterone.start(instance.id)
    relationship = {name: value for name, value in membership(1, 1).items() if name != missing}
    answer = jupiterone.post(f"/{job_id}/relationships", {"relationships": [relationship]})
    assert jupiterone.refusal(answer) == (400, "VALIDATION_ERROR")
    assert missing in answer.text


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("entities", {}, "ENTITY_IS_NOT_ARRAY"),
        ("entities", {"entities": {}}, "ENTITY_IS_NOT_ARRAY"),
        ("relationships", {"entities": []}, "RELATIONSHIP_IS_NOT_ARRAY"),
        ("entities", {"entities": ["x"]}, "VALIDATION_ERROR"),
        ("entities", [], "VALIDATION_ERROR"),
    ],
)
def test_refuses_what_is_no_list_of_objects(
    jupiterone: SandboxClient, instance: Instance, kind: str, body: Any, code: str
) -> None:
    job_id = jupiterone.start(instance.id)
    assert jupiterone.refusal(jupiterone.post(f"/{job_id}/{kind}", body)) == (400, code)
