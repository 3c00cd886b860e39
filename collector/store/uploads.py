"""What was uploaded to JupiterOne: from which run, to which place, by which job, and what became of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from collector.store.database import Database


class UploadState(str, Enum):
    """How far an upload has come. It is written before the request that would need undoing, the rest right after."""

    BEGUN = "begun"
    """A job is about to be created; where the upload was killed then, nobody knows whether it was."""
    OPEN = "open"
    """The job awaits uploads; left so by a killed process, it is aborted."""
    NOT_FINALIZED = "left open"
    """As OPEN, but somebody wanted it so."""
    FINALIZED = "finalized"
    """JupiterOne has begun to make its graph like the upload."""
    FINISHED = "finished"
    ABORTED = "aborted"
    FAILED = "failed"


INTERRUPTED_REASON = "the upload was interrupted"
"""The reason of an upload that was aborted because it was asked to stop, or killed."""
_INTERRUPTED_REASON_OF_0_1 = "the upload was cut short"

UNFINISHED = (UploadState.BEGUN, UploadState.OPEN, UploadState.FINALIZED)


@dataclass(frozen=True)
class UploadDestination:
    """Where an upload went: the JupiterOne account and the host of its API, the job's source, and the integration
    instance's id or the scope of source `api`.
    """

    host: str
    account: str
    source: str
    name: str


@dataclass(frozen=True)
class UploadRecord:
    """One upload. Times are milliseconds since 1970.

    `run` may have been forgotten since. `counts`: objects sent by `_type`. `outcome`: what JupiterOne says it did
    (`entitiesCreated`, `relationshipsDeleted` and so on), empty until it has finished. `partial_types`: `_type`s of
    which nothing was deleted. `reason`: why it was aborted or has failed.
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
    """The uploads of a profile. Every change is kept at once. Methods raise as those of `Store` do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, run: int, destination: UploadDestination, partial_types: Sequence[str], began_at: int) -> int:
        """Record that a job is about to be created; the number of the upload."""
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
        """Everything has arrived: so many objects by `_type`."""
        self._database.execute("UPDATE upload SET counts = ? WHERE id = ?", (json.dumps(dict(counts)), upload))

    def finalized(self, upload: int) -> None:
        """JupiterOne goes on with the job by itself."""
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
        """The upload has come to an end."""
        self._database.execute(
            "UPDATE upload SET state = ?, ended_at = ?, outcome = ?, reason = ? WHERE id = ?",
            (state, ended_at, json.dumps(dict(outcome or {})), reason, upload),
        )

    def unfinished(self, host: str, account: str) -> list[UploadRecord]:
        """The uploads to this JupiterOne account of which the end is not known, the oldest first."""
        return [
            upload
            for upload in self.all_unfinished()
            if upload.destination.host in (host, "") and upload.destination.account == account
        ]

    def all_unfinished(self) -> list[UploadRecord]:
        """The uploads of which the end is not known, in whichever account, the oldest first."""
        rows = self._database.rows("SELECT * FROM upload WHERE state IN (?, ?, ?) ORDER BY id", UNFINISHED)
        return [_record(row) for row in rows]

    def destinations(self) -> list[UploadDestination]:
        """Wherever JupiterOne has opened a job, the latest first."""
        rows = self._database.rows(
            "SELECT host, account, source, place FROM upload WHERE job IS NOT NULL"
            " GROUP BY host, account, source, place ORDER BY max(id) DESC"
        )
        return [UploadDestination(*row) for row in rows]

    def finished(self, destination: UploadDestination) -> list[UploadRecord]:
        """The uploads that JupiterOne has finished at this place, the newest first."""
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
        """The newest upload, whatever became of it."""
        return _record_or_none(self._database.row("SELECT * FROM upload ORDER BY id DESC LIMIT 1"))

    def latest_finished(self) -> UploadRecord | None:
        """The newest upload that JupiterOne has finished, wherever it went."""
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
