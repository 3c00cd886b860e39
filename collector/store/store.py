"""Reads graph.db: the current graph, the graph after any earlier run, and the runs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from collector.errors import OtherAccount
from collector.model.graph import Properties, Relationship, type_of_key
from collector.model.graph_schema import GraphSchema
from collector.model.naming import comparable
from collector.model.older_integration import DataModel
from collector.store import remembered_instance
from collector.store.alerts import AlertLog
from collector.store.canonical import joined_entity, parse_document
from collector.store.database import Database, create_private, exists
from collector.store.entity_parts import EntityParts, distinct_documents, entity_parts, neighbours
from collector.store.read_only import ReadOnlyDatabase
from collector.store.record import PartAge, RunRecord, read_record
from collector.store.remembered_instance import RememberedInstance
from collector.store.row_ids import key_range
from collector.store.run import Run
from collector.store.schema import alive
from collector.store.sessions import begin_run, conclude_session
from collector.store.uploads import Uploads
from collector.store.versions import (
    Version,
    count_without,
    different_documents,
    entity_versions,
    existed,
    relationships_after,
)
from collector.store.views import define_views

_NAMING_PROPERTIES = ("id", "name", "displayName", "email", "username")

_ENTITIES_NOW = "SELECT key, part, json FROM current_part WHERE key >= ? AND key < ? ORDER BY key"
_ENTITIES_AFTER = f"""
    SELECT entity.key, part.part, document.json
    FROM entity
    JOIN part ON part.entity = entity.id
    JOIN document ON document.id = part.document
    WHERE entity.key >= :first AND entity.key < :end
        AND {alive("part")}
    ORDER BY entity.key"""
_DOCUMENTS_NOW = """
    SELECT document.json, alike.count
    FROM (
        SELECT part.document, count(*) AS count
        FROM entity JOIN part INDEXED BY part_now ON part.entity = entity.id
        WHERE entity.key >= ? AND entity.key < ? AND part.part = ? AND part.to_run IS NULL
        GROUP BY part.document
    ) AS alike
    JOIN document ON document.id = alike.document"""
_RELATIONSHIPS_NOW = """
    SELECT key, type, class, source_key, target_key FROM current_relationship WHERE type = ? ORDER BY key"""
_RELATIONSHIPS_OF = """
    SELECT key, type, class, source_key, target_key FROM current_relationship
    WHERE type IN (SELECT type FROM relationship_type) AND source_key = :key
    UNION
    SELECT key, type, class, source_key, target_key FROM current_relationship WHERE target_key = :key
    ORDER BY key"""


class Store:
    """The facts of one Zoom account. A context manager; for the thread that opened it.

    An entity exists while it has a `row` part; a relationship is visible while both its ends exist. Iterators use
    constant memory; to write while iterating, use `Run.keys`. All methods raise CollectionFailed if the file is damaged
    or cannot be read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open graph.db, creating it (0600) and its folder (0700) when absent.

        Raises NewerVersion, ProfileBusy and CollectionFailed.
        """
        create_private(path)
        return cls(Database(path))

    @staticmethod
    def exists(path: Path) -> bool:
        """Whether there is a store. Raises CollectionFailed if that cannot be determined."""
        return exists(path)

    @classmethod
    def open_existing(cls, path: Path) -> Store:
        """Open graph.db if it exists, otherwise raise UsageError. Raises what `open` raises."""
        return cls(Database.open_existing(path))

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; uncommitted writes are lost."""
        self._database.close()

    def read_only(self) -> ReadOnlyDatabase:
        """Another connection to the file, for questions."""
        return ReadOnlyDatabase(self._database.path)

    def wait_for_others(self, seconds: int = 60) -> None:
        """Wait this long for other writers before raising ProfileBusy; the default is ten seconds."""
        self._database.execute(f"PRAGMA busy_timeout = {seconds * 1000}")

    @property
    def account_id(self) -> str | None:
        """The Zoom account the store is bound to."""
        value: str | None = self._database.value("SELECT value FROM meta WHERE name = 'account_id'")
        return value

    def bind(self, account_id: str) -> None:
        """Bind the store to this Zoom account permanently. Raises OtherAccount if it is bound to another."""
        self._database.execute("INSERT OR IGNORE INTO meta VALUES ('account_id', ?)", (account_id,))
        if self.account_id != account_id:
            raise OtherAccount(
                f"The store {self._database.path} holds the Zoom account {self.account_id}, "
                f"but the token belongs to {account_id}.",
                "Use a separate profile for each account: add `--profile NAME`.",
            )

    def define_views(self, schema: GraphSchema) -> None:
        """Give people who open the file a view of each type, with a column for each declared property."""
        define_views(self._database, schema)

    @property
    def instance(self) -> RememberedInstance | None:
        """The integration instance in JupiterOne that the profile remembers."""
        return remembered_instance.remembered(self._database)

    @property
    def instance_id(self) -> str | None:
        """The id of `instance`."""
        return None if self.instance is None else self.instance.id

    def remember_instance(self, instance_id: str | None, host: str = "", account: str = "") -> None:
        """Remember this integration instance of a JupiterOne account for the profile; None forgets it."""
        if instance_id is None:
            remembered_instance.forget(self._database)
        else:
            remembered_instance.remember(self._database, RememberedInstance(instance_id, host, account))

    @property
    def uploads(self) -> Uploads:
        """The uploads to JupiterOne."""
        return Uploads(self._database)

    @property
    def alerts(self) -> AlertLog:
        """The findings of the alert rules, and who has received them."""
        return AlertLog(self._database)

    def begin(
        self,
        started_at: int,
        tags: Mapping[str, str],
        options: str = "",
        *,
        fresh: bool = True,
        data_model: DataModel = DataModel.CURRENT,
    ) -> Run:
        """Begin a run, the one writer until it is finished. `started_at`: milliseconds since 1970.

        Unless `fresh`, it resumes the previous run if that is not concluded (`conclude`), ended less than 24 hours ago
        and had the same `options`.
        """
        begun = begin_run(self._database, started_at, tags, options, fresh=fresh, data_model=data_model)
        return Run(self._database, *begun)

    def conclude(self) -> None:
        """Mark the newest run as concluded, unless it was interrupted: the next run starts fresh."""
        conclude_session(self._database)

    def latest_run(self) -> RunRecord | None:
        """The newest finished run."""
        return next(self.finished_runs(), None)

    def finished_runs(self) -> Iterator[RunRecord]:
        """All finished runs, the newest first."""
        for (run,) in self._database.rows("SELECT id FROM run WHERE ended_at IS NOT NULL ORDER BY id DESC"):
            record = read_record(self._database, run)
            if record is not None:
                yield record

    def knows_run(self, run: int) -> bool:
        """Whether the graph after this run is known: the run is finished and not forgotten."""
        return self._database.row("SELECT 1 FROM run WHERE id = ? AND ended_at IS NOT NULL", (run,)) is not None

    def entity_types(self, *, ever: bool = False) -> list[str]:
        """The sorted `_type`s of existing entities; with `ever`, also of those that may have existed after any run."""
        table = "entity" if ever else "current_entity"
        first_key = f"SELECT key FROM {table} WHERE key >= ? ORDER BY key LIMIT 1"
        types: list[str] = []
        first = ""
        while True:
            key: str | None = self._database.value(first_key, (first,))
            if key is None:
                return sorted(types)
            types.append(type_of_key(key))
            first = key_range(types[-1])[1]

    def relationship_types(self, *, ever: bool = False) -> list[str]:
        """As `entity_types`, of relationships."""
        types = [type_ for (type_,) in self._database.rows("SELECT type FROM relationship_type ORDER BY type")]
        exists = "SELECT 1 FROM current_relationship WHERE type = ?"
        return [type_ for type_ in types if ever or self._database.row(exists, (type_,)) is not None]

    def entity(self, key: str) -> Properties | None:
        """The entity with this `_key`, its parts joined and the latest finished run's tags added."""
        rows = self._database.rows("SELECT part, json FROM current_part WHERE key = ?", (key,))
        return joined_entity(key, ((part, text) for part, text in rows), self._tags(None))

    def entities(self, type_: str, run: int | None = None) -> Iterator[Properties]:
        """The entities of a type, sorted by key: the current ones, or those after a run.

        They have the tags of that run; the current ones, those of the latest finished run.
        """
        first, end = key_range(type_)
        if run is None:
            rows = self._database.rows(_ENTITIES_NOW, (first, end))
        else:
            rows = self._database.rows(_ENTITIES_AFTER, {"first": first, "end": end, "run": run})
        tags = self._tags(run)
        for key, parts in groupby(rows, key=itemgetter(0)):
            entity = joined_entity(key, ((part, text) for _, part, text in parts), tags)
            if entity is not None:
                yield entity

    def parts(self, key: str) -> list[PartAge]:
        """The current parts of an entity with their ages, sorted."""
        rows = self._database.rows(
            "SELECT part, read_at, read_run, from_run FROM current_part WHERE key = ? ORDER BY part", (key,)
        )
        return [PartAge(*row) for row in rows]

    def relationships(self, type_: str, run: int | None = None) -> Iterator[Relationship]:
        """The relationships of a type, sorted by key: the current ones, or those after a run."""
        if run is not None:
            return relationships_after(self._database, type_, run)
        return (Relationship(*row) for row in self._database.rows(_RELATIONSHIPS_NOW, (type_,)))

    def entity_versions(self, type_: str, run: int, since: int | None = None) -> Iterator[Version]:
        """The versions of the entities after a run; with `since`, also of those that existed since that run."""
        return entity_versions(self._database, type_, run, since)

    def relationship_versions(self, type_: str, run: int, since: int | None = None) -> Iterator[Version]:
        """The versions of the relationships after a run, which are their keys. `since`: as in `entity_versions`."""
        relationships = relationships_after(self._database, type_, run, since)
        return (
            Version(relationship.key, None, (relationship.source_key, relationship.target_key))
            for relationship in relationships
        )

    def existed(self, key: str, run: int) -> bool:
        """Whether an entity with this key existed after a run."""
        return existed(self._database, key, run)

    def relationships_of(self, key: str) -> list[Relationship]:
        """The current relationships from and to an entity, sorted by key."""
        return [Relationship(*row) for row in self._database.rows(_RELATIONSHIPS_OF, {"key": key})]

    def count(self, type_: str) -> int:
        """The current number of entities or relationships of this `_type`."""
        count: int = self._database.value(
            "SELECT (SELECT count(*) FROM current_entity WHERE key >= ? AND key < ?)"
            " + (SELECT count(*) FROM current_relationship WHERE type = ?)",
            (*key_range(type_), type_),
        )
        return count

    def documents(self, type_: str, part: str) -> Iterator[tuple[Properties, int]]:
        """The different documents that entities of a type have now as this part; each with how many have it."""
        rows = self._database.rows(_DOCUMENTS_NOW, (*key_range(type_), part))
        return ((parse_document(text), count) for text, count in rows)

    def entity_parts(self, type_: str, run: int, read: Collection[str] = ()) -> Iterator[EntityParts]:
        """The entities of a type after a run, sorted by key, as their parts; row and the parts `read` are read."""
        return entity_parts(self._database, type_, run, read)

    def distinct_documents(self, type_: str, part: str, run: int) -> Iterator[tuple[int, Properties, int]]:
        """The different documents of a part after a run, with id and number of entities; the most common first."""
        return distinct_documents(self._database, type_, part, run)

    def neighbours(self, type_: str, run: int, *, of_targets: bool) -> Iterator[tuple[str, list[str]]]:
        """Each target (else source) of a type of relationship after a run, with the keys at the other ends."""
        return neighbours(self._database, type_, run, of_targets=of_targets)

    def different_documents(self, type_: str, run: int) -> Iterator[Properties]:
        """The documents that entities of a type had after a run, as any part; each once."""
        return different_documents(self._database, type_, run)

    def count_without(self, type_: str, part: str, run: int) -> tuple[int, int]:
        """How many entities of a type there were after a run, and how many of them lacked this part."""
        return count_without(self._database, type_, part, run)

    def find(self, type_: str, text: str) -> list[Properties]:
        """The entities of a type, sorted by key, that this text names.

        Their `_key`, `id`, `name`, `displayName`, `email` or `username` equals it, in any case and Unicode form.
        """
        wanted = comparable(text)
        rows = self._database.rows(
            "SELECT key, row_json FROM current_entity WHERE key >= ? AND key < ? ORDER BY key",
            key_range(type_),
        )
        keys = [key for key, row in rows if wanted in _names(key, parse_document(row))]
        return [entity for key in keys if (entity := self.entity(key)) is not None]

    def _tags(self, run: int | None) -> Mapping[str, str]:
        if run is None:
            run = self._database.value("SELECT max(id) FROM run WHERE ended_at IS NOT NULL")
        text = self._database.value("SELECT tags FROM run WHERE id = ?", (run,))
        tags: Mapping[str, str] = {} if text is None else json.loads(text)
        return tags


def _names(key: str, row: Properties) -> set[str]:
    names = {comparable(key)}
    for property_ in _NAMING_PROPERTIES:
        value = row.get(property_)
        for text in value if isinstance(value, list) else [value]:
            if text is not None:
                names.add(comparable(str(text)))
    return names
