"""A clock of the tests' own."""

from __future__ import annotations

import threading

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
