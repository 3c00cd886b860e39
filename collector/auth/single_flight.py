"""One thread asks, the threads that wait meanwhile share what comes of it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from collector.errors import CollectorError

Value = TypeVar("Value")


class SingleFlight(Generic[Value]):
    """Keeps the latest value, until the next one fails, and lets one thread at a time make it."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._latest: Value | None = None
        self._failure: CollectorError | None = None

    def get(
        self,
        is_good: Callable[[Value], bool],
        make: Callable[[], Value],
        acceptable_meanwhile: Callable[[Value], bool] = lambda _: False,
    ) -> Value:
        """The latest value if it is good, else the one `make` gives.

        A thread that finds another one making it waits and shares the value or the CollectorError; it does not
        wait while the latest value `acceptable_meanwhile`.
        """
        latest = self._latest
        if latest is not None and is_good(latest):
            return latest
        failure_before = self._failure
        if not self._one_at_a_time.acquire(blocking=False):
            if latest is not None and acceptable_meanwhile(latest):
                return latest
            self._one_at_a_time.acquire()
        try:
            return self._get_locked(is_good, make, failure_before)
        finally:
            self._one_at_a_time.release()

    def _get_locked(
        self, is_good: Callable[[Value], bool], make: Callable[[], Value], failure_before: CollectorError | None
    ) -> Value:
        if self._latest is not None and is_good(self._latest):
            return self._latest
        if self._failure is not None and self._failure is not failure_before:
            raise copy.copy(self._failure)
        try:
            self._latest = made = make()
        except CollectorError as failure:
            self._latest, self._failure = None, failure
            raise
        return made
