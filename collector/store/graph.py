"""The graph of one run, as written to the tree and uploaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from collector.model.graph import JsonObject
from collector.model.older_integration import DataModel, in_data_model
from collector.store.store import Store


@dataclass(frozen=True)
class RunGraph:
    """The entities and relationships after a run, by type and in the order of their keys, in constant memory.

    A type may have had none then.
    """

    store: Store
    run: int
    data_model: DataModel = DataModel.CURRENT

    def entities(self) -> Iterator[tuple[str, Iterable[JsonObject]]]:
        """Each `_type` with its entities, in this data model, the run's tags added."""
        for type_ in self.store.entity_types(ever=True):
            stored = self.store.entities(type_, self.run)
            yield type_, (in_data_model(entity, self.data_model) for entity in stored)

    def relationships(self) -> Iterator[tuple[str, Iterable[JsonObject]]]:
        """Each `_type` with its relationships."""
        for type_ in self.store.relationship_types(ever=True):
            yield type_, (relationship.to_json() for relationship in self.store.relationships(type_, self.run))
