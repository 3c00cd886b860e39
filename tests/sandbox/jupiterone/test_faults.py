"""Every kind of trouble, where and as often as planned."""

from __future__ import annotations

import json

import pytest
from werkzeug.test import TestResponse

from collector.sandbox.jupiterone import Fault, FaultKind, Instance
from tests.fakes import FakeClock

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


REFUSALS: list[tuple[FaultKind, int, str]] = [
    ("status_500", 500, "INTERNAL_SERVER_ERROR"),
    ("status_503", 503, "INTERNAL_SERVER_ERROR"),
    ("qps_429", 429, "TOO_MANY_REQUESTS"),
    ("too_large_code", 400, "RequestEntityTooLargeException"),
    ("unauthorized", 401, "UNAUTHORIZED"),
    ("forbidden", 403, "FORBIDDEN"),
]


@pytest.mark.parametrize(("kind", "status", "code"), REFUSALS)
def test_refusals_do_nothing(jupiterone: SandboxClient, job_id: str, kind: FaultKind, status: int, code: str) -> None:
    jupiterone.sandbox.faults.add(Fault(kind, times=2))
    assert jupiterone.refusal(upload(jupiterone, job_id)) == (status, code)
    assert jupiterone.graphql_refusal(QUERY)[:2] == (status, code)
    assert jupiterone.job(job_id)["numEntitiesUploaded"] == 0


def test_a_413_comes_from_the_gateway(jupiterone: SandboxClient, job_id: str) -> None:
    jupiterone.sandbox.faults.add(Fault("too_large_413"))
    answer = upload(jupiterone, job_id)
    assert (answer.status_code, answer.json) == (413, {"message": "Request Too Long"})


def test_a_page_of_the_edge(jupiterone: SandboxClient, job_id: str) -> None:
    jupiterone.sandbox.faults.add(Fault("status_502_html"))
    answer = upload(jupiterone, job_id)
    assert (answer.status_code, answer.mimetype) == (502, "text/html")
    assert "Bad Gateway" in answer.text


@pytest.mark.parametrize(
    ("fault", "headers"),
    [
        (Fault("qps_429"), {"RateLimit-Limit": "60", "RateLimit-Remaining": "0"}),
        (Fault("qps_429", retry_after="7"), {"Retry-After": "7"}),
        (Fault("qps_429", rate_limit_reset="9"), {"RateLimit-Reset": "9"}),
    ],
)
def test_a_429_can_say_when_to_come_back(
    jupiterone: SandboxClient, job_id: str, fault: Fault, headers: dict[str, str]
) -> None:
    jupiterone.sandbox.faults.add(fault)
    said = upload(jupiterone, job_id).headers
    assert {name: said[name] for name in headers} == headers
    for name in ("Retry-After", "RateLimit-Reset"):
        assert (name in said) is (name in headers)


def test_a_slow_answer(jupiterone: SandboxClient, job_id: str, clock: FakeClock) -> None:
    jupiterone.sandbox.faults.add(Fault("slow", delay=40))
    assert upload(jupiterone, job_id).status_code == 200
    assert clock.waits == [40]


def test_an_answer_can_be_cut_off(jupiterone: SandboxClient, job_id: str) -> None:
    jupiterone.sandbox.faults.add(Fault("truncated"))
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(upload(jupiterone, job_id).data)
    assert jupiterone.job(job_id)["numEntitiesUploaded"] == 1


@pytest.mark.parametrize(("kind", "uploaded"), [("reset", 0), ("lost_answer", 1)])
def test_a_connection_closed_without_an_answer(
    jupiterone: SandboxClient, job_id: str, kind: FaultKind, uploaded: int
) -> None:
    jupiterone.sandbox.faults.add(Fault(kind))
    with pytest.raises(ConnectionResetError):
        upload(jupiterone, job_id)
    assert jupiterone.job(job_id)["numEntitiesUploaded"] == uploaded
    assert [request.status for request in jupiterone.sandbox.requests] == [200, 0, 200]


def test_a_connection_closed_in_the_middle(jupiterone: SandboxClient, job_id: str) -> None:
    jupiterone.sandbox.faults.add(Fault("dropped_body"))
    answer = upload(jupiterone, job_id)
    with pytest.raises(ConnectionResetError):
        answer.get_data()
    assert jupiterone.job(job_id)["numEntitiesUploaded"] == 1


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
