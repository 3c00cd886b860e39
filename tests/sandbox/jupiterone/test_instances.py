"""Integration instances, definitions, jobs and events over GraphQL."""

from __future__ import annotations

from typing import Any

import pytest

from collector.sandbox.jupiterone import CUSTOM_DEFINITION_ID, ZOOM_DEFINITION_ID, Fault, Instance, JupiterOneSandbox
from tests.fakes import NOON

from .client import SandboxClient, membership, user

CREATE = """
mutation CreateInstance($instance: CreateIntegrationInstanceInput!) {
  createIntegrationInstance(instance: $instance) {
    id name accountId pollingInterval pollingIntervalCronExpression { hour dayOfWeek }
    integrationDefinitionId description config
  }
}"""
UPDATE = """
mutation ($id: String!, $update: UpdateIntegrationInstanceInput!) {
  updateIntegrationInstance(id: $id, update: $update) { name description pollingInterval config offsiteComplete }
}"""
DELETE = "mutation ($id: String!) { deleteIntegrationInstance(id: $id) { success } }"
SHOW = "query ($id: String!) { integrationInstance(id: $id) { id name jobs { jobs { status } } } }"
LIST = """
query ($definitionId: String, $cursor: String, $limit: Int, $filter: ListIntegrationInstancesSearchFilter) {
  integrationInstancesV2(definitionId: $definitionId, cursor: $cursor, limit: $limit, filter: $filter) {
    instances { name } pageInfo { endCursor }
  }
}"""
JOBS = """
query ($id: String, $status: IntegrationJobStatus) {
  integrationJobs(integrationInstanceId: $id, status: $status) {
    jobs { id status errorsOccurred createDate endDate integrationInstance { name } }
  }
}"""
EVENTS = """
query ($jobId: String!, $instance: String!) {
  integrationEvents(jobId: $jobId, integrationInstanceId: $instance) { events { name description level jobId } }
}"""


def names(page: dict[str, Any]) -> list[str]:
    return [instance["name"] for instance in page["instances"]]


def test_creates_an_instance(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    given = {
        "name": "Example Ltd",
        "integrationDefinitionId": CUSTOM_DEFINITION_ID,
        "pollingInterval": "ONE_DAY",
        "pollingIntervalCronExpression": {"hour": 3},
        "description": "From the collector",
        "config": {"@tag": {"AccountName": True}},
    }
    created = jupiterone.data(CREATE, instance=given)
    (instance,) = sandbox.instances
    assert created == {
        **given,
        "id": instance.id,
        "accountId": "sandbox",
        "pollingIntervalCronExpression": {"hour": 3, "dayOfWeek": None},
    }
    jupiterone.sync(instance.id, [user(1)])
    assert sandbox.ingested_entities(instance.id)["zoom_user:1"]["tag.AccountName"] == "Example Ltd"


def test_an_instance_needs_only_a_name_and_a_definition(jupiterone: SandboxClient) -> None:
    created = jupiterone.data(CREATE, instance={"name": "a", "integrationDefinitionId": CUSTOM_DEFINITION_ID})
    assert (created["pollingInterval"], created["config"], created["description"]) == ("DISABLED", {}, None)


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "a"}, "BAD_USER_INPUT", "integrationDefinitionId"),
    ({"integrationDefinitionId": CUSTOM_DEFINITION_ID}, "BAD_USER_INPUT", "name"),
    ({"name": "a", "integrationDefinitionId": "unknown"}, "NOT_FOUND", "definition"),
    ({"name": 1, "integrationDefinitionId": CUSTOM_DEFINITION_ID}, "BAD_USER_INPUT", "String cannot represent"),
    ({"name": "a", "integrationDefinitionId": CUSTOM_DEFINITION_ID, "extra": 1}, "BAD_USER_INPUT", "extra"),
    (
        {"name": "a", "integrationDefinitionId": CUSTOM_DEFINITION_ID, "pollingInterval": "DAILY"},
        "BAD_USER_INPUT",
        "IntegrationPollingInterval",
    ),
]


@pytest.mark.parametrize(("given", "code", "words"), WRONG)
def test_refuses_a_wrong_instance(jupiterone: SandboxClient, given: dict[str, Any], code: str, words: str) -> None:
    status, said, message = jupiterone.graphql_refusal(CREATE, instance=given)
    assert (status, said) == (200, code)
    assert words in message
    assert jupiterone.sandbox.instances == []


