"""graph.db for questions: a connection that cannot write, sees one state of it, and can be stopped."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from collector.errors import CollectorError, Interrupted, UsageError
from collector.store.database import Database

_BUSY_SECONDS = 10.0
_TOO_LARGE = ("parser stack overflow", "too many", "too large", "at most", "too big")
"""Parts of SQLite's messages about a statement beyond its limits (sqlite.org/limits.html)."""
_STEPS_BETWEEN_CHECKS = 20_000
"""Instructions of SQLite's virtual machine; some milliseconds."""
_CALL_ENDED = ("interrupted", "user-defined function", "user-defined aggregate")
"""How sqlite3 reports that Python code which SQLite called ended with an exception; it keeps nothing of that."""


class ReadOnlyDatabase(Database):
    """One read-only connection, as of when it was first read. Open the file as a Store before, which updates it.

    A statement that is running ends with the error that `stop_when` names, and with Interrupted after Ctrl-C.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stopped: CollectorError | None = None
        with self._translating_errors():
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS, isolation_level=None
            )
        self._connection.row_factory = sqlite3.Row
        self.stop_when(lambda: None)
        self.execute("BEGIN")

    def stop_when(self, reason: Callable[[], CollectorError | None]) -> None:
        """Ask this every few milliseconds while a statement runs; stop with the error that it names."""

        def check() -> int:
            self._stopped = reason()
            return int(self._stopped is not None)

        self._connection.set_progress_handler(check, _STEPS_BETWEEN_CHECKS)

    def add_function(self, name: str, arguments: int, function: Callable[..., Any]) -> None:
        """Let statements call this function; -1 for any number of arguments. It raises nothing."""
        self._connection.create_function(name, arguments, function, deterministic=True)

    def add_aggregate(self, name: str, arguments: int, aggregate: type) -> None:
        """Let statements call this aggregate: a class with `step` and `finalize`."""
        self._connection.create_aggregate(name, arguments, aggregate)

    def _interrupt(self) -> None:
        self._stopped = Interrupted("The query was interrupted.", "Run the command again.")

    def _translated(self, reason: str) -> CollectorError:
        if self._stopped is None and reason.startswith(_CALL_ENDED):
            self._interrupt()  # Python raises KeyboardInterrupt at the start of a call, before any `try`
        if self._stopped is not None:
            return self._stopped
        if any(sign in reason for sign in _TOO_LARGE):
            return UsageError(
                f"The query is too large for one statement of SQLite ({reason}).",
                "Ask for less at once: fewer properties and conditions, and less within parentheses.",
            )
        return super()._translated(reason)
