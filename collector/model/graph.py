"""The values a graph is made of (JupiterOne data model)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

Scalar = str | int | float | bool | None
PropertyValue = Scalar | list[str] | list[int] | list[float] | list[bool]
Properties = dict[str, PropertyValue]
"""Properties of an entity by name. Lists hold values of one type; nested objects do not occur."""

JsonObject = Mapping[str, object]
"""A JSON object from outside: nothing is known about its values."""


class ValueType(str, Enum):
    """What the values of a property are. A NUMBER may have a fraction. Times are milliseconds since 1970, INTEGERs."""

    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    TEXTS = "list of texts"
    BOOLEANS = "list of booleans"
    INTEGERS = "list of integers"
    NUMBERS = "list of numbers"

    @property
    def item(self) -> ValueType | None:
        """What a list of this type holds; None for what is no list."""
        return _ITEMS.get(self)

    @property
    def kind(self) -> str:
        """What a value, or each of a list, is compared with in a query: a text, a boolean or a number."""
        item = self.item or self
        return "number" if item is ValueType.INTEGER else item.value


_ITEMS = {
    ValueType.TEXTS: ValueType.TEXT,
    ValueType.BOOLEANS: ValueType.BOOLEAN,
    ValueType.INTEGERS: ValueType.INTEGER,
    ValueType.NUMBERS: ValueType.NUMBER,
}


@dataclass(frozen=True)
class Property:
    """A declared property of an entity type: its name in the graph, its description, and what its values are.

    Zoom may send otherwise than it documents: a value can be of another type.
    """

    name: str
    description: str
    type: ValueType = ValueType.TEXT


@dataclass(frozen=True)
class EntityType:
    """A kind of entity.

    `resource`: its name for people ("Group"). `type`: its `_type`. `classes`: its `_class`.
    """

    resource: str
    type: str
    classes: tuple[str, ...]
    properties: tuple[Property, ...] = field(default=(), repr=False)

    def key(self, identifier: str) -> str:
        """The `_key` of the entity with this identifier: `zoom_group:<id>`."""
        return f"{self.type}:{identifier}"


@dataclass(frozen=True)
class RelationshipType:
    """A kind of relationship: `source` and `target` are `_type`s, `class_` its `_class` in upper case."""

    source: str
    class_: str
    target: str

    @property
    def type(self) -> str:
        """`zoom_account` HAS `zoom_group` → `zoom_account_has_group`.

        Leading parts that the target shares with the source are dropped, but never its last part.
        """
        source_parts = self.source.split("_")
        target_parts = self.target.split("_")
        shared = 0
        while shared < min(len(source_parts), len(target_parts) - 1) and (source_parts[shared] == target_parts[shared]):
            shared += 1
        return "_".join([self.source, self.class_.lower(), *target_parts[shared:]])

    def between(self, source_key: str, target_key: str) -> Relationship:
        """The relationship of this kind from one entity to another."""
        return Relationship(
            key=f"{source_key}|{self.class_.lower()}|{target_key}",
            type=self.type,
            class_=self.class_,
            source_key=source_key,
            target_key=target_key,
        )


@dataclass(frozen=True)
class Relationship:
    """One edge of the graph."""

    key: str
    type: str
    class_: str
    source_key: str
    target_key: str

    def to_json(self) -> dict[str, str]:
        """The object that JupiterOne's tools and synchronization API accept."""
        return {
            "_key": self.key,
            "_type": self.type,
            "_class": self.class_,
            "_fromEntityKey": self.source_key,
            "_toEntityKey": self.target_key,
            "displayName": self.class_,
        }


def type_of_key(key: str) -> str:
    """The `_type` an entity key belongs to: the part before the first colon."""
    return key.partition(":")[0]
