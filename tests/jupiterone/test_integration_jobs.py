"""An instance's latest jobs, from the sandbox and from answers it does not give."""

from __future__ import annotations

import pytest

from collector.errors import AccessRefused
from collector.jupiterone.integration_jobs import IntegrationJob, latest_jobs
from collector.jupiterone.synchronization import Event, Synchronization
from collector.sandbox.jupiterone import Fault

from .conftest import GRAPHQL, users


def test_the_newest_come_first(jupiterone, target, clock):
    synchronization = Synchronization(jupiterone)
    for number in range(3):
        clock.time += 3600
        job = synchronization.start(target)
        job.upload(users(number + 1), [])
        job.publish([Event("error_unexpected_error", "No good.")] if number == 1 else [])
        job.finalize([])
        job.follow()
    clock.time += 3600
    synchronization.start(target)
    found = latest_jobs(jupiterone, target.instance_id, limit=3)
    assert [(job.status, job.ended_at is not None, job.errors_occurred) for job in found] == [
        ("IN_PROGRESS", False, False),
        ("COMPLETED", True, False),
        ("COMPLETED_WITH_ERRORS", True, True),
    ]
    assert [job.created_at for job in found] == sorted((job.created_at for job in found), reverse=True)


def test_none(jupiterone, target):
    assert latest_jobs(jupiterone, target.instance_id) == []


def test_a_key_that_may_not(jupiterone, sandbox, target):
    sandbox.faults.add(Fault("forbidden", operation="integrationJobs"))
    with pytest.raises(AccessRefused):
        latest_jobs(jupiterone, target.instance_id)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"integrationJobs": None}, []),
        ({"integrationJobs": {"jobs": None}}, []),
        ({"integrationJobs": {"jobs": ["?", {"id": "a"}]}}, [IntegrationJob("a", "UNKNOWN", None, None, False)]),
        (
            {"integrationJobs": {"jobs": [{"id": "a", "status": "FAILED", "createDate": 1.0, "endDate": "soon"}]}},
            [IntegrationJob("a", "FAILED", 1, None, False)],
        ),
    ],
)
def test_answers_that_say_less(client, requests_mock, answer, expected):
    requests_mock.post(GRAPHQL, json={"data": answer})
    assert latest_jobs(client, "an-id") == expected
