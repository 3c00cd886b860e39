"""What a collection would do: which steps run, which calls they make, and how long those take at a plan's limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from collector.errors import ExitCode
from collector.model.coverage import Coverage, Status, any_incomplete
from collector.model.step import Step
from collector.zoom.endpoint import Label
from collector.zoom.pacing import CALLS_PER_SECOND, MARGIN, Plan


@dataclass(frozen=True)
class EndpointCalls:
    """So many calls to one endpoint. Endpoints with the same path are one here, whatever their parameters."""

    path: str
    label: Label
    count: int


@dataclass(frozen=True)
class PlannedStep:
    """One step of a collection.

    `runs`: whether it would be run. `gaps`: what of it would not be read completely, and why; without `runs` the
    reason for that. `notes`: whole sentences about what cannot be foreseen exactly.
    """

    step: Step
    runs: bool
    calls: tuple[EndpointCalls, ...] = ()
    gaps: tuple[Coverage, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Calls of the step."""
        return sum(calls.count for calls in self.calls)

    @property
    def status(self) -> Status:
        """How completely its facts would be read; what is left out by choice takes nothing from a step that runs."""
        if not self.runs:
            return self.gaps[0].status
        return Status.COMPLETE if all(gap.status is Status.SKIPPED for gap in self.gaps) else Status.PARTIAL


@dataclass(frozen=True)
class CollectionPlan:
    """A collection foreseen. `calls_made`: the calls it took to foresee it."""

    steps: tuple[PlannedStep, ...]
    calls_made: int

    @property
    def endpoints(self) -> tuple[EndpointCalls, ...]:
        """The calls by endpoint, in the order they are made."""
        counts: Counter[tuple[str, Label]] = Counter()
        for step in self.steps:
            for calls in step.calls:
                counts[calls.path, calls.label] += calls.count
        return tuple(EndpointCalls(path, label, count) for (path, label), count in counts.items())

    @property
    def labels(self) -> Mapping[Label, int]:
        """The calls by rate-limit label; labels without calls are left out."""
        counts: Counter[Label] = Counter()
        for calls in self.endpoints:
            counts[calls.label] += calls.count
        return {label: counts[label] for label in Label if counts[label]}

    @property
    def count(self) -> int:
        """All calls."""
        return sum(step.count for step in self.steps)

    @property
    def gaps(self) -> tuple[Coverage, ...]:
        """Everything that would not be read completely, and why."""
        return tuple(gap for step in self.steps for gap in step.gaps)

    @property
    def exit_code(self) -> ExitCode:
        """What a collection would end with as things stand: 3 when something would be denied or left unread, else 0."""
        return ExitCode.INCOMPLETE if any_incomplete(self.gaps) else ExitCode.COMPLETE

    def seconds(self, plan: Plan, share: float) -> float | None:
        """How long the calls take at this share (0 to 1) of this plan's limits; None without limits.

        Steps run one after the other and their calls are evenly spaced, so the times of the labels add up
        (collector.zoom.pacing).
        """
        if plan is Plan.UNLIMITED:
            return None
        rates = CALLS_PER_SECOND[plan]
        return sum(count / (rates[label] * MARGIN * share) for label, count in self.labels.items())
