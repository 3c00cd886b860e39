"""What changed between two runs: who came and went, who joined which group or role, which values differ.

Only what both runs know is called a change. What may be one is in `Changes.uncertain`, and what one of the runs did not
read is said in `Changes.not_compared`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing

from collector.errors import UsageError
from collector.model.graph import RelationshipType
from collector.model.graph_schema import ROW, EntitySchema, GraphSchema
from collector.next_steps import Command, NextStep
from collector.query import dates
from collector.query.change import AREAS, Change, Changes, Kind, Named
from collector.query.chosen_run import chosen_run
from collector.query.differences import GraphComparison
from collector.query.not_compared import NotCompared
from collector.store import UPLOADED_EXIT_CODES, RunRecord, Store

__all__ = ["AREAS", "Change", "Changes", "Kind", "Named", "changes", "compared_runs", "previous_run"]

_MEMBER = "zoom_user"
_ACCOUNT = "zoom_account"
"""Everything in the graph belongs to it, so its relationships say nothing more."""


def compared_runs(store: Store, since: str | None = None, until: str | None = None) -> tuple[RunRecord, RunRecord]:
    """The runs to compare: each named by its number or a date, else the newest and the one before (`previous_run`).

    Raises UsageError if there is no such run, or the first is not before the second.
    """
    later = _named(store, until)
    earlier = previous_run(store, later) if since is None else _named(store, since)
    if earlier is None:
        raise UsageError(
            f"There is nothing to compare run {later.id} with: no earlier collection was finished.",
            NextStep("Collect again later (`{}`), then ask again.", Command("collect")),
        )
    if earlier.id == later.id:
        raise UsageError(
            f"There is nothing to compare: {since} and {until or 'the newest run'} are both run {later.id}.",
            NextStep("Name an earlier run or date with --since, or collect again (`{}`).", Command("collect")),
        )
    if earlier.id > later.id:
        raise UsageError(f"Run {earlier.id} is after run {later.id}.", "Exchange --since and --until.")
    return earlier, later


def previous_run(store: Store, until: RunRecord) -> RunRecord | None:
    """The newest run of an earlier session that ended with 0, 3 or 75; None if there is none.

    The earlier runs of the same session have read part of the same graph, and a run that was interrupted or failed has
    not read what it set out to read. A run that read some types only partly will do: a change is then reported between
    the two runs in which it became known.
    """
    for record in store.finished_runs():
        if record.id < until.id and record.began_at != until.began_at and record.exit_code in UPLOADED_EXIT_CODES:
            return record
    return None


def _named(store: Store, text: str | None) -> RunRecord:
    """The run with this number, the last that had ended by this date, or the newest."""
    if text is not None and text.isascii() and text.isdigit():
        return chosen_run(store, run=int(text))
    if text is not None and dates.instant(text) is None:
        raise UsageError(
            f"{text!r} is neither the number of a run nor a date.",
            "Write a run as 45, a date as 2026-11-23 or 2026-11-23T18:00:00Z (UTC).",
        )
    return chosen_run(store, at=text)


def changes(
    store: Store, schema: GraphSchema, since: RunRecord, until: RunRecord, of: Collection[str] = AREAS
) -> Changes:
    """What changed from the graph after one run to that after a later one, in these areas."""
    with closing(store.read_only()) as database:
        comparison = GraphComparison(database, since, until)
        gaps = NotCompared(since, until)
        found = list(_found(comparison, gaps, schema, frozenset(of)))
    return Changes(
        since,
        until,
        tuple(each for each in found if each.kind.is_certain),
        tuple(each for each in found if not each.kind.is_certain),
        tuple(gaps.sentences()),
        frozenset(comparison.left_behind),
    )


def _found(comparison: GraphComparison, gaps: NotCompared, schema: GraphSchema, of: frozenset[str]) -> Iterator[Change]:
    nouns = {type_.type: type_.noun for type_ in schema.entities}
    owned = [(each, _owner(each)) for each in schema.relationships if _MEMBER in (each.source, each.target)]
    memberships = [(each, nouns[owner]) for each, owner in owned if owner != _ACCOUNT and _area(nouns[owner]) in of]
    for type_ in schema.entities:
        if _area(type_.noun) in of or memberships:  # a new user has certainly joined
            found = comparison.entities(type_.type)
            yield from (each for each in found if _area(type_.noun) in of)
        if _area(type_.noun) in of:
            gaps.entities(type_)
    for membership, noun in memberships:
        gaps.members(membership, noun)
        yield from comparison.members(membership, _MEMBER)
    for type_ in schema.entities:
        yield from _values(comparison, gaps, type_, of)


def _values(
    comparison: GraphComparison, gaps: NotCompared, type_: EntitySchema, of: frozenset[str]
) -> Iterator[Change]:
    def is_wanted(part: str) -> bool:
        return _area_of_part(type_, part) in of

    wanted = list(filter(is_wanted, (ROW, *type_.parts)))
    if wanted:
        differences = comparison.properties(type_, is_wanted)
        gaps.documents(type_, wanted)
        gaps.without_earlier_value(type_, differences.first_read, differences.lost)
        yield from differences.changes


def _area_of_part(type_: EntitySchema, part: str) -> str:
    """Documents hold settings, those of roles privileges. Derived parts belong to the entity, like its row."""
    is_derived = part in type_.parts and bool(type_.parts[part].types)
    return _area(type_.noun) if part == ROW or is_derived or type_.noun == "roles" else "settings"


def _area(noun: str) -> str:
    return noun if noun in AREAS else "settings"


def _owner(membership: RelationshipType) -> str:
    return membership.target if membership.source == _MEMBER else membership.source
