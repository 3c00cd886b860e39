"""The graph of one run: what the tree and an upload are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from collector.model.graph import JsonObject
from collector.store.store import Store


@dataclass(frozen=True)
class RunGraph:
    """The entities and relationships as they were after a run, type by type and in the order of their keys.

    A type that the store knows may have had none then. Both stream in constant memory.
    """

    store: Store
    run: int

    def entities(self) -> Iterator[tuple[str, Iterable[JsonObject]]]:
        """Each `_type` with its entities, the run's tags added."""
        for type_ in self.store.entity_types(ever=True):
            yield type_, self.store.entities(type_, self.run)

    def relationships(self) -> Iterator[tuple[str, Iterable[JsonObject]]]:
        """Each `_type` with its relationships."""
        for type_ in self.store.relationship_types(ever=True):
            yield type_, (relationship.to_json() for relationship in self.store.relationships(type_, self.run))
