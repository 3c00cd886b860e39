"""Which runs are compared, and what is new between them."""

from __future__ import annotations

from contextlib import closing

from collector.alerts.checks import CHECKS, late
from collector.alerts.findings import Comparison, Finding, Findings
from collector.alerts.history import History, newest
from collector.alerts.library import load_alerts
from collector.clock import Clock, milliseconds
from collector.model.graph_schema import GraphSchema
from collector.query.changes import compared_runs, previous_run
from collector.questions.library import load_questions
from collector.store import RunRecord, Store


def new_since(
    store: Store, schema: GraphSchema, clock: Clock, *, interval: float | None, since: str | None = None
) -> Findings | None:
    """What is new in the newest graph, compared with the one before, or with that of a run or date.

    None if nothing has been collected. `interval`: of polling, in seconds. Raises UsageError if there is no such run,
    or it is not earlier.
    """
    until = newest(store)
    if until is None:
        return None
    if since is None:
        return new_between(store, schema, previous_run(store, until), until, clock, interval)
    is_newest = until.id == next(store.finished_runs()).id
    earlier, later = compared_runs(store, since, None if is_newest else str(until.id))
    return new_between(store, schema, earlier, later, clock, interval)


def new_since_run(
    store: Store, schema: GraphSchema, clock: Clock, compared: int | None, interval: float | None
) -> Findings | None:
    """The same, compared with the newest graph up to the run `compared`, or the one before if that is None."""
    until = newest(store)
    if until is None:
        return None
    since = None if compared is None else newest(store, at_most=compared)  # None, too, if that run was forgotten
    if since is None:
        since = previous_run(store, until)
    return new_between(store, schema, since, until, clock, interval)


def new_between(
    store: Store,
    schema: GraphSchema,
    since: RunRecord | None,
    until: RunRecord,
    clock: Clock,
    interval: float | None,
) -> Findings:
    """What is new after `until`, and whether the next collection is late."""
    rules = load_alerts()
    overdue = [
        finding
        for rule in rules
        if rule.check == "collection-late"
        for finding in late(rule, until, milliseconds(clock.now()), interval)
    ]
    if since is None or since.id >= until.id:
        return Findings(since, until, tuple(overdue))
    found: list[Finding] = []
    with closing(store.read_only()) as database:
        comparison = Comparison(History(store, database, schema), load_questions(), since, until, clock)
        for rule in rules:
            if not rule.check:
                found += comparison.newly_in(rule)
        in_results = {(each.key, value.property) for each in found for value in each.values}
        for rule in rules:
            if rule.check:
                found += CHECKS[rule.check](comparison, rule, in_results, interval)
    order = {rule.id: number for number, rule in enumerate(rules)}
    found.sort(key=lambda each: order[each.rule.id])
    return Findings(since, until, (*found, *overdue), tuple(comparison.gaps()))