def test_updates_what_is_named(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    instance = sandbox.add_instance("old", description="kept", config={"a": 1})
    updated = jupiterone.data(UPDATE, id=instance.id, update={"name": "new", "offsiteComplete": True})
    assert updated == {
        "name": "new",
        "description": "kept",
        "pollingInterval": "DISABLED",
        "config": {"a": 1},
        "offsiteComplete": True,
    }
    assert jupiterone.data(UPDATE, id=instance.id, update={"description": None})["description"] is None
    assert [each.name for each in sandbox.instances] == ["new"]


def test_a_new_name_tags_what_is_uploaded_from_then_on(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    instance = sandbox.add_instance("old", config={"@tag": {"AccountName": True}})
    jupiterone.sync(instance.id, [user(1)])
    jupiterone.data(UPDATE, id=instance.id, update={"name": "new"})
    assert sandbox.ingested_entities()["zoom_user:1"]["tag.AccountName"] == "old"
    assert jupiterone.sync(instance.id, [user(1)])["numEntitiesUpdated"] == 1
    assert sandbox.ingested_entities()["zoom_user:1"]["tag.AccountName"] == "new"


def test_deleting_an_instance_deletes_its_graph_and_ends_its_jobs(
    jupiterone: SandboxClient, sandbox: JupiterOneSandbox
) -> None:
    instance, other = sandbox.add_instance("goes"), sandbox.add_instance("stays")
    jupiterone.sync(instance.id, [user(1)])
    jupiterone.sync(other.id, [user(2)])
    job_id = jupiterone.start(instance.id)
    assert jupiterone.data(DELETE, id=instance.id) == {"success": True}
    assert sandbox.entities() == {"zoom_user:2": user(2)}
    assert jupiterone.job(job_id)["status"] == "ABORTED"
    refused = jupiterone.post("", {"source": "integration-external", "integrationInstanceId": instance.id})
    assert jupiterone.refusal(refused) == (400, "SYNC_JOB_INVALID_INTEGRATION_INSTANCE")


@pytest.mark.parametrize("query", [SHOW, DELETE])
def test_an_instance_that_is_gone_is_not_found(
    jupiterone: SandboxClient, sandbox: JupiterOneSandbox, query: str
) -> None:
    instance = sandbox.add_instance()
    sandbox.remove_instance(instance.id)
    assert jupiterone.graphql_refusal(query, id=instance.id)[:2] == (200, "NOT_FOUND")


def test_lists_instances_in_pages(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    for name in ("one", "two", "three"):
        sandbox.add_instance(name)
    first = jupiterone.data(LIST, limit=2)
    assert names(first) == ["one", "two"]
    second = jupiterone.data(LIST, limit=2, cursor=first["pageInfo"]["endCursor"])
    assert (names(second), second["pageInfo"]["endCursor"]) == (["three"], None)
    assert names(jupiterone.data(LIST, filter={"name": "t"})) == ["two", "three"]
    assert names(jupiterone.data(LIST, definitionId="another")) == []
    assert len(names(jupiterone.data(LIST, definitionId=CUSTOM_DEFINITION_ID))) == 3
    assert jupiterone.graphql_refusal(LIST, cursor="wrong")[1] == "BAD_USER_INPUT"


def test_knows_the_definition_of_custom_integrations(jupiterone: SandboxClient, instance: Instance) -> None:
    query = "query ($t: String!) { findIntegrationDefinition(integrationType: $t) { id totalInstanceCount } }"
    assert jupiterone.data(query, t="custom") == {"id": CUSTOM_DEFINITION_ID, "totalInstanceCount": 1}
    assert jupiterone.data(query, t="unknown") is None
    definitions = jupiterone.data("{ integrationDefinitions { definitions { id } pageInfo { hasNextPage } } }")
    known = [{"id": CUSTOM_DEFINITION_ID}, {"id": ZOOM_DEFINITION_ID}]
    assert definitions == {"definitions": known, "pageInfo": {"hasNextPage": False}}


def test_secrets_in_a_config_read_back_masked(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    config = {"clientSecret": "a secret", "scopes": "user:read:admin"}
    made = sandbox.add_instance(definition_id=ZOOM_DEFINITION_ID, config=config)
    query = "query ($id: String!) { integrationInstance(id: $id) { config integrationDefinition { name } } }"
    shown = jupiterone.data(query, id=made.id)
    assert shown == {
        "config": {"clientSecret": "***masked***", "scopes": "user:read:admin"},
        "integrationDefinition": {"name": "Zoom"},
    }
    jupiterone.data(UPDATE, id=made.id, update={"config": shown["config"]})
    assert sandbox.instances[0].config["clientSecret"] == "***masked***", "what is sent is what is kept"


def test_integration_jobs_tell_how_synchronization_went(jupiterone: SandboxClient, instance: Instance) -> None:
    jupiterone.sync(instance.id, [user(1)])
    with_errors = jupiterone.start(instance.id)
    event = {"name": "error_unexpected_error", "description": "A step failed."}
    jupiterone.good(f"/{with_errors}/events", {"events": [event]})
    jupiterone.finish(with_errors)
    jupiterone.good(f"/{jupiterone.start(instance.id)}/abort", {})
    jupiterone.sandbox.faults.add(Fault("bad_data"))
    jupiterone.sync(instance.id, [], [membership(1, 1)])
    jupiterone.start(instance.id)

    jobs = jupiterone.data(JOBS, id=instance.id)["jobs"]
    assert [job["status"] for job in jobs] == ["IN_PROGRESS", "FAILED", "FAILED", "COMPLETED_WITH_ERRORS", "COMPLETED"]
    assert [job["errorsOccurred"] for job in jobs] == [False, False, False, True, False]
    assert [job["endDate"] for job in jobs] == [None, *[NOON * 1000] * 4]
    assert {job["integrationInstance"]["name"] for job in jobs} == {"Example Ltd"}
    assert len(jupiterone.data(JOBS, id=instance.id, status="FAILED")["jobs"]) == 2

    events = jupiterone.data(EVENTS, jobId=jobs[3]["id"], instance=instance.id)["events"]
    assert events == [{**event, "level": "error", "jobId": jobs[3]["id"]}]
    assert [job["status"] for job in jupiterone.data(SHOW, id=instance.id)["jobs"]["jobs"]][:1] == ["IN_PROGRESS"]
