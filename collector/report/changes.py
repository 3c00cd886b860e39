"""What changed since the reading before, as the page shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from collector.model.graph_schema import GraphSchema
from collector.query.changes import Change, Changes, changes, previous_run
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
        for change in self.changes.changes:
            yield self._line(change, is_certain=True)
        for change in self.changes.uncertain:
            yield self._line(change, is_certain=False)

    def _line(self, change: Change, *, is_certain: bool) -> dict[str, object]:
        hide = self.redaction
        is_setting = bool(change.part)
        return {
            "kind": change.kind.value,
            "certain": is_certain,
            "type": change.type,
            "count": len(change.who),
            "who": [[hide.entity(each.key), hide.name(each.key, each.name)] for each in change.who[:_MAX_NAMES]],
            "of": None if change.of is None else [hide.entity(change.of.key), hide.name(change.of.key, change.of.name)],
            "property": change.property,
            "old": hide.value(change.old),
            "new": hide.value(change.new),
            "setting": is_setting,
        }


def changes_before(store: Store, schema: GraphSchema, run: RunRecord, redaction: Redaction) -> ChangeView | None:
    """The changes since the run before; None if there is none."""
    before = previous_run(store, run)
    return None if before is None else ChangeView(changes(store, schema, before, run), redaction)
