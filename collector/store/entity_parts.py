"""Entities as their parts: which documents they have, without reading again what many of them share."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from collector.model.graph import Properties
from collector.store.canonical import ROW, joined_entity, parse_document
from collector.store.database import Database
from collector.store.row_ids import key_bounds
from collector.store.schema import alive

_PARTS = f"""
    SELECT entity.key, part.part, part.document, part.read_at, CASE WHEN part.part IN ({{read}}) THEN document.json END
    FROM entity
    JOIN part ON part.entity = entity.id
    JOIN document ON document.id = part.document
    WHERE entity.key >= :first AND entity.key < :end
        AND {alive("part")}
    ORDER BY entity.key"""
_DOCUMENTS = f"""
    SELECT document.id, document.json, alike.count
    FROM (
        SELECT part.document, count(*) AS count
        FROM entity
        JOIN part ON part.entity = entity.id AND part.part = :part
        JOIN part AS own ON own.entity = entity.id AND own.part = :row
        WHERE entity.key >= :first AND entity.key < :end
            AND {alive("part")}
            AND {alive("own")}
        GROUP BY part.document
    ) AS alike
    JOIN document ON document.id = alike.document
    ORDER BY alike.count DESC, document.id"""
_NEIGHBOURS = f"""
    SELECT DISTINCT {{near}}.key, {{far}}.key
    FROM relationship
    JOIN relationship_type ON relationship_type.id = relationship.type
    JOIN entity AS source ON source.id = relationship.source
    JOIN entity AS target ON target.id = relationship.target
    JOIN part AS source_row ON source_row.entity = source.id AND source_row.part = :row
    JOIN part AS target_row ON target_row.entity = target.id AND target_row.part = :row
    WHERE relationship_type.type = :type
        AND {alive("relationship")}
        AND {alive("source_row")}
        AND {alive("target_row")}
    ORDER BY 1, 2"""


@dataclass(frozen=True)
class EntityParts:
    """An entity after a run. `documents`: the id of the document it has as each part.

    `read_at`: when each part was last read (milliseconds since 1970). `properties`: those of the parts that were asked
    for, joined.
    """

    key: str
    documents: dict[str, int]
    read_at: dict[str, int]
    properties: Properties


def entity_parts(database: Database, type_: str, run: int, read: Collection[str]) -> Iterator[EntityParts]:
    """The entities of a type after a run, sorted by key; of each, the row and the parts `read` are read."""
    names = {f"part{number}": part for number, part in enumerate(sorted({ROW, *read}))}
    statement = _PARTS.format(read=", ".join(f":{name}" for name in names))
    rows = database.rows(statement, {**key_bounds(type_), "run": run, **names})
    for key, group in groupby(rows, key=itemgetter(0)):
        parts = list(group)
        entity = joined_entity(key, ((part, text) for _, part, _, _, text in parts if text is not None), {})
        if entity is not None:
            documents = {part: document for _, part, document, _, _ in parts}
            yield EntityParts(key, documents, {part: read_at for _, part, _, read_at, _ in parts}, entity)


def distinct_documents(database: Database, type_: str, part: str, run: int) -> Iterator[tuple[int, Properties, int]]:
    """The different documents that entities of a type had as this part after a run, the most common first.

    Each with its id and how many entities have it.
    """
    for id_, text, count in database.rows(_DOCUMENTS, {**key_bounds(type_), "part": part, "row": ROW, "run": run}):
        yield id_, parse_document(text), count


def neighbours(database: Database, type_: str, run: int, *, of_targets: bool) -> Iterator[tuple[str, list[str]]]:
    """Each target of relationships of a type after a run (else each source), with the keys at the other ends.

    Sorted as `entity_parts` sorts.
    """
    near, far = ("target", "source") if of_targets else ("source", "target")
    rows = database.rows(_NEIGHBOURS.format(near=near, far=far), {"row": ROW, "type": type_, "run": run})
    for key, group in groupby(rows, key=itemgetter(0)):
        yield key, [other for _, other in group]
