"""Puts documents on the disk and holds on to those the disk did not take."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

from collector.auth.token_document import TokenDocument
from collector.auth.token_file import StorageFailed, TokenFile
from collector.clock import Clock
from collector.errors import CollectorError
from collector.private_files import PreparedFile

_log = logging.getLogger("collector.auth")


@dataclass(frozen=True)
class _Unwritten:
    """A document that is newer than the disk's; `over`: the refresh token the disk had when it was made."""

    document: TokenDocument
    over: str | None


class Keeping:
    """The token file as one process sees it: what is on the disk, or what should be there and is not yet.

    What is unwritten counts only while the disk still holds what it came from: after somebody signed in again or
    out meanwhile it is dropped.
    """

    def __init__(self, file: TokenFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._unwritten: _Unwritten | None = None
        self._has_warned = False

    @contextmanager
    def locked(self) -> Iterator[None]:
        """TokenFile.locked; raises StorageFailed when the disk does not even let it be locked."""
        with ExitStack() as held:
            with _told("locked", self._file):
                held.enter_context(self._file.locked(self._clock))
            yield

    def load(self) -> TokenDocument | None:
        """The document that counts, None if nobody is signed in. Raises as TokenFile.load does, StorageFailed."""
        with _told("read", self._file):
            stored = self._file.load()
        unwritten = self._unwritten
        if unwritten is None or stored is None or stored.refresh_token != unwritten.over:
            return stored
        return unwritten.document

    @contextmanager
    def prepared(self, note: str) -> Iterator[PreparedFile]:
        """TokenFile.prepared; raises StorageFailed when the disk will not take the next document."""
        with ExitStack() as held:
            with _told("made ready to be written", self._file):
                prepared = held.enter_context(self._file.prepared(note))
            yield prepared

    def commit(self, prepared: PreparedFile, document: TokenDocument, spent: TokenDocument) -> None:
        """Put `document` in the place of `spent`; in memory only, with one warning, if the disk fails now."""
        over = self._unwritten.over if self._unwritten else spent.refresh_token
        try:
            self._file.commit(prepared, document)
        except OSError as problem:
            self._unwritten = _Unwritten(document, over)
            self._warn(problem)
        else:
            self._unwritten = None

    def write_what_is_unwritten(self) -> None:
        """Try again to write what the disk did not take; does not wait for other processes."""
        if self._unwritten is None:
            return
        with suppress(OSError, CollectorError), self._file.locked(self._clock, patience=0.0):
            document = self.load()
            if self._unwritten is not None and document is self._unwritten.document:
                self._file.save(document)
            self._unwritten = None

    def _warn(self, problem: OSError) -> None:
        if not self._has_warned:
            self._has_warned = True
            _log.warning(
                "The new Zoom token could not be written, so it is kept in memory only until it can: %s: %s. "
                "If this run ends before that, somebody has to sign in again.",
                self._file.path,
                problem.strerror or problem,
            )


@contextmanager
def _told(done: str, file: TokenFile) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise StorageFailed.because(done, file.path, problem) from None
