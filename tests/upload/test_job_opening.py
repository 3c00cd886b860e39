"""The process that opens a job: what it is given, what it tells, and what it leaves behind."""

from __future__ import annotations

import errno
import json
import logging
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.errors import CollectionFailed, CollectorError, Interrupted
from collector.jupiterone.connection import Access
from collector.jupiterone.failures import AccessRefused, InstanceMissing, UploadFailed
from collector.jupiterone.jobs import Target
from collector.redaction import Secret
from collector.sandbox.jupiterone import Fault
from collector.store import Place, Uploads, UploadState
from collector.upload import job_opening
from collector.upload.job_opening import Order, as_told, open_job_apart
from tests.jupiterone.conftest import ANYWHERE

from .conftest import Both


@pytest.fixture
def url(both: Both, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    both.profile.collect()
    with both.jupiterone.serve() as url:
        yield url


def order_of(both: Both, url: str = ANYWHERE, **other: Any) -> Order:
    """Of an upload that has begun."""
    number = both.store.uploads.begin(1, Place("localhost", "sandbox", "integration-external", both.instance), [], 0)
    access = Access("sandbox", Secret(other.get("api_key", both.jupiterone.api_key)), url, url)
    target = Target(instance_id=other.get("instance", both.instance))
    return Order(access, target, both.settings().profile.store_path, number)


def test_the_job_is_told_and_recorded(both: Both, url: str) -> None:
    report = open_job_apart(order_of(both, url), SystemClock())
    (job,) = both.jupiterone.jobs
    assert (report.job_id, report.status) == (job.id, "AWAITING_UPLOADS")
    assert report.integration_job_id is not None
    assert (both.latest.state, both.latest.job) == (UploadState.OPEN, job.id)


@pytest.mark.parametrize(
    ("other", "kind"), [({"instance": "none"}, InstanceMissing), ({"api_key": "wrong-key-123"}, AccessRefused)]
)
def test_a_refusal_is_the_same_as_here(both: Both, url: str, other: dict[str, str], kind: type[CollectorError]) -> None:
    order = order_of(both, url, **other)
    with pytest.raises(kind) as here:
        both.open_job(order)
    with pytest.raises(kind) as apart:
        open_job_apart(order, SystemClock())
    said = [failure.value.message.partition(" (request id ")[0] for failure in (apart, here)]
    assert said[0] == said[1]
    assert apart.value.next_step == here.value.next_step
    assert both.jupiterone.jobs == []


@pytest.mark.parametrize("kind", [AccessRefused, CollectionFailed, InstanceMissing, Interrupted, UploadFailed])
def test_every_failure_comes_back_as_it_was(kind: type[CollectorError]) -> None:
    told = {**as_told(kind("What.", "Do this.")), "log": []}
    with pytest.raises(kind, match="What") as raised:
        job_opening._understood(json.dumps(told))
    assert (type(raised.value), raised.value.next_step) == (kind, "Do this.")


def test_its_log_is_ours(both: Both, url: str, caplog: pytest.LogCaptureFixture) -> None:
    both.jupiterone.faults.add(Fault("lost_answer", operation="create"))
    with caplog.at_level(logging.DEBUG, "collector"):
        open_job_apart(order_of(both, url), SystemClock())
    assert "No answer to the creation of a synchronization job" in caplog.text
    assert "POST /persister/synchronization/jobs -> 200" in caplog.text
    assert both.jupiterone.api_key not in caplog.text


def test_the_key_is_not_among_its_arguments(both: Both, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments: list[str] = []

    class Seen(subprocess.Popen[str]):
        def __init__(self, command: list[str], **options: Any) -> None:
            arguments.extend(command)
            super().__init__(command, **options)

    monkeypatch.setattr(subprocess, "Popen", Seen)
    open_job_apart(order_of(both, url), SystemClock())
    assert arguments
    assert both.jupiterone.api_key not in " ".join(arguments)


@pytest.mark.parametrize("program", ["", "import sys; sys.stdin.readline(); print('{')", "raise SystemExit(9)"])
def test_it_ends_without_a_word(both: Both, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(job_opening, "_PROGRAM", program)
    with pytest.raises(UploadFailed, match="ended without a word") as raised:
        open_job_apart(order_of(both), SystemClock())
    assert raised.value.next_step == "Run `collector sync` again."


def no_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))


def no_more_processes(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refused)


@pytest.mark.parametrize(
    ("trouble", "reason", "next_step"),
    [
        (no_temporary_folder, "No such file or directory", "TMPDIR"),
        (no_more_processes, "Resource temporarily unavailable", "ulimit -u"),
    ],
)
def test_it_cannot_be_started(
    both: Both,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Callable[[Path, pytest.MonkeyPatch], None],
    reason: str,
    next_step: str,
) -> None:
    both.profile.collect()
    trouble(tmp_path, monkeypatch)
    with pytest.raises(CollectionFailed) as raised:
        both.sync(opener=open_job_apart)
    assert raised.value.message == (
        f"The program that creates the synchronization job could not be started: {reason}. No job was created."
    )
    assert next_step in raised.value.next_step
    assert raised.value.next_step.endswith("then run `collector sync` again.")
    assert (both.latest.state, both.latest.reason) == (UploadState.FAILED, raised.value.message)
    assert both.jupiterone.jobs == []


def test_the_working_folder_is_not_searched(
    both: Both, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("json", "requests", "collector"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit(9)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert open_job_apart(order_of(both, url), SystemClock()).job_id


def test_a_stopped_clock_ends_it_before_the_next_try(both: Both, url: str) -> None:
    both.jupiterone.faults.add(Fault("status_503", operation="create", times=None))
    clock = SystemClock()
    clock.stop()
    with pytest.raises(Interrupted):
        open_job_apart(order_of(both, url), clock)
    assert both.operations() in ([], ["create"])


def test_an_upload_that_was_given_up_gets_no_job(both: Both) -> None:
    """It comes late: the next upload has already found that this one has none."""
    order = order_of(both)
    both.store.uploads.end(order.upload, UploadState.FAILED, 0)
    with pytest.raises(UploadFailed, match="given up"):
        both.open_job(order)
    assert both.operations() == []


def test_a_job_that_cannot_be_recorded_is_aborted(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise CollectionFailed("The disk is full.")

    order = order_of(both)
    monkeypatch.setattr(Uploads, "opened", full)
    with pytest.raises(CollectionFailed, match="The disk is full"):
        both.open_job(order)
    assert both.statuses == ["ABORTED"]


def test_a_job_that_was_recorded_but_not_told_is_ended_by_the_next_upload(both: Both) -> None:
    def opened_in_silence(order: Order, _: object) -> Any:
        both.open_job(order)
        raise UploadFailed("It ended without a word.")

    both.profile.collect()
    with pytest.raises(UploadFailed, match="without a word"):
        both.sync(opener=opened_in_silence)
    assert both.latest.state is UploadState.OPEN
    both.sync()
    assert both.statuses == ["ABORTED", "FINISHED"]


def test_what_it_is_given_is_what_it_reads(both: Both) -> None:
    order = order_of(both)
    assert Order.from_json(json.loads(json.dumps(order.as_json()))) == order
