"""What a graph may hold, for those who ask it: types, their classes, and in which part of an entity a property is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.model.graph import RelationshipType, ValueType

ROW = "row"


@dataclass(frozen=True)
class PartSource:
    """What must have been read completely for a part to be known: datasets of the coverage, and `_type`s."""

    datasets: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)  # one of its kind in a schema
class EntitySchema:
    """An entity type. `noun`: what several are called ("users").

    `properties`: the declared ones, each with the parts it may be in, the row first. `parts`: those beside the row.
    `shared`: the parts whose documents many entities have in common. `value_types`: what the declared properties hold.
    """

    type: str
    classes: tuple[str, ...]
    noun: str
    properties: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, PartSource] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    value_types: Mapping[str, ValueType] = field(default_factory=dict)

    def parts_of(self, property_: str) -> tuple[str, ...]:
        """Where a property may be: one that is not declared may be anywhere."""
        return self.properties.get(property_, (ROW, *sorted(self.parts)))


@dataclass(frozen=True)
class GraphSchema:
    """The types of a graph."""

    entities: tuple[EntitySchema, ...]
    relationships: tuple[RelationshipType, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """Every `_class`, sorted."""
        return tuple(sorted({name for entity in self.entities for name in entity.classes}))

    @property
    def verbs(self) -> tuple[str, ...]:
        """Every `_class` of a relationship, sorted."""
        return tuple(sorted({relationship.class_ for relationship in self.relationships}))
