"""Which run's graph is asked: that of a number, that of a date, or the newest; and what the time was then."""

from __future__ import annotations

from collector.clock import Clock, milliseconds
from collector.errors import UsageError
from collector.next_steps import Command, NextStep
from collector.query import dates
from collector.store import RunRecord, Store


def chosen_run(store: Store, run: int | None = None, at: str | None = None) -> RunRecord:
    """The finished run `run`, the last that had ended by the date `at` (its end, UTC), or the newest.

    Raises UsageError if there is none, if `at` is not a date, and if both are given.
    """
    next_step = NextStep("`{}` lists the runs.", Command("status", "--runs"))
    if run is not None and at is not None:
        raise UsageError("A run and a date are given.", "Give one of them.")
    ended_by = None if at is None else dates.instant(at, end=True)
    if at is not None and ended_by is None:
        raise UsageError(f"{at!r} is not a date.", "Write it as 2026-11-23 or 2026-11-23T18:00:00Z (UTC).")
    for record in store.finished_runs():
        if run in (None, record.id) and (ended_by is None or record.ended_at <= ended_by):
            return record
    if run is not None:
        raise UsageError(f"There is no finished run {run}.", next_step)
    if at is not None:
        raise UsageError(f"No run had ended by {at}.", next_step)
    raise UsageError("Nothing has been collected yet.", NextStep("Run `{}` first.", Command("collect")))


def date_now(record: RunRecord, clock: Clock, run: int | None = None, at: str | None = None) -> int:
    """`date.now`, in milliseconds, in the graph that `run` or `at` chose: the end of its run, so that the answer stays.

    Where neither is given, the graph is the present one, and so is the time.
    """
    return milliseconds(clock.now()) if run is None and at is None else record.ended_at
