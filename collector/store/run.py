"""Writing graph.db: one run, its facts and how it ended."""

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

    A run goes on with the reading of the one before it when that was cut short. What is said of "this reading" below
    is then about all runs since `session`, the one it began with.

    What it writes is kept at `commit` and `finish`; a process that dies loses what came after. The first thing written
    after a commit locks the file for all other writers until the next one, so commit before waiting for the network.
    Reading through it sees its own uncommitted writing. A fact the run confirms only gets younger; one it changes is
    closed and followed by a new one, both with this run's number; changes within the run leave no history. All methods
    raise CollectionFailed when the disk is full or the file read-only or damaged, and ProfileBusy when another process
    holds it.
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
        """Whether it goes on with what an earlier run began to read."""
        return self.session != self.id

    @property
    def began_at(self) -> int:
        """When this reading began, in milliseconds since 1970."""
        began_at: int = self._database.value("SELECT started_at FROM run WHERE id = ?", (self.session,))
        return began_at

    def put(self, key: str, part: str, properties: Mapping[str, PropertyValue], read_at: int) -> None:
        """Keep what a reading at `read_at` (milliseconds since 1970) said about a part of an entity.

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
        """Whether this entity exists, read in this run or before."""
        return self.part_read_at(key, ROW) is not None

    def restart_listing(self, type_: str) -> None:
        """The set of this type is read from now on; what was seen of it before, in this reading too, no longer counts.

        A list that was broken off and is read again may have changed in between.
        """
        self._listed_since[type_] = self.id
        self.checkpoints.save(_LISTED, {"run": self.id}, type_)

    def resume_listing(self, type_: str) -> None:
        """The set of this type is the one that an earlier run of this reading has read."""
        state = self.checkpoints.load(_LISTED, type_)
        self._listed_since[type_] = self.id if state is None else state["run"]

    def listed_since(self, type_: str) -> int:
        """The run in which the reading of this type's set began; this run where it has not begun."""
        return self._listed_since.get(type_, self.id)

    def was_listed(self, key: str) -> bool:
        """Whether this entity's `row` was read in the reading of its set."""
        read_run: int | None = self._database.value("SELECT read_run FROM current_entity WHERE key = ?", (key,))
        return read_run is not None and read_run >= self.listed_since(type_of_key(key))

    def has_read(self, key: str, part: str) -> bool:
        """Whether this part of an entity was read in this reading."""
        read_run: int | None = self._database.value(
            "SELECT read_run FROM current_part WHERE key = ? AND part = ?", (key, part)
        )
        return read_run is not None and read_run >= self.session

    def part_read_at(self, key: str, part: str) -> int | None:
        """When a current part was last read, now or before: milliseconds since 1970, None without it."""
        read_at: int | None = self._database.value(
            "SELECT read_at FROM current_part WHERE key = ? AND part = ?", (key, part)
        )
        return read_at

    def ages(self, type_: str, part: str) -> tuple[int, int | None]:
        """How many entities of a type have this part, and when the oldest was read (milliseconds since 1970)."""
        row = self._database.row(
            "SELECT count(*), min(read_at) FROM current_part WHERE key >= ? AND key < ? AND part = ?",
            (*key_range(type_), part),
        )
        return (0, None) if row is None else (row[0], row[1])

    def unread_documents(self, type_: str, part: str, excluded_prefix: str) -> tuple[int, int, int | None]:
        """Of the entities seen, how far this part has not been read in this reading: missing, kept from earlier, and
        when the oldest of those was read (milliseconds since 1970). Keys beginning with `excluded_prefix` do not count.
        """
        row = self._database.row(
            "SELECT count(*) - count(part.read_run), count(part.read_run), min(part.read_at)"
            " FROM current_entity AS seen LEFT JOIN current_part AS part ON part.key = seen.key AND part.part = ?"
            " WHERE seen.key >= ? AND seen.key < ? AND seen.read_run >= ? AND substr(seen.key, 1, ?) <> ?"
            " AND coalesce(part.read_run, 0) < ?",
            (part, *key_range(type_), self.listed_since(type_), len(excluded_prefix), excluded_prefix, self.session),
        )
        return (0, 0, None) if row is None else (row[0], row[1], row[2])

    def stale_of_missing(self, type_: str, part: str) -> tuple[int, int | None]:
        """How many entities that were not `was_listed` keep this part, and when the oldest was read (ms since 1970)."""
        row = self._database.row(
            "SELECT count(*), min(part.read_at) FROM current_entity AS unseen"
            " JOIN current_part AS part ON part.key = unseen.key AND part.part = ?"
            " WHERE unseen.key >= ? AND unseen.key < ? AND unseen.read_run < ?",
            (part, *key_range(type_), self.listed_since(type_)),
        )
        return (0, None) if row is None else (row[0], row[1])

    def compute_last_changes(self) -> None:
        """Find, for `changed_since_read`, in which run the entities and their relationships changed last."""
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
        """Whether the entity's row, or a relationship from or to it, began or ceased after this part was read."""
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
        """What a property that lists texts says in the rows of the type's entities that were `was_listed`."""
        rows = self._database.rows(
            "SELECT said.value FROM current_entity AS seen JOIN json_each(seen.row_json, '$.' || ?) AS said"
            " WHERE seen.key >= ? AND seen.key < ? AND seen.read_run >= ? AND said.type = 'text'",
            (name, *key_range(type_), self.listed_since(type_)),
        )
        return (text for (text,) in rows)

    def keys(self, type_: str, listed_only: bool = False) -> Iterator[str]:
        """The keys of a type's entities in their order; with `listed_only`, of those `was_listed`.

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
        """The keys of a type's entities that were not `was_listed`, in their order."""
        rows = self._database.rows(
            "SELECT key FROM current_entity WHERE key >= ? AND key < ? AND read_run < ? ORDER BY key",
            (*key_range(type_), self.listed_since(type_)),
        )
        return [key for (key,) in rows]

    def remove(self, key: str) -> None:
        """An entity is gone: its parts and the relationships that touch it cease with this run."""
        with self._transaction.atomic():
            entity = self._transaction.row_ids.entity(key)
            self._end_facts("part", "entity = ?", (entity,))
            self._end_facts("relationship", "target = ?", (entity,))
            self._end_facts("relationship", "type IN (SELECT id FROM relationship_type) AND source = ?", (entity,))

    def remove_part(self, key: str, part: str) -> None:
        """One part of an entity is gone."""
        with self._transaction.atomic():
            self._end_facts("part", "entity = ? AND part = ?", (self._transaction.row_ids.entity(key), part))

    def put_relationship(self, relationship: Relationship) -> None:
        """A relationship was seen. Raises ValueError when its key is not made of its class and ends' keys."""
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
        """The relationships of a type not seen in this run cease with it; how many those are."""
        with self._transaction.atomic():
            return self._end_facts(
                "relationship",
                "type = (SELECT id FROM relationship_type WHERE type = ?) AND seen_run <> ?",
                (type_, self.id),
            )

    def confirm_relationships(self, type_: str, key: str) -> None:
        """What an earlier run of this reading saw of a type, from or to this entity, counts as seen in this run."""
        with self._transaction.atomic():
            for end in ("source", "target"):
                self._database.execute(
                    f"UPDATE relationship SET seen_run = ? WHERE {end} = ? AND to_run IS NULL"  # noqa: S608 - ours
                    " AND type = (SELECT id FROM relationship_type WHERE type = ?) AND seen_run >= ?",
                    (self.id, self._transaction.row_ids.entity(key), type_, self.session),
                )

    @property
    def is_writing(self) -> bool:
        """Whether something was written since the last `commit`; until then no other process can write."""
        return self._database.in_transaction

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
        with self._transaction.atomic():
            write_results(self._database, self.id, steps, coverage, unknown_settings)
            self._database.execute(
                "UPDATE run SET ended_at = ?, exit_code = ? WHERE id = ?", (ended_at, int(exit_code), self.id)
            )
        self._database.commit()

    def _begin_part(self, entity: int, part: str, document: int, read_at: int) -> None:
        """Let a part say this from now on; one that said so when the run began goes on as if never closed."""
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
        """End current facts with this run, and delete those that began in it; how many those were."""
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
