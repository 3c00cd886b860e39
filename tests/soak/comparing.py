"""Compares the graphs of two stores."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from collector.store import Store

_LISTED = 20


def differences(expected: Store, found: Store) -> list[str]:
    """The first 20 differences, a sentence for each entity or relationship."""
    return list(islice(_all_differences(expected, found), _LISTED))


def size(store: Store) -> tuple[int, int]:
    """How many entities and relationships the graph has."""
    return len(_entities(store)), len(_relationships(store))


def _all_differences(expected: Store, found: Store) -> Iterator[str]:
    for kind, objects in (("entity", _entities), ("relationship", _relationships)):
        right, there = objects(expected), objects(found)
        for key in sorted(right.keys() | there.keys()):
            if key not in there:
                yield f"The {kind} {key} is missing."
            elif key not in right:
                yield f"The {kind} {key} should not be there."
            elif right[key] != there[key]:
                yield f"The {kind} {key} differs: {_describe(right[key], there[key])}."


def _describe(right: dict[str, object], there: dict[str, object]) -> str:
    names = sorted(name for name in right.keys() | there.keys() if right.get(name) != there.get(name))
    return ", ".join(f"{name} is {there.get(name)!r} instead of {right.get(name)!r}" for name in names[:3])


def _entities(store: Store) -> dict[str, dict[str, object]]:
    return {str(entity["_key"]): dict(entity) for type_ in store.entity_types() for entity in store.entities(type_)}


def _relationships(store: Store) -> dict[str, dict[str, object]]:
    return {
        tie.key: {"type": tie.type, "class": tie.class_, "from": tie.source_key, "to": tie.target_key}
        for type_ in store.relationship_types()
        for tie in store.relationships(type_)
    }
