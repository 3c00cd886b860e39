"""Time as a parameter: the system's clock, or a fake one in tests."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Protocol

from collector.errors import Interrupted


class Clock(Protocol):
    """What the collector needs of a clock."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""

    def monotonic(self) -> float:
        """Seconds that never go backwards."""

    def wait(self, seconds: float) -> None:
        """Return after `seconds`; raise Interrupted when the process is asked to stop."""


class SystemClock:
    """The system's clock. After `stop()` every wait, present and future, raises Interrupted.

    A signal handler calls `stop`, in the middle of whatever the main thread is doing. An Event would hang if the signal
    came while a wait held its lock. So waiting is the attempt to take a lock that is taken until `stop` releases it.
    """

    def __init__(self) -> None:
        self._stopped = False
        self._running = threading.Lock()
        self._running.acquire()

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        if not self._stopped and seconds > 0 and self._running.acquire(timeout=seconds):
            self._release()  # for the next waiter
        if self._stopped:
            raise Interrupted("Interrupted.", "Run the command again.")

    def stop(self) -> None:
        self._stopped = True
        self._release()

    def _release(self) -> None:
        with suppress(RuntimeError):  # another has released it
            self._running.release()


def milliseconds(seconds: float) -> int:
    """Seconds since 1970 as whole milliseconds since 1970, JupiterOne's unit of time."""
    return int(seconds * 1000)
