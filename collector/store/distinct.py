"""A set of texts in constant memory."""

from __future__ import annotations

import sqlite3
from types import TracebackType

from collector.errors import CollectionFailed

_CACHE_KIBIBYTES = 256


class Distinct:
    """A growing set of texts. A context manager; for one thread at a time.

    What does not fit SQLite's cache goes to an unnamed temporary file, which disappears with the process (sqlite.org,
    "Temporary Files Used By SQLite", §2.9). Methods raise CollectionFailed if the disk is full.
    """

    def __init__(self) -> None:
        self.count = 0
        """How many different texts were added."""
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
        self._execute("PRAGMA journal_mode = OFF")
        self._execute("CREATE TABLE met (name TEXT PRIMARY KEY) WITHOUT ROWID")
        self._execute("BEGIN")

    def __enter__(self) -> Distinct:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._connection.close()

    def add(self, text: str) -> bool:
        """Add a text. Returns whether it is new."""
        new = self._execute("INSERT OR IGNORE INTO met VALUES (?)", (text,)).rowcount == 1
        self.count += new
        return new

    def _execute(self, statement: str, parameters: tuple[str, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, parameters)
        except sqlite3.Error as error:
            raise CollectionFailed(
                f"SQLite cannot write its temporary file: {error}.",
                "Free some space in the folder for temporary files, or set TMPDIR to another folder, then try again.",
            ) from error
