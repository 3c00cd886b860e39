"""graph.db as a file: created private, opened, brought up to date; its failures told in whole sentences."""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from collector.errors import CollectionFailed, CollectorError, NewerVersion, ProfileBusy, UsageError
from collector.next_steps import Command, NextStep
from collector.private_files import keep_private, make_private_folder
from collector.store.schema import MIGRATIONS

_BUSY_SECONDS = 10.0
_DAMAGE_MESSAGES = ("not a database", "malformed", "Could not decode to UTF-8")
"""Parts of what SQLite, and Python's module for it, say of a file that is no whole database."""

Parameters = Sequence[object] | Mapping[str, object]


def create_private(path: Path) -> None:
    """Create the file (0600) and the folders missing above it (0700), whatever the umask allows.

    SQLite gives `-wal` and `-shm` the permissions of the file itself. Raises CollectionFailed, also for what is there
    already and is another user's.
    """
    try:
        make_private_folder(path.parent)
        _keep_private(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise _not_opened(path, error, "opened for writing" if os.path.exists(path) else "created") from error


def _keep_private(path: Path) -> None:
    """What was open to others may be theirs, or may have been read: the store, its journal, and the folder."""
    for item in (path.parent, path, *(Path(f"{path}{ending}") for ending in ("-wal", "-shm", "-journal"))):
        keep_private(item)


def _not_opened(path: Path, error: OSError, how: str) -> CollectionFailed:
    return CollectionFailed(
        f"The store {path} cannot be {how}: {error.strerror}.",
        "Check the permissions of the file and its folder, or choose another one with ZOOM_HOME.",
    )


class Database:
    """One connection to graph.db; for the thread that opened it.

    Every method raises CollectionFailed when the file is damaged or read-only or the disk is full, and
    ProfileBusy when another process keeps it locked for more than ten seconds.
    """

    def __init__(self, path: Path) -> None:
        """Open the existing file and bring its tables up to date; NewerVersion leaves it untouched."""
        self.path = path
        with self._translating_errors():
            self._connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    @classmethod
    def open_existing(cls, path: Path) -> Database:
        """Open graph.db if there is one.

        Raises UsageError when there is none yet, CollectionFailed where nothing can be written, what opening raises.
        """
        if not exists(path):
            raise UsageError(
                f"Nothing has been collected yet: there is no store at {path}.",
                NextStep("Run `{}` first, or name the right profile with `--profile NAME`.", Command("collect")),
            )
        try:
            _keep_private(path)
        except OSError as error:
            raise _not_opened(path, error, "opened") from error
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            raise CollectionFailed(
                f"The store {path} cannot be opened: nothing can be written there, and even to read, SQLite writes "
                "beside the file.",
                "Give yourself the right to write to the file and its folder, then run the command again.",
            )
        return cls(path)

    def _prepare(self) -> None:
        version = self._version()
        if version > len(MIGRATIONS):
            raise NewerVersion(
                f"The store {self.path} was written by a newer version of this program "
                f"(schema {version}, known are 1 to {len(MIGRATIONS)}).",
                "Upgrade this program, or use another profile with `--profile NAME`.",
            )
        if version == 0 and self.row("SELECT 1 FROM sqlite_master") is not None:
            raise self._damaged("holds tables of another program")
        self.execute("PRAGMA journal_mode = WAL")
        self.execute("PRAGMA synchronous = NORMAL")
        if version < len(MIGRATIONS):
            self._migrate()

    def _migrate(self) -> None:
        self.execute("BEGIN IMMEDIATE")  # another process may have come first, so the version is asked again
        for statements in MIGRATIONS[self._version() :]:
            for statement in statements:
                self.execute(statement)
        self.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        self.commit()

    def _version(self) -> int:
        version = self.value("PRAGMA user_version")
        assert isinstance(version, int)  # noqa: S101 - SQLite keeps it as a 32-bit integer
        return version

    def create_function(self, name: str, function: Callable[[str], str]) -> None:
        """Let statements call this function of one text."""
        self._connection.create_function(name, 1, function, deterministic=True)

    def execute(self, statement: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one statement; for its `rowcount` and `lastrowid`."""
        try:  # a context manager would take longer than most statements do
            return self._connection.execute(statement, parameters)
        except sqlite3.Error as error:
            raise self._translated(str(error)) from error

    def row(self, statement: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row, or None."""
        try:
            row: sqlite3.Row | None = self._connection.execute(statement, parameters).fetchone()
        except sqlite3.Error as error:
            raise self._translated(str(error)) from error
        return row

    def value(self, statement: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None."""
        row = self.row(statement, parameters)
        return None if row is None else row[0]

    def rows(self, statement: str, parameters: Parameters = ()) -> Iterator[sqlite3.Row]:
        """All rows, one at a time: memory does not grow with the result."""
        with self._translating_errors():
            for row in self._connection.execute(statement, parameters):  # noqa: UP028 - it would close the cursor, too,
                yield row  # which fails, and is told, when whoever reads drops the generator after the database

    @property
    def in_transaction(self) -> bool:
        """Whether there are changes that `commit` would keep and `close` would drop."""
        return self._connection.in_transaction

    def begin(self) -> None:
        """Begin a transaction that may write."""
        self.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Keep the changes of the open transaction, if there is one."""
        with self._translating_errors():
            self._connection.commit()

    def rollback(self) -> None:
        """Drop the changes of the open transaction, if SQLite has not done so already."""
        with self._translating_errors():
            self._connection.rollback()

    def close(self) -> None:
        """Close the file; changes that were not committed are dropped."""
        self._connection.close()

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._translated(str(error)) from error

    def _translated(self, reason: str) -> CollectorError:
        # By text: error codes are part of sqlite3's exceptions only from Python 3.11 on.
        if any(sign in reason for sign in _DAMAGE_MESSAGES):
            return self._damaged("is damaged or no SQLite file")
        if "locked" in reason:
            return ProfileBusy(
                f"Another process is writing to the store {self.path}.", "Wait for it to finish, then try again."
            )
        if "full" in reason:
            return CollectionFailed(
                f"The disk is full: the store {self.path} could not be written. What it held before is kept.",
                "Free some space and run the command again.",
            )
        if "disk I/O error" in reason:  # what SQLite calls a used-up quota, among others
            return CollectionFailed(
                f"The disk could not be read or written for the store {self.path} (disk I/O error). "
                "What it held before is kept.",
                "Free some space or have the quota raised, then run the command again; if it stays, check the disk.",
            )
        if "readonly" in reason or "unable to open" in reason:
            cannot = "written" if "readonly" in reason else "opened"
            return CollectionFailed(
                f"The store {self.path} cannot be {cannot} ({reason}).",
                "Check the permissions of the file and its folder, or choose another one with ZOOM_HOME.",
            )
        return CollectionFailed(
            f"The store {self.path} failed: {reason}.", "Run the command again; if it stays, check the disk."
        )

    def _damaged(self, how: str) -> CollectionFailed:
        aside = shlex.quote(f"{self.path}.damaged")
        return CollectionFailed(
            f"The store {self.path} {how}. It was left as it is.",
            NextStep(
                "Move it aside with `mv {} {}`, then run `{}`.", shlex.quote(str(self.path)), aside, Command("collect")
            ),
        )


def exists(path: Path) -> bool:
    """Whether there is such a file. Raises CollectionFailed when that cannot be seen."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:  # a folder above it may not be entered
        raise CollectionFailed(
            f"The store {path} cannot be reached: {error.strerror}.",
            "Check the permissions of the folders above it, or choose another folder with ZOOM_HOME.",
        ) from None
    return True
