"""What is found new since an earlier run, and who is newly in the result of a rule's query.

A person in the result is new if they are known not to have been in it before. The newest run up to `since` that knows
decides. So nobody is new because they could be read for the first time, and a change on a day that was not read is
found on the day after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from collector.alerts.history import History
from collector.alerts.library import AlertRule
from collector.clock import Clock
from collector.model.graph import Properties, PropertyValue, type_of_key
from collector.model.graph_schema import ROW, EntitySchema
from collector.query.j1ql import CheckedQuery, QueryRequest, ask, check_query
from collector.query.not_compared import NotCompared
from collector.questions.question import UNKNOWN, SecurityQuestion
from collector.store import RunRecord

Row = Sequence[object]
_NAMES = ("Name", "Email", "Key", "Status")
"""Columns that say who it is, as the name of a finding does."""


@dataclass(frozen=True)
class Value:
    """A property before and after; None is undefined."""

    property: str
    old: PropertyValue
    new: PropertyValue


@dataclass(frozen=True)
class Finding:
    """Somebody or something a rule alerts about.

    `name`: for people. `values`: what changed. `note`: more about it, in words. `is_new`: it did not exist before.
    """

    rule: AlertRule
    key: str
    name: str
    values: tuple[Value, ...] = ()
    note: str = ""
    is_new: bool = False

    def to_json(self) -> dict[str, object]:
        """With what its rule says."""
        return {
            "rule": self.rule.id,
            "level": self.rule.level,
            "alert": self.rule.title,
            "key": self.key,
            "name": self.name,
            "entityIsNew": self.is_new,
            "values": [{"property": each.property, "old": each.old, "new": each.new} for each in self.values],
            "note": self.note,
            "message": self.rule.message,
        }


@dataclass(frozen=True)
class Findings:
    """What is new in the graph after `until`. `since`: None for a first reading, which has nothing to compare with.

    `not_compared`: sentences about what one of the runs did not read. `complete`: whether `until` read everything.
    """

    since: RunRecord | None
    until: RunRecord
    found: tuple[Finding, ...] = ()
    not_compared: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.not_compared or self.until.exit_code == 0


@dataclass
class Comparison:
    """Two runs, and what a rule may ask about them."""

    history: History
    questions: Sequence[SecurityQuestion]
    since: RunRecord
    until: RunRecord
    clock: Clock
    compared: dict[str, set[str]] = field(default_factory=dict)
    """The properties that the rules compare, by `_type`."""

    def newly_in(self, rule: AlertRule) -> Iterator[Finding]:
        """Those in the result of the rule's query after `until` who were not in it before."""
        question, query = rule.question_in(self.questions), rule.query_in(self.questions)
        checked = check_query(query.text, self.history.schema)
        columns = () if question.has_verdict else checked.columns
        names = self._compared_properties(checked, rule)
        wanted = {name for of_type in names.values() for name in of_type}
        others = {type_ for each in checked.compared for type_ in each.types} - set(checked.start)
        rows = self._rows(query.text, self.until)
        undecided = set(rows)
        now: dict[str, Properties] = {}
        for run in self._runs(rows, others):
            in_result = self._rows(query.text, run)
            undecided -= in_result.keys()
            if not undecided:
                return
            now = now or self.history.properties(undecided, self.until.id, wanted)
            keys = self.history.keys_then(undecided, now, run)
            undecided -= {key for key in undecided if keys[key] in in_result}
            found = self.history.properties({keys[key] for key in undecided}, run.id, wanted)
            before = {key: found[keys[key]] for key in undecided if keys[key] in found}
            absent = undecided - set(before)
            not_known = self._not_known(rule, before, others, run)
            known = {key for key in before if not_known.isdisjoint((key, keys[key]))}
            around = tuple(self._differences_around(names, others, run)) if known else ()
            for key in sorted(known | self.history.known_to_be_new(absent, now, run)):
                asked = names[type_of_key(key)]
                values = (*_differences(asked, before[key], now[key]), *around) if key in before else ()
                yield Finding(rule, key, name_of(key, now[key]), values, _note(columns, rows[key]), key in absent)
            undecided -= known | absent
            if not undecided or (run is self.since and not self._was_ever_known(names)):
                return

    def _differences_around(
        self, names: Mapping[str, set[str]], others: Collection[str], run: RunRecord
    ) -> Iterator[Value]:
        """What changed of the one entity of another type that all are compared with: the account."""
        for type_ in sorted(others):
            keys = self.history.keys(type_, self.until.id)
            before, now = (self.history.properties(keys, id_, names[type_]) for id_ in (run.id, self.until.id))
            if len(keys) == 1 and before:
                for value in _differences(names[type_], before[keys[0]], now[keys[0]]):
                    yield replace(value, property=f"{type_}.{value.property}")

    def gaps(self) -> Iterator[str]:
        """What one of the runs did not read, of what the rules compared, in sentences."""
        gaps = NotCompared(self.since, self.until)
        for type_ in self.history.schema.entities:
            names = self.compared.get(type_.type)
            if names:
                gaps.entities(type_)
                gaps.documents(type_, _parts(type_, names))
        yield from gaps.sentences()

    def _runs(self, keys: Collection[str], others: Collection[str]) -> Iterator[RunRecord]:
        """`since`, then what is needed of what was before it."""
        if keys:
            yield self.since
            yield from self.history.earlier(keys, others, self.since)

    def _was_ever_known(self, names: Mapping[str, set[str]]) -> bool:
        """Whether the parts with these properties were read of anybody before; if not, nobody can be new by them."""
        for type_ in self.history.schema.entities:
            parts = set(_parts(type_, names.get(type_.type, ()))) - {ROW}
            if parts and not self.history.was_ever_read(type_.type, parts, self.since.id):
                return False
        return True

    def _not_known(
        self, rule: AlertRule, before: Mapping[str, Properties], others: Collection[str], run: RunRecord
    ) -> set[str]:
        """The entities of which the graph after this run does not say whether they belong to the result."""
        if not all(self.history.keys(type_, run.id) for type_ in others):
            return set(before)
        if rule.known_by:
            return {key for key, properties in before.items() if properties.get(rule.known_by) is None}
        unknown = rule.question_in(self.questions).query(UNKNOWN)
        return set(self._rows(unknown.text, run)) if unknown else set()

    def _rows(self, text: str, run: RunRecord) -> Mapping[str, Row]:
        """The rows of an answer by the key in the last column."""
        answer = ask(self.history.store, self.history.schema, QueryRequest(text, run=run.id, limit=0), self.clock)
        return {str(row[-1]): row for row in cast(Iterator[Row], answer.rows)}

    def _compared_properties(self, checked: CheckedQuery, rule: AlertRule) -> Mapping[str, set[str]]:
        """The properties that a rule compares, by type."""
        names: dict[str, set[str]] = defaultdict(set)
        for each in checked.compared:
            for type_ in each.types:
                names[type_].add(each.name)
        for type_ in checked.start:
            names[type_] |= {rule.known_by} - {""}
        for type_, some in names.items():
            self.compared.setdefault(type_, set()).update(some)
        return names


def name_of(key: str, properties: Properties) -> str:
    """A name for people: with the address of a user."""
    name = properties.get("displayName") or properties.get("name") or key
    email = properties.get("email")
    return f"{name} ({email[0]})" if isinstance(email, list) and email and email[0] != name else str(name)


def _parts(type_: EntitySchema, names: Collection[str]) -> list[str]:
    return sorted({part for name in names for part in type_.parts_of(name)})


def _differences(names: Collection[str], before: Properties, now: Properties) -> tuple[Value, ...]:
    values = (Value(name, before.get(name), now.get(name)) for name in sorted(names))
    return tuple(value for value in values if value.old != value.new)


def _note(columns: Sequence[str], row: Row) -> str:
    """What a row says beside who it is."""
    said = list(zip(columns, row, strict=False))[1:]
    return "; ".join(
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in said
        if name not in _NAMES and value is not None
    )
