"""A job from its creation to its end, before the sandbox: when all is well, and when it is not."""

from __future__ import annotations

import pytest

from collector.errors import AccessRefused, InstanceMissing, UploadFailed
from collector.jupiterone.synchronization import ARRIVAL_SECONDS, Event, Synchronization, Target, UploadCounts
from collector.sandbox.jupiterone import Fault, JupiterOneSandbox

from .conftest import API, GOES_BY, connected, memberships, operations, users


def synchronized(synchronization, target, entities, relationships=(), partial_types=()):
    """One whole upload; the report at its end."""
    job = synchronization.start(target)
    job.upload(entities, relationships)
    job.finalize(partial_types)
    return job.follow()


def by_key(objects):
    return {value["_key"]: value for value in objects}


# When all is well


def test_a_whole_upload(sandbox, synchronization, target):
    job = synchronization.start(target)
    assert (job.report.status, job.id) == ("AWAITING_UPLOADS", sandbox.jobs[0].id)
    job.publish([Event("step_start", "Starting."), Event("step_end", "Completed.")])
    uploaded = job.upload(iter(users(5)), iter(memberships(5)))
    assert (uploaded.entities, uploaded.relationships, uploaded.resent) == (5, 4, 0)
    assert job.finalize([]).status == "FINALIZE_PENDING"
    report = job.follow()
    assert (report.finished, report.job_id, report.integration_job_id is not None) == (True, job.id, True)
    assert (report.entities.uploaded, report.entities.created, report.entities.errors) == (5, 5, 0)
    assert (report.relationships.created, report.relationships.errors) == (4, 0)
    assert sandbox.entities(instance_id=target.instance_id) == by_key(users(5))
    assert sandbox.relationships(instance_id=target.instance_id) == by_key(memberships(5))
    assert [(event.name, event.description) for event in sandbox.events] == [
        ("step_start", "Starting."),
        ("step_end", "Completed."),
    ]
    assert operations(sandbox)[:6] == ["create", "events", "events", "entities", "relationships", "finalize"]


def test_what_is_not_uploaded_is_deleted_except_of_partial_types(synchronization, sandbox, target):
    synchronized(synchronization, target, users(5), memberships(5))
    kept = synchronized(synchronization, target, users(3), memberships(3), ["zoom_user", "zoom_user_has_user"])
    assert (kept.entities.deleted, kept.relationships.deleted) == (0, 0)
    report = synchronized(synchronization, target, users(3), memberships(3))
    assert (report.entities.deleted, report.relationships.deleted) == (2, 2)
    assert sandbox.entities() == by_key(users(3))
    assert sandbox.jobs[1].partial_types == {"zoom_user", "zoom_user_has_user"}


def test_a_scope_of_source_api_has_no_log(sandbox, synchronization):
    job = synchronization.start(Target("api", scope="zoom"))
    assert job.report.integration_job_id is None
    job.publish([Event("step_start", "Starting.")])
    job.upload(users(1), [])
    job.finalize([])
    assert job.follow().entities.created == 1
    assert "events" not in operations(sandbox)


def test_an_upload_of_nothing(synchronization, target):
    assert synchronized(synchronization, target, [], []).entities.uploaded == 0


def test_a_job_can_be_taken_up_by_its_id(synchronization, target):
    job = synchronization.job_of(synchronization.report(synchronization.start(target).id))
    job.upload(users(2), [])
    job.finalize([])
    assert job.follow().entities.created == 2


# Creating


def test_an_instance_that_is_not_there(synchronization):
    with pytest.raises(InstanceMissing, match="no integration instance gone") as failure:
        synchronization.start(Target(instance_id="gone"))
    assert failure.value.exit_code == 2
    assert "collector instance create" in failure.value.next_step


def test_a_lost_answer_to_the_creation(sandbox, synchronization, target, caplog):
    sandbox.faults.add(Fault("lost_answer", operation="create", times=2))
    report = synchronized(synchronization, target, users(3))
    assert report.entities.created == 3
    assert [job.status for job in sandbox.jobs] == ["AWAITING_UPLOADS", "AWAITING_UPLOADS", "FINISHED"]
    assert caplog.text.count("an empty one may stay open in JupiterOne") == 1


