"""Ctrl-C and SIGTERM held back while a refresh token is being exchanged for the next one, or a job created.

Between Zoom's answer and the file on disk the only copy of the sign-in is in memory; so is the only name of a job
between JupiterOne's answer and the store. Python delivers signals to the main thread alone, so other threads have
nothing to hold back; who ends the process calls `settle` first.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Held:
    """The handlers that were in place, and the signals that came since."""

    def __init__(self) -> None:
        self.came: list[int] = []
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
        came, self.came = self.came, []
        for came_signal in dict.fromkeys(came):
            signal.raise_signal(came_signal)

    def _remember(self, number: int, _: FrameType | None) -> None:
        self.came.append(number)


_held: _Held | None = None
"""Belongs to the main thread."""


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


class _Elsewhere:
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


_elsewhere = _Elsewhere()
_LONGEST_EXCHANGE = 45.0
"""Seconds: connecting, waiting for an answer, and writing it down."""


def settle(seconds: float = _LONGEST_EXCHANGE) -> bool:
    """Wait until no other thread exchanges a refresh token, at most so long; whether none does.

    Threads that die with the process would otherwise take a sign-in with them.
    """
    return _elsewhere.wait_for_none(seconds)


@contextmanager
def signals_deferred() -> Iterator[None]:
    """SIGINT and SIGTERM that come meanwhile are delivered when this ends, however it ends."""
    global _held
    if not _in_main_thread():
        _elsewhere.add(1)
        try:
            yield
        finally:
            _elsewhere.add(-1)
        return
    if _held is not None:
        yield
        return
    held = _Held()
    try:
        held.hold()
        _held = held
        yield
    finally:
        _held = None
        held.release()


@contextmanager
def signals_delivered() -> Iterator[None]:
    """A pause of `signals_deferred` for moments in which nothing can be lost, such as the wait before a retry."""
    global _held
    held = _held if _in_main_thread() else None
    if held is None:
        yield
        return
    _held = None
    try:
        held.release()
        yield
    finally:
        held.hold()
        _held = held
