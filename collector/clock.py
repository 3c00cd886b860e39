"""Time, passed in: the system's clock for people, a made-up one for tests."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from collector.errors import Interrupted


class Clock(Protocol):
    """The three things the collector asks of time."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""

    def wait(self, seconds: float) -> None:
        """Return after `seconds`; raise Interrupted when the process is asked to stop meanwhile."""


class SystemClock:
    """The system's clock. After `stop()` every wait, present and future, raises Interrupted."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        if self._stopped.wait(max(0.0, seconds)):
            raise Interrupted("The run was asked to stop.", "Run the command again.")

    def stop(self) -> None:
        self._stopped.set()


def milliseconds(seconds: float) -> int:
    """Seconds since 1970 as whole milliseconds since 1970, JupiterOne's unit of time."""
    return int(seconds * 1000)