@pytest.mark.parametrize("answer", [{"json": {"jobs": []}}, {"json": {"job": {"status": "FINISHED"}}}, {"text": ""}])
def test_an_answer_without_a_job(client, requests_mock, answer):
    requests_mock.post("https://api.us.jupiterone.io/persister/synchronization/jobs", **answer)
    with pytest.raises(UploadFailed, match="the last time with 200: an answer to something else") as failure:
        Synchronization(client).start(Target("api", scope="zoom"))
    assert "HTTPS_PROXY" in failure.value.next_step


# The log


@pytest.mark.parametrize(("kind", "tries"), [("status_500", 5), ("reset", 5), ("forbidden", 1)])
def test_an_upload_does_not_fail_for_its_log(sandbox, synchronization, target, caplog, kind, tries):
    sandbox.faults.add(Fault(kind, operation="events", times=None))
    job = synchronization.start(target)
    job.publish([Event("step_start", "Starting."), Event("step_end", "Completed.")])
    assert "Some events are missing from the job's log" in caplog.text
    assert operations(sandbox) == ["create"] + ["events"] * tries
    assert job.upload(users(1), []).entities == 1


# Uploading and finalizing: what goes by, and what does not


@pytest.mark.parametrize("operation", ["create", "entities", "relationships", "finalize", "status"])
@pytest.mark.parametrize("kind", GOES_BY)
def test_trouble_that_goes_by(sandbox, synchronization, target, kind, operation):
    sandbox.faults.add(Fault(kind, operation=operation, times=2))
    report = synchronized(synchronization, target, users(4), memberships(4))
    assert (report.entities.created, report.entities.errors) == (4, 0)
    assert (report.relationships.created, report.relationships.errors) == (3, 0)
    assert sandbox.entities() == by_key(users(4))
    assert sum(job.status == "FINISHED" for job in sandbox.jobs) == 1


@pytest.mark.parametrize("operation", ["create", "entities", "relationships", "finalize", "status"])
@pytest.mark.parametrize(
    ("kind", "failure", "said"),
    [
        ("status_500", UploadFailed, "500 INTERNAL_SERVER_ERROR: An unexpected error occurred."),
        ("qps_429", UploadFailed, "429 TOO_MANY_REQUESTS: Too many requests."),
        ("reset", UploadFailed, "no answer (ConnectionError)"),
        ("unauthorized", AccessRefused, "401 UNAUTHORIZED"),
        ("forbidden", AccessRefused, "403 FORBIDDEN"),
    ],
)
def test_trouble_that_stays(sandbox, synchronization, target, kind, failure, said, operation):
    sandbox.faults.add(Fault(kind, operation=operation, times=None))
    with pytest.raises(failure) as raised:
        synchronized(synchronization, target, users(4), memberships(4))
    assert type(raised.value) is failure
    assert said in raised.value.message
    assert raised.value.next_step
    if failure is UploadFailed and operation in ("entities", "relationships"):
        assert f"synchronization job {sandbox.jobs[0].id}" in raised.value.message
        assert "correlation id" in raised.value.message


def test_a_job_that_has_ended_is_final_at_once(sandbox, synchronization, target, clock):
    sandbox.faults.add(Fault("job_ended", operation="entities"))
    job = synchronization.start(target)
    with pytest.raises(UploadFailed, match="JOB_NOT_AWAITING_UPLOADS") as failure:
        job.upload(users(3), [])
    assert isinstance(failure.value, UploadFailed)
    assert operations(sandbox) == ["create", "entities"]
    assert clock.waits == []
    with pytest.raises(UploadFailed):
        job.finalize([])


def job_seven(client):
    synchronization = Synchronization(client)
    return synchronization.job_of(synchronization.report("7"))


@pytest.fixture
def counting(client, requests_mock):
    """A job of which one look after the other tells these counts of entities and relationships."""

    def job_counting(*counts):
        looks = [
            {"json": {"job": {"id": "7", "status": "AWAITING_UPLOADS", **dict(zip(COUNTS, each, strict=False))}}}
            for each in counts
        ]
        requests_mock.get(f"{API}/persister/synchronization/jobs/7", looks)
        return job_seven(client)

    return job_counting


