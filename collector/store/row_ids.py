"""The row ids of keys, documents and relationship types in graph.db."""

from __future__ import annotations

from collector.model.graph import Relationship
from collector.store.canonical import document_hash
from collector.store.database import Database

_REMEMBERED = 2_000


def key_range(type_: str) -> tuple[str, str]:
    """Bounds of the keys of an entity type: at least the first, below the second (`;` follows `:`)."""
    return f"{type_}:", f"{type_};"


def key_bounds(type_: str) -> dict[str, str]:
    """The same as the parameters `first` and `end` of a statement."""
    first, end = key_range(type_)
    return {"first": first, "end": end}


def check_key(relationship: Relationship) -> None:
    """Raise ValueError unless a relationship's key is made of its class and its ends' keys."""
    expected = f"{relationship.source_key}|{relationship.class_.lower()}|{relationship.target_key}"
    if relationship.key != expected:
        raise ValueError(f"The key of the relationship {relationship.key!r} should be {expected!r}.")


class RowIds:
    """Finds or inserts the row of a key, document or relationship type; its id.

    Ids are cached until a transaction is rolled back, which may have undone their insertion.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered: dict[tuple[str, str], int] = {}

    def clear(self) -> None:
        """Empty the cache after a rollback."""
        self._remembered.clear()

    def entity(self, key: str) -> int:
        """The id of an entity's key."""
        return self._number(key, "SELECT id FROM entity WHERE key = ?", "INSERT INTO entity (key) VALUES (?)", (key,))

    def document(self, canonical: str) -> int:
        """The id of the document with this canonical JSON."""
        hash_ = document_hash(canonical)
        return self._number(
            hash_,
            "SELECT id FROM document WHERE hash = ?",
            "INSERT INTO document (hash, json) VALUES (?, ?)",
            (hash_, canonical),
        )

    def relationship(self, relationship: Relationship) -> tuple[int, int, int]:
        """The ids of its type, its source and its target."""
        type_ = self._number(
            relationship.type,
            "SELECT id FROM relationship_type WHERE type = ?",
            "INSERT INTO relationship_type (type, class) VALUES (?, ?)",
            (relationship.type, relationship.class_),
        )
        return type_, self.entity(relationship.source_key), self.entity(relationship.target_key)

    def _number(self, name: str, select: str, insert: str, parameters: tuple[str, ...]) -> int:
        remembered = self._remembered.get((select, name))
        if remembered is not None:
            return remembered
        number = self._database.value(select, (name,))
        if number is None:
            number = self._database.execute(insert, parameters).lastrowid
        if len(self._remembered) >= _REMEMBERED:
            self._remembered.clear()
        self._remembered[select, name] = number
        assert isinstance(number, int)  # noqa: S101 - SQLite numbers every inserted row
        return number
