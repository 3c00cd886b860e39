"""An upload that fails, is interrupted or killed leaves the graph as it was, and open no job that has a name."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from collector.errors import AccessRefused, CollectionFailed, CollectorError, ExitCode, Interrupted, UploadFailed
from collector.sandbox.jupiterone import Fault
from collector.store import INTERRUPTED_REASON, Uploads, UploadState
from tests.wsgi_adapter import WsgiAdapter

from .conftest import Both

NAMELESS = "an empty job may stay open in JupiterOne, without effect"


class Killed(BaseException):
    """Nothing catches it: what the process would have done after it stays undone."""


class KilledAt(BaseAdapter):
    """The process dies at a request, before JupiterOne has seen it or after it has done what was asked."""

    def __init__(self, both: Both, request: int, *, answered: bool) -> None:
        super().__init__()
        self._inner = WsgiAdapter(both.jupiterone.app)
        self._left = request
        self._answered = answered

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self._left -= 1
        if self._left < -1 or (self._left == -1 and not self._answered):
            raise Killed
        response = self._inner.send(request, **options)
        if self._left == -1:
            raise Killed
        return response

    def close(self) -> None:
        pass


class Stopping(BaseAdapter):
    """Somebody presses Ctrl-C at a request: the answer comes, and every wait of the clock ends from then on."""

    def __init__(self, both: Both, operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self._inner = WsgiAdapter(both.jupiterone.app)
        self._operation = operation
        self._clock = both.clock
        self._monkeypatch = monkeypatch

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if str(request.url).endswith(self._operation):
            self._monkeypatch.setattr(self._clock, "wait", _stopped)
        return self._inner.send(request, **options)

    def close(self) -> None:
        pass


def _stopped(_: float) -> None:
    raise Interrupted("The run was asked to stop.")


def collected(folder: Path) -> Both:
    """A profile that was uploaded, and has collected something else since."""
    before, after = _stores()
    both = Both(folder)
    _put(before, both)
    both.sync()
    change(both)
    _put(after, both)
    return both


@cache
def _stores() -> tuple[bytes, bytes]:
    """The profile's store before that upload, and in the end: the same every time, as are all ids."""
    with TemporaryDirectory() as folder:
        both = Both(Path(folder))
        both.profile.collect()
        before = _take(both)
        both.sync()
        change(both)
        both.profile.collect()
        return before, _take(both)


def change(both: Both) -> None:
    both.leaves("bob@example.com")
    both.profile.account.add_user("new@example.com", "New", "Comer")


def _take(both: Both) -> bytes:
    """The file of the store, which closing makes whole."""
    both.reopen()
    return both.profile.path.read_bytes()


def _put(file: bytes, both: Both) -> None:
    both.store.close()
    both.profile.path.write_bytes(file)
    both.reopen()


def kill(both: Both, request: int, *, answered: bool) -> bool:
    """Upload until the process is killed at a request; False when it ended before."""
    network = KilledAt(both, request, answered=answered)
    try:
        both.sync(network=network, allow_deletes=True)  # without asking what is there
    except Killed:
        both.reopen()
        return True
    return False


@pytest.mark.parametrize("answered", [False, True], ids=["before the answer", "after JupiterOne did it"])
def test_killed_at_every_request(tmp_path: Path, answered: bool, caplog: pytest.LogCaptureFixture) -> None:
    """Only a job whose id had not arrived stays open, and it is warned of."""
    kills = 0
    for request in range(100):
        both = collected(tmp_path / str(request))
        first = len(both.operations())
        if not kill(both, request, answered=answered):
            both.store.close()
            break
        kills += 1
        operation = both.operations()[first:]
        synced = both.sync()
        creating = request == 0
        assert both.statuses.count("AWAITING_UPLOADS") == (creating and answered), operation
        assert (NAMELESS in caplog.text) == creating, operation
        caplog.clear()
        assert both.uploaded == both.stored, operation
        assert synced.exit_code == ExitCode.COMPLETE
        assert both.store.uploads.unfinished(both.latest.destination.host, both.latest.destination.account) == []
        assert both.latest.state is UploadState.FINISHED
        both.store.close()
    assert kills == 28, "create, 18 + 2 events, entities, relationships, a look, finalize, 3 looks at the job"


