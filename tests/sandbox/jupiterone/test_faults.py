"""Faults apply where and as often as scheduled."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from collector.sandbox.jupiterone import Fault, FaultKind, Instance

from .client import JOBS, SandboxClient, counts, user

QUERY = "{ integrationInstancesV2 { instances { id } } }"


@pytest.fixture
def job_id(jupiterone: SandboxClient, instance: Instance) -> str:
    return jupiterone.start(instance.id)


def upload(jupiterone: SandboxClient, job_id: str, number: int = 1) -> TestResponse:
    return jupiterone.post(f"/{job_id}/entities", {"entities": [user(number)]})


def test_strikes_after_and_as_often_as_planned(jupiterone: SandboxClient, job_id: str) -> None:
    jupiterone.sandbox.faults.add(Fault("status_500", "entities", after=1, times=2))
    assert [upload(jupiterone, job_id, number).status_code for number in range(5)] == [200, 500, 500, 200, 200]
    assert jupiterone.job(job_id)["numEntitiesUploaded"] == 3


def test_strikes_until_cleared(jupiterone: SandboxClient, job_id: str) -> None:
    jupiterone.sandbox.faults.add(Fault("status_500", times=None))
    assert {upload(jupiterone, job_id).status_code for _ in range(5)} == {500}
    jupiterone.sandbox.faults.clear()
    assert upload(jupiterone, job_id).status_code == 200


@pytest.mark.parametrize(
    ("operation", "path", "applied"),
    [
        ("entities", "*", ["entities"]),
        ("*", f"{JOBS}/*/relationships", ["relationships"]),
        ("status", "*", ["status"]),
        ("*", "/graphql", ["integrationInstancesV2"]),
        ("integrationInstances*", "*", ["integrationInstancesV2"]),
        ("upload", "*", []),
    ],
)
def test_strikes_where_planned(
    jupiterone: SandboxClient, job_id: str, operation: str, path: str, applied: list[str]
) -> None:
    jupiterone.sandbox.faults.add(Fault("status_500", operation, path, times=None))
    upload(jupiterone, job_id)
    jupiterone.post(f"/{job_id}/relationships", {"relationships": []})
    jupiterone.get(f"{JOBS}/{job_id}")
    jupiterone.graphql(QUERY)
    assert [request.operation for request in jupiterone.sandbox.requests if request.status == 500] == applied


@pytest.mark.parametrize(("kind", "uploaded"), [("reset", 0), ("lost_answer", 1)])
def test_a_connection_closed_without_an_answer(
    jupiterone: SandboxClient, job_id: str, kind: FaultKind, uploaded: int
) -> None:
    jupiterone.sandbox.faults.add(Fault(kind))
    with pytest.raises(ConnectionResetError):
        upload(jupiterone, job_id)
    assert jupiterone.job(job_id)["numEntitiesUploaded"] == uploaded
    assert [request.status for request in jupiterone.sandbox.requests] == [200, 0, 200]


def test_a_lost_answer_to_finalize_shows_in_the_job(jupiterone: SandboxClient, job_id: str) -> None:
    upload(jupiterone, job_id)
    jupiterone.sandbox.faults.add(Fault("lost_answer", "finalize"))
    with pytest.raises(ConnectionResetError):
        jupiterone.post(f"/{job_id}/finalize", {})
    assert jupiterone.refusal(jupiterone.post(f"/{job_id}/finalize", {})) == (400, "JOB_NOT_AWAITING_UPLOADS")
    jobs = [jupiterone.job(job_id) for _ in range(3)]
    assert [job["status"] for job in jobs] == ["FINALIZING_ENTITIES", "FINALIZING_RELATIONSHIPS", "FINISHED"]
    assert counts(jobs[-1]) == (1, 0, 0, 0)


def test_a_lost_answer_to_create_leaves_a_job_open(jupiterone: SandboxClient, instance: Instance) -> None:
    jupiterone.sandbox.faults.add(Fault("lost_answer", "create"))
    with pytest.raises(ConnectionResetError):
        jupiterone.start(instance.id)
    assert [job.status for job in jupiterone.sandbox.jobs] == ["AWAITING_UPLOADS"]


def test_graphql_can_fail_with_status_200(jupiterone: SandboxClient) -> None:
    jupiterone.sandbox.faults.add(Fault("graphql_error", "createIntegrationInstance"))
    query = 'mutation { createIntegrationInstance(instance: {name: "a", integrationDefinitionId: "b"}) { id } }'
    assert jupiterone.graphql_refusal(query)[:2] == (200, "INTERNAL_SERVER_ERROR")
    assert jupiterone.sandbox.instances == []
