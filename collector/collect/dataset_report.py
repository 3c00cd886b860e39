"""Counts one dataset of a step and decides its coverage status."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from collector.collect.scopes import lacks_scope
from collector.errors import CollectorError, Denied, NotGranted, NotLicensed
from collector.model.coverage import Coverage, Status

MAX_CONSECUTIVE_FAILURES = 25
"""After this many consecutive failures the rest of a dataset is not read."""


@dataclass
class CircuitBreaker:
    """Stops a dataset that keeps failing.

    `stopped_by`: the failure that stopped it; None while it is read. `is_licensed_as_a_whole`: False for optional
    documents, of which Zoom may refuse a single group's in the words of a missing licence.
    """

    stopped_by: CollectorError | None = None
    is_licensed_as_a_whole: bool = True
    consecutive_failures: int = 0

    def failed(self, failure: CollectorError) -> None:
        """Count a failure. A missing scope or licence concerns all of the dataset, so one is enough."""
        self.consecutive_failures += 1
        if (
            lacks_scope(failure)
            or (isinstance(failure, NotLicensed) and self.is_licensed_as_a_whole)
            or self.consecutive_failures >= MAX_CONSECUTIVE_FAILURES
        ):
            self.stopped_by = failure

    def succeeded(self) -> None:
        self.consecutive_failures = 0


def status_of(failure: CollectorError) -> Status:
    """The status of a dataset whose only failure is this one."""
    if isinstance(failure, NotGranted):
        return Status.NOT_GRANTED
    if isinstance(failure, Denied):
        return Status.DENIED
    return Status.NOT_LICENSED if isinstance(failure, NotLicensed) else Status.PARTIAL


class DatasetReport:
    """Counts what was read, what failed and why, for one dataset of a step."""

    def __init__(self, step: str, dataset: str, *, is_list: bool) -> None:
        self.step = step
        self.dataset = dataset
        self.is_list = is_list
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
        """Count stale documents; the oldest was read at `read_at` (milliseconds since 1970)."""
        self.stale += number
        self.oldest = read_at if self.oldest is None else min(self.oldest, read_at)

    def skip(self, reason: str) -> None:
        """Note that something was skipped by choice."""
        self._skip_reason = reason

    @property
    def name(self) -> str:
        """Unique among the datasets of a run."""
        return f"{self.step}: {self.dataset}"

    @property
    def status(self) -> Status:
        """Complete or skipped without failures; the one kind of failure if nothing was read; otherwise partial."""
        if not self._failures:
            return Status.SKIPPED if self._skip_reason else Status.COMPLETE
        if len(self._failures) == 1 and not self.read:
            return next(iter(self._failures))
        return Status.PARTIAL

    @property
    def failure(self) -> CollectorError | None:
        """The failure that explains the status, if there was one."""
        return self._failures.get(self.status) or next(iter(self._failures.values()), None)

    def coverage(self) -> Coverage:
        """What is reported about it."""
        failure = self.failure
        reason = self._skip_reason
        if failure is not None:
            others = len(self._reasons) - 1
            reason = failure.message + (f" (and {others} other reasons)" if others else "")
        return Coverage(
            step=self.step,
            dataset=self.dataset,
            status=self.status,
            is_list=self.is_list,
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
