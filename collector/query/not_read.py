"""What a run did not read completely, in sentences for whoever takes its graph elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

from collector.model.graph_schema import GraphSchema
from collector.store import RunRecord, Store


def not_read(store: Store, record: RunRecord, schema: GraphSchema) -> Iterator[str]:
    """The types whose lists, and the documents that the run did not read completely; what follows from them, too."""
    for type_ in record.partial_types:
        yield f"`{type_}` was not read completely: some may be missing, others may be gone in Zoom."
    incomplete = set(record.partial_types)
    for entity in schema.entities:
        alike: dict[str, list[str]] = {}
        for part, source in entity.parts.items():
            if part in source.datasets and (how := _incompleteness(store, record, entity.type, part)) is not None:
                incomplete.add(part)
                alike.setdefault(how, []).append(part)
        for how, parts in alike.items():
            yield f"Not read completely of {entity.noun}: {_named(parts)}. {how}"
    for entity in schema.entities:
        for part, source in entity.parts.items():
            if part not in source.datasets and not incomplete.isdisjoint((*source.datasets, *source.types)):
                names = [name for name, parts in entity.properties.items() if part in parts]
                yield f"What follows from that may be missing or wrong: {_named(names)} of {entity.noun}."


def _incompleteness(store: Store, record: RunRecord, type_: str, part: str) -> str | None:
    """How many entities lack this document or have an old one, and why; None if it was read completely."""
    entries = [entry for entry in record.coverage if entry.dataset == part and not entry.is_list]
    incomplete = [entry for entry in entries if not entry.is_whole]
    if entries and not incomplete:
        return None
    said = []
    total, lacking = store.count_without(type_, part, record.id)
    if lacking:
        said.append(f"{lacking:,} of {total:,} have none.")
    if stale := sum(entry.stale for entry in incomplete):
        oldest = min((entry.oldest for entry in incomplete if entry.oldest is not None), default=None)
        when = "" if oldest is None else f", the oldest of {_day(oldest)}"
        said.append(f"{stale:,} of {total:,} are from an earlier run{when}.")
    reasons = dict.fromkeys(entry.why for entry in incomplete) or ["this run did not ask for them"]
    return " ".join((*said, f"Reason: {'; '.join(reasons)}."))


def _named(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).strftime("%Y-%m-%d")
