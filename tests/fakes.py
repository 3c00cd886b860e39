"""Clocks of the tests' own."""

from __future__ import annotations

import threading

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
