"""Keeps count of one reading and judges it: the coverage law in one place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from collector.collect.scopes import lacks_scope
from collector.errors import CollectorError, Denied, NotGranted, NotLicensed
from collector.model.coverage import Coverage, Status

MAX_CONSECUTIVE_FAILURES = 25
"""After so many failures of one reading one after the other, with none read between, the rest is left unread."""


@dataclass
class CircuitBreaker:
    """Ends a reading that fails again and again. `reason`: why no more is asked for; None while more is."""

    reason: CollectorError | None = None
    consecutive_failures: int = 0

    def failed(self, failure: CollectorError) -> None:
        """One could not be had: a missing scope or licence concerns all, another failure when it is one of many."""
        self.consecutive_failures += 1
        if (
            lacks_scope(failure)
            or isinstance(failure, NotLicensed)
            or self.consecutive_failures >= MAX_CONSECUTIVE_FAILURES
        ):
            self.reason = failure

    def succeeded(self) -> None:
        self.consecutive_failures = 0


def status_of(failure: CollectorError) -> Status:
    """What a reading that met only this failure is called."""
    if isinstance(failure, NotGranted):
        return Status.NOT_GRANTED
    if isinstance(failure, Denied):
        return Status.DENIED
    return Status.NOT_LICENSED if isinstance(failure, NotLicensed) else Status.PARTIAL


class DatasetReport:
    """Counts what was read, what failed and why, for one (step, thing read)."""

    def __init__(self, step: str, dataset: str, *, is_set: bool) -> None:
        self.step = step
        self.dataset = dataset
        self.is_set = is_set
        self.read = 0
        self.deleted_meanwhile = 0
        self.stale = 0
        self.missing = 0
        self.unavailable = 0
        self.oldest: int | None = None
        self._skip_reason = ""
        self._failures: dict[Status, CollectorError] = {}
        self._reasons: Counter[str] = Counter()

    def failed(self, failure: CollectorError) -> None:
        """Something could not be read."""
        self._failures.setdefault(status_of(failure), failure)
        self._reasons[failure.message] += 1

    def keep_stale(self, read_at: int, number: int = 1) -> None:
        """Documents that could not be read are kept; the oldest was read at that time (milliseconds since 1970)."""
        self.stale += number
        self.oldest = read_at if self.oldest is None else min(self.oldest, read_at)

    def skip(self, reason: str) -> None:
        """Something is not read by choice."""
        self._skip_reason = reason

    @property
    def name(self) -> str:
        """What tells it from the other readings of a run."""
        return f"{self.step}: {self.dataset}"

    @property
    def status(self) -> Status:
        """Without failures complete, or skipped; with one kind of failure and nothing read, that kind; else partial."""
        if not self._failures:
            return Status.SKIPPED if self._skip_reason else Status.COMPLETE
        if len(self._failures) == 1 and not self.read:
            return next(iter(self._failures))
        return Status.PARTIAL

    @property
    def failure(self) -> CollectorError | None:
        """The failure that says most about the status, if there was any."""
        return self._failures.get(self.status) or next(iter(self._failures.values()), None)

    def coverage(self) -> Coverage:
        """The judgement."""
        failure = self.failure
        reason = self._skip_reason
        if failure is not None:
            others = len(self._reasons) - 1
            reason = failure.message + (f" (and {others} other reasons)" if others else "")
        return Coverage(
            step=self.step,
            dataset=self.dataset,
            status=self.status,
            is_set=self.is_set,
            read=self.read,
            deleted_meanwhile=self.deleted_meanwhile,
            stale=self.stale,
            missing=self.missing,
            unavailable=self.unavailable,
            oldest=self.oldest,
            reason=reason,
            next_step=failure.next_step if failure else "",
            scopes=failure.scopes if isinstance(failure, Denied) else (),
        )
