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
    """Let Ctrl-C and SIGTERM end the run after the current write or batch, and a second one end it at once.

    Neither interrupts the exchange of a refresh token.
    """

    def stop(number: int, _: FrameType | None) -> None:
        clock.stop()
        signal.signal(number, end_now)

    def end_now(number: int, _: FrameType | None) -> None:
        wait_for_exchanges()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    earlier = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        wait_for_exchanges()
        for number, handler in earlier.items():
            signal.signal(number, handler)
