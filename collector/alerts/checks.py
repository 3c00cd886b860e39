"""The checks that compare two runs: what no query can say, because it sees one graph."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timezone
from itertools import pairwise

from collector.alerts.findings import Comparison, Finding, Value, name_of
from collector.alerts.history import is_comparable
from collector.alerts.library import AlertRule
from collector.query.change import Kind
from collector.query.changes import changes
from collector.store import RunRecord

_USER = "zoom_user"
_MANY = 10
_MANY_SHARE = 0.05
_INTERVALS = 2

Values = Collection[tuple[str, str]]
"""Keys and properties that the rules over questions have found, which `switched_off` does not repeat."""


def switched_off(comparison: Comparison, rule: AlertRule, found: Values, _: float | None) -> Iterator[Finding]:
    """Settings that were on, and are off."""
    history = comparison.history
    comparison.compared.setdefault(rule.type, set()).update(rule.settings)
    now = history.properties(history.keys(rule.type, comparison.until.id), comparison.until.id, rule.settings)
    undecided = {
        (key, name)
        for key, properties in now.items()
        for name in rule.settings
        if properties.get(name) is False and (key, name) not in found
    }
    off: dict[str, list[Value]] = {}
    for run in (comparison.since, *history.earlier({key for key, _ in undecided}, (), comparison.since)):
        if not undecided:
            break
        before = history.properties({key for key, _ in undecided}, run.id, rule.settings)
        for key, name in sorted(undecided):
            old = before.get(key, {}).get(name)
            if old is True:
                off.setdefault(key, []).append(Value(name, True, False))
            if key not in before or old is not None:
                undecided.discard((key, name))
    for key, values in sorted(off.items()):
        yield Finding(rule, key, name_of(key, now[key]), tuple(values))


def many_users_gone(comparison: Comparison, rule: AlertRule, _: Values, __: float | None) -> Iterator[Finding]:
    """At least ten users, and a twentieth of all."""
    history, since, until = comparison.history, comparison.since, comparison.until
    before = len(history.keys(_USER, since.id))
    if before < _MANY:
        return
    changed = changes(history.store, history.schema, since, until, of=("users",)).changes
    gone = sum(len(each.who) for each in changed if each.kind is Kind.WENT and each.type == _USER)
    if gone >= max(_MANY, before * _MANY_SHARE):
        yield Finding(rule, f"run:{until.id}", f"{gone:,} of {before:,} users are gone")


def collection_incomplete(comparison: Comparison, rule: AlertRule, _: Values, __: float | None) -> Iterator[Finding]:
    """Datasets that were read completely, and now were not; those with the same reason together."""
    was = _incomplete(comparison.since)
    by_reason: dict[str, list[str]] = {}
    for dataset, reason in _incomplete(comparison.until).items():
        if dataset not in was:
            by_reason.setdefault(reason, []).append(dataset)
    for reason, datasets in by_reason.items():
        yield Finding(rule, f"dataset:{datasets[0]}", ", ".join(datasets), note=reason)


def collection_late(comparison: Comparison, rule: AlertRule, _: Values, interval: float | None) -> Iterator[Finding]:
    """More than two intervals between a collection and the next."""
    since, until = comparison.since.id, comparison.until.id
    runs = [run for run in comparison.history.store.finished_runs() if is_comparable(run) and since <= run.id <= until]
    for later, earlier in pairwise(runs):
        yield from late(rule, earlier, later.began_at, interval)


def late(rule: AlertRule, last: RunRecord, now: int, interval: float | None) -> Iterator[Finding]:
    """Whether the last collection ended more than two intervals ago; once for each. `now`: milliseconds since 1970."""
    if interval is not None and now - last.ended_at > _INTERVALS * interval * 1000:
        moment = datetime.fromtimestamp(last.ended_at / 1000, timezone.utc)
        yield Finding(rule, f"run:{last.id}", f"the last one ended {moment:%Y-%m-%d %H:%M} UTC (run {last.id})")


def _incomplete(record: RunRecord) -> dict[str, str]:
    return {each.dataset: each.reason for each in record.coverage if each.status.incomplete}


CHECKS: Mapping[str, Callable[[Comparison, AlertRule, Values, float | None], Iterator[Finding]]] = {
    "switched-off": switched_off,
    "many-users-gone": many_users_gone,
    "collection-incomplete": collection_incomplete,
    "collection-late": collection_late,
}
