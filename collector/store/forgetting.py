"""Erases history before a time, or everything about a person, from graph.db, down to the bytes."""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from collector.errors import CollectorError, ProfileBusy, UsageError
from collector.model.naming import comparable
from collector.store.canonical import ROW, canonical_json, document_hash, parse_document
from collector.store.database import Database
from collector.store.row_ids import key_range

_UNPURGED = "unpurged"
"""Set in `meta` from the removal of rows until their bytes are erased."""

_MASK = "***"

_QUOTING = (
    ("coverage", "reason"),
    ("coverage", "next_step"),
    ("step_result", "notes"),
    ("upload", "reason"),
    ("alert", "finding"),
)
"""The tables and columns that contain messages."""

_PEOPLE = """
    SELECT id, key FROM entity
    WHERE key >= :first AND key < :end AND comparable(key) = comparable(:key)
    UNION
    SELECT entity.id, entity.key
    FROM entity
    JOIN part ON part.entity = entity.id AND part.part = :row
    JOIN document ON document.id = part.document
    JOIN json_each(document.json, '$.email') AS address
    WHERE entity.key >= :first AND entity.key < :end AND comparable(address.value) = comparable(:email)"""

_REPLACEMENT_OF = "(SELECT kept FROM temp.stand_in WHERE run = {})"


@dataclass(frozen=True)
class Person:
    """Whom to forget: the entities of this `_type` whose row has, or once had, this e-mail address.

    `key`: the `_key` of an invitation to the address, which may exist without a row.
    """

    type: str
    email: str
    key: str


@dataclass(frozen=True)
class Forgotten:
    """How much was removed: runs of the history with their facts, and people with theirs.

    Facts are parts of entities, and relationships.
    """

    runs: int = 0
    ceased_facts: int = 0
    people: int = 0
    their_facts: int = 0


def forget(path: Path, *, before: int | None = None, person: Person | None = None) -> Forgotten:
    """Remove from graph.db the history before an instant (milliseconds since 1970), and a person.

    Rows are removed in one transaction; then the file is rewritten to erase their bytes, or by the next call if the
    process is killed in between. The graphs of kept runs do not change, except for the person. Raises UsageError if
    the address or the store does not exist, ProfileBusy if another process uses the store, CollectionFailed if the
    disk is full or the file is not writable.
    """
    with closing(Database.open_existing(path)) as database:
        database.execute("PRAGMA secure_delete = ON")
        unfinished = database.value("SELECT 1 FROM meta WHERE name = ?", (_UNPURGED,)) is not None
        database.begin()
        people, their_facts = (0, 0) if person is None else _forget_person(database, person)
        if person is not None and not people and not unfinished:
            raise UsageError(
                f"The store {path} holds no user {person.email!r}, neither now nor in its history.",
                "Give the whole e-mail address, in either case, or name the right profile with `--profile NAME`.",
            )
        runs, ceased_facts = (0, 0) if before is None else _forget_history(database, before)
        _forget_unused(database)
        database.execute("INSERT OR REPLACE INTO meta VALUES (?, 'since rows were removed')", (_UNPURGED,))
        database.commit()
        _purge(database)
    return Forgotten(runs, ceased_facts, people, their_facts)


def _forget_history(database: Database, before: int) -> tuple[int, int]:
    """How many runs and facts were removed."""
    columns = "id, coalesce(reading, id), started_at, ended_at, concluded"
    runs = [RunTimes(*row) for row in database.rows(f"SELECT {columns} FROM run")]  # noqa: S608 - a text of ours
    database.execute("DELETE FROM alert WHERE sent_at < ?", (before,))
    forgotten = replacement_runs(runs, before)
    if not forgotten:
        return 0, 0
    database.execute("CREATE TEMP TABLE stand_in (run INTEGER PRIMARY KEY, kept INTEGER NOT NULL)")
    for run in runs:
        database.execute("INSERT INTO temp.stand_in VALUES (?, ?)", (run.id, forgotten.get(run.id, run.id)))
    facts = _move_to_kept_runs(database, "part", "read_run")
    facts += _move_to_kept_runs(database, "relationship", "seen_run")
    for table, column in (("step_result", "run"), ("coverage", "run"), ("unknown_setting", "run"), ("run", "id")):
        database.execute(
            f"DELETE FROM {table} WHERE {column} IN (SELECT run FROM temp.stand_in WHERE run <> kept)"  # noqa: S608
        )
    database.execute("DROP TABLE temp.stand_in")
    return len(forgotten), facts


def _move_to_kept_runs(database: Database, table: str, confirmed: str) -> int:
    """Delete facts that no kept run shows, and refer the others to kept runs. Returns how many were deleted."""
    begins, ends = _REPLACEMENT_OF.format("from_run"), _REPLACEMENT_OF.format("to_run")
    deleted = database.execute(f"DELETE FROM {table} WHERE {begins} = {ends}")  # noqa: S608 - texts of ours
    forgotten = "(SELECT run FROM temp.stand_in WHERE run <> kept)"
    database.execute(
        f"UPDATE {table}"  # noqa: S608 - texts of ours
        f" SET from_run = {begins}, to_run = {ends}, {confirmed} = {_REPLACEMENT_OF.format(confirmed)}"
        f" WHERE from_run IN {forgotten} OR to_run IN {forgotten} OR {confirmed} IN {forgotten}"
    )
    return deleted.rowcount


