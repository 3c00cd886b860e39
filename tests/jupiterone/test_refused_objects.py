"""What JupiterOne finds invalid is named by its key, however JupiterOne names it."""

from __future__ import annotations

import pytest

from collector.errors import RequestFailed, UploadFailed
from collector.jupiterone.jobs import job_report
from collector.jupiterone.synchronization import SynchronizationJob

from .conftest import API, memberships, users

JOB = f"{API}/persister/synchronization/jobs/7"
CODE = "ENTITY_UPLOAD_FAILED_VALIDATION"


def refused(client, requests_mock, error, status=400, number=5, collection="entities"):
    """How the upload fails of which JupiterOne says this."""
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
        ({"code": CODE, "message": "Bad: [0].name, [2]"}, "zoom_user:0, zoom_user:2"),
        ({"code": "VALIDATION_ERROR", "message": "'entities.4.name' is not allowed"}, "zoom_user:4"),
        ({"code": CODE, "message": "m", "details": [{"index": 2, "reason": "name"}]}, "zoom_user:2"),
        ({"code": CODE, "message": "m", "details": [{"path": ["entities", 0, "name"]}]}, "zoom_user:0"),
        (
            {"code": CODE, "message": "m", "details": [{"_key": "zoom_user:4"}, {"_key": "zoom_user:1"}]},
            "zoom_user:1, zoom_user:4",
        ),
        ({"code": CODE, "message": "m", "errors": {"zoom_user:3": "no name"}}, "zoom_user:3"),
        ({"code": "BAD_REQUEST", "message": "The entity 'zoom_user:2' has no name."}, "zoom_user:2"),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_the_refused_objects_are_named_by_their_keys(client, requests_mock, error, keys, status):
    failure = refused(client, requests_mock, {"error": error}, status)
    assert isinstance(failure, UploadFailed)
    number = keys.count("zoom_user")
    assert f"JupiterOne finds {number} of 5 entities invalid: {keys}" in failure.message
    assert error["code"] in failure.message
    assert "again" in failure.next_step
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


def test_a_key_within_a_key_is_another(client, requests_mock):
    failure = refused(client, requests_mock, {"error": {"code": CODE, "message": "Bad: zoom_user:12."}}, number=20)
    assert "finds 1 of 20 entities invalid: zoom_user:12. " in failure.message


def test_which_ones_may_stay_untold(client, requests_mock):
    failure = refused(client, requests_mock, {"error": {"code": CODE, "message": "Something is invalid."}})
    assert "finds some of 5 entities invalid: which ones it does not say." in failure.message
    assert "Run " not in failure.next_step


def test_another_refusal_is_told_as_it_is(client, requests_mock):
    failure = refused(client, requests_mock, {"error": {"code": "NO", "message": "No."}})
    assert type(failure) is UploadFailed
    assert "please report it" in failure.next_step
    assert not isinstance(failure, RequestFailed)
