"""Synchronization jobs: how they are started, which states they go through, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from collector.sandbox.jupiterone import Fault, Instance, JupiterOneSandbox
from tests.fakes import NOON

from .client import SandboxClient, user

ENDED = (400, "JOB_NOT_AWAITING_UPLOADS")


def test_a_new_job_awaits_uploads(jupiterone: SandboxClient, instance: Instance) -> None:
    body = {"source": "integration-external", "integrationInstanceId": instance.id}
    job = jupiterone.good("", body)["job"]
    assert job["status"] == "AWAITING_UPLOADS"
    assert job["done"] is False
    assert job["syncMode"] == "DIFF"
    assert job["startTimestamp"] == NOON * 1000
    assert job["integrationInstanceId"] == instance.id
    assert job["integrationJobId"]
    assert {value for name, value in job.items() if name.startswith("num")} == {0}


def test_a_job_of_source_api_belongs_to_no_integration_job(jupiterone: SandboxClient) -> None:
    job = jupiterone.good("", {"source": "api", "scope": "zoom"})["job"]
    assert (job["source"], job["scope"]) == ("api", "zoom")
    assert "integrationJobId" not in job
    assert jupiterone.post(f"/{job['id']}/events", {"events": []}).status_code == 400


WRONG_STARTS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "VALIDATION_ERROR", "source"),
    ({"source": "elsewhere"}, "VALIDATION_ERROR", "source"),
    ({"source": "api"}, "VALIDATION_ERROR", "scope"),
    ({"source": "api", "scope": ""}, "VALIDATION_ERROR", "scope"),
    ({"source": "api", "scope": "a", "integrationInstanceId": "i"}, "VALIDATION_ERROR", "integrationInstanceId"),
    ({"source": "integration-external", "integrationInstanceId": "i", "scope": "a"}, "VALIDATION_ERROR", "scope"),
    ({"source": "integration-external"}, "SYNC_JOB_INVALID_INTEGRATION_INSTANCE", "not found"),
    (
        {"source": "integration-managed", "integrationInstanceId": "unknown"},
        "SYNC_JOB_INVALID_INTEGRATION_INSTANCE",
        "not found",
    ),
    ({"source": "api", "scope": "a", "syncMode": "PATCH"}, "NOT_IN_SANDBOX", "syncMode"),
    ({"source": "api", "scope": "a", "integrationJobId": "i"}, "NOT_IN_SANDBOX", "integrationJobId"),
]


@pytest.mark.parametrize(("body", "code", "words"), WRONG_STARTS)
def test_refuses_a_wrong_start(jupiterone: SandboxClient, body: dict[str, Any], code: str, words: str) -> None:
    answer = jupiterone.post("", body)
    assert jupiterone.refusal(answer) == (400, code)
    assert words in answer.text
    assert jupiterone.sandbox.jobs == []


@pytest.mark.parametrize(
    ("polls", "statuses"),
    [
        (0, ["FINISHED"]),
        (1, ["FINALIZING_ENTITIES", "FINISHED"]),
        (2, ["FINALIZING_ENTITIES", "FINALIZING_RELATIONSHIPS", "FINISHED", "FINISHED"]),
        (
            5,
            [
                "FINALIZE_PENDING",
                "FINALIZING_ENTITIES",
                "FINALIZING_ENTITIES",
                "FINALIZING_RELATIONSHIPS",
                "FINALIZING_RELATIONSHIPS",
                "FINISHED",
            ],
        ),
    ],
)
def test_settles_while_it_is_asked_for(polls: int, statuses: list[str]) -> None:
    sandbox = JupiterOneSandbox(polls_until_finished=polls)
    jupiterone = SandboxClient(sandbox)
    job_id = jupiterone.start(source="api", scope="zoom")
    assert jupiterone.good(f"/{job_id}/finalize")["job"]["status"] == "FINALIZE_PENDING"
    jobs = [jupiterone.job(job_id) for _ in statuses]
    assert [job["status"] for job in jobs] == statuses
    assert [job["done"] for job in jobs] == [status == "FINISHED" for status in statuses]


def test_counts_come_at_the_end(jupiterone: SandboxClient, instance: Instance) -> None:
    job_id = jupiterone.start(instance.id)
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(1), user(2)]})
    assert jupiterone.job(job_id)["numEntitiesUploaded"] == 2
    jupiterone.good(f"/{job_id}/finalize", {})
    assert [jupiterone.job(job_id)["numEntitiesCreated"] for _ in range(3)] == [0, 0, 2]


CALLS = [
    ("entities", {"entities": []}),
    ("relationships", {"relationships": []}),
    ("finalize", {}),
    ("abort", {"reason": "again"}),
]


@pytest.mark.parametrize(("call", "body"), CALLS)
@pytest.mark.parametrize("end", ["finalize", "abort"])
def test_takes_nothing_after_its_end(
    jupiterone: SandboxClient, instance: Instance, end: str, call: str, body: Any
) -> None:
    job_id = jupiterone.start(instance.id)
    jupiterone.good(f"/{job_id}/{end}", {})
    assert jupiterone.refusal(jupiterone.post(f"/{job_id}/{call}", body)) == ENDED
    jupiterone.sandbox.finish_jobs()
    assert jupiterone.refusal(jupiterone.post(f"/{job_id}/{call}", body)) == ENDED


@pytest.mark.parametrize(("call", "body"), [*CALLS, ("events", {"events": []})])
def test_does_not_know_other_jobs(jupiterone: SandboxClient, call: str, body: Any) -> None:
    assert jupiterone.refusal(jupiterone.post(f"/unknown/{call}", body)) == (404, "NOT_FOUND")


def test_an_abort_may_name_the_status(jupiterone: SandboxClient, instance: Instance) -> None:
    status = "ABORTED_DUE_TO_INVALID_CONFIGURATION"
    job_id = jupiterone.start(instance.id)
    assert jupiterone.post(f"/{job_id}/abort", {"terminalStatus": "FINISHED"}).status_code == 400
    assert jupiterone.good(f"/{job_id}/abort", {"terminalStatus": status})["job"]["status"] == status


def test_finalization_can_take_for_ever(jupiterone: SandboxClient, instance: Instance) -> None:
    jupiterone.sandbox.faults.add(Fault("never_finishes"))
    job_id = jupiterone.start(instance.id)
    jupiterone.good(f"/{job_id}/finalize")
    assert {jupiterone.job(job_id)["status"] for _ in range(20)} == {"FINALIZE_PENDING"}


def test_the_platform_can_end_a_job(jupiterone: SandboxClient, instance: Instance) -> None:
    job_id = jupiterone.start(instance.id)
    jupiterone.sandbox.faults.add(Fault("job_ended", "relationships"))
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(1)]})
    assert jupiterone.refusal(jupiterone.post(f"/{job_id}/relationships", {"relationships": []})) == ENDED
    assert jupiterone.job(job_id)["status"] == "ABORTED"


@pytest.mark.parametrize("events", [None, {}, ["text"], [{"name": "x"}], [{"name": 1, "description": "x"}]])
def test_refuses_what_are_no_events(jupiterone: SandboxClient, instance: Instance, events: Any) -> None:
    job_id = jupiterone.start(instance.id)
    assert jupiterone.post(f"/{job_id}/events", {"events": events}).status_code == 400
    assert jupiterone.sandbox.events == []


@pytest.mark.parametrize("partial", [[], {"types": "zoom_user"}, {"types": [1]}])
def test_refuses_wrong_partial_datasets(jupiterone: SandboxClient, instance: Instance, partial: Any) -> None:
    job_id = jupiterone.start(instance.id)
    assert jupiterone.post(f"/{job_id}/finalize", {"partialDatasets": partial}).status_code == 400
    assert jupiterone.job(job_id)["status"] == "AWAITING_UPLOADS"


def test_equal_seeds_give_equal_ids() -> None:
    def ids(seed: int) -> list[str]:
        sandbox = JupiterOneSandbox(seed=seed)
        return [sandbox.api_key, sandbox.add_instance().id, SandboxClient(sandbox).start(source="api", scope="zoom")]

    assert ids(1) == ids(1)
    assert not set(ids(1)) & set(ids(2))