def _forget_person(database: Database, person: Person) -> tuple[int, int]:
    """How many entities had that address, and how many facts were removed with them."""
    first, end = key_range(person.type)
    database.create_function("comparable", lambda text: comparable(str(text)))  # JSON may contain other types
    parameters = {"key": person.key, "row": ROW, "first": first, "end": end, "email": person.email}
    found = list(database.rows(_PEOPLE, parameters))
    facts = 0
    for entity, key in found:
        facts += database.execute("DELETE FROM part WHERE entity = ?", (entity,)).rowcount
        facts += database.execute("DELETE FROM relationship WHERE ? IN (source, target)", (entity,)).rowcount
        database.execute("DELETE FROM progress WHERE key = ?", (key,))
        database.execute("DELETE FROM alert WHERE key = ?", (key,))
    identifiers = [key.removeprefix(first) for _, key in found]
    if found:
        spellings = {unicodedata.normalize(form, person.email) for form in ("NFC", "NFD")}
        _mask(database, [*spellings, *identifiers])
        for identifier in identifiers:
            _remove_from_lists(database, unquote(identifier))
    return len(found), facts


def _remove_from_lists(database: Database, zoom_id: str) -> None:
    """Take an id out of the lists of ids in documents of others, such as who may bypass single sign-on."""
    naming = database.rows(
        "SELECT id, json FROM document WHERE instr(json, ?) AND id IN (SELECT document FROM part)",
        (json.dumps(zoom_id, ensure_ascii=False),),
    )
    for document, text in list(naming):
        properties = parse_document(text)
        for name, value in properties.items():
            if isinstance(value, list):
                properties[name] = [item for item in value if item != zoom_id]  # type: ignore[assignment]
        rewritten = canonical_json(properties)
        equal = database.value("SELECT id FROM document WHERE hash = ?", (document_hash(rewritten),))
        if equal is None:
            database.execute(
                "UPDATE document SET hash = ?, json = ? WHERE id = ?", (document_hash(rewritten), rewritten, document)
            )
        else:
            database.execute("UPDATE part SET document = ? WHERE document = ?", (equal, document))


def _mask(database: Database, texts: Sequence[str]) -> None:
    """Mask these words in messages: coverage quotes Zoom, and an upload's reason may name a key."""
    words = re.compile("|".join(rf"(?<![\w@.-]){re.escape(text)}(?![\w@-])" for text in texts), re.IGNORECASE)
    for table, column in _QUOTING:
        quoting = [text for (text,) in database.rows(f"SELECT DISTINCT {column} FROM {table}")]  # noqa: S608
        for text in quoting:
            if words.search(text):
                database.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {column} = ?",  # noqa: S608 - texts of ours
                    (words.sub(_MASK, text), text),
                )


def _forget_unused(database: Database) -> None:
    """Delete documents and keys that no fact refers to."""
    database.execute("DELETE FROM document WHERE id NOT IN (SELECT document FROM part)")
    database.execute(
        "DELETE FROM entity WHERE id NOT IN (SELECT entity FROM part)"
        " AND id NOT IN (SELECT source FROM relationship) AND id NOT IN (SELECT target FROM relationship)"
    )


def _purge(database: Database) -> None:
    """Rewrite the file without the bytes of deleted rows, and truncate its journal."""
    try:
        database.execute("VACUUM")
        if database.value("PRAGMA wal_checkpoint(TRUNCATE)"):
            raise ProfileBusy(
                f"Another process is reading the store {database.path}.", "Wait for it to finish, then try again."
            )
        database.execute("DELETE FROM meta WHERE name = ?", (_UNPURGED,))
    except CollectorError as failure:
        raise type(failure)(
            f"What was to be forgotten is removed, but its bytes may still be in the file. {failure.message}",
            failure.next_step,
        ) from failure


@dataclass(frozen=True)
class RunTimes:
    """When a run was, in milliseconds since 1970. `session`: the first run of its session.

    `ended_at`: None for a killed run. `concluded`: no later run resumes it.
    """

    id: int
    session: int
    started_at: int
    ended_at: int | None
    concluded: bool

    @property
    def last_known_at(self) -> int:
        """When it ended; for a killed run, when it started."""
        return self.started_at if self.ended_at is None else self.ended_at


def replacement_runs(runs: Iterable[RunTimes], before: int) -> dict[int, int]:
    """For every run to forget, those that ended before a time (milliseconds since 1970), the oldest kept run after it.

    Facts from a forgotten run are then dated to its replacement, so that every kept run shows what it showed before.
    The runs of a session are kept or forgotten together. Always kept: the newest session, that of the newest finished
    run, and the one before the newest unless that is concluded. A run that resumes the newest session takes facts
    dated to it as read, so its runs must not replace an earlier one.
    """
    ordered = sorted(runs, key=lambda run: run.id)
    kept_sessions = {run.session for run in ordered if run.last_known_at >= before} | _always_kept(ordered)
    kept = [run.id for run in ordered if run.session in kept_sessions]
    return {run.id: kept[bisect_left(kept, run.id)] for run in ordered if run.session not in kept_sessions}


def _always_kept(ordered: list[RunTimes]) -> set[int]:
    if not ordered:
        return set()
    newest = ordered[-1]
    earlier = [run for run in ordered if run.session != newest.session]
    finished = [run for run in ordered if run.ended_at is not None]
    needed = [newest, *finished[-1:], *([] if newest.concluded else earlier[-1:])]
    return {run.session for run in needed}
