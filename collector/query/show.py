"""One entity, what it is tied to and when each part of it was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from collector.errors import UsageError
from collector.model.graph import EntityType
from collector.next_steps import Command, NextStep
from collector.store import PartAge, Store


@dataclass(frozen=True)
class Tie:
    """What one kind of relationship leads to: `sentence` ("ASSIGNED role", "in group"), and the names there."""

    sentence: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """An entity as it is shown. `entity`: the object as it stands in the graph."""

    entity: Mapping[str, object]
    ties: tuple[Tie, ...]
    parts: tuple[PartAge, ...]


def find_cards(store: Store, entity_type: EntityType, text: str | None) -> list[Card]:
    """The cards of the entities of this kind that `text` names: by name, id, key or e-mail address.

    Raises UsageError when there is none, or nothing at all.
    """
    found = store.entities(entity_type.type) if text is None else store.find(entity_type.type, text)
    entities = list(found)
    if not entities and not store.entity_types():
        raise UsageError(
            "Nothing has been collected yet: the profile's store is empty.",
            NextStep("Run `{}` first, or name the right profile with `--profile NAME`.", Command("collect")),
        )
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
    return [_card(store, entity) for entity in entities]


def _card(store: Store, entity: Mapping[str, object]) -> Card:
    key = str(entity["_key"])
    ties: defaultdict[str, list[str]] = defaultdict(list)
    for relationship in store.relationships_of(key):
        outgoing = relationship.source_key == key
        other_key = relationship.target_key if outgoing else relationship.source_key
        noun = other_key.partition(":")[0].removeprefix("zoom_")
        word = relationship.class_
        ties[f"{word} {noun}" if outgoing else f"{noun} {word} this"].append(_name(store, other_key))
    return Card(
        entity,
        tuple(Tie(sentence, tuple(sorted(names))) for sentence, names in sorted(ties.items())),
        tuple(store.parts(key)),
    )


def _name(store: Store, key: str) -> str:
    entity = store.entity(key) or {}
    return str(entity.get("displayName") or key)
