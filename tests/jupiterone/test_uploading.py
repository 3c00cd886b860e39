"""Many batches: six at once, no more in memory than that, split where too large, sent again where in doubt."""

from __future__ import annotations

import gzip
import json
import random
import threading

import pytest

from collector.clock import SystemClock
from collector.errors import Interrupted, UploadFailed
from collector.jupiterone.jobs import job_report
from collector.jupiterone.synchronization import Synchronization, SynchronizationJob, Target
from collector.jupiterone.uploading import MAX_PARALLEL_BATCHES, UploadCounts, Uploader
from collector.sandbox.jupiterone import Fault, JupiterOneSandbox

from .conftest import connected, memberships, users

SMALL = 500
"""Bytes: four users to a body."""
ENTITIES = "https://api.us.jupiterone.io/persister/synchronization/jobs/7/entities"
OURS = {"job": {"id": "7", "status": "AWAITING_UPLOADS"}}


def posts(sandbox, operation="entities"):
    return [request for request in sandbox.requests if request.operation == operation]


@pytest.fixture
def job(jupiterone, target):
    return Synchronization(jupiterone, SMALL).start(target)


class FakeJupiterOne:
    """Takes batches once it is let; remembers how many it held at once."""

    def __init__(self, clock):
        self.clock, self.randomness = clock, random.Random(1)
        self.paths = []
        self.objects_taken = self.largest_batch = self.at_once = self.most_at_once = 0
        self.full, self.go_on = threading.Event(), threading.Event()
        self._lock = threading.Lock()

    def post(self, path, body, **_):
        objects = len(json.loads(body)["entities"])
        with self._lock:
            self.paths.append(path)
            self.largest_batch = max(self.largest_batch, objects)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            if self.at_once == MAX_PARALLEL_BATCHES:
                self.full.set()
        assert self.go_on.wait(60)
        with self._lock:
            self.at_once -= 1
            self.objects_taken += objects
        return {}


def test_entities_come_first_and_none_is_lost(sandbox, job):
    progress = []
    uploaded = job.upload(users(100), memberships(100), progress.append)
    assert (uploaded.entities, uploaded.relationships) == (100, 99)
    assert progress[-1] == uploaded
    assert [step.entities for step in progress] == sorted(step.entities for step in progress)
    order = [request.operation for request in sandbox.requests][1:]
    assert order == sorted(order)
    assert len(order) > 40
    job.finalize([])
    assert job.follow().entities.created == 100
    assert len(sandbox.relationships()) == 99


def test_each_batch_has_a_correlation_id_of_its_own_and_keeps_it(sandbox, job):
    sandbox.faults.add(Fault("status_500", operation="entities", times=1))
    job.upload(users(40), [])
    ids = [request.correlation_id for request in posts(sandbox)]
    assert all(len(correlation_id) == 36 for correlation_id in ids)
    assert len(set(ids)) == len(ids) - 1


def test_six_at_once_and_no_more_in_memory(clock):
    jupiterone, ahead = FakeJupiterOne(clock), []

    def many():
        for number, user in enumerate(users(200)):
            ahead.append(number - jupiterone.objects_taken)
            yield user

    uploader = Uploader(jupiterone, "7", largest_body=SMALL)
    thread = threading.Thread(target=uploader.upload, args=("entities", many()))
    thread.start()
    assert jupiterone.full.wait(60)
    jupiterone.go_on.set()
    thread.join(60)
    assert jupiterone.most_at_once == MAX_PARALLEL_BATCHES
    assert uploader.uploaded == UploadCounts(entities=200)
    assert set(jupiterone.paths) == {"/persister/synchronization/jobs/7/entities"}
    assert max(ahead) <= (MAX_PARALLEL_BATCHES + 1) * jupiterone.largest_batch


@pytest.mark.parametrize("kind", ["too_large_413", "too_large_code"])
def test_a_batch_that_is_too_large_goes_in_halves(sandbox, job, kind):
    sandbox.faults.add(Fault(kind, operation="entities", times=1))
    assert job.upload(users(4), []).entities == 4
    assert [request.status for request in posts(sandbox)] == [413 if kind == "too_large_413" else 400, 200, 200]
    job.finalize([])
    assert (job.follow().entities.created, len(sandbox.entities())) == (4, 4)


@pytest.mark.parametrize("status", [200, 400, 401, 408, 429, 500, 503])
@pytest.mark.parametrize("place", ["error", ""], ids=["in an envelope", "without one"])
def test_too_large_is_known_by_the_code_whatever_the_status(client, requests_mock, status, place):
    said = {"code": "RequestEntityTooLargeException", "message": "Request must be smaller than 6291456 bytes"}
    too_large = {"status_code": status, "json": {place: said} if place else said}
    requests_mock.post(ENTITIES, [too_large, {"json": OURS}])
    uploader = Uploader(client, "7")
    uploader.upload("entities", users(4))
    assert uploader.uploaded == UploadCounts(entities=4)
    assert len(requests_mock.request_history) == 3


