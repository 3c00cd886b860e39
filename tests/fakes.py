"""Clocks of the tests' own, and signals."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from collector.clock import SystemClock

NOON = 1_795_435_200.0
"""2026-11-23T12:00:00Z."""


class FakeClock:
    """Waiting takes no time; tests move the hands. Safe to share between threads."""

    def __init__(self, time: float = NOON) -> None:
        self.time = time
        self.waits: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        if seconds <= 0:
            return
        with self._lock:
            self.waits.append(seconds)
            self.time += seconds


class BlockedCall(SystemClock):
    """For a sandbox: `reached` is set when somebody waits for a slow answer, which comes once `open` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.open = threading.Event()

    def wait(self, seconds: float) -> None:
        self.reached.set()
        self.open.wait(timeout=60)


@contextmanager
def a_signal_with_a_slow_handler(handler: Callable[[], None]) -> Iterator[None]:
    """A signal 50 ms after the start of the block, whose handler takes 0.3 s. Fails if the block takes over 60 s."""
    received = 0

    def handle(*_: object) -> None:
        nonlocal received
        received += 1
        if received > 1:
            pytest.fail("a wait did not end after the signal")
        handler()
        time.sleep(0.3)

    earlier = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 60.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, earlier)