@pytest.mark.parametrize("answered", [False, True], ids=["before the answer", "after JupiterOne did it"])
@pytest.mark.parametrize("request_number", range(3), ids=["asking", "aborting", "asking again"])
def test_killed_again_while_tidying_up(tmp_path: Path, request_number: int, answered: bool) -> None:
    both = collected(tmp_path)
    assert kill(both, 20, answered=True)
    assert kill(both, request_number, answered=answered)
    both.sync()
    assert both.statuses == ["FINISHED", "ABORTED", "FINISHED"]
    assert both.uploaded == both.stored
    both.store.close()


def test_a_job_without_a_known_id_is_warned_about_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    both = collected(tmp_path)
    assert kill(both, 0, answered=True)
    both.sync()
    assert NAMELESS in caplog.text
    caplog.clear()
    both.sync()
    assert NAMELESS not in caplog.text
    assert both.statuses == ["FINISHED", "AWAITING_UPLOADS", "FINISHED", "FINISHED"]
    both.store.close()


class Signalled(BaseAdapter):
    """Signals come while a job is being created; what reaches their handlers by then is noted."""

    def __init__(self, both: Both, *numbers: signal.Signals, came: list[int]) -> None:
        super().__init__()
        self._inner = WsgiAdapter(both.jupiterone.app)
        self._numbers = numbers
        self._came = came
        self.came_too_early: list[int] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if str(request.url).endswith("/jobs"):
            for number in self._numbers:
                signal.raise_signal(number)
            self.came_too_early += self._came
        return self._inner.send(request, **options)

    def close(self) -> None:
        pass


@pytest.fixture
def came() -> Iterator[list[int]]:
    """The signals that were delivered, each of which ends what is going on, as a second Ctrl-C does."""
    came: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    yield came
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 3])
def test_signals_wait_until_the_job_is_recorded(
    tmp_path: Path, came: list[int], number: signal.Signals, times: int
) -> None:
    both = collected(tmp_path)
    network = Signalled(both, *[number] * times, came=came)
    with pytest.raises(KeyboardInterrupt):
        both.sync(network=network)
    assert (network.came_too_early, came) == ([], [number])
    assert both.statuses == ["FINISHED", "ABORTED"]
    assert (both.latest.job, both.latest.reason) == (both.jupiterone.jobs[-1].id, INTERRUPTED_REASON)
    both.store.close()


@pytest.mark.parametrize("kind", ["status_503", "qps_429", "reset"])
def test_signals_end_the_creation_of_a_job_before_the_next_try(tmp_path: Path, came: list[int], kind: Any) -> None:
    both = collected(tmp_path)
    both.jupiterone.faults.add(Fault(kind, operation="create", times=None))
    first = len(both.operations())
    with pytest.raises(KeyboardInterrupt):
        both.sync(network=Signalled(both, signal.SIGINT, came=came), allow_deletes=True)
    assert both.operations()[first:] == ["create"]
    assert (both.latest.state, both.latest.reason) == (UploadState.FAILED, INTERRUPTED_REASON)
    both.store.close()


