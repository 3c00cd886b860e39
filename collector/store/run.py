"""Writing graph.db: one run, its facts and how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from collector.model.coverage import Coverage
from collector.model.graph import PropertyValue, Relationship
from collector.model.step import StepResult
from collector.model.unknown import UnknownSetting
from collector.store.database import Database
from collector.store.document import ROW, canonical_json, parse_document
from collector.store.identity import Identities, check_key, key_range
from collector.store.record import write_results

_PAGE = 1000


class Run:
    """The one writer of a store, from `Store.begin` to `finish`.

    What it writes is kept at `commit` and `finish`; a process that dies loses what came after. Reading through it sees
    its own uncommitted writing. A fact the run confirms only gets younger; one it changes is closed and followed by a
    new one, both with this run's number; changes within the run leave no history. All methods raise CollectionFailed
    when the disk is full or the file read-only or damaged, and ProfileBusy when another process holds it.
    """

    def __init__(self, database: Database, run: int) -> None:
        self.id = run
        self._database = database
        self._identities = Identities(database)

    @classmethod
    def begin(cls, database: Database, started_at: int, tags: Mapping[str, str]) -> Run:
        """Begin a run at this time (milliseconds since 1970) and commit that it began."""
        cursor = database.execute(
            "INSERT INTO run (started_at, tags) VALUES (?, ?)",
            (started_at, json.dumps(tags, ensure_ascii=False)),
        )
        assert cursor.lastrowid is not None  # noqa: S101 - SQLite numbers every inserted row
        return cls(database, cursor.lastrowid)

    def put(self, key: str, part: str, properties: Mapping[str, PropertyValue], read_at: int) -> None:
        """Keep what a reading at `read_at` (milliseconds since 1970) said about a part of an entity.

        A `row` carries `_type` (text) and `_class` (list of texts) besides the properties.
        Raises ValueError for NaN and infinities.
        """
        text = canonical_json(properties)
        with self._change():
            entity = self._identities.entity(key)
            document = self._identities.document(text)
            current = self._database.row(
                "SELECT document, from_run FROM part WHERE entity = ? AND part = ? AND to_run IS NULL",
                (entity, part),
            )
            if current is None:
                self._open_part(entity, part, document, read_at)
            elif current[0] == document:
                self._database.execute(
                    "UPDATE part SET read_at = ?, read_run = ? WHERE entity = ? AND part = ? AND from_run = ?",
                    (read_at, self.id, entity, part, current[1]),
                )
            else:
                self._close("part", "entity = ? AND part = ?", (entity, part))
                self._open_part(entity, part, document, read_at)

    def knows(self, key: str) -> bool:
        """Whether this entity exists, read in this run or before."""
        return self.part_read_at(key, ROW) is not None

    def seen(self, key: str) -> bool:
        """Whether this entity's `row` was read in this run."""
        read_run: int | None = self._database.value("SELECT read_run FROM current_entity WHERE key = ?", (key,))
        return read_run == self.id

    def part_read_at(self, key: str, part: str) -> int | None:
        """When a current part was last read, now or before: milliseconds since 1970, None without it."""
        read_at: int | None = self._database.value(
            "SELECT read_at FROM current_part WHERE key = ? AND part = ?", (key, part)
        )
        return read_at

    def value(self, key: str, part: str, name: str) -> PropertyValue:
        """One property of a current part, None without it."""
        text = self._database.value("SELECT json FROM current_part WHERE key = ? AND part = ?", (key, part))
        return None if text is None else parse_document(text).get(name)

    def keys(self, type_: str, seen_only: bool = False) -> Iterator[str]:
        """The keys of a type's entities in their order; with `seen_only`, of those read in this run.

        Read page by page, so that the caller may write and commit meanwhile.
        """
        after, end = key_range(type_)
        while True:
            rows = self._database.rows(
                "SELECT key, read_run FROM current_entity WHERE key > ? AND key < ? ORDER BY key LIMIT ?",
                (after, end, _PAGE),
            )
            page = list(rows)
            if not page:
                return
            yield from (key for key, read_run in page if read_run == self.id or not seen_only)
            after = page[-1][0]

    def unseen(self, type_: str, limit: int | None = None) -> list[str]:
        """The first `limit` keys of a type's entities whose `row` was not read in this run, in their order."""
        rows = self._database.rows(
            "SELECT key FROM current_entity WHERE key >= ? AND key < ? AND read_run <> ? ORDER BY key LIMIT ?",
            (*key_range(type_), self.id, -1 if limit is None else limit),
        )
        return [key for (key,) in rows]

    def count_unseen(self, type_: str) -> int:
        """How many entities of a type were not read in this run."""
        count: int = self._database.value(
            "SELECT count(*) FROM current_entity WHERE key >= ? AND key < ? AND read_run <> ?",
            (*key_range(type_), self.id),
        )
        return count

    def remove(self, key: str) -> None:
        """An entity is gone: its parts and the relationships that touch it cease with this run."""
        with self._change():
            entity = self._identities.entity(key)
            self._close("part", "entity = ?", (entity,))
            self._close("relationship", "target = ?", (entity,))
            self._close("relationship", "type IN (SELECT id FROM relationship_type) AND source = ?", (entity,))

    def remove_part(self, key: str, part: str) -> None:
        """One part of an entity is gone."""
        with self._change():
            self._close("part", "entity = ? AND part = ?", (self._identities.entity(key), part))

    def relate(self, relationship: Relationship) -> None:
        """A relationship was seen. Raises ValueError when its key is not made of its class and ends' keys."""
        check_key(relationship)
        with self._change():
            ends = self._identities.relationship(relationship)
            confirmed = self._database.execute(
                "UPDATE relationship SET seen_run = ?, to_run = NULL"
                " WHERE type = ? AND source = ? AND target = ? AND (to_run IS NULL OR to_run = ?)",
                (self.id, *ends, self.id),
            )
            if confirmed.rowcount == 0:
                self._database.execute(
                    "INSERT INTO relationship VALUES (?, ?, ?, ?, ?, NULL)", (*ends, self.id, self.id)
                )

    def related(self, key: str) -> bool:
        """Whether the relationship with this `_key` was seen in this run."""
        texts = key.split("|")
        return any(
            self._seen_relationship("|".join(texts[:middle]), texts[middle], "|".join(texts[middle + 1 :]))
            for middle in range(1, len(texts) - 1)
        )

    def remove_unseen_relationships(self, type_: str) -> int:
        """The relationships of a type not seen in this run cease with it; how many those are."""
        with self._change():
            return self._close(
                "relationship",
                "type = (SELECT id FROM relationship_type WHERE type = ?) AND seen_run <> ?",
                (type_, self.id),
            )

    def count_related(self, type_: str, source_key: str | None = None, target_key: str | None = None) -> int:
        """How many relationships of a type, from and to these entities where given, were seen in this run."""
        clauses = ["SELECT count(*) FROM relationship"]
        if target_key is not None:  # SQLite would otherwise read the whole type
            clauses.append("INDEXED BY relationship_now")
        clauses.append("WHERE type = (SELECT id FROM relationship_type WHERE type = ?) AND seen_run = ?")
        clauses.append("AND to_run IS NULL")
        if source_key is not None:
            clauses.append("AND source = (SELECT id FROM entity WHERE key = ?)")
        if target_key is not None:
            clauses.append("AND target = (SELECT id FROM entity WHERE key = ?)")
        ends = [key for key in (source_key, target_key) if key is not None]
        count: int = self._database.value(" ".join(clauses), (type_, self.id, *ends))
        return count

    def commit(self) -> None:
        """Keep everything written so far."""
        self._database.commit()

    def finish(
        self,
        ended_at: int,
        exit_code: int,
        steps: Sequence[StepResult],
        coverage: Sequence[Coverage],
        unknown_settings: Sequence[UnknownSetting],
    ) -> None:
        """End the run, keeping its results and all it wrote in one commit. `ended_at`: ms since 1970."""
        with self._change():
            write_results(self._database, self.id, steps, coverage, unknown_settings)
            self._database.execute(
                "UPDATE run SET ended_at = ?, exit_code = ? WHERE id = ?", (ended_at, int(exit_code), self.id)
            )
        self._database.commit()

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Change facts wholly or not at all: one cut short takes back everything since the last commit."""
        if not self._database.in_transaction:
            self._database.begin()
            self._identities.forget()
        try:
            yield
        except BaseException:
            self._database.rollback()
            raise

    def _open_part(self, entity: int, part: str, document: int, read_at: int) -> None:
        """Let a part say this from now on; one that said so when the run began goes on as if never closed."""
        reopened = self._database.execute(
            "UPDATE part SET read_at = ?, read_run = ?, to_run = NULL"
            " WHERE entity = ? AND part = ? AND to_run = ? AND document = ?",
            (read_at, self.id, entity, part, self.id, document),
        )
        if reopened.rowcount == 0:
            self._database.execute(
                "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (entity, part, document, read_at, self.id, self.id),
            )

    def _seen_relationship(self, source_key: str, class_: str, target_key: str) -> bool:
        row = self._database.row(
            "SELECT 1 FROM relationship"
            " WHERE type IN (SELECT id FROM relationship_type WHERE lower(class) = ?)"
            " AND source = (SELECT id FROM entity WHERE key = ?)"
            " AND target = (SELECT id FROM entity WHERE key = ?)"
            " AND seen_run = ? AND to_run IS NULL",
            (class_, source_key, target_key, self.id),
        )
        return row is not None

    def _close(self, table: str, which: str, parameters: tuple[object, ...]) -> int:
        """End current facts with this run, and delete those that began in it; how many those were."""
        deleted = self._database.execute(
            f"DELETE FROM {table} WHERE {which} AND to_run IS NULL AND from_run = ?",  # noqa: S608 - texts of ours
            (*parameters, self.id),
        )
        closed = self._database.execute(
            f"UPDATE {table} SET to_run = ? WHERE {which} AND to_run IS NULL",  # noqa: S608 - texts of ours
            (self.id, *parameters),
        )
        return deleted.rowcount + closed.rowcount
