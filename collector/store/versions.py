"""Versions: as much of the graph after a run as is needed to compare two runs, read cheaply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from collector.model.graph import Properties, Relationship
from collector.model.older_integration import DataModel, differs
from collector.store.canonical import ROW, parse_document
from collector.store.database import Database
from collector.store.row_ids import key_bounds
from collector.store.schema import alive

_ENTITIES = f"""
    SELECT entity.key, part.part, part.document, part.to_run IS NOT NULL AND part.to_run <= :run AS gone
    FROM entity
    JOIN part ON part.entity = entity.id
    WHERE entity.key >= :first AND entity.key < :end
        AND {alive("part", since=":since")}
    ORDER BY entity.key"""
_RELATIONSHIPS = f"""
    SELECT DISTINCT source.key || '|' || lower(relationship_type.class) || '|' || target.key,
        relationship_type.type, relationship_type.class, source.key, target.key
    FROM relationship
    JOIN relationship_type ON relationship_type.id = relationship.type
    JOIN entity AS source ON source.id = relationship.source
    JOIN entity AS target ON target.id = relationship.target
    JOIN part AS source_row ON source_row.entity = source.id AND source_row.part = :row
    JOIN part AS target_row ON target_row.entity = target.id AND target_row.part = :row
    WHERE relationship_type.type = :type
        AND {alive("relationship", since=":since")}
        AND {alive("source_row", since=":since")}
        AND {alive("target_row", since=":since")}
    ORDER BY 1"""
_EXISTS = f"""
    SELECT 1
    FROM entity
    JOIN part ON part.entity = entity.id AND part.part = :row
    WHERE entity.key = :key AND {alive("part")}"""

_DOCUMENTS = f"""
    SELECT json FROM document WHERE id IN (
        SELECT part.document FROM entity JOIN part ON part.entity = entity.id
        WHERE entity.key >= :first AND entity.key < :end
            AND {alive("part")}
    )"""

_COUNTS = f"""
    SELECT count(*), count(*) - count(other.part)
    FROM entity
    JOIN part AS own ON own.entity = entity.id AND own.part = :row
        AND {alive("own")}
    LEFT JOIN part AS other ON other.entity = entity.id AND other.part = :part
        AND {alive("other")}
    WHERE entity.key >= :first AND entity.key < :end"""


@dataclass(frozen=True)
class Version:
    """An entity or a relationship after a run; two with equal `content` are equal.

    `ends`: the keys of a relationship's source and target.
    """

    key: str
    content: object = None
    ends: tuple[str, ...] = ()


def entity_versions(database: Database, type_: str, run: int, since: int | None = None) -> Iterator[Version]:
    """The entities of a type after a run, sorted by key (its UTF-8 bytes).

    With `since`, an earlier run, also those that existed at any time in between, without content.
    """
    described = database.row("SELECT tags, data_model FROM run WHERE id = ?", (run,))
    tags, data_model = ("{}", DataModel.CURRENT) if described is None else (described[0], DataModel(described[1]))
    form = (tags, differs(type_, data_model))
    rows = database.rows(_ENTITIES, {**key_bounds(type_), "run": run, "since": run if since is None else since})
    for key, parts in groupby(rows, key=itemgetter(0)):
        part_rows = list(parts)
        documents = {part: document for _, part, document, gone in part_rows if not gone}
        if ROW in documents:
            yield Version(key, (form, documents))
        elif any(part == ROW for _, part, _, _ in part_rows):
            yield Version(key)


def relationships_after(database: Database, type_: str, run: int, since: int | None = None) -> Iterator[Relationship]:
    """The relationships of a type after a run, sorted by key. `since`: as in `entity_versions`."""
    since = run if since is None else since
    for row in database.rows(_RELATIONSHIPS, {"row": ROW, "type": type_, "run": run, "since": since}):
        yield Relationship(*row)


def different_documents(database: Database, type_: str, run: int) -> Iterator[Properties]:
    """The documents that entities of a type had after a run, each once."""
    for (text,) in database.rows(_DOCUMENTS, {**key_bounds(type_), "run": run}):
        yield parse_document(text)


def count_without(database: Database, type_: str, part: str, run: int) -> tuple[int, int]:
    """How many entities of a type there were after a run, and how many of them lacked this part."""
    row = database.row(_COUNTS, {"row": ROW, "part": part, "run": run, **key_bounds(type_)})
    return (0, 0) if row is None else (row[0], row[1])


def existed(database: Database, key: str, run: int) -> bool:
    """Whether an entity with this key existed after a run."""
    return database.row(_EXISTS, {"row": ROW, "key": key, "run": run}) is not None
