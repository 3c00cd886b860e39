"""Polling: hours of virtual time start exactly the runs they should, one at a time, whatever happens meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from collector.errors import Interrupted
from collector.schedule.poll import MAX_JITTER_SECONDS, jitter_of, poll
from collector.settings.choices import PollingInterval
from tests.fakes import NOON, FakeClock

MINUTE = 60.0
HOUR = 3600.0


class NoChance(random.Random):
    def random(self) -> float:
        return 0.0


class ManualClock(FakeClock):
    """Stopped after a while; `leaps`: at which time it jumps by how much, as if the computer had been suspended."""

    def __init__(self, until: float, leaps: dict[float, float] | None = None) -> None:
        super().__init__()
        self._until = NOON + until
        self._leaps = {NOON + at: by for at, by in (leaps or {}).items()}

    def wait(self, seconds: float) -> None:
        super().wait(seconds)
        for at in [at for at in self._leaps if at <= self.time]:
            self.time += self._leaps.pop(at)
        if self.time >= self._until:
            raise Interrupted("The run was asked to stop.")


def starts(
    interval: float,
    until: float = HOUR,
    *,
    takes: Sequence[float] = (),
    last_start: float | None = None,
    leaps: dict[float, float] | None = None,
    chance: random.Random | None = None,
) -> list[float]:
    """When runs start, in minutes after the beginning; `takes`: how many seconds each takes, the others none."""
    clock, lengths = ManualClock(until, leaps), iter(takes)
    started: list[float] = []

    def run() -> None:
        started.append((clock.time - NOON) / MINUTE)
        clock.time += next(lengths, 0.0)

    with pytest.raises(Interrupted):
        poll(
            run,
            interval,
            clock,
            chance or NoChance(),
            last_start=None if last_start is None else NOON + last_start,
            announce=lambda due: None,
        )
    return started


@pytest.mark.parametrize(
    ("interval", "until", "expected"),
    [
        ("THIRTY_MINUTES", HOUR, [0, 30]),
        ("THIRTY_MINUTES", HOUR + 1, [0, 30, 60]),
        ("ONE_HOUR", HOUR, [0]),
        ("ONE_HOUR", 3 * HOUR, [0, 60, 120]),
        ("FOUR_HOURS", 24 * HOUR, [0, 240, 480, 720, 960, 1200]),
        ("EIGHT_HOURS", 24 * HOUR, [0, 480, 960]),
        ("TWELVE_HOURS", 24 * HOUR, [0, 720]),
        ("ONE_DAY", 72 * HOUR, [0, 1440, 2880]),
        ("ONE_WEEK", 14 * 24 * HOUR, [0, 10080]),
    ],
)
def test_every_interval(interval: str, until: float, expected: list[float]) -> None:
    seconds = PollingInterval(interval).seconds
    assert seconds is not None
    assert starts(seconds, until) == expected


@pytest.mark.parametrize(
    ("takes", "expected"),
    [
        ([45 * MINUTE], [0, 45]),
        ([29 * MINUTE], [0, 30]),
        ([30 * MINUTE], [0, 30]),
        ([100 * MINUTE, MINUTE], [0, 100, 130]),
        ([50 * MINUTE, 50 * MINUTE], [0, 50, 100, 130]),
    ],
)
def test_a_run_that_takes_longer_than_the_interval(takes: list[float], expected: list[float]) -> None:
    """However many starts were missed, they are made up for once."""
    assert starts(30 * MINUTE, max(HOUR, (expected[-1] + 1) * MINUTE), takes=takes) == expected


@pytest.mark.parametrize(
    ("leaps", "expected"),
    [
        ({10 * MINUTE: 5 * MINUTE}, [0, 30, 60, 90]),
        ({10 * MINUTE: 70 * MINUTE}, [0, 80, 110]),
        ({40 * MINUTE: 25 * MINUTE}, [0, 30, 65, 95]),
        ({10 * MINUTE: -24 * HOUR}, None),
    ],
    ids=["briefly", "for two starts", "for one start", "the clock was set back by a day"],
)
def test_a_computer_that_was_suspended(leaps: dict[float, float], expected: list[float] | None) -> None:
    if expected is not None:
        assert starts(30 * MINUTE, 2 * HOUR, leaps=leaps) == expected
        return
    first, second, *_ = starts(30 * MINUTE, 2 * HOUR, leaps=leaps)
    assert (first, second) == (0, -24 * 60 + 40), "half an hour after it was noticed"


@pytest.mark.parametrize(
    ("last_start", "expected"),
    [(-10 * MINUTE, [20, 50]), (-30 * MINUTE, [0, 30]), (-5 * HOUR, [0, 30]), (HOUR, [30.6])],
    ids=["not due yet", "due", "missed", "in the future: the clock was set back"],
)
def test_a_restarted_process_keeps_the_schedule(last_start: float, expected: list[float]) -> None:
    assert starts(30 * MINUTE, HOUR, last_start=last_start) == expected


@pytest.mark.parametrize("seed", range(5))
def test_the_jitter_is_little_and_never_early(seed: int) -> None:
    times = starts(30 * MINUTE, 12 * HOUR, chance=random.Random(seed))
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(set(gaps)) > 1
    assert all(30 <= gap <= 30 + jitter_of(30 * MINUTE) / MINUTE for gap in gaps)
    assert jitter_of(7 * 24 * HOUR) == MAX_JITTER_SECONDS


def test_each_due_time_is_announced() -> None:
    clock, due = ManualClock(HOUR), []
    with pytest.raises(Interrupted):
        poll(lambda: None, 30 * MINUTE, clock, NoChance(), announce=due.append)
    assert [(moment - NOON) / MINUTE for moment in due] == [0, 30, 60]


def test_what_a_run_raises_ends_it() -> None:
    def raising(failure: BaseException) -> Callable[[], None]:
        def run() -> None:
            raise failure

        return run

    with pytest.raises(Interrupted):
        poll(raising(Interrupted("stop")), HOUR, FakeClock(), NoChance(), announce=lambda due: None)