@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_the_end_of_a_job_is_known_by_the_code_whatever_the_status(client, requests_mock, status):
    ended = {"error": {"code": "JOB_NOT_AWAITING_UPLOADS", "message": "too late"}}
    requests_mock.post(ENTITIES, status_code=status, json=ended)
    with pytest.raises(UploadFailed, match="JOB_NOT_AWAITING_UPLOADS"):
        SynchronizationJob(client, job_report(OURS["job"])).upload(users(4), [])
    assert len(requests_mock.request_history) == 1


def test_halves_of_halves(clock):
    sandbox = JupiterOneSandbox(clock=clock, largest_body=400)
    target = Target(instance_id=sandbox.add_instance().id)
    job = Synchronization(connected(sandbox, clock)).start(target)
    assert job.upload(users(40), []).entities == 40
    job.finalize([])
    assert job.follow().entities.created == 40


def test_an_object_that_no_body_can_hold(sandbox, job):
    sandbox.faults.add(Fault("too_large_413", operation="entities", times=None))
    with pytest.raises(UploadFailed, match=r"zoom_user:0 is larger \(\d+ bytes\)"):
        job.upload(users(4), [])


@pytest.mark.parametrize("kind", ["lost_answer", "dropped_body", "truncated"])
def test_a_batch_whose_answer_was_lost_is_sent_again_and_does_no_harm(sandbox, job, kind, caplog):
    sandbox.faults.add(Fault(kind, operation="entities", after=3), Fault(kind, operation="relationships"))
    uploaded = job.upload(users(40), memberships(40))
    assert (uploaded.entities, uploaded.relationships, uploaded.resent) == (40, 39, 2)
    assert "sent again to job" in caplog.text
    job.finalize([])
    report = job.follow()
    assert (report.entities.created, report.entities.errors) == (40, 0)
    assert (report.relationships.created, report.relationships.errors) == (39, 0)
    assert report.entities.uploaded > 40


FOREIGN = {
    "an empty object": {"json": {}},
    "nothing": {"text": ""},
    "no content": {"status_code": 204},
    "a portal's JSON": {"json": {"result": "ok"}},
    "a portal's page": {"text": "<html>Sign in</html>"},
    "an error": {"json": {"error": {"code": "INTERNAL_SERVER_ERROR", "message": "It broke."}}},
    "another job": {"json": {"job": {"id": "8", "status": "AWAITING_UPLOADS"}}},
    "a job without a name": {"json": {"job": {"status": "AWAITING_UPLOADS"}}},
}


@pytest.mark.parametrize("answer", FOREIGN.values(), ids=FOREIGN)
def test_an_answer_that_is_not_the_jobs_confirms_nothing(client, requests_mock, answer):
    requests_mock.post(ENTITIES, [answer, {"json": OURS}])
    uploader = Uploader(client, "7")
    uploader.upload("entities", users(4))
    assert uploader.uploaded == UploadCounts(entities=4, resent=1)
    assert b"ignoreDuplicates" in gzip.decompress(requests_mock.last_request.body)


@pytest.mark.parametrize("answer", FOREIGN.values(), ids=FOREIGN)
def test_a_batch_that_is_never_confirmed(client, requests_mock, answer):
    requests_mock.post(ENTITIES, **answer)
    with pytest.raises(UploadFailed) as raised:
        SynchronizationJob(client, job_report(OURS["job"])).upload(users(4), [])
    assert "failed 5 times" in raised.value.message
    assert "HTTPS_PROXY" in raised.value.next_step


def test_a_server_that_does_not_know_ignore_duplicates(client, requests_mock):
    unknown = {"status_code": 400, "json": {"error": {"code": "VALIDATION_ERROR", "message": "ignoreDuplicates?"}}}
    requests_mock.post(ENTITIES, [{"status_code": 502}, unknown, unknown, {"json": OURS}])
    uploader = Uploader(client, "7")
    uploader.upload("entities", users(1))
    assert uploader.uploaded == UploadCounts(entities=1, resent=1)
    last = requests_mock.request_history[-1]
    assert last.headers["Content-Encoding"] == "gzip"
    assert len({request.headers["JupiterOne-Correlation-Id"] for request in requests_mock.request_history}) == 1


def test_the_first_failure_ends_the_upload(sandbox, job):
    sandbox.faults.add(Fault("status_500", operation="entities", after=2, times=None))
    walked = []

    def many():
        for user in users(4000):
            walked.append(user["_key"])
            yield user

    with pytest.raises(UploadFailed):
        job.upload(many(), memberships(10))
    assert len(walked) < 4000
    assert posts(sandbox, "relationships") == []


def test_an_interruption_ends_the_upload_between_batches(sandbox, target):
    clock = SystemClock()
    job = Synchronization(connected(sandbox, clock), SMALL).start(target)

    def many():
        for number, user in enumerate(users(4000)):
            if number == 100:
                clock.stop()
            yield user

    with pytest.raises(Interrupted):
        job.upload(many(), [])
    taken = len(posts(sandbox))
    assert {request.status for request in posts(sandbox)} == {200}
    assert taken <= 25
    assert job.abort("interrupted").status == "ABORTED"
    assert len(posts(sandbox)) == taken


def test_what_the_iterable_raises_ends_the_upload(sandbox, job):
    def broken():
        yield from users(10)
        raise OSError("the store is gone")

    with pytest.raises(OSError, match="the store is gone"):
        job.upload(broken(), [])
