"""What JupiterOne finds invalid by position is named by its key."""

from __future__ import annotations

import pytest

from collector.errors import RequestFailed, UploadFailed
from collector.jupiterone.jobs import job_report
from collector.jupiterone.synchronization import SynchronizationJob

from .conftest import API, memberships, users

JOB = f"{API}/persister/synchronization/jobs/7"
CODE = "ENTITY_UPLOAD_FAILED_VALIDATION"


def refused(client, requests_mock, error, status=400, number=5, collection="entities"):
    """How the upload fails with this answer."""
    requests_mock.post(f"{JOB}/entities", json={"job": {"id": "7"}})
    requests_mock.post(f"{JOB}/{collection}", status_code=status, json=error)
    with pytest.raises(UploadFailed) as raised:
        SynchronizationJob(client, job_report({"id": "7"})).upload(users(number), memberships(number))
    return raised.value


@pytest.mark.parametrize(
    ("error", "keys"),
    [
        (
            {
                "code": CODE,
                "message": "2 validation error(s):\n- Error in entities[1]._rawData (reason=Expected { [_: string]: "
                "{ body: string } } in tags[4])\n- Error in entities[3].name (reason=not a text)\n",
            },
            "zoom_user:1, zoom_user:3",
        ),
        ({"code": CODE, "message": "m", "details": [{"reason": "entities[2].name"}]}, "zoom_user:2"),
        ({"code": "BAD_REQUEST", "message": "Error in entities[4], entities[9]"}, "zoom_user:4"),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_the_refused_objects_are_named_by_their_keys(client, requests_mock, error, keys, status):
    failure = refused(client, requests_mock, {"error": error}, status)
    assert isinstance(failure, UploadFailed)
    number = keys.count("zoom_user")
    assert f"JupiterOne finds {number} of 5 entities invalid: {keys}" in failure.message
    assert error["code"] in failure.message
    assert "Please report it" in failure.next_step
    assert "Run " not in failure.next_step


def test_relationships_are_named_too(client, requests_mock):
    error = {"error": {"code": "RELATIONSHIP_UPLOAD_FAILED_VALIDATION", "message": "Error in relationships[1]"}}
    failure = refused(client, requests_mock, error, collection="relationships")
    assert "1 of 4 relationships invalid: zoom_user:0|has|zoom_user:2." in failure.message


def test_no_more_are_named_than_can_be_read(client, requests_mock):
    said = " ".join(f"entities[{number}]" for number in range(30))
    failure = refused(client, requests_mock, {"error": {"code": CODE, "message": said}}, number=40)
    assert "finds 30 of 40 entities invalid" in failure.message
    assert "zoom_user:9 and 20 more." in failure.message
    assert "zoom_user:10" not in failure.message


def test_it_may_not_say_which(client, requests_mock):
    failure = refused(client, requests_mock, {"error": {"code": CODE, "message": "Something is invalid."}})
    assert "finds some of 5 entities invalid: it does not say which." in failure.message
    assert "Run " not in failure.next_step


def test_another_refusal_is_reported_as_it_is(client, requests_mock):
    failure = refused(client, requests_mock, {"error": {"code": "NO", "message": "No."}})
    assert type(failure) is UploadFailed
    assert "please report it" in failure.next_step
    assert not isinstance(failure, RequestFailed)
