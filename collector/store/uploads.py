"""The uploads to JupiterOne: run, destination, job and result."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from collector.store.database import Database


class UploadState(str, Enum):
    """The state of an upload. BEGUN is written before the request that creates a job, the others after theirs."""

    BEGUN = "begun"
    """A job is about to be created; after a kill, it is unknown whether it was."""
    OPEN = "open"
    """The job accepts uploads; the next upload aborts it if the process was killed."""
    NOT_FINALIZED = "left open"
    """Left open on request."""
    FINALIZED = "finalized"
    """JupiterOne has started to apply the upload."""
    FINISHED = "finished"
    ABORTED = "aborted"
    FAILED = "failed"


INTERRUPTED_REASON = "the upload was interrupted"
"""The reason of an upload that was aborted because it was stopped or killed."""
_INTERRUPTED_REASON_OF_0_1 = "the upload was cut short"

UNFINISHED = (UploadState.BEGUN, UploadState.OPEN, UploadState.FINALIZED)


@dataclass(frozen=True)
class UploadDestination:
    """Where an upload goes: the host of JupiterOne's API, the account, the job's source, and as `name` the integration
    instance's id or the scope of source `api`.
    """

    host: str
    account: str
    source: str
    name: str


@dataclass(frozen=True)
class UploadRecord:
    """One upload. Times are milliseconds since 1970.

    `run`: may have been forgotten since. `counts`: objects sent, by `_type`. `outcome`: JupiterOne's counts
    (`entitiesCreated`, `relationshipsDeleted` and so on), empty until it has finished. `partial_types`: `_type`s of
    which nothing was deleted. `reason`: why it was aborted or failed.
    """

    id: int
    run: int
    destination: UploadDestination
    job: str | None
    state: UploadState
    began_at: int
    ended_at: int | None
    partial_types: tuple[str, ...]
    counts: Mapping[str, int]
    outcome: Mapping[str, int]
    reason: str


class Uploads:
    """The uploads of a profile. Every change is committed immediately. Methods raise as those of `Store`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, run: int, destination: UploadDestination, partial_types: Sequence[str], began_at: int) -> int:
        """Record that a job is about to be created. Returns the id of the upload."""
        number = self._database.execute(
            "INSERT INTO upload (run, host, account, source, place, state, began_at, partial_types)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                destination.host,
                destination.account,
                destination.source,
                destination.name,
                UploadState.BEGUN,
                began_at,
                json.dumps(partial_types),
            ),
        ).lastrowid
        assert number is not None  # noqa: S101 - SQLite numbers every inserted row
        return number

    def opened(self, upload: int, job: str) -> None:
        """The job was created."""
        self._database.execute("UPDATE upload SET state = ?, job = ? WHERE id = ?", (UploadState.OPEN, job, upload))

    def sent(self, upload: int, counts: Mapping[str, int]) -> None:
        """Everything was sent. `counts`: objects by `_type`."""
        self._database.execute("UPDATE upload SET counts = ? WHERE id = ?", (json.dumps(dict(counts)), upload))

    def finalized(self, upload: int) -> None:
        """The job was finalized; JupiterOne completes it on its own."""
        self._database.execute("UPDATE upload SET state = ? WHERE id = ?", (UploadState.FINALIZED, upload))

    def end(
        self,
        upload: int,
        state: UploadState,
        ended_at: int,
        *,
        outcome: Mapping[str, int] | None = None,
        reason: str = "",
    ) -> None:
        """The upload ended."""
        self._database.execute(
            "UPDATE upload SET state = ?, ended_at = ?, outcome = ?, reason = ? WHERE id = ?",
            (state, ended_at, json.dumps(dict(outcome or {})), reason, upload),
        )

    def unfinished(self, host: str, account: str) -> list[UploadRecord]:
        """The unfinished uploads to this JupiterOne account, oldest first."""
        return [
            upload
            for upload in self.all_unfinished()
            if upload.destination.host in (host, "") and upload.destination.account == account
        ]

    def all_unfinished(self) -> list[UploadRecord]:
        """The unfinished uploads to any account, oldest first."""
        rows = self._database.rows("SELECT * FROM upload WHERE state IN (?, ?, ?) ORDER BY id", UNFINISHED)
        return [_record(row) for row in rows]

    def destinations(self) -> list[UploadDestination]:
        """All destinations for which JupiterOne created a job, latest first."""
        rows = self._database.rows(
            "SELECT host, account, source, place FROM upload WHERE job IS NOT NULL"
            " GROUP BY host, account, source, place ORDER BY max(id) DESC"
        )
        return [UploadDestination(*row) for row in rows]

    def finished(self, destination: UploadDestination) -> list[UploadRecord]:
        """The finished uploads to this destination, newest first."""
        rows = self._database.rows(
            "SELECT * FROM upload WHERE host = ? AND account = ? AND source = ? AND place = ? AND state = ?"
            " ORDER BY id DESC",
            (destination.host, destination.account, destination.source, destination.name, UploadState.FINISHED),
        )
        return [_record(row) for row in rows]

    def latest_of(self, run: int) -> UploadRecord | None:
        """The newest upload of a run."""
        return _record_or_none(
            self._database.row("SELECT * FROM upload WHERE run = ? ORDER BY id DESC LIMIT 1", (run,))
        )

    def latest(self) -> UploadRecord | None:
        """The newest upload, in any state."""
        return _record_or_none(self._database.row("SELECT * FROM upload ORDER BY id DESC LIMIT 1"))

    def latest_finished(self) -> UploadRecord | None:
        """The newest finished upload, to any destination."""
        statement = "SELECT * FROM upload WHERE state = ? ORDER BY id DESC LIMIT 1"
        return _record_or_none(self._database.row(statement, (UploadState.FINISHED,)))


def _record_or_none(row: sqlite3.Row | None) -> UploadRecord | None:
    return None if row is None else _record(row)


def _record(row: sqlite3.Row) -> UploadRecord:
    return UploadRecord(
        id=row["id"],
        run=row["run"],
        destination=UploadDestination(row["host"], row["account"], row["source"], row["place"]),
        job=row["job"],
        state=UploadState(row["state"]),
        began_at=row["began_at"],
        ended_at=row["ended_at"],
        partial_types=tuple(json.loads(row["partial_types"])),
        counts=json.loads(row["counts"]),
        outcome=json.loads(row["outcome"]),
        reason=INTERRUPTED_REASON if row["reason"] == _INTERRUPTED_REASON_OF_0_1 else row["reason"],
    )
