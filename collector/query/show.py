"""One entity, its relationships, and when each part of it was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from collector.errors import UsageError
from collector.model.graph import EntityType
from collector.next_steps import Command, NextStep
from collector.store import PartAge, Store


@dataclass(frozen=True)
class RelatedEntities:
    """The entities at the other end of one kind of relationship. `sentence`: "ASSIGNED role", "group HAS this"."""

    sentence: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class EntityView:
    """An entity as it is shown. `entity`: the object in the graph."""

    entity: Mapping[str, object]
    related: tuple[RelatedEntities, ...]
    parts: tuple[PartAge, ...]


def find_entities(store: Store, entity_type: EntityType, text: str | None) -> list[EntityView]:
    """The entities of this type that `text` names: by name, id, key or e-mail address.

    Raises UsageError if there is none, or nothing was collected.
    """
    found = store.entities(entity_type.type) if text is None else store.find(entity_type.type, text)
    entities = list(found)
    if not entities:
        require_collected(store)
    if not entities:
        noun = entity_type.resource.lower()
        what = f"{noun} {text!r}" if text is not None else noun
        raise UsageError(
            f"The graph holds no {what}.",
            NextStep(
                "Names, ids, keys and e-mail addresses are compared whole, in either case; "
                "`{}` reads the account again.",
                Command("collect"),
            ),
        )
    return [_view(store, entity) for entity in entities]


def require_collected(store: Store) -> None:
    """Raise UsageError when nothing has been collected yet."""
    if not store.entity_types():
        raise UsageError(
            "Nothing has been collected yet: the profile's store is empty.",
            NextStep("Run `{}` first, or name the right profile with `--profile NAME`.", Command("collect")),
        )


def _view(store: Store, entity: Mapping[str, object]) -> EntityView:
    key = str(entity["_key"])
    related: defaultdict[str, list[str]] = defaultdict(list)
    for relationship in store.relationships_of(key):
        outgoing = relationship.source_key == key
        other_key = relationship.target_key if outgoing else relationship.source_key
        noun = other_key.partition(":")[0].removeprefix("zoom_")
        word = relationship.class_
        related[f"{word} {noun}" if outgoing else f"{noun} {word} this"].append(_name(store, other_key))
    return EntityView(
        entity,
        tuple(RelatedEntities(sentence, tuple(sorted(names))) for sentence, names in sorted(related.items())),
        tuple(store.parts(key)),
    )


def _name(store: Store, key: str) -> str:
    entity = store.entity(key) or {}
    return str(entity.get("displayName") or key)
