"""One entity, its relationships, when each part of it was read, and what was not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collector.errors import UsageError
from collector.model.coverage import Coverage
from collector.model.graph import EntityType
from collector.model.graph_schema import ROW, EntitySchema, GraphSchema
from collector.next_steps import Command, NextStep
from collector.store import PartAge, RunRecord, Store


@dataclass(frozen=True, order=True)
class RelatedEntity:
    """An entity at the other end of a relationship. `id`: Zoom's, "" if it has none yet."""

    name: str
    key: str
    id: str


@dataclass(frozen=True)
class RelatedEntities:
    """The entities at the other end of one kind of relationship. `sentence`: "ASSIGNED role", "group HAS this"."""

    sentence: str
    entities: tuple[RelatedEntity, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(entity.name for entity in self.entities)


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
        run = store.latest_run()
        unread = f" Not every {noun} was read in run {run.id}." if run and entity_type.type in run.partial_types else ""
        raise UsageError(
            f"The graph holds no {what}.{unread}",
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
    related: defaultdict[str, list[RelatedEntity]] = defaultdict(list)
    for relationship in store.relationships_of(key):
        outgoing = relationship.source_key == key
        other_key = relationship.target_key if outgoing else relationship.source_key
        noun = other_key.partition(":")[0].removeprefix("zoom_")
        word = relationship.class_
        related[f"{word} {noun}" if outgoing else f"{noun} {word} this"].append(_other(store, other_key))
    return EntityView(
        entity,
        tuple(RelatedEntities(sentence, tuple(sorted(others))) for sentence, others in sorted(related.items())),
        tuple(store.parts(key)),
    )


def _other(store: Store, key: str) -> RelatedEntity:
    entity = store.entity(key) or {}
    return RelatedEntity(str(entity.get("displayName") or key), key, str(entity.get("id") or ""))


def not_read(store: Store, schema: GraphSchema, view: EntityView) -> tuple[str, ...]:
    """What the latest run did not read of this entity and its relationships, a sentence each."""
    run = store.latest_run()
    if run is None:
        return ("No collection has finished yet: what is missing here may not have been read.",)
    (type_,) = (each for each in schema.entities if each.type == view.entity["_type"])
    partial = set(run.partial_types)
    read_at = {part.part: part.read_at for part in view.parts}
    sentences = []
    if type_.type in partial and read_at[ROW] < run.began_at:
        sentences.append(f"`{type_.type}` was not read completely in run {run.id}: this one may be gone in Zoom.")
    for each in schema.relationships:
        if each.type in partial and type_.type in (each.source, each.target):
            sentences.append(f"`{each.type}` was not read completely in run {run.id}: some may be missing or gone.")
    return (*sentences, *_unread_parts(type_, run, read_at, is_inactive=view.entity.get("status") == "inactive"))


def _unread_parts(
    type_: EntitySchema, run: RunRecord, read_at: Mapping[str, int], *, is_inactive: bool
) -> Iterator[str]:
    """The parts that were not read, those with the same reason in one sentence."""
    entries = {entry.dataset: entry for entry in run.coverage if not entry.is_list}
    unread: defaultdict[str, list[str]] = defaultdict(list)
    for part, source in type_.parts.items():
        reasons = [f"`{other}` was not read completely" for other in source.types if other in run.partial_types]
        reasons += [_reason(entries.get(dataset), is_inactive=is_inactive) for dataset in source.datasets]
        reason = next(filter(None, reasons), "")
        if reason and part not in read_at:
            unread[f"never read ({reason})"].append(f"`{part}`")
        elif reason and read_at[part] < run.began_at:
            unread[f"last read by an earlier run ({reason})"].append(f"`{part}`")
    for what, names in unread.items():
        yield f"{', '.join(names)} {'was' if len(names) == 1 else 'were'} {what}."


def _reason(entry: Coverage | None, *, is_inactive: bool) -> str:
    """Why a document of a dataset is missing or old, "" if it should not be."""
    if entry is None:
        return "its step did not run"
    if not entry.is_whole:
        return entry.why
    return "Zoom refuses those of inactive users" if is_inactive and entry.unavailable else ""
