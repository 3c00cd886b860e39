"""Writes graph.db: one run, its facts and its results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from collector.model.coverage import Coverage
from collector.model.graph import Properties, PropertyValue, Relationship, type_of_key
from collector.model.step import StepResult
from collector.model.unknown import UnknownSetting
from collector.store.canonical import ROW, canonical_json, parse_document
from collector.store.database import Database
from collector.store.record import write_results
from collector.store.row_ids import check_key, key_range
from collector.store.transaction import Checkpoints, Transaction

_PAGE = 1000
_LISTED = "listed since"


class Run:
    """The one writer of a store, from `Store.begin` to `finish`.

    A run may resume an interrupted one. `session` is the id of the first of these runs, and "this session" below means
    all of them.

    `commit` and `finish` make writes permanent. The first write after a commit locks the file for other writers, so
    commit before waiting for the network. Reads see uncommitted writes. A fact is a part of an entity or a
    relationship. One that is read again unchanged only gets a newer date; a changed one is ended and followed by a new
    one. Changes within a run leave no history. All methods raise CollectionFailed if
    the disk is full or the file is read-only or damaged, and ProfileBusy if another process holds it.
    """

    def __init__(self, database: Database, run: int, session: int) -> None:
        self.id = run
        self.session = session
        self._database = database
        self._transaction = Transaction(database)
        self.checkpoints = Checkpoints(self._transaction)
        self._has_ended_facts = False
        self._listed_since: dict[str, int] = {}

    @property
    def is_resumed(self) -> bool:
        """Whether it resumes an earlier run."""
        return self.session != self.id

    @property
    def session_started_at(self) -> int:
        """When this session began, in milliseconds since 1970."""
        began_at: int = self._database.value("SELECT started_at FROM run WHERE id = ?", (self.session,))
        return began_at

    def put(self, key: str, part: str, properties: Mapping[str, PropertyValue], read_at: int) -> None:
        """Store a part of an entity as read at `read_at` (milliseconds since 1970).

        A `row` carries `_type` (text) and `_class` (list of texts) besides the properties.
        Raises ValueError for NaN and infinities.
        """
        text = canonical_json(properties)
        with self._transaction.atomic():
            entity = self._transaction.row_ids.entity(key)
            document = self._transaction.row_ids.document(text)
            current = self._database.row(
                "SELECT document, from_run FROM part WHERE entity = ? AND part = ? AND to_run IS NULL",
                (entity, part),
            )
            if current is None:
                self._begin_part(entity, part, document, read_at)
            elif current[0] == document:
                self._database.execute(
                    "UPDATE part SET read_at = ?, read_run = ? WHERE entity = ? AND part = ? AND from_run = ?",
                    (read_at, self.id, entity, part, current[1]),
                )
            else:
                self._end_facts("part", "entity = ? AND part = ?", (entity, part))
                self._begin_part(entity, part, document, read_at)

    def exists(self, key: str) -> bool:
        """Whether the store has this entity, from this run or an earlier one."""
        return self.part_read_at(key, ROW) is not None

    def restart_listing(self, type_: str) -> None:
        """Note that the lists of this type are read from the start: rows read earlier in this session no longer count.

        They may have changed since.
        """
        self._listed_since[type_] = self.id
        self.checkpoints.save(_LISTED, {"run": self.id}, type_)

    def resume_listing(self, type_: str) -> None:
        """Note that an earlier run of this session has read the lists of this type."""
        state = self.checkpoints.load(_LISTED, type_)
        self._listed_since[type_] = self.id if state is None else state["run"]

    def listed_since(self, type_: str) -> int:
        """The run that started to read the lists of this type; this run if none has."""
        return self._listed_since.get(type_, self.id)

    def was_listed(self, key: str) -> bool:
        """Whether this entity is in the lists that this session read."""
        read_run: int | None = self._database.value("SELECT read_run FROM current_entity WHERE key = ?", (key,))
        return read_run is not None and read_run >= self.listed_since(type_of_key(key))

    def has_read(self, key: str, part: str) -> bool:
        """Whether this part of an entity was read in this session."""
        read_run: int | None = self._database.value(
            "SELECT read_run FROM current_part WHERE key = ? AND part = ?", (key, part)
        )
        return read_run is not None and read_run >= self.session

    def part_read_at(self, key: str, part: str) -> int | None:
        """When a current part was last read, in milliseconds since 1970; None without it."""
        read_at: int | None = self._database.value(
            "SELECT read_at FROM current_part WHERE key = ? AND part = ?", (key, part)
        )
        return read_at

    def count_and_oldest(self, type_: str, part: str) -> tuple[int, int | None]:
        """How many entities of a type have this part, and when the oldest was read (milliseconds since 1970)."""
        row = self._database.row(
            "SELECT count(*), min(read_at) FROM current_part WHERE key >= ? AND key < ? AND part = ?",
            (*key_range(type_), part),
        )
        return (0, None) if row is None else (row[0], row[1])

    def unread_documents(self, type_: str, part: str, excluded_prefix: str) -> tuple[int, int, int | None]:
        """Of the listed entities whose part this session has not read: how many lack it, how many have a stale one,
        and when the oldest of those was read (milliseconds since 1970). Keys with `excluded_prefix` do not count.
        """
        row = self._database.row(
            "SELECT count(*) - count(part.read_run), count(part.read_run), min(part.read_at)"
            " FROM current_entity AS listed LEFT JOIN current_part AS part ON part.key = listed.key AND part.part = ?"
            " WHERE listed.key >= ? AND listed.key < ? AND listed.read_run >= ? AND substr(listed.key, 1, ?) <> ?"
            " AND coalesce(part.read_run, 0) < ?",
            (part, *key_range(type_), self.listed_since(type_), len(excluded_prefix), excluded_prefix, self.session),
        )
        return (0, 0, None) if row is None else (row[0], row[1], row[2])

    def stale_of_missing(self, type_: str, part: str) -> tuple[int, int | None]:
        """How many entities that were not `was_listed` keep this part, and when the oldest was read (ms since 1970)."""
        row = self._database.row(
            "SELECT count(*), min(part.read_at) FROM current_entity AS missing"
            " JOIN current_part AS part ON part.key = missing.key AND part.part = ?"
            " WHERE missing.key >= ? AND missing.key < ? AND missing.read_run < ?",
            (part, *key_range(type_), self.listed_since(type_)),
        )
        return (0, None) if row is None else (row[0], row[1])

    def compute_last_changes(self) -> None:
        """Find the last run that changed each entity or its relationships, for `changed_since_read`."""
        with self._transaction.atomic():
            self._database.execute("DROP TABLE IF EXISTS temp.changed")
            self._database.execute("CREATE TEMP TABLE changed (entity INTEGER PRIMARY KEY, run INTEGER NOT NULL)")
            self._database.execute(
                "INSERT INTO temp.changed SELECT entity, max(from_run) FROM part WHERE part = ? GROUP BY entity", (ROW,)
            )
            for end in ("source", "target"):
                self._database.execute(
                    f"INSERT INTO temp.changed SELECT {end}, max(max(from_run, coalesce(to_run, 0)))"  # noqa: S608 - ours
                    f" FROM relationship GROUP BY {end}"
                    " ON CONFLICT DO UPDATE SET run = max(run, excluded.run)"
                )

    def changed_since_read(self, key: str, part: str) -> bool:
        """Whether the entity's row or relationships changed after this part was read."""
        row = self._database.row(
            "SELECT 1 FROM part JOIN temp.changed ON changed.entity = part.entity AND changed.run > part.read_run"
            " WHERE part.entity = (SELECT id FROM entity WHERE key = ?) AND part.part = ? AND part.to_run IS NULL",
            (key, part),
        )
        return row is not None

    def properties(self, key: str, part: str) -> Properties:
        """The properties of a current part; none without it."""
        text = self._database.value("SELECT json FROM current_part WHERE key = ? AND part = ?", (key, part))
        return {} if text is None else parse_document(text)

    def value(self, key: str, part: str, name: str) -> PropertyValue:
        """One property of a current part, None without it."""
        return self.properties(key, part).get(name)

    def listed_texts(self, type_: str, name: str) -> Iterator[str]:
        """The texts of a list property in the rows of the type's listed entities."""
        rows = self._database.rows(
            "SELECT item.value FROM current_entity AS listed JOIN json_each(listed.row_json, '$.' || ?) AS item"
            " WHERE listed.key >= ? AND listed.key < ? AND listed.read_run >= ? AND item.type = 'text'",
            (name, *key_range(type_), self.listed_since(type_)),
        )
        return (text for (text,) in rows)

    def keys(self, type_: str, listed_only: bool = False) -> Iterator[str]:
        """The sorted keys of a type's entities; with `listed_only`, of those in the lists this session read.

        Read page by page, so that the caller may write and commit meanwhile.
        """
        after, end = key_range(type_)
        since = self.listed_since(type_)
        while True:
            rows = self._database.rows(
                "SELECT key, read_run FROM current_entity WHERE key > ? AND key < ? ORDER BY key LIMIT ?",
                (after, end, _PAGE),
            )
            page = list(rows)
            if not page:
                return
            yield from (key for key, read_run in page if read_run >= since or not listed_only)
            after = page[-1][0]

    def missing_keys(self, type_: str) -> list[str]:
        """The sorted keys of a type's entities that are in none of the lists this session read."""
        rows = self._database.rows(
            "SELECT key FROM current_entity WHERE key >= ? AND key < ? AND read_run < ? ORDER BY key",
            (*key_range(type_), self.listed_since(type_)),
        )
        return [key for (key,) in rows]

    def remove(self, key: str) -> None:
        """Remove an entity: end its parts and relationships in this run."""
        with self._transaction.atomic():
            entity = self._transaction.row_ids.entity(key)
            self._end_facts("part", "entity = ?", (entity,))
            self._end_facts("relationship", "target = ?", (entity,))
            self._end_facts("relationship", "type IN (SELECT id FROM relationship_type) AND source = ?", (entity,))

    def remove_part(self, key: str, part: str) -> None:
        """Remove one part of an entity."""
        with self._transaction.atomic():
            self._end_facts("part", "entity = ? AND part = ?", (self._transaction.row_ids.entity(key), part))

    def put_relationship(self, relationship: Relationship) -> None:
        """Store a relationship. Raises ValueError unless its key is made of its class and ends' keys."""
        check_key(relationship)
        with self._transaction.atomic():
            ends = self._transaction.row_ids.relationship(relationship)
            confirmed = self._database.execute(
                "UPDATE relationship SET seen_run = ?, to_run = NULL"
                " WHERE type = ? AND source = ? AND target = ? AND (to_run IS NULL OR to_run = ?)",
                (self.id, *ends, self.id),
            )
            if confirmed.rowcount == 0:
                self._database.execute(
                    "INSERT INTO relationship VALUES (?, ?, ?, ?, ?, NULL)", (*ends, self.id, self.id)
                )

    def remove_missing_relationships(self, type_: str) -> int:
        """End the relationships of a type that this run has not read. Returns how many."""
        with self._transaction.atomic():
            return self._end_facts(
                "relationship",
                "type = (SELECT id FROM relationship_type WHERE type = ?) AND seen_run <> ?",
                (type_, self.id),
            )

    def confirm_relationships(self, type_: str, key: str) -> None:
        """Mark as read by this run what earlier runs of this session read: an entity's relationships of a type."""
        with self._transaction.atomic():
            for end in ("source", "target"):
                self._database.execute(
                    f"UPDATE relationship SET seen_run = ? WHERE {end} = ? AND to_run IS NULL"  # noqa: S608 - ours
                    " AND type = (SELECT id FROM relationship_type WHERE type = ?) AND seen_run >= ?",
                    (self.id, self._transaction.row_ids.entity(key), type_, self.session),
                )

    @property
    def is_writing(self) -> bool:
        """Whether there are uncommitted writes, which keep other processes from writing."""
        return self._database.in_transaction

    def commit(self) -> None:
        """Make everything written so far permanent."""
        self._database.commit()

    def finish(
        self,
        ended_at: int,
        exit_code: int,
        steps: Sequence[StepResult],
        coverage: Sequence[Coverage],
        unknown_settings: Sequence[UnknownSetting],
    ) -> None:
        """End the run: commit its results with all it wrote. `ended_at`: milliseconds since 1970."""
        with self._transaction.atomic():
            write_results(self._database, self.id, steps, coverage, unknown_settings)
            self._database.execute(
                "UPDATE run SET ended_at = ?, exit_code = ? WHERE id = ?", (ended_at, int(exit_code), self.id)
            )
        self._database.commit()

    def _begin_part(self, entity: int, part: str, document: int, read_at: int) -> None:
        """Begin a part in this run, or reopen one with the same document that this run ended."""
        if self._has_ended_facts:
            reopened = self._database.execute(
                "UPDATE part SET read_at = ?, read_run = ?, to_run = NULL"
                " WHERE entity = ? AND part = ? AND to_run = ? AND document = ?",
                (read_at, self.id, entity, part, self.id, document),
            )
            if reopened.rowcount:
                return
        self._database.execute(
            "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (entity, part, document, read_at, self.id, self.id),
        )

    def _end_facts(self, table: str, which: str, parameters: tuple[object, ...]) -> int:
        """End current facts in this run, and delete those that began in it. Returns how many."""
        deleted = self._database.execute(
            f"DELETE FROM {table} WHERE {which} AND to_run IS NULL AND from_run = ?",  # noqa: S608 - texts of ours
            (*parameters, self.id),
        )
        self._has_ended_facts = True
        closed = self._database.execute(
            f"UPDATE {table} SET to_run = ? WHERE {which} AND to_run IS NULL",  # noqa: S608 - texts of ours
            (self.id, *parameters),
        )
        return deleted.rowcount + closed.rowcount
