"""Which runs may be forgotten, and which kept run stands for each of them from then on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class RunTimes:
    """A run as the store has it: the run its reading began with, and when it was (milliseconds since 1970).

    `ended_at` is None for a run that was killed. `concluded`: no later run goes on with its reading.
    """

    id: int
    reading: int
    started_at: int
    ended_at: int | None
    concluded: bool

    @property
    def last_heard_of(self) -> int:
        """When it ended; of one that was killed nothing later is known than that it began."""
        return self.started_at if self.ended_at is None else self.ended_at


def stand_ins(runs: Iterable[RunTimes], before: int) -> dict[int, int]:
    """For every run that ended before this instant (milliseconds since 1970): the oldest kept run after it.

    A fact that holds from a forgotten run on is said to hold from its stand-in on; then every kept run shows what it
    showed before. The runs of one reading are kept or forgotten together. Always kept are the newest reading, the one
    of the newest finished run, and the one before the newest unless that was concluded: a run that goes on with it
    takes what is marked with its numbers for read, so none of them may stand for an earlier run.
    """
    ordered = sorted(runs, key=lambda run: run.id)
    kept_readings = {run.reading for run in ordered if run.last_heard_of >= before} | _always_kept(ordered)
    kept = [run.id for run in ordered if run.reading in kept_readings]
    return {run.id: kept[bisect_left(kept, run.id)] for run in ordered if run.reading not in kept_readings}


def _always_kept(ordered: list[RunTimes]) -> set[int]:
    if not ordered:
        return set()
    newest = ordered[-1]
    earlier = [run for run in ordered if run.reading != newest.reading]
    finished = [run for run in ordered if run.ended_at is not None]
    needed = [newest, *finished[-1:], *([] if newest.concluded else earlier[-1:])]
    return {run.reading for run in needed}