def test_a_job_that_cannot_be_recorded_is_aborted(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise CollectionFailed("The disk is full.")

    both.profile.collect()
    monkeypatch.setattr(Uploads, "opened", full)
    with pytest.raises(CollectionFailed, match="The disk is full"):
        both.sync()
    assert (both.statuses, both.latest.state) == (["ABORTED"], UploadState.ABORTED)


def test_a_job_that_was_finalized_after_all_is_the_record(tmp_path: Path) -> None:
    both = collected(tmp_path)
    assert kill(both, 24, answered=True)
    assert both.latest.state is UploadState.OPEN
    assert both.sync().diff.changes["zoom_user"].deleted == 0, "bob went with the upload that was killed"
    assert "abort" not in both.operations()
    both.store.close()


def test_a_job_that_jupiterone_has_failed_meanwhile(tmp_path: Path) -> None:
    both = collected(tmp_path)
    both.jupiterone.faults.add(Fault("unexpected_failure"), Fault("unauthorized", operation="status", after=1))
    with pytest.raises(CollectorError):
        both.sync()
    number = both.latest.id
    assert both.latest.state is UploadState.FINALIZED
    both.jupiterone.finish_jobs()
    both.sync()
    assert both.end_of(number) == ("failed", "JupiterOne ended the job as ERROR_UNEXPECTED_FAILURE.")
    assert both.uploaded == both.stored
    both.store.close()


def test_a_finalized_job_that_does_not_answer_has_not_failed(tmp_path: Path) -> None:
    both = collected(tmp_path)
    assert kill(both, 24, answered=True)
    number, path = both.latest.id, f"*{both.latest.job}*"
    both.jupiterone.faults.add(Fault("status_500", path=path, operation="status", after=1, times=None))
    both.sync()
    assert both.end_of(number) == ("finalized", "")
    both.jupiterone.faults.clear()
    both.sync()
    assert both.end_of(number)[0] == "finished"
    both.store.close()


def test_an_orphaned_job_elsewhere_blocks_no_upload(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Such as one of an instance that the key of another may not ask for."""
    both = collected(tmp_path)
    assert kill(both, 5, answered=True)
    refused = Fault("forbidden", path=f"*{both.latest.job}*", times=None)
    both.jupiterone.faults.add(refused)
    with pytest.raises(AccessRefused):
        both.sync()
    both.instance = both.jupiterone.add_instance("Another").id
    both.sync()
    assert "which an interrupted upload left open, could not be aborted" in caplog.text
    assert both.statuses[1:] == ["AWAITING_UPLOADS", "FINISHED"]
    both.jupiterone.faults.clear()
    both.sync()
    assert both.statuses[1] == "ABORTED"
    both.store.close()


def test_a_job_of_another_host_is_not_this_ones(tmp_path: Path) -> None:
    both = collected(tmp_path)
    assert kill(both, 5, answered=True)
    number = both.latest.id
    both.change_uploads("UPDATE upload SET host = 'api.eu.jupiterone.io'")
    both.sync(allow_deletes=True)
    assert both.end_of(number) == ("open", "")
    both.store.close()


GIVEN_UP = [
    ("status_500", "entities"),
    ("status_500", "relationships"),
    ("status_500", "finalize"),
    ("qps_429", "entities"),
    ("unauthorized", "entities"),
    ("forbidden", "relationships"),
    ("job_ended", "entities"),
    ("job_ended", "finalize"),
    ("reset", "entities"),
]


@pytest.mark.parametrize(("kind", "operation"), GIVEN_UP, ids=lambda value: str(value))
def test_a_failure_that_stays(tmp_path: Path, kind: Any, operation: str) -> None:
    both = collected(tmp_path)
    before = both.uploaded
    both.jupiterone.faults.add(Fault(kind, operation=operation, times=None))
    with pytest.raises(CollectorError) as raised:
        both.sync()
    assert raised.value.next_step
    assert both.statuses == ["FINISHED", "ABORTED"]
    assert (both.latest.state, both.uploaded) == (UploadState.ABORTED, before)
    assert both.latest.reason == raised.value.message
    both.jupiterone.faults.clear()
    both.sync()
    assert both.uploaded == both.stored
    both.store.close()


@pytest.mark.parametrize("operation", ["create", "events", "entities", "relationships", "finalize", "status"])
@pytest.mark.parametrize("kind", ["status_503", "qps_429", "lost_answer", "truncated"])
def test_trouble_that_goes_by(tmp_path: Path, kind: Any, operation: str) -> None:
    both = collected(tmp_path)
    both.jupiterone.faults.add(Fault(kind, operation=operation, times=2))
    both.sync()
    assert both.uploaded == both.stored
    both.store.close()


def test_an_abort_that_fails_is_done_by_the_next_upload(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    both = collected(tmp_path)
    both.jupiterone.faults.add(
        Fault("forbidden", operation="entities"), Fault("status_500", operation="abort", times=None)
    )
    with pytest.raises(CollectorError, match="403"):
        both.sync()
    assert both.latest.state is UploadState.OPEN
    assert "The next `collector sync` aborts it." in caplog.text
    both.jupiterone.faults.clear()
    both.sync()
    assert both.statuses == ["FINISHED", "ABORTED", "FINISHED"]
    both.store.close()


@pytest.mark.parametrize(
    ("operation", "state", "status", "expected"),
    [
        ("/events", UploadState.ABORTED, "ABORTED", "is unchanged"),
        ("/entities", UploadState.ABORTED, "ABORTED", "is unchanged"),
        ("/finalize", UploadState.FINALIZED, "FINALIZING_ENTITIES", "JupiterOne completes it"),
    ],
)
def test_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, state: UploadState, status: str, expected: str
) -> None:
    both = collected(tmp_path)
    with pytest.raises(Interrupted) as raised:
        both.sync(network=Stopping(both, operation, monkeypatch))
    assert raised.value.exit_code == ExitCode.INTERRUPTED
    assert expected in raised.value.message
    assert (both.latest.state, both.statuses[-1]) == (state, status)
    monkeypatch.undo()
    both.sync()
    assert both.uploaded == both.stored
    assert "AWAITING_UPLOADS" not in both.statuses
    both.store.close()


def test_interrupted_where_the_job_cannot_be_aborted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = collected(tmp_path)
    both.jupiterone.faults.add(Fault("status_500", operation="abort"))
    with pytest.raises(Interrupted, match="the job could not be aborted") as raised:
        both.sync(network=Stopping(both, "/entities", monkeypatch))
    assert "Unless JupiterOne was finalizing it" in raised.value.message
    assert "it first aborts that job" in raised.value.next_step
    assert both.latest.state is UploadState.OPEN
    monkeypatch.undo()
    both.sync()
    assert both.statuses[1:] == ["ABORTED", "FINISHED"]
    both.store.close()


@pytest.mark.parametrize("kind", ["bad_data", "unexpected_failure"])
def test_a_job_that_comes_to_nothing(tmp_path: Path, kind: Any) -> None:
    both = collected(tmp_path)
    before = both.uploaded
    both.jupiterone.faults.add(Fault(kind))
    with pytest.raises(UploadFailed, match="JupiterOne ended the synchronization job"):
        both.sync()
    assert (both.latest.state, both.uploaded) == (UploadState.FAILED, before)
    assert both.compute_diff().changes["zoom_user"].deleted == 1, "the record is still that of the upload before"
    both.store.close()


def test_a_job_that_takes_too_long(tmp_path: Path) -> None:
    both = collected(tmp_path)
    both.jupiterone.faults.add(Fault("never_finishes"))
    with pytest.raises(UploadFailed, match="has not finished"):
        both.sync()
    assert both.latest.state is UploadState.FINALIZED
    both.sync()
    assert both.uploaded == both.stored
    both.store.close()


def test_the_job_was_aborted_elsewhere(tmp_path: Path) -> None:
    both = collected(tmp_path)
    both.jupiterone.faults.add(Fault("job_ended", operation="relationships"))
    with pytest.raises(UploadFailed, match="JOB_NOT_AWAITING_UPLOADS"):
        both.sync()
    assert both.latest.state is UploadState.ABORTED
    both.store.close()
