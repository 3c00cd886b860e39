"""The columns of an exported file: the declared properties, and whatever else the entities hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from collector.model.graph import Properties, ValueType

_INT64 = 2**63
_SCALARS = {str: ValueType.TEXT, bool: ValueType.BOOLEAN, float: ValueType.NUMBER}
_LISTS = {item: type_ for type_ in ValueType if (item := type_.item) is not None}
_ENTITY = {"_key": ValueType.TEXT, "_type": ValueType.TEXT, "_class": ValueType.TEXTS}

_Found = ValueType | Literal["empty list"]


@dataclass(frozen=True)
class FileColumns:
    """The columns with their types.

    `undeclared`: those that no declaration has. `mixed`: those that are text because their values have several types.
    """

    types: Mapping[str, ValueType]
    undeclared: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()


RELATIONSHIP_COLUMNS = FileColumns(
    dict.fromkeys(("_key", "_type", "_class", "_fromEntityKey", "_toEntityKey", "displayName"), ValueType.TEXT)
)


def entity_columns(
    declared: Mapping[str, ValueType], documents: Iterable[Properties], tags: Iterable[str]
) -> FileColumns:
    """The columns for entities made of these documents: the declared ones, others by name, and the run's tags.

    A declared type gives way to the values: Zoom may have sent others.
    """
    found: dict[str, set[_Found]] = {}
    for document in documents:
        for name, value in document.items():
            types = found.setdefault(name, set())
            if value is not None:
                types.add(_type_of(value))
    known = {**_ENTITY, **declared}
    undeclared = tuple(sorted(found.keys() - known.keys()))
    columns: dict[str, ValueType] = {}
    mixed = []
    for name in (*known, *undeclared):
        types = found.get(name, set()) | ({known[name]} if name in known else set())
        columns[name] = _common_type(types)
        if columns[name] is ValueType.TEXT and types - {ValueType.TEXT}:
            mixed.append(name)
    return FileColumns({**columns, **dict.fromkeys(tags, ValueType.TEXT)}, undeclared, tuple(mixed))


def _type_of(value: object) -> _Found:
    """The type of a value; TEXT for a number that no column of numbers can hold."""
    if isinstance(value, list):
        if not value:
            return "empty list"
        return _LISTS.get(_common_type({_type_of(item) for item in value}), ValueType.TEXT)
    if type(value) is int:
        return ValueType.INTEGER if -_INT64 <= value < _INT64 else ValueType.TEXT
    return _SCALARS.get(type(value), ValueType.TEXT)


def _common_type(types: set[_Found]) -> ValueType:
    """The type of a column that holds values of these types; TEXT if no other one can."""
    present = {type_ for type_ in types if isinstance(type_, ValueType)}
    if present < types and any(type_.item is None for type_ in present):
        return ValueType.TEXT  # lists and others
    if not present:
        return ValueType.TEXTS if types else ValueType.TEXT
    for wide, narrow in ((ValueType.NUMBER, ValueType.INTEGER), (ValueType.NUMBERS, ValueType.INTEGERS)):
        if present == {wide, narrow}:
            return wide
    return present.pop() if len(present) == 1 else ValueType.TEXT
