"""`collector run`: collect, then upload; once, or at every interval."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, Protocol

from collector.clock import Clock
from collector.collect.account import CollectResult
from collector.errors import CollectorError, ExitCode, Interrupted, UsageError, worst_of
from collector.next_steps import Command, NextStep
from collector.query.status import last_start
from collector.schedule.poll import poll
from collector.settings.choices import PollingInterval
from collector.settings.jupiterone import JupiterOneSettings
from collector.settings.profile import Profile
from collector.upload import UploadOptions, UploadResult
from collector.upload.destination import check_destination


@dataclass(frozen=True)
class RunResult:
    """A run that collected and uploaded."""

    collected: CollectResult
    synced: UploadResult

    @property
    def exit_code(self) -> ExitCode:
        return worst_of(self.collected.record.exit_code, self.synced.exit_code)


class PollListener(Protocol):
    """Receives what happens while polling. `seconds` is a duration, `due` in seconds since 1970."""

    def polling(self, profile: Profile, interval: PollingInterval) -> None: ...

    def waiting(self, due: float) -> None: ...

    def started(self) -> None: ...

    def ended(self, result: RunResult, seconds: float) -> None: ...

    def failed(self, failure: Exception, seconds: float) -> None: ...

    def stopped(self) -> None: ...


def collect_then_upload(
    profile: Profile,
    jupiterone: JupiterOneSettings,
    upload: UploadOptions,
    collect: Callable[[], CollectResult],
    synchronize: Callable[[], UploadResult],
) -> RunResult:
    """Collect, then upload.

    A collection that fails (exit codes 1, 2, 4, 130) raises, and nothing is uploaded. If the upload fails, the exit
    code of the failure is the worst of both.
    """
    check_destination(profile, jupiterone, upload)
    collected = collect()
    try:
        return RunResult(collected, synchronize())
    except CollectorError as failure:
        failure.exit_code = worst_of(collected.record.exit_code, failure.exit_code)
        raise


def poll_account(
    profile: Profile,
    jupiterone: JupiterOneSettings,
    upload: UploadOptions,
    interval: PollingInterval,
    run_once: Callable[[], RunResult],
    clock: Clock,
    randomness: random.Random,
    log: PollListener,
) -> NoReturn:
    """Call `run_once` at every interval until the clock is stopped, then raise Interrupted.

    A failed run is logged, and the next one still tried: networks come back, and somebody may sign in again. Raises
    UsageError if no interval is set or the destination is not configured.
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
    check_destination(profile, jupiterone, upload)

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
