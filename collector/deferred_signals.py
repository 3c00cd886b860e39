"""Defers Ctrl-C and SIGTERM while a refresh token is exchanged or a synchronization job is created.

Until Zoom's answer is on disk, the only copy of the new sign-in is in memory; the same goes for the id of a new job.
Python delivers signals to the main thread only, so other threads have nothing to defer: before the process ends, call
`wait_for_exchanges`.
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
    """The original handlers, and the signals received since."""

    def __init__(self) -> None:
        self.pending: list[int] = []
        self._handlers: dict[signal.Signals, Any] = {}

    def hold(self) -> None:
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            # None: set outside Python, so it could not be restored.
            if handler is not None:
                self._handlers[number] = handler
                signal.signal(number, self._remember)

    def release(self) -> None:
        """Restore the handlers, then deliver the pending signals."""
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
    """Counts the other threads that must not be interrupted."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()  # reentrant: a signal may arrive while it is held

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
    """Wait until no other thread is exchanging a refresh token, at most `seconds`; returns whether none is."""
    return _other_threads.wait_for_none(seconds)


@contextmanager
def signals_deferred() -> Iterator[None]:
    """Deliver SIGINT and SIGTERM only after the block, however it ends."""
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
    """Suspend `signals_deferred` while nothing can be lost, such as the wait before a retry."""
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
