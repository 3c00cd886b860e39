"""Calls are evenly spaced at the plan's rate, for any number of threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import pairwise

import pytest

from collector.settings.choices import ZoomPlan
from collector.zoom.endpoint import Label
from collector.zoom.pacing import CALLS_PER_SECOND, Pacer
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(time=1000.0)


def turns(pacer: Pacer, clock: FakeClock, count: int, label: Label = Label.MEDIUM) -> list[float]:
    """When the next `count` turns of a label come, in seconds from now."""
    began = clock.monotonic()
    times = []
    for _ in range(count):
        pacer.wait_turn(label)
        times.append(clock.monotonic() - began)
    return times


@pytest.mark.parametrize(
    ("plan", "share", "label", "calls_per_second"),
    [
        (ZoomPlan.FREE, 1.0, Label.LIGHT, 3.9),
        (ZoomPlan.FREE, 1.0, Label.MEDIUM, 1.95),
        (ZoomPlan.FREE, 1.0, Label.HEAVY, 0.975),
        (ZoomPlan.PRO, 1.0, Label.LIGHT, 29.25),
        (ZoomPlan.PRO, 1.0, Label.MEDIUM, 19.5),
        (ZoomPlan.PRO, 0.8, Label.MEDIUM, 15.6),
        (ZoomPlan.PRO, 0.01, Label.MEDIUM, 0.195),
        (ZoomPlan.PRO, 1.0, Label.HEAVY, 9.75),
        (ZoomPlan.BUSINESS, 1.0, Label.LIGHT, 78),
        (ZoomPlan.BUSINESS, 0.5, Label.MEDIUM, 29.25),
        (ZoomPlan.BUSINESS, 1.0, Label.HEAVY, 39),
    ],
)
def test_turns_come_evenly_at_the_plans_rate_and_share(clock, plan, share, label, calls_per_second):
    times = turns(Pacer(plan, share, clock), clock, 6, label)
    assert times == pytest.approx([number / calls_per_second for number in range(6)])


@pytest.mark.parametrize(("plan", "label"), [(plan, label) for plan in CALLS_PER_SECOND for label in Label])
def test_no_second_whenever_it_begins_holds_more_than_zoom_allows(clock, plan, label):
    times = turns(Pacer(plan, 1.0, clock), clock, 300, label)
    most = max(sum(began <= time <= began + 1 for time in times) for began in times)
    assert most <= CALLS_PER_SECOND[plan][label]


def test_idle_time_is_not_saved_up(clock):
    pacer = Pacer(ZoomPlan.PRO, 1.0, clock)
    turns(pacer, clock, 1)
    clock.time += 3600
    assert turns(pacer, clock, 3) == pytest.approx([0, 1 / 19.5, 2 / 19.5])


def test_labels_do_not_wait_for_each_other(clock):
    pacer = Pacer(ZoomPlan.FREE, 1.0, clock)
    for label in Label:
        pacer.wait_turn(label)
    assert clock.waits == []
    pacer.pause(Label.MEDIUM, 30)
    clock.time += 2
    pacer.wait_turn(Label.LIGHT)
    assert clock.waits == []


def test_unlimited_means_no_waiting(clock):
    turns(Pacer(ZoomPlan.UNLIMITED, 0.01, clock), clock, 1000)
    assert clock.waits == []


def test_after_a_pause_the_rate_is_halved_for_a_minute(clock):
    pacer = Pacer(ZoomPlan.PRO, 1.0, clock)
    pacer.pause(Label.MEDIUM, 3)
    times = turns(pacer, clock, 700)
    during = [time for time in times if time < 63]
    after = [time for time in times if time >= 63.2]
    assert during[:3] == pytest.approx([3, 3 + 2 / 19.5, 3 + 4 / 19.5])
    assert len(during) == 585
    assert after[1] - after[0] == pytest.approx(1 / 19.5)


def test_unlimited_slows_down_too_when_zoom_says_so(clock):
    pacer = Pacer(ZoomPlan.UNLIMITED, 1.0, clock)
    pacer.pause(Label.MEDIUM, 1)
    assert turns(pacer, clock, 3) == pytest.approx([1, 1 + 2 / 60, 1 + 4 / 60])


def test_a_shorter_pause_does_not_end_a_longer_one(clock):
    pacer = Pacer(ZoomPlan.PRO, 1.0, clock)
    pacer.pause(Label.MEDIUM, 10)
    pacer.pause(Label.MEDIUM, 1)
    assert turns(pacer, clock, 1) == [10]


class SharedClock:
    """A clock for several threads: once all wait, it moves to the next wake-up."""

    def __init__(self, threads: int) -> None:
        self.time = 0.0
        self._awake = threads
        self._deadlines: list[float] = []
        self._moved = threading.Condition()

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        with self._moved:
            if seconds <= 0:
                return
            deadline = self.time + seconds
            heappush(self._deadlines, deadline)
            self.fall_asleep()
            self._moved.wait_for(lambda: self.time >= deadline)

    def fall_asleep(self) -> None:
        """A thread waits or has ended."""
        with self._moved:
            self._awake -= 1
            if self._awake or not self._deadlines:
                return
            self.time = self._deadlines[0]
            while self._deadlines and self._deadlines[0] <= self.time:
                heappop(self._deadlines)
                self._awake += 1
            self._moved.notify_all()


def crowd(threads: int, calls_each: int, after_call: Callable[[Pacer, int, float], None]) -> list[float]:
    """When a crowd of threads gets to call at Pro's full rate. `after_call` gets the pacer, the count and the time."""
    clock = SharedClock(threads)
    pacer = Pacer(ZoomPlan.PRO, 1.0, clock)
    times: list[float] = []
    lock = threading.Lock()

    def call() -> None:
        for _ in range(calls_each):
            pacer.wait_turn(Label.MEDIUM)
            with lock:
                times.append(clock.time)
                after_call(pacer, len(times), clock.time)
        clock.fall_asleep()

    workers = [threading.Thread(target=call, daemon=True) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=10)
    assert not any(worker.is_alive() for worker in workers)
    return sorted(times)


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


def test_a_crowd_keeps_the_rate():
    times = crowd(8, 10, lambda *_: None)
    assert gaps(times) == pytest.approx([1 / 19.5] * 79)


def test_a_pause_is_followed_by_evenly_spaced_calls():
    paused_at = 0.0

    def refuse_the_20th(pacer: Pacer, count: int, time: float) -> None:
        nonlocal paused_at
        if count == 20:
            paused_at = time
            pacer.pause(Label.MEDIUM, 5)

    times = crowd(8, 10, refuse_the_20th)
    assert [time for time in times if paused_at < time < paused_at + 5] == []
    assert gaps(times[20:]) == pytest.approx([2 / 19.5] * 59)
