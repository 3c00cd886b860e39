"""Ctrl-C and SIGTERM held back while a refresh token is being exchanged for the next one, or a job created.

Between Zoom's answer and the file on disk the only copy of the sign-in is in memory; so is the only name of a job
between JupiterOne's answer and the store. Python delivers signals to the main thread alone, so other threads have
nothing to hold back; who ends the process calls `wait_for_exchanges` first.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _DeferredSignals:
    """The handlers that were in place, and the signals that came since."""

    def __init__(self) -> None:
        self.pending: list[int] = []
        self._handlers: dict[signal.Signals, Any] = {}

    def hold(self) -> None:
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            # None: set outside Python, so it could not be put back.
            if handler is not None:
                self._handlers[number] = handler
                signal.signal(number, self._remember)

    def release(self) -> None:
        """Put the handlers back, then let what came go to them."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        pending, self.pending = self.pending, []
        for came_signal in dict.fromkeys(pending):
            signal.raise_signal(came_signal)

    def _remember(self, number: int, _: FrameType | None) -> None:
        self.pending.append(number)


_deferred: _DeferredSignals | None = None
"""Belongs to the main thread."""


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


class _OtherThreads:
    """How many other threads are at a moment that must not be cut short."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()  # re-entrant: a signal may come while it is held

    def add(self, number: int) -> None:
        with self._changed:
            self._count += number
            self._changed.notify_all()

    def wait_for_none(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._count == 0, seconds)


_other_threads = _OtherThreads()
_MAX_EXCHANGE_SECONDS = 45.0
"""Seconds: connecting, waiting for an answer, and writing it down."""


def wait_for_exchanges(seconds: float = _MAX_EXCHANGE_SECONDS) -> bool:
    """Wait until no other thread exchanges a refresh token, at most so long; whether none does.

    Threads that die with the process would otherwise take a sign-in with them.
    """
    return _other_threads.wait_for_none(seconds)


@contextmanager
def signals_deferred() -> Iterator[None]:
    """SIGINT and SIGTERM that come meanwhile are delivered when this ends, however it ends."""
    global _deferred
    if not _in_main_thread():
        _other_threads.add(1)
        try:
            yield
        finally:
            _other_threads.add(-1)
        return
    if _deferred is not None:
        yield
        return
    deferred = _DeferredSignals()
    try:
        deferred.hold()
        _deferred = deferred
        yield
    finally:
        _deferred = None
        deferred.release()


@contextmanager
def signals_delivered() -> Iterator[None]:
    """A pause of `signals_deferred` for moments in which nothing can be lost, such as the wait before a retry."""
    global _deferred
    deferred = _deferred if _in_main_thread() else None
    if deferred is None:
        yield
        return
    _deferred = None
    try:
        deferred.release()
        yield
    finally:
        deferred.hold()
        _deferred = deferred
