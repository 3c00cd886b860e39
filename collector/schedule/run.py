"""`collector run`: collect, upload, alert; once, or at every interval."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, Protocol

from collector.alerts.sending import AlertReport
from collector.clock import Clock
from collector.collect.account import CollectResult
from collector.errors import CollectorError, ExitCode, Interrupted, UsageError, worst_of
from collector.next_steps import Command, NextStep
from collector.query.status import last_start
from collector.schedule.poll import poll
from collector.settings.choices import PollingInterval
from collector.settings.profile import Profile
from collector.upload import UploadResult

_log = logging.getLogger(__name__)

Alert = Callable[[], AlertReport]


@dataclass(frozen=True)
class RunResult:
    """A run that collected and uploaded. `alerted`: None without ALERT_URLS."""

    collected: CollectResult
    synced: UploadResult
    alerted: AlertReport | None = None

    @property
    def exit_code(self) -> ExitCode:
        alerted = ExitCode.COMPLETE if self.alerted is None else self.alerted.exit_code
        return worst_of(self.collected.record.exit_code, self.synced.exit_code, alerted)


class PollListener(Protocol):
    """Receives what happens while polling. `seconds` is a duration, `due` in seconds since 1970."""

    def polling(self, profile: Profile, interval: PollingInterval) -> None: ...

    def waiting(self, due: float) -> None: ...

    def started(self) -> None: ...

    def ended(self, result: RunResult, seconds: float) -> None: ...

    def failed(self, failure: Exception, seconds: float) -> None: ...

    def stopped(self) -> None: ...


def collect_then_upload(
    collect: Callable[[], CollectResult],
    synchronize: Callable[[], UploadResult],
    alert: Alert | None = None,
) -> RunResult:
    """Collect, upload, then alert.

    A collection that fails (exit codes 1, 2, 4, 130) raises, and nothing is uploaded. If the upload fails, the exit
    code of the failure is the worst of both. Alerts are sent in both cases, and never fail a run.
    """
    try:
        collected = collect()
    except Interrupted:
        raise
    except CollectorError:
        _alert_anyway(alert)
        raise
    try:
        synced = synchronize()
    except CollectorError as failure:
        if not isinstance(failure, Interrupted):
            _alert_anyway(alert)
        failure.exit_code = worst_of(collected.record.exit_code, failure.exit_code)
        raise
    return RunResult(collected, synced, _alerted(alert))


def _alerted(alert: Alert | None) -> AlertReport | None:
    if alert is None:
        return None
    try:
        return alert()
    except Interrupted:
        raise
    except CollectorError as failure:
        return AlertReport(None, problem=failure.message)


def _alert_anyway(alert: Alert | None) -> None:
    """Alert although the run failed, and log what goes wrong with that."""
    report = _alerted(alert)
    for sentence in () if report is None else report.problems:
        _log.warning("%s", sentence)


def poll_account(
    profile: Profile,
    interval: PollingInterval,
    run_once: Callable[[], RunResult],
    clock: Clock,
    randomness: random.Random,
    log: PollListener,
) -> NoReturn:
    """Call `run_once` at every interval until the clock is stopped, then raise Interrupted.

    A failed run is logged, and the next one still tried: networks come back, and somebody may sign in again. Raises
    UsageError if no interval is set.
    """
    seconds = interval.seconds
    if seconds is None:
        intervals = ", ".join(one.value for one in PollingInterval if one.seconds is not None)
        raise UsageError(
            "POLLING_INTERVAL is DISABLED, so there is no interval to poll at.",
            NextStep(
                "Set POLLING_INTERVAL in ./.env to one of {}; or run `{}` without --poll.", intervals, Command("run")
            ),
        )

    def run() -> None:
        began = clock.monotonic()
        log.started()
        try:
            result = run_once()
        except Interrupted:
            raise
        except Exception as failure:  # a bug in one run must not end the others
            log.failed(failure, clock.monotonic() - began)
        else:
            log.ended(result, clock.monotonic() - began)

    log.polling(profile, interval)
    try:
        poll(run, seconds, clock, randomness, last_start=last_start(profile), announce=log.waiting)
    finally:
        log.stopped()
