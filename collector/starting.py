"""The first moments of a program, in which its modules are imported. Imports nothing of ours itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_INTERRUPTED = 130


@contextmanager
def quiet_start() -> Iterator[None]:
    """While this lasts, Ctrl-C ends the process at once, without a traceback: nothing has begun that needs an end.

    A Ctrl-C that the caller's shell wants ignored stays ignored.
    """
    earlier = signal.getsignal(signal.SIGINT)
    if earlier is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _end)
    yield
    signal.signal(signal.SIGINT, earlier)


def _end(_number: int, _frame: FrameType | None) -> None:
    os._exit(_INTERRUPTED)
