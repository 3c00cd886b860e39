"""Integration instances and their jobs over GraphQL; creating, listing and changing them is tested with the client."""

from __future__ import annotations

from typing import Any

import pytest

from collector.sandbox.jupiterone import CUSTOM_DEFINITION_ID, Fault, Instance, JupiterOneSandbox
from tests.fakes import NOON

from .client import SandboxClient, membership, user

CREATE = """
mutation CreateInstance($instance: CreateIntegrationInstanceInput!) {
  createIntegrationInstance(instance: $instance) { id }
}"""
UPDATE = """
mutation ($id: String!, $update: UpdateIntegrationInstanceInput!) {
  updateIntegrationInstance(id: $id, update: $update) { name }
}"""
DELETE = "mutation ($id: String!) { deleteIntegrationInstance(id: $id) { success } }"
JOBS = """
query ($id: String) {
  integrationJobs(integrationInstanceId: $id) { jobs { status errorsOccurred endDate integrationInstanceId } }
}"""


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "a"}, "BAD_USER_INPUT", "integrationDefinitionId"),
    ({"name": "a", "integrationDefinitionId": "unknown"}, "NOT_FOUND", "definition"),
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


def test_integration_jobs_show_how_synchronization_went(jupiterone: SandboxClient, instance: Instance) -> None:
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
    assert {job["integrationInstanceId"] for job in jobs} == {instance.id}
