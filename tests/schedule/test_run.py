"""`collector run --poll` on both sandboxes, in virtual time: its runs, its log, and what does not end it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from collector.alerts.channels import Channel
from collector.alerts.sending import AlertReport
from collector.cli.poll_log import PollLog
from collector.clock import Clock, milliseconds
from collector.collect.account import CollectResult
from collector.errors import CollectionFailed, ExitCode, Interrupted, SignInRequired, UploadFailed, UsageError
from collector.jupiterone.jobs import Target
from collector.redaction import Secret
from collector.sandbox.jupiterone import Fault
from collector.schedule.run import RunResult, collect_then_upload, poll_account
from collector.settings import Settings
from collector.store import INTERRUPTED_REASON, UploadDestination, UploadState
from collector.tree import write_tree
from collector.upload.destination import Destination, access_to
from tests.fakes import NOON, FakeClock
from tests.jupiterone.conftest import NoChance
from tests.upload.conftest import Both

SLACK, MAIL = Channel(1, "slack", Secret("slack://a")), Channel(2, "mailto", Secret("mailto://b"))


def poll(settings: Settings, run_once: Callable[[], RunResult], clock: Clock, log: PollLog) -> NoReturn:
    poll_account(
        settings.profile,
        settings.polling_interval,
        run_once,
        clock,
        NoChance(1),
        log,
    )


def destination_of(both: Both) -> UploadDestination:
    return Destination(access_to(both.settings().jupiterone), Target(instance_id=both.instance)).recorded


class Polling:
    """Runs of both sandboxes until so many seconds have gone by; `before`: what happens before each run."""

    def __init__(self, both: Both, capsys: pytest.CaptureFixture[str]) -> None:
        self.both = both
        self.capsys = capsys
        self.settings = both.settings(POLLING_INTERVAL="THIRTY_MINUTES")
        self.before: dict[int, Any] = {}
        self.starts: list[float] = []
        self.alert: Callable[[], AlertReport] | None = None

    def poll(self, monkeypatch: pytest.MonkeyPatch, until: float) -> list[dict[str, Any]]:
        """The lines of the log."""
        clock, wait = self.both.clock, FakeClock.wait

        def stop_on_signals(seconds: float) -> None:
            wait(clock, seconds)
            if clock.time >= NOON + until:
                raise Interrupted("The run was asked to stop.")

        monkeypatch.setattr(clock, "wait", stop_on_signals)
        log = PollLog(clock)
        with pytest.raises(Interrupted), log.with_warnings():
            poll(self.settings, self.run, clock, log)
        return [json.loads(line) for line in self.capsys.readouterr().out.splitlines()]

    def run(self) -> RunResult:
        number = len(self.starts)
        self.starts.append((self.both.clock.time - NOON) / 60)

        def collect() -> CollectResult:
            happens = self.before.get(number)
            if isinstance(happens, Exception):
                raise happens
            if happens is not None:
                happens()
            record = self.both.profile.collect()
            return CollectResult(record, write_tree(self.both.store, self.both.folder / ".j1-integration"))

        return collect_then_upload(collect, self.both.sync, self.alert)


@pytest.fixture
def polling(both: Both, capsys: pytest.CaptureFixture[str]) -> Polling:
    return Polling(both, capsys)


def test_an_hour(polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
    polling.before[1] = lambda: polling.both.leaves("bob@example.com")
    lines = polling.poll(monkeypatch, 3600)
    assert [round(start) for start in polling.starts] == [0, 30]
    assert [line["event"] for line in lines] == [
        "polling",
        *["waiting", "run started", "run ended"] * 2,
        "waiting",
        "stopped",
    ]
    first, second = (line for line in lines if line["event"] == "run ended")
    assert first["entities"] == {"created": 17, "updated": 0, "deleted": 0, "errors": 0}
    assert second["entities"]["deleted"] == 1
    assert lines[0]["time"] == "2026-11-23T12:00:00Z"
    assert polling.both.uploaded == polling.both.stored


def test_a_failed_run_is_logged_and_the_next_one_tried(polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
    polling.before = {
        0: SignInRequired("Zoom refuses the token.", "Run `collector auth login`."),
        1: CollectionFailed("The disk is full.", "Free some space."),
        2: ZeroDivisionError("with a secret in it"),
    }
    lines = polling.poll(monkeypatch, 3 * 1800 + 60)
    failed = [line for line in lines if line["event"] == "run failed"]
    assert [(line["exitCode"], line["next"]) for line in failed] == [
        (4, "Run `collector auth login`."),
        (1, "Free some space."),
        (1, ""),
    ]
    assert "ZeroDivisionError" in failed[2]["message"]
    assert "secret" not in failed[2]["message"]
    assert [line["event"] for line in lines].count("run ended") == 1
    assert polling.both.uploaded == polling.both.stored


def test_an_upload_that_fails_is_made_up_for(polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
    polling.both.jupiterone.faults.add(Fault("job_ended", operation="entities"))
    lines = polling.poll(monkeypatch, 1860)
    assert [line["exitCode"] for line in lines if "exitCode" in line] == [1, 0]
    assert polling.both.uploaded == polling.both.stored


def test_stopped_in_the_middle_of_a_run(polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
    def two_hours_pass() -> None:
        polling.both.clock.time += 7200

    polling.before[0] = two_hours_pass
    lines = polling.poll(monkeypatch, 3600)
    assert [line["event"] for line in lines] == ["polling", "waiting", "run started", "stopped"]


@pytest.mark.parametrize("stopped_in", ["collection", "upload", "killed upload", "failed upload", "nothing"])
def test_restarted_after_a_run_that_was_stopped(
    polling: Polling, both: Both, monkeypatch: pytest.MonkeyPatch, stopped_in: str
) -> None:
    """Its work is resumed at once; after a finished run, the next one starts an interval later."""
    if stopped_in == "collection":
        both.store.begin(milliseconds(NOON), {}).finish(milliseconds(NOON), ExitCode.INTERRUPTED, [], [], [])
    else:
        both.profile.collect()
    states = {
        "upload": (UploadState.ABORTED, INTERRUPTED_REASON),
        "killed upload": (UploadState.OPEN, ""),
        "failed upload": (UploadState.ABORTED, "JupiterOne ended the job."),
    }
    if stopped_in in states:
        place = destination_of(both)
        number = both.store.uploads.begin(both.latest_run.id, place, [], milliseconds(NOON))
        state, reason = states[stopped_in]
        both.store.uploads.end(number, state, milliseconds(NOON), reason=reason)
    if stopped_in == "nothing":
        both.sync()
    both.clock.time += 120
    polling.poll(monkeypatch, 600)
    assert len(polling.starts) == (0 if stopped_in in ("nothing", "failed upload") else 1)


def test_warnings_are_lines_too_and_the_key_is_in_none(
    polling: Polling, both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = destination_of(both)
    number = both.store.uploads.begin(1, place, [], milliseconds(NOON))
    lines = polling.poll(monkeypatch, 60)
    assert number == 1
    (warning,) = (line for line in lines if line["event"] == "log")
    assert (warning["level"], "interrupted while its job was being created" in warning["message"]) == ("warning", True)
    assert both.jupiterone.api_key not in json.dumps(lines)


class TestAlerts:
    def test_a_run_ends_with_them(self, polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
        polling.alert = lambda: AlertReport(None, sent_to=(SLACK,), failed=(MAIL,))
        (ended,) = (line for line in polling.poll(monkeypatch, 60) if line["event"] == "run ended")
        assert ended["alerts"] == {"new": 0, "sentTo": ["1 (slack)"], "failed": ["2 (mailto)"], "problem": ""}
        assert (ended["exitCode"], ended["level"]) == (3, "warning")
        assert polling.both.uploaded == polling.both.stored

    def test_they_never_fail_a_run(self, polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail() -> AlertReport:
            raise CollectionFailed("The disk is full.")

        polling.alert = fail
        (ended,) = (line for line in polling.poll(monkeypatch, 60) if line["event"] == "run ended")
        assert (ended["alerts"]["problem"], ended["exitCode"]) == ("The disk is full.", 3)
        assert polling.both.uploaded == polling.both.stored

    @pytest.mark.parametrize("fails", ["collection", "upload"])
    def test_a_run_that_fails_sends_what_waits(
        self, polling: Polling, monkeypatch: pytest.MonkeyPatch, fails: str
    ) -> None:
        """An account that is not collected any more is one of the things to alert of."""
        if fails == "collection":
            polling.before = {0: SignInRequired("Zoom refuses the token.")}
        else:
            polling.both.jupiterone.faults.add(Fault("job_ended", operation="entities"))
        polling.alert = lambda: AlertReport(None, failed=(MAIL,))
        lines = polling.poll(monkeypatch, 60)
        assert [(line["event"], line.get("message", "")) for line in lines if line["level"] == "warning"] == [
            ("log", "Channel 2 (mailto) of ALERT_URLS did not take the alerts; the next run sends them.")
        ]
        assert lines[-3]["event"] == "run failed"

    def test_none_is_sent_when_it_is_stopped(self, polling: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
        polling.before = {0: Interrupted("The run was asked to stop.")}
        polling.alert = lambda: pytest.fail("sent")
        polling.poll(monkeypatch, 60)


def test_nothing_is_polled_without_an_interval(both: Both) -> None:
    with pytest.raises(UsageError):
        poll(both.settings(), lambda: pytest.fail("ran"), both.clock, PollLog(both.clock))


def test_the_failure_of_an_upload_takes_the_collection_into_account(both: Both) -> None:
    both.profile.collect()
    record = both.store.latest_run()
    assert record is not None

    def synchronize() -> Any:
        raise UploadFailed("x")

    def collect() -> CollectResult:
        tree = write_tree(both.store, both.folder / ".j1-integration")
        return CollectResult(replace(record, exit_code=ExitCode.DAILY_LIMIT), tree)

    with pytest.raises(UploadFailed) as raised:
        collect_then_upload(collect, synchronize)
    assert raised.value.exit_code is ExitCode.DAILY_LIMIT