COUNTS = ("numEntitiesUploaded", "numRelationshipsUploaded")


@pytest.mark.parametrize(
    "counts",
    [
        [()],
        [(0, 0)],
        [(40, 20)],
        [(50, 20)],
        [(40, 0)],
        [(0, 20)],
        [(30, 5), (40, 20)],
        [(number, 20) for number in range(10, 41)],
    ],
    ids=["none", "zero", "all", "more", "late", "late entities", "a little later", "slowly"],
)
def test_counts_that_say_nothing_against_finalizing(counting, counts):
    counting(counts[0], *counts).check_all_arrived(UploadCounts(40, 20))


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((30, 20), "Only 30 of 40 entities have arrived"),
        ((40, 1), "Only 1 of 20 relationships have arrived"),
        ((30, 19), "Only 30 of 40 entities and 19 of 20 relationships have arrived"),
        ((39,), "Only 39 of 40 entities have arrived"),
    ],
)
def test_fewer_than_were_sent_have_arrived(counting, clock, counts, said):
    begun = clock.now()
    with pytest.raises(UploadFailed, match=said) as failure:
        counting(counts).check_all_arrived(UploadCounts(40, 20))
    assert failure.value.next_step == "Run `collector sync` again."
    assert clock.now() - begun == ARRIVAL_SECONDS


def test_a_lost_answer_to_finalizing_does_not_finalize_twice(sandbox, synchronization, target):
    sandbox.faults.add(Fault("lost_answer", operation="finalize"))
    job = synchronization.start(target)
    job.upload(users(2), [])
    assert job.finalize([]).finalized
    assert operations(sandbox)[2:] == ["finalize", "status"]


# Following


@pytest.mark.parametrize(
    ("kind", "status"), [("bad_data", "ERROR_BAD_DATA"), ("unexpected_failure", "ERROR_UNEXPECTED_FAILURE")]
)
def test_a_job_that_comes_to_a_bad_end(sandbox, synchronization, target, kind, status):
    sandbox.faults.add(Fault(kind, operation="finalize"))
    with pytest.raises(UploadFailed, match=f"ended the synchronization job .* as {status}"):
        synchronized(synchronization, target, users(2))


def test_a_job_that_is_not_finished_in_time(sandbox, synchronization, target, clock):
    sandbox.faults.add(Fault("never_finishes", operation="finalize"))
    job = synchronization.start(target)
    job.finalize([])
    begun = clock.now()
    with pytest.raises(UploadFailed, match="in 30 minutes; it is FINALIZE_PENDING") as failure:
        job.follow()
    assert clock.now() - begun == 1800
    assert clock.waits[:3] == [1.0, 1.5, 2.25]
    assert max(clock.waits) == 30.0
    assert "JupiterOne continues it" in failure.value.next_step
    assert operations(sandbox).count("status") < 75


@pytest.mark.parametrize(
    "from_intermediary",
    [{"json": {}}, {"json": {"job": {"id": "8", "status": "FINISHED"}}}, {"json": {"status": "FINISHED"}}],
)
def test_another_answer_is_not_followed(client, requests_mock, from_intermediary):
    path = f"{API}/persister/synchronization/jobs/7"
    finished = {"json": {"job": {"id": "7", "status": "FINISHED", "numEntitiesCreated": 2}}}
    requests_mock.get(path, [{"json": {"job": {"id": "7", "status": "FINALIZE_PENDING"}}}, from_intermediary, finished])
    assert job_seven(client).follow().entities.created == 2
    requests_mock.get(path, **from_intermediary)
    with pytest.raises(UploadFailed, match="an answer to something else"):
        Synchronization(client).report("7")


def test_a_server_that_takes_no_gzip(clock):
    sandbox = JupiterOneSandbox(clock=clock, accepts_gzip=False)
    target = Target(instance_id=sandbox.add_instance().id)
    report = synchronized(Synchronization(connected(sandbox, clock)), target, users(2), memberships(2))
    assert (report.entities.created, report.relationships.created) == (2, 1)
    assert [request.gzipped for request in sandbox.requests if request.operation == "entities"] == [True, False]
