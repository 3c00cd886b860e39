"""What two runs could not compare, in sentences: lists and documents that one of them did not read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from collector.model.coverage import Coverage, Status
from collector.model.graph import RelationshipType
from collector.model.graph_schema import EntitySchema
from collector.model.step import StepResult
from collector.query.not_read import coverage_of, step_of, why_partial
from collector.store import RunRecord

_MAX_PARTS = 4


@dataclass(frozen=True)
class _Gap:
    """What was not read, and why. `uncertain`: what is not certain if it was the earlier, and the later run."""

    what: str
    why: str
    uncertain: tuple[str, str] = ("", "")


class NotCompared:
    """Collects what two runs did not read."""

    def __init__(self, since: RunRecord, until: RunRecord) -> None:
        self._runs = (since, until)
        self._gaps: dict[_Gap, list[int]] = {}
        self._others: list[str] = []
        self._unread: set[tuple[str, int]] = set()

    def entities(self, type_: EntitySchema) -> None:
        """Whether the lists of a type were read."""
        if type_.noun == "account":
            self._list(type_.type, "the account", "the account", ("", ""))
            return
        uncertain = (f"which {type_.noun} came since is not certain", f"which {type_.noun} went is not known")
        self._list(type_.type, f"all {type_.noun}", f"any {type_.noun}", uncertain)

    def members(self, type_: RelationshipType, noun: str) -> None:
        """Whether the members of groups, or of roles, were read."""
        joined, left = ("got", "lost") if noun == "roles" else ("joined", "left")
        uncertain = (f"who {joined} {noun} since is not certain", f"who {left} {noun} is not known")
        self._list(type_.type, f"all members of {noun}", f"the members of {noun}", uncertain)

    def documents(self, type_: EntitySchema, parts: Collection[str]) -> None:
        """Whether the documents of a type were read; not said again of a type of which nothing was read."""
        for position, record in enumerate(self._runs):
            if (type_.type, position) in self._unread:
                continue
            step = step_of(record, type_.type)
            entries = {} if step is None else {each.dataset: each for each in coverage_of(record, step, is_list=False)}
            alike: dict[str, list[str]] = {}
            for part, source in type_.parts.items():
                if part in parts and part in source.datasets and (why := _why_unread(part, entries)):
                    alike.setdefault(why, []).append(part)
            for why, names in alike.items():
                self._gaps.setdefault(_Gap(f"{_listed(names)} of {_whose(type_)}", why), []).append(position)

    def without_earlier_value(
        self, type_: EntitySchema, first_read: Mapping[str, int], lost: Mapping[str, int]
    ) -> None:
        """How many entities have a document for the first time, and how many no longer have what was derived."""
        for count, parts in _by_count(first_read).items():
            self._others.append(
                f"Read for the first time, so without an earlier value: {_listed(parts)} of {_count(count, type_)}."
            )
        for count, parts in _by_count(lost).items():
            self._others.append(f"No longer known: {_listed(parts)} of {_count(count, type_)}.")

    def sentences(self) -> Iterator[str]:
        """All of it; what is equal in both runs is said once."""
        for gap, positions in self._gaps.items():
            runs = " and ".join(str(self._runs[each].id) for each in positions)
            therefore = " and ".join(gap.uncertain[each] for each in positions if gap.uncertain[each])
            why = f" ({gap.why})" if gap.why else ""
            yield f"Run{'s' if len(positions) > 1 else ''} {runs} did not read {gap.what}{why}" + (
                f": {therefore}." if therefore else "."
            )
        yield from self._others

    def _list(self, type_: str, partly: str, not_at_all: str, uncertain: tuple[str, str]) -> None:
        for position, record in enumerate(self._runs):
            if type_ not in record.partial_types:
                continue
            step = step_of(record, type_)
            if step is not None and _is_not_licensed(record, step, type_):
                continue
            what = partly
            if step is not None and step.started_at is None:
                what = not_at_all
                self._unread.add((type_, position))
            self._gaps.setdefault(_Gap(what, why_partial(record, type_), uncertain), []).append(position)


def _is_not_licensed(record: RunRecord, result: StepResult, type_: str) -> bool:
    """Whether the plan has no such thing, and the graph has none either: then there is nothing to compare."""
    statuses = {each.status for each in coverage_of(record, result, is_list=True)}
    return statuses == {Status.NOT_LICENSED} and not result.counts.get(type_)


def _why_unread(part: str, entries: Mapping[str, Coverage]) -> str:
    """How many of the documents were not read, and why; "" if all were."""
    entry = entries.get(part)
    if entry is None:
        return "the step did not run"
    said = []
    if entry.stale:
        said.append(f"{entry.stale:,} from an earlier run")
    if entry.missing:
        said.append(f"{entry.missing:,} never read")
    if entry.unavailable:
        said.append(f"{entry.unavailable:,} refused by Zoom, as inactive")
    if entry.stale or not (entry.is_whole or entry.status is Status.NOT_LICENSED):
        said.append(entry.why)
    return "; ".join(said)


def _by_count(counts: Mapping[str, int]) -> dict[int, list[str]]:
    """The parts that equally many entities have."""
    found: dict[int, list[str]] = {}
    for part, count in sorted(counts.items()):
        found.setdefault(count, []).append(part)
    return found


def _count(count: int, type_: EntitySchema) -> str:
    return _whose(type_) if type_.noun == "account" else f"{type_.noun} ({count:,})"


def _whose(type_: EntitySchema) -> str:
    return "the account" if type_.noun == "account" else type_.noun


def _listed(parts: list[str]) -> str:
    named = parts if len(parts) <= _MAX_PARTS else parts[: _MAX_PARTS - 1]
    more = f" and {len(parts) - len(named)} more" if len(parts) > len(named) else ""
    return ", ".join(f"`{part}`" for part in named) + more
