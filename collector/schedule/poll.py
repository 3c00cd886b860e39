"""When runs start: one at a time, an interval apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NoReturn

from collector.clock import Clock

MAX_SLEEP_SECONDS = 60.0
"""Short sleeps, so that a computer that was suspended soon notices a missed start."""
MAX_JITTER_SECONDS = 60.0
MAX_JITTER_SHARE = 0.02
"""Share of the interval. Jitter keeps profiles with the same interval from always starting in the same second."""


def poll(
    run: Callable[[], None],
    interval: float,
    clock: Clock,
    randomness: random.Random,
    *,
    last_start: float | None = None,
    announce: Callable[[float], None],
) -> NoReturn:
    """Call `run` at once, then whenever `interval` seconds and a little jitter have passed since the last start.

    `last_start`: when an earlier process last called it, in seconds since 1970. Missed starts (a long run, a suspended
    computer) are caught up by one run at once. `announce` receives each due time. Ends only with what `run` or the
    clock raises: Interrupted.
    """
    due = clock.now() if last_start is None else last_start + interval
    while True:
        due = min(due, clock.now() + interval + jitter_of(interval))  # if the clock was set back
        announce(due)
        _wait_until(due, interval, clock)
        started = clock.now()
        run()
        due = started + interval + randomness.random() * jitter_of(interval)


def jitter_of(interval: float) -> float:
    """The maximum added to an interval, in seconds."""
    return min(MAX_JITTER_SECONDS, interval * MAX_JITTER_SHARE)


def _wait_until(due: float, interval: float, clock: Clock) -> None:
    """Wait by the wall clock, which continues while a computer is suspended."""
    clock.wait(0)
    while (left := due - clock.now()) > 0:
        if left > interval + jitter_of(interval):  # set back while waiting
            due = clock.now() + interval
        clock.wait(min(left, MAX_SLEEP_SECONDS))
