"""What the alert rules find new in the run that is shown, as `collector alerts check` says it of two runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import get_args

from collector.alerts.findings import Finding, Findings, Value
from collector.alerts.library import AlertRule, Level
from collector.alerts.since import new_between
from collector.clock import Clock
from collector.model.graph import PropertyValue
from collector.model.graph_schema import GraphSchema
from collector.query.changes import previous_run
from collector.query.why import value_text
from collector.report.gaps import name_of_dataset
from collector.report.redaction import Redaction
from collector.report.words import PropertyWords
from collector.store import RunRecord, Store

_SHOWN = 5
_MOST = 25
"""Of one rule, so many are in the page; the number is always whole, and `--json` has all."""
_MAX_NAME = 200
_LEVELS = get_args(Level)
_ENTITY = "zoom_"
"""What the keys of entities begin with; the other keys are of a run or a dataset."""
_DATASET = "dataset:"
_BADGES = {"CRITICAL": "bad", "HIGH": "bad", "MEDIUM": "unknown"}


@dataclass(frozen=True)
class AlertLine:
    """Somebody or something that is new in a rule's result, as the page shows it."""

    key: str
    name: str
    what: str


@dataclass(frozen=True)
class AlertView:
    """A rule that found something. `first`: those that are in sight, `others`: behind a click, `more`: not here."""

    rule: AlertRule
    count: int
    first: tuple[AlertLine, ...]
    others: tuple[AlertLine, ...]

    @property
    def title(self) -> str:
        return self.rule.title[:1].upper() + self.rule.title[1:]

    @property
    def badge(self) -> str:
        """The colour of its level."""
        return _BADGES.get(self.rule.level, "none")

    @property
    def more(self) -> int:
        return self.count - len(self.first) - len(self.others)


@dataclass(frozen=True)
class AlertsView:
    """What is new since the run before; `since` is None if there is none."""

    findings: Findings
    redaction: Redaction
    words: PropertyWords

    @property
    def since(self) -> RunRecord | None:
        return self.findings.since

    @cached_property
    def rules(self) -> tuple[AlertView, ...]:
        """The rules that found something, the gravest first, then in the order of `alerts check`."""
        by_rule: dict[AlertRule, list[Finding]] = {}
        for finding in self.findings.found:
            by_rule.setdefault(finding.rule, []).append(finding)
        views = []
        for rule, found in by_rule.items():
            lines = tuple(map(self._line, found[:_MOST]))
            views.append(AlertView(rule, len(found), lines[:_SHOWN], lines[_SHOWN:]))
        return tuple(sorted(views, key=lambda each: -_LEVELS.index(each.rule.level)))

    @property
    def not_compared(self) -> tuple[str, ...]:
        """What one of the runs did not read, of what the rules compare."""
        sentences = self.findings.not_compared
        return sentences if not self.redaction.is_on else ("Not everything could be compared.",) * bool(sentences)

    def to_json(self) -> dict[str, object] | None:
        """All that is new, as `collector alerts check --json` has it."""
        if self.since is None:
            return None
        return {
            "sinceRun": self.since.id,
            "findings": [self._redacted(each).to_json() for each in self.findings.found],
            "notCompared": list(self.not_compared),
            "complete": self.findings.complete,
        }

    def _line(self, finding: Finding) -> AlertLine:
        shown = self._redacted(finding)
        said = [f"{self.words(each.property)}: {_text(each.old)} → {_text(each.new)}" for each in shown.values]
        about = [*said, *filter(None, [shown.note]), *(["new"] if shown.is_new else [])]
        return AlertLine(shown.key, _shown_name(shown), "; ".join(about))

    def _redacted(self, finding: Finding) -> Finding:
        """With pseudonyms, if the page has them, and without the note, which may quote names."""
        is_entity = finding.key.startswith(_ENTITY)
        return replace(
            finding,
            key=self.redaction.entity(finding.key) if is_entity else finding.key,
            name=self.redaction.name(finding.key, finding.name) if is_entity else finding.name,
            values=tuple(map(self._redacted_value, finding.values)),
            note="" if self.redaction.is_on else finding.note,
        )

    def _redacted_value(self, value: Value) -> Value:
        description = self.words.description(value.property)
        old, new = (self.redaction.value(each, description) for each in (value.old, value.new))
        return Value(value.property, old, new)


def _shown_name(finding: Finding) -> str:
    """The name for people, who do not know datasets by the names of parameters."""
    if not finding.key.startswith(_DATASET):
        return _shortened(finding.name)
    return ", ".join(map(name_of_dataset, finding.name.split(", ")))


def _text(value: PropertyValue) -> str:
    return _shortened("not set" if value is None else value_text(value))


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_NAME else f"{text[: _MAX_NAME - 1]}…"


def alerts_before(
    store: Store, schema: GraphSchema, run: RunRecord, clock: Clock, redaction: Redaction, words: PropertyWords
) -> AlertsView:
    """What is new since the run before; no late collection, since the page of a run never changes."""
    findings = new_between(store, schema, previous_run(store, run), run, clock, interval=None)
    return AlertsView(findings, redaction, words)
