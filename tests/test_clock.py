"""The clock's waits, and how a stop ends them."""

from __future__ import annotations

import signal
import sys
import threading
import time
from types import FrameType
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.errors import Interrupted
from tests.fakes import a_signal_with_a_slow_handler

LONG = 60.0
"""Longer than any test waits."""


def stopped_within(clock: SystemClock, seconds: float, steps: int) -> bool:
    """Whether a wait was stopped at its so-manyth step, as a signal's handler does it: in the midst of the wait."""
    stepped = 0

    def tracer(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal stepped
        frame.f_trace_opcodes = True
        if event == "opcode":
            stepped += 1
            if stepped == steps:
                sys.settrace(None)
                clock.stop()
        return tracer

    sys.settrace(tracer)
    try:
        clock.wait(seconds)
    except Interrupted:
        pass
    finally:
        sys.settrace(None)
    return stepped >= steps


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.001])
def test_a_stop_at_any_step_of_a_wait_hangs_nothing(seconds: float) -> None:
    """A handler runs in the thread that waits, between any two of its steps: a lock held there is never let go."""
    reached: list[int] = []

    def stop_at_every_step() -> None:
        steps = 1
        while True:
            clock = SystemClock()
            if not stopped_within(clock, seconds, steps):
                reached.append(0)
                return
            with pytest.raises(Interrupted):
                clock.wait(0)
            reached.append(steps)
            steps += 1

    thread = threading.Thread(target=stop_at_every_step, daemon=True)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive(), f"hangs when stopped after step {len(reached)}"
    assert len(reached) > 1


def test_a_stop_ends_every_wait_there_is_and_comes() -> None:
    clock = SystemClock()
    ended: list[float] = []

    def wait() -> None:
        with pytest.raises(Interrupted):
            clock.wait(LONG)
        ended.append(time.monotonic())

    threads = [threading.Thread(target=wait, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    clock.stop()
    clock.stop()
    for thread in threads:
        thread.join(timeout=60)
    assert len(ended) == len(threads)
    for seconds in (-1.0, 0.0, LONG):
        with pytest.raises(Interrupted):
            clock.wait(seconds)


def test_a_signal_ends_a_wait_of_the_main_thread() -> None:
    clock = SystemClock()
    earlier = signal.signal(signal.SIGALRM, lambda *_: clock.stop())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(Interrupted):
            clock.wait(LONG)
    finally:
        signal.signal(signal.SIGALRM, earlier)


def test_a_wait_ends_although_a_handler_outlasts_it() -> None:
    """Such as the handler of a deferred signal, which stops nothing."""
    with a_signal_with_a_slow_handler(lambda: None):
        SystemClock().wait(0.1)
