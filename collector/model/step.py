"""Steps: the units of work, with the ids JupiterOne's tools know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum


class StepStatus(str, Enum):
    """The values JupiterOne's tools use in summary.json."""

    SUCCESS = "success"
    FAILURE = "failure"
    PARTIAL = "partial_success_due_to_dependency_failure"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Step:
    """`types`: the `_type`s the step creates. `depends_on`: ids of the steps that run before it."""

    id: str
    name: str
    types: tuple[str, ...]
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepResult:
    """How a step ended. Times are milliseconds since 1970, `None` for a step that was not run.

    `partial_types`: types of the step that were not read completely. `counts`: objects by `_type`. `calls`: requests
    sent. `notes`: sentences for people.
    """

    step: Step
    status: StepStatus
    partial_types: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0
    started_at: int | None = None
    ended_at: int | None = None
    notes: tuple[str, ...] = ()


def in_report_order(steps: Sequence[Step]) -> list[Step]:
    """Depth first over the dependencies, as JupiterOne's engine reports them.

    Starts from the steps that no other depends on, in declared order; dependencies come first, each step once.
    """
    by_id = {step.id: step for step in steps}
    needed = {dependency for step in steps for dependency in step.depends_on}
    ordered: dict[str, Step] = {}

    def visit(step: Step) -> None:
        for dependency in step.depends_on:
            visit(by_id[dependency])
        ordered.setdefault(step.id, step)

    for step in steps:
        if step.id not in needed:
            visit(step)
    return list(ordered.values())


def with_dependencies(steps: Sequence[Step], chosen: Iterable[str]) -> set[str]:
    """The ids of the chosen steps and of everything they depend on."""
    by_id = {step.id: step for step in steps}
    result: set[str] = set()
    waiting = list(chosen)
    while waiting:
        step_id = waiting.pop()
        if step_id not in result:
            result.add(step_id)
            waiting.extend(by_id[step_id].depends_on)
    return result
