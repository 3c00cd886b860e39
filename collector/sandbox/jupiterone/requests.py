"""What the sandbox was asked, for tests and for the demo's last line."""

from __future__ import annotations

import threading
from collections import deque
from typing import NamedTuple


class Request(NamedTuple):
    """One request and its answer.

    `operation` as in `Fault`, "" for unknown paths. `status` is 0 where the connection was dropped. `size`: bytes of
    the body as it came, `gzipped` or not. `correlation_id`, `account`: of the headers, "" without one; the newer header
    of the account comes before the older.
    """

    method: str
    path: str
    operation: str
    status: int
    size: int
    gzipped: bool
    correlation_id: str
    account: str


class Requests:
    """The latest 10,000 requests. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: deque[Request] = deque(maxlen=10_000)

    def add(self, request: Request) -> None:
        with self._lock:
            self._latest.append(request)

    @property
    def latest(self) -> list[Request]:
        """Oldest first."""
        with self._lock:
            return list(self._latest)
