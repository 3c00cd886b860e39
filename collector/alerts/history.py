"""What the graph was after earlier runs, for a few entities: read from the history of their parts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from collector.model.graph import Properties, type_of_key
from collector.model.graph_schema import ROW, GraphSchema
from collector.store import UPLOADED_EXIT_CODES, ReadOnlyDatabase, RunRecord, Store
from collector.store.row_ids import key_bounds
from collector.store.schema import alive

NAMED_BY = ("displayName", "name", "email")
"""The properties that name an entity."""
_CREATED_ON = "createdOn"
_INVITATIONS = "zoom_user:pending"
"""What the keys of users begin with who were invited and have no id yet; their e-mail address follows."""

_PARTS = f"""
    SELECT entity.key, part.part, document.json
    FROM json_each(:keys) AS wanted
    CROSS JOIN entity ON entity.key = wanted.value
    CROSS JOIN part ON part.entity = entity.id
        AND {alive("part")}
    CROSS JOIN document ON document.id = part.document"""

_OF_TYPE = f"""
    SELECT entity.key FROM entity
    CROSS JOIN part ON part.entity = entity.id AND part.part = :row
        AND {alive("part")}
    WHERE entity.key >= :first AND entity.key < :end ORDER BY entity.key"""

_KNOWN_TO_BE_NEW = """
    SELECT entity.key
    FROM json_each(:keys) AS wanted
    CROSS JOIN entity ON entity.key = wanted.value
    WHERE EXISTS (SELECT 1 FROM part WHERE part.entity = entity.id AND part.part = :row AND part.to_run <= :since)
        OR EXISTS (
            SELECT 1 FROM step_result
            WHERE run < (SELECT min(from_run) FROM part WHERE part.entity = entity.id AND part.part = :row)
                AND EXISTS (SELECT 1 FROM json_each(types) WHERE value = :type)
                AND NOT EXISTS (SELECT 1 FROM json_each(partial_types) WHERE value = :type))"""
"""Of entities that did not exist after a run: those that existed before, since a row ends on evidence only, and those
that a run did not find which had read all of the type."""

_EVER_READ = """
    SELECT 1 FROM entity
    CROSS JOIN part ON part.entity = entity.id AND part.from_run <= :run
        AND part.part IN (SELECT value FROM json_each(:parts))
    WHERE entity.key >= :first AND entity.key < :end LIMIT 1"""

_BOUNDARIES = """
    WITH wanted AS (SELECT entity.id FROM json_each(:keys) AS given CROSS JOIN entity ON entity.key = given.value),
        other AS (
            SELECT entity.id FROM json_each(:types) AS type
            CROSS JOIN entity ON entity.key >= type.value || ':' AND entity.key < type.value || ';')
    SELECT from_run FROM part WHERE entity IN wanted AND part NOT IN (SELECT value FROM json_each(:volatile))
    UNION SELECT to_run FROM part WHERE entity IN wanted AND part NOT IN (SELECT value FROM json_each(:volatile))
    UNION SELECT from_run FROM part WHERE entity IN other
    UNION SELECT to_run FROM part WHERE entity IN other
    UNION SELECT from_run FROM relationship WHERE source IN wanted OR target IN wanted
    UNION SELECT to_run FROM relationship WHERE source IN wanted OR target IN wanted"""
"""The runs in which something changed that an answer about these entities may rest on."""


def is_comparable(record: RunRecord) -> bool:
    """Whether the graph after a run is one to look at: it was not interrupted, and did not fail."""
    return record.exit_code in UPLOADED_EXIT_CODES


def newest(store: Store, at_most: int | None = None) -> RunRecord | None:
    """The newest run to compare, of those up to a number."""
    return next(
        (run for run in store.finished_runs() if is_comparable(run) and (at_most is None or run.id <= at_most)), None
    )


@dataclass
class History:
    """The history of one store, as of one moment."""

    store: Store
    database: ReadOnlyDatabase
    schema: GraphSchema

    def properties(self, keys: Collection[str], run: int, names: Collection[str]) -> dict[str, Properties]:
        """Those of the entities that existed after a run, with these of their properties, `createdOn` and their names.

        A switch of the account changes everybody, so not all properties of all people are held.
        """
        wanted = {*names, *NAMED_BY, _CREATED_ON}
        found: dict[str, Properties] = {}
        existing: set[str] = set()
        for key, part, text in self.database.rows(_PARTS, {"keys": _json(keys), "run": run}):
            document = json.loads(text)
            found.setdefault(key, {}).update({name: document[name] for name in wanted & document.keys()})
            if part == ROW:
                existing.add(key)
        return {key: properties for key, properties in found.items() if key in existing}

    def keys(self, type_: str, run: int) -> list[str]:
        """The keys of the entities of a type after a run."""
        return [key for (key,) in self.database.rows(_OF_TYPE, {"row": ROW, "run": run, **key_bounds(type_)})]

    def keys_then(self, keys: Collection[str], now: Mapping[str, Properties], run: RunRecord) -> dict[str, str]:
        """The key that each entity had after a run: of users who have accepted an invitation since, that of it."""
        invitations = {
            address: key
            for key, properties in self.properties(self.keys(_INVITATIONS, run.id), run.id, ()).items()
            for address in _addresses(properties)
        }
        accepted = {
            key: invitations[address]
            for key in keys
            for address in _addresses(now.get(key, {}))
            if address in invitations
        }
        existed = self.properties(accepted, run.id, ())
        return {key: key if key in existed else accepted.get(key, key) for key in keys}

    def known_to_be_new(self, keys: Collection[str], now: Mapping[str, Properties], since: RunRecord) -> set[str]:
        """Of entities that did not exist after `since`, those that are not just read for the first time."""
        found: set[str] = set()
        for type_ in {type_of_key(key) for key in keys}:
            of_type = json.dumps([key for key in keys if type_of_key(key) == type_])
            parameters = {"type": type_, "keys": of_type, "row": ROW, "since": since.id}
            found |= {key for (key,) in self.database.rows(_KNOWN_TO_BE_NEW, parameters)}
        for key in keys:
            created_on = now.get(key, {}).get(_CREATED_ON)
            if isinstance(created_on, int | float) and created_on > since.ended_at:
                found.add(key)
        return found

    def was_ever_read(self, type_: str, parts: Collection[str], run: int) -> bool:
        """Whether any entity of a type had one of these parts after this run or an earlier one."""
        parameters = {"parts": _json(parts), "run": run, **key_bounds(type_)}
        return self.database.row(_EVER_READ, parameters) is not None

    def earlier(self, keys: Collection[str], types: Collection[str], since: RunRecord) -> Iterator[RunRecord]:
        """The runs before `since`, the newest first, after which something about these entities may differ.

        `types`: the other types that matter.
        """
        volatile = {
            part
            for each in self.schema.entities
            for part, source in each.parts.items()
            if not source.datasets and not source.types
        }
        parameters = {"keys": _json(keys), "types": _json(types), "volatile": _json(volatile)}
        boundaries = {run for (run,) in self.database.rows(_BOUNDARIES, parameters) if run is not None}
        seen = since.id
        for record in self.store.finished_runs():
            if is_comparable(record) and record.id < seen and any(record.id < run <= seen for run in boundaries):
                seen = record.id
                yield record


def _addresses(properties: Properties) -> list[str]:
    addresses = properties.get("email")
    return [str(address) for address in addresses] if isinstance(addresses, list) else []


def _json(texts: Collection[str]) -> str:
    return json.dumps(sorted(texts))
