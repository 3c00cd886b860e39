"""One run after the other, an interval apart. No work is done here."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NoReturn

from collector.clock import Clock

MAX_SLEEP_SECONDS = 60.0
"""Waiting in short naps lets a computer that was suspended notice, soon after it wakes, that a start was missed."""
MAX_JITTER_SECONDS = 60.0
MAX_JITTER_SHARE = 0.02
"""So that many profiles with one interval do not all start in the same second for ever."""


def poll(
    run: Callable[[], None],
    interval: float,
    clock: Clock,
    randomness: random.Random,
    *,
    last_start: float | None = None,
    announce: Callable[[float], None],
) -> NoReturn:
    """Call `run` whenever the interval (seconds) and a little jitter have gone by since it was called last.

    `last_start`: when an earlier process did, in seconds since 1970; without it the first call is now. One that was
    missed, since the run before took longer or the computer was suspended or off, is made up for once, at once.
    `announce` is told each time when the next one is due. Ends only with what `run` or the clock raises: Interrupted.
    """
    due = clock.now() if last_start is None else last_start + interval
    while True:
        due = min(due, clock.now() + interval + jitter_of(interval))  # should the clock have been set back
        announce(due)
        _wait_until(due, interval, clock)
        started = clock.now()
        run()
        due = started + interval + randomness.random() * jitter_of(interval)


def jitter_of(interval: float) -> float:
    """The most that is added to an interval, in seconds."""
    return min(MAX_JITTER_SECONDS, interval * MAX_JITTER_SHARE)


def _wait_until(due: float, interval: float, clock: Clock) -> None:
    """Wait by the wall clock, which goes on while a computer is suspended."""
    clock.wait(0)
    while (left := due - clock.now()) > 0:
        if left > interval + jitter_of(interval):  # set back while waiting
            due = clock.now() + interval
        clock.wait(min(left, MAX_SLEEP_SECONDS))
