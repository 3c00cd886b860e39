"""Standard output and standard error as a verb sees them: what cannot be printed never stops the work."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TextIO


class Sheltered(io.BufferedIOBase):
    """Writes to a stream's file and drops what cannot be written; every later write is tried again.

    `failure`: the first reason, if any. A reader that has gone (`| head`) is none: nobody wants the rest.
    """

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self._file = _file_of(stream)
        self.failure: OSError | None = None

    @property
    def name(self) -> str:
        return self._stream.name

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def write(self, data: Any, /) -> int:
        left = memoryview(data)
        try:
            while left:
                left = left[self._written(left) :]
        except BrokenPipeError:
            pass
        except OSError as failure:
            self.failure = self.failure or failure
        return len(data)

    def _written(self, data: memoryview) -> int:
        written: int | None = self._file.write(data)
        if written is None:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return written


class StandardOutput:
    """What became of standard output."""

    def __init__(self, sheltered: Sheltered | None) -> None:
        self._sheltered = sheltered

    @property
    def failure(self) -> OSError | None:
        """Why it could not be written, if so."""
        return None if self._sheltered is None else self._sheltered.failure


@contextmanager
def sheltered_streams() -> Iterator[StandardOutput]:
    """While this lasts, neither stream raises: not on a full disk, for want of a reader or letters, or when closed."""
    out, err = sys.stdout, sys.stderr
    with ExitStack() as stack:
        sys.stdout, shelter = _sheltered(out, stack)
        sys.stderr, _ = _sheltered(err, stack)
        try:
            yield StandardOutput(shelter)
        finally:
            sys.stdout, sys.stderr = out, err


def _sheltered(stream: TextIO | None, stack: ExitStack) -> tuple[TextIO, Sheltered | None]:
    """The stream to use instead; one that was closed before the start (`>&-`) leads nowhere."""
    if stream is None:
        return stack.enter_context(open(os.devnull, "w", encoding="utf-8")), None
    if not isinstance(stream, io.TextIOWrapper):
        return stream, None
    stream.flush()
    shelter = Sheltered(stream)
    text = io.TextIOWrapper(shelter, encoding=stream.encoding, errors="replace", write_through=True)
    return text, shelter


def _file_of(stream: io.TextIOWrapper) -> Any:
    """What takes bytes at once: nothing is left in a buffer, to fail when the process ends."""
    return getattr(stream.buffer, "raw", stream.buffer)
