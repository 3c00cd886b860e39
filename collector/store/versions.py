"""What a run's graph consists of, told cheaply: enough to find what differs between two runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from collector.store.database import Database
from collector.store.document import ROW
from collector.store.identity import key_range

_ENTITIES = """
    SELECT entity.key, part.part, part.document
    FROM entity
    JOIN part ON part.entity = entity.id
    WHERE entity.key >= :first AND entity.key < :end
        AND part.from_run <= :run AND (part.to_run IS NULL OR part.to_run > :run)
    ORDER BY entity.key"""
_EXISTS = """
    SELECT 1
    FROM entity
    JOIN part ON part.entity = entity.id AND part.part = :row
    WHERE entity.key = :key AND part.from_run <= :run AND (part.to_run IS NULL OR part.to_run > :run)"""


@dataclass(frozen=True)
class Version:
    """An entity or a relationship as it was after a run: two of equal `content` say the same.

    `ends`: the keys of a relationship's source and target.
    """

    key: str
    content: object = None
    ends: tuple[str, ...] = ()


def entity_versions(database: Database, type_: str, run: int) -> Iterator[Version]:
    """The entities of a type after a run, in the order of their keys (of their UTF-8 bytes)."""
    tags = database.value("SELECT tags FROM run WHERE id = ?", (run,))
    first, end = key_range(type_)
    rows = database.rows(_ENTITIES, {"first": first, "end": end, "run": run})
    for key, parts in groupby(rows, key=itemgetter(0)):
        documents = {part: document for _, part, document in parts}
        if ROW in documents:
            yield Version(key, (tags, documents))


def existed(database: Database, key: str, run: int) -> bool:
    """Whether there was an entity of this key after a run."""
    return database.row(_EXISTS, {"row": ROW, "key": key, "run": run}) is not None
