"""Ctrl-C and SIGTERM."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from collector.clock import SystemClock
from collector.deferred_signals import wait_for_exchanges


@contextmanager
def stop_on_signals(clock: SystemClock) -> Iterator[None]:
    """Ctrl-C or SIGTERM ends the run between two writes or batches, a second one ends the process at once.

    Before the run ends, a refresh of the sign-in in another thread is waited for.
    """

    def stop(number: int, _: FrameType | None) -> None:
        clock.stop()
        signal.signal(number, signal.SIG_DFL)

    earlier = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        wait_for_exchanges()
        for number, handler in earlier.items():
            signal.signal(number, handler)


@contextmanager
def interrupted_by_sigterm() -> Iterator[None]:
    """SIGTERM interrupts as Ctrl-C does, so that what is half written can be removed."""
    earlier = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)
