"""Sessions: one run, or several if the earlier ones were interrupted."""

from __future__ import annotations

import json
from collections.abc import Mapping

from collector.errors import ExitCode
from collector.model.older_integration import DataModel
from collector.store.database import Database

RESUME_WITHIN_MILLISECONDS = 24 * 3600 * 1000
"""How long after an interruption a run may be resumed."""


def begin_run(
    database: Database,
    started_at: int,
    tags: Mapping[str, str],
    options: str,
    *,
    fresh: bool,
    data_model: DataModel = DataModel.CURRENT,
) -> tuple[int, int]:
    """Record and commit the start of a run; its number, and that of the first run of its session.

    Unless `fresh`, it resumes the previous run if that is not concluded, ended less than 24 hours ago and had the same
    `options`. `started_at`: milliseconds since 1970.
    """
    database.begin()
    session = None if fresh else _resumable_session(database, started_at, options)
    if session is None:
        database.execute("DELETE FROM progress")
    run = database.execute(
        "INSERT INTO run (started_at, tags, reading, options, data_model) VALUES (?, ?, ?, ?, ?)",
        (started_at, json.dumps(tags, ensure_ascii=False), session, options, data_model.value),
    ).lastrowid
    assert run is not None  # noqa: S101 - SQLite numbers every inserted row
    if session is None:
        session = run
        database.execute("UPDATE run SET reading = id WHERE id = ?", (run,))
    database.commit()
    return run, session


def conclude_session(database: Database) -> None:
    """Mark the newest run as concluded, unless it was interrupted: it will not be resumed."""
    database.begin()
    concluded = database.execute(
        "UPDATE run SET concluded = 1 WHERE id = (SELECT max(id) FROM run) AND exit_code IN (?, ?)",
        (int(ExitCode.COMPLETE), int(ExitCode.INCOMPLETE)),
    )
    if concluded.rowcount:
        database.execute("DELETE FROM progress")
    database.commit()


def _resumable_session(database: Database, now: int, options: str) -> int | None:
    last = database.row("SELECT * FROM run ORDER BY id DESC LIMIT 1")
    if last is None or last["concluded"] or last["options"] != options:
        return None
    stopped_at = last["started_at"] if last["ended_at"] is None else last["ended_at"]
    session: int = last["reading"]
    return session if 0 <= now - stopped_at < RESUME_WITHIN_MILLISECONDS else None
