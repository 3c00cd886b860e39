"""What a run did not read completely, in sentences: about the answer to a query, and about an export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone

from collector.model.coverage import Coverage, Status
from collector.model.graph_schema import EntitySchema, GraphSchema
from collector.model.step import StepResult
from collector.store import RunRecord, Store


def not_read(store: Store, record: RunRecord, schema: GraphSchema) -> Iterator[str]:
    """All types and parts that the run did not read completely."""

    def count(type_: str, part: str) -> tuple[int, int]:
        return store.count_without(type_, part, record.id)

    yield from partial_types(record, record.partial_types)
    for type_ in schema.entities:
        yield from unread_parts(count, record, type_, type_.parts)


def partial_types(record: RunRecord, types: Iterable[str]) -> Iterator[str]:
    """Those of these types whose lists were not read completely, and why."""
    for type_ in types:
        if type_ in record.partial_types:
            count = sum(step.counts.get(type_, 0) for step in record.steps)
            yield (
                f"`{type_}` was not read completely in run {record.id} (the graph has {count:,}):"
                f" some may be missing, others may be gone in Zoom.{_reason([why_partial(record, type_)])}"
            )


def unread_parts(
    count: Callable[[str, str], tuple[int, int]],
    record: RunRecord,
    type_: EntitySchema,
    parts: Iterable[str],
    undefined: str = "",
) -> Iterator[str]:
    """Those of these parts that were not read completely, in one sentence if the same is true of them.

    `count`: of a type and a part, how many entities there are and how many lack it. `undefined`: what follows where
    there is no value, in words.
    """
    alike: dict[str, list[str]] = {}
    for part in parts:
        if how := _how_incomplete(count, record, type_, part, undefined):
            names = _properties(type_, part) if type_.parts[part].types else [part]
            alike.setdefault(how, []).extend(names)
    for how, names in alike.items():
        yield f"{', '.join(f'`{name}`' for name in names)} {'was' if len(names) == 1 else 'were'} {how}"


def why_partial(record: RunRecord, type_: str) -> str:
    """Why a list was not read completely; "" if it follows from another that was not."""
    result = step_of(record, type_)
    if result is None:
        return ""
    entries = coverage_of(record, result, is_list=True)
    return "; ".join(dict.fromkeys(entry.why for entry in entries if entry.status is not Status.COMPLETE))


def step_of(record: RunRecord, type_: str) -> StepResult | None:
    """The step of a run that reads a type."""
    return next((result for result in record.steps if type_ in result.step.types), None)


def coverage_of(record: RunRecord, result: StepResult, *, is_list: bool) -> Iterator[Coverage]:
    """The coverage of a step's lists, or of its documents."""
    return (each for each in record.coverage if each.step == result.step.id and each.is_list is is_list)


def _how_incomplete(
    count: Callable[[str, str], tuple[int, int]], record: RunRecord, type_: EntitySchema, part: str, undefined: str
) -> str:
    """How many entities lack this part or have an old one, and why; "" if it was read completely."""
    source = type_.parts[part]
    entries = [entry for entry in record.coverage if entry.dataset in source.datasets and not entry.is_list]
    incomplete = [entry for entry in entries if not entry.is_whole or entry.unavailable]
    partial = [each for each in source.types if each in record.partial_types]
    was_asked = len(entries) >= len(source.datasets)
    if was_asked and not incomplete and not partial:
        return ""
    total, without = count(type_.type, part)
    stale = sum(entry.stale for entry in incomplete) if was_asked else total - without
    is_one = total == 1
    entities = f"{total:,} {type_.noun.removesuffix('s') if is_one else type_.noun}"
    said = []
    if source.types:  # it is derived: what the coverage counts are others
        if without:
            said.append(f"{without:,} of {entities} {'has' if is_one else 'have'} none{undefined}")
        if without < total and (stale or partial):
            said.append("what is known may be out of date")
    else:
        missing = min(without, sum(entry.missing for entry in incomplete))
        refused = sum(entry.unavailable for entry in incomplete)
        never = missing if missing or stale or refused else without  # who is invited has no settings
        if never:
            said.append(f"{never:,} of {entities} {'was' if is_one else 'were'} never read{undefined}")
        if stale:
            oldest = min((entry.oldest for entry in incomplete if entry.oldest is not None), default=None)
            when = "" if oldest is None else f", the oldest of {_day(oldest)}"
            said.append(f"{stale:,} of {entities} {'comes' if is_one else 'come'} from an earlier run{when}")
        if refused:
            kept = f"kept from an earlier run, or absent{undefined}"
            said.append(f"Zoom refused those of {refused:,} of {entities}, as inactive: {kept}")
    if not said:
        return ""
    whys = [f"`{each}` was not read completely" for each in partial]
    whys += [entry.why for entry in incomplete if not entry.is_whole]
    if not was_asked and not whys:
        whys.append(why_partial(record, type_.type) or "this run did not ask for it")
    return f"not read completely: {'; '.join(said)}.{_reason(whys)}"


def _properties(type_: EntitySchema, part: str) -> list[str]:
    return [name for name, parts in type_.properties.items() if part in parts]


def _reason(whys: Iterable[str]) -> str:
    said = "; ".join(dict.fromkeys(filter(None, whys)))
    return f" Reason: {said}." if said else ""


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).strftime("%Y-%m-%d")
