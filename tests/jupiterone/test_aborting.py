"""Ending a job that must not reach the graph, whatever has become of it."""

from __future__ import annotations

import pytest

from collector.errors import Interrupted, UploadFailed
from collector.sandbox.jupiterone import Fault

from .conftest import GOES_BY, operations, users


def test_aborting_an_open_job(sandbox, synchronization, target):
    job = synchronization.start(target)
    job.upload(users(2), [])
    assert job.abort("the disk is full").status == "ABORTED"
    assert sandbox.jobs[0].abort_reason == "the disk is full"
    assert sandbox.entities() == {}


def test_aborting_a_job_that_a_killed_run_left_open(sandbox, synchronization, target):
    job_id = synchronization.start(target).id
    assert synchronization.abort(job_id, "the run was killed").failed
    assert synchronization.abort(job_id, "once more").status == "ABORTED"
    assert sandbox.jobs[0].abort_reason == "the run was killed"


def test_a_finalized_job_is_not_aborted(sandbox, synchronization, target):
    job = synchronization.start(target)
    job.upload(users(2), [])
    job.finalize([])
    assert synchronization.abort(job.id, "too late").finalized
    assert job.follow().finished
    assert synchronization.abort(job.id, "far too late").finished
    assert "abort" not in operations(sandbox)


def test_a_job_of_which_jupiterone_does_not_know_how_it_is(sandbox, synchronization, target):
    job = synchronization.start(target)
    sandbox.jobs[0].status = "UNKNOWN"
    assert synchronization.abort(job.id, "tidy up").status == "UNKNOWN"
    assert "abort" in operations(sandbox)


def test_an_unknown_job_needs_no_aborting(synchronization):
    assert synchronization.abort("no-such/job", "tidy up") is None


@pytest.mark.parametrize("kind", GOES_BY)
def test_aborting_through_trouble(sandbox, synchronization, target, kind):
    job = synchronization.start(target)
    sandbox.faults.add(Fault(kind, operation="abort"), Fault(kind, operation="status"))
    assert job.abort("the disk is full").status == "ABORTED"


def test_an_abort_that_does_not_come_through(sandbox, synchronization, target):
    job = synchronization.start(target)
    sandbox.faults.add(Fault("status_500", operation="abort", times=None))
    with pytest.raises(UploadFailed, match=f"job {job.id} could not be aborted"):
        job.abort("the disk is full")


def test_aborting_after_the_clock_was_stopped(sandbox, synchronization, target, clock, monkeypatch):
    job = synchronization.start(target)

    def stopped(seconds):
        raise Interrupted("asked to stop")

    monkeypatch.setattr(clock, "wait", stopped)
    with pytest.raises(Interrupted):
        job.upload(users(2), [])
    assert job.abort("interrupted").status == "ABORTED"
