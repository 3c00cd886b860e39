"""What changed since the reading before, as the page shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from collector.model.graph_schema import GraphSchema
from collector.query.change_texts import what_happened, without_repeats
from collector.query.changes import Change, Changes, Kind, changes, previous_run
from collector.report.redaction import Redaction
from collector.store import RunRecord, Store

_MAX_NAMES = 1_000
"""Of one change, so many people are named; the number is always whole."""


@dataclass(frozen=True)
class ChangeView:
    """The changes between two runs."""

    changes: Changes
    redaction: Redaction

    @property
    def since(self) -> RunRecord:
        return self.changes.since

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """What happened, to what type, to how many."""
        found: Counter[tuple[str, str]] = Counter()
        for change in self.changes.changes:
            found[change.kind.value, change.type] += len(change.who)
        return [(kind, type_, count) for (kind, type_), count in sorted(found.items())]

    @property
    def in_words(self) -> list[tuple[str, int]]:
        """What happened in words, and to how many entities; without what follows from another change."""
        found: dict[str, set[str]] = {}
        for change, _ in without_repeats(self.changes.changes, self.changes.left_behind):
            found.setdefault(_heading(change), set()).update(each.key for each in change.who)
        return [(what, len(keys)) for what, keys in found.items()]

    @property
    def not_compared(self) -> tuple[str, ...]:
        """What could not be compared."""
        sentences = self.changes.not_compared
        return sentences if not self.redaction.is_on else ("Not everything could be compared.",) * bool(sentences)

    def head(self) -> dict[str, object]:
        """All but the changes themselves."""
        return {
            "since": self.since.id,
            "sinceReadAt": self.since.ended_at,
            "notCompared": self.not_compared,
        }

    def lines(self) -> Iterator[dict[str, object]]:
        """Each change."""
        for is_certain, found in ((True, self.changes.changes), (False, self.changes.uncertain)):
            for change, properties in without_repeats(found, self.changes.left_behind):
                yield self._line(change, properties, is_certain=is_certain)

    def _line(self, change: Change, properties: list[str], *, is_certain: bool) -> dict[str, object]:
        hide = self.redaction
        return {
            "what": _heading(change),
            "title": _heading(change, "" if change.of is None else hide.name(change.of.key, change.of.name)),
            "certain": is_certain,
            "type": change.type,
            "count": len(change.who),
            "who": [[hide.entity(each.key), hide.name(each.key, each.name)] for each in change.who[:_MAX_NAMES]],
            "properties": [each for each in properties if each],
            "old": hide.value(change.old),
            "new": hide.value(change.new),
        }


def _heading(change: Change, of: str = "") -> str:
    """What the page counts and filters by; of a change in a named group or role its title."""
    said = what_happened(change, of)
    return f"{said} changed" if change.kind is Kind.CHANGED else said


def changes_before(store: Store, schema: GraphSchema, run: RunRecord, redaction: Redaction) -> ChangeView | None:
    """The changes since the run before; None if there is none."""
    before = previous_run(store, run)
    return None if before is None else ChangeView(changes(store, schema, before, run), redaction)
