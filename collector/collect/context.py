"""What the parts of a run share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from collector.clock import Clock, milliseconds
from collector.collect.choice import EVERYTHING, Choice
from collector.collect.dataset_report import DatasetReport
from collector.collect.pool import in_parallel
from collector.collect.progress import ProgressListener
from collector.collect.scopes import missing_scope
from collector.errors import CollectorError, Denied
from collector.model.coverage import Coverage
from collector.model.graph import JsonObject
from collector.model.step import Step
from collector.model.unknown import UnknownSetting
from collector.resources.declaration import UnknownField
from collector.store import Run, Store
from collector.zoom.client import ZoomClient
from collector.zoom.endpoint import Endpoint

Task = TypeVar("Task")
Result = TypeVar("Result")

_UNKNOWN = "unknown settings"
_COMMIT_EVERY = 20
"""A killed process loses at most this many results, plus what was in flight."""


@dataclass
class RunContext:
    """One run's client, store and counts.

    `scopes`: the token's, None if unknown. `identity`: the answer to `/users/me`, or why there is none. `free_plan`:
    whether the account is known to have a free plan. `fresh`: accept lists and settings that Zoom now returns empty.
    `complete_types`: types whose list was read completely in this run. `incomplete_lists`: by entity type, why its
    list was not.
    """

    client: ZoomClient
    store: Store
    run: Run
    clock: Clock
    progress: ProgressListener
    workers: int
    scopes: frozenset[str] | None
    identity: JsonObject | CollectorError
    choice: Choice = EVERYTHING
    fresh: bool = False
    free_plan: bool = False
    complete_types: set[str] = field(default_factory=set)
    incomplete_lists: dict[str, CollectorError] = field(default_factory=dict)
    unknown: Counter[UnknownField] = field(default_factory=Counter)

    def in_parallel(
        self, tasks: Iterable[Task], work: Callable[[Task], Iterable[Result]], *reports: DatasetReport
    ) -> Iterator[tuple[Task, Result]]:
        """Results of `work`, done by the run's threads; see pool.in_parallel.

        What the caller wrote is committed every 20 results, and before waiting for the network: an open transaction
        keeps every other process from writing to the store.
        """

        def keep() -> None:
            if self.run.is_writing:
                self.keep(*reports)

        for count, result in enumerate(in_parallel(tasks, work, self.workers, self.clock, keep), start=1):
            yield result
            if count % _COMMIT_EVERY == 0:
                keep()

    def keep(self, *reports: DatasetReport, finished: bool = False) -> None:
        """Commit what was read, and the progress of these datasets, so that a later run can resume."""
        for report in reports:
            counts = {"read": report.read, "vanished": report.deleted_meanwhile, "unavailable": report.unavailable}
            state = {**counts, "finished": finished}
            self.run.checkpoints.save(report.name, state)
        if self.unknown:
            fields = [
                [field.path, field.kind, field.kept, count, field.described] for field, count in self.unknown.items()
            ]
            self.run.checkpoints.save(_UNKNOWN, {"fields": fields})
        self.run.commit()

    def resume(self, report: DatasetReport) -> bool:
        """Restore the counts of an earlier run of this session. Returns whether the dataset was finished."""
        state = self.run.checkpoints.load(report.name)
        if state is None:
            return False
        report.read, report.deleted_meanwhile, report.unavailable = (
            state["read"],
            state["vanished"],
            state.get("unavailable", 0),
        )
        return bool(state["finished"])

    def resume_unknown_settings(self) -> None:
        """Restore the unknown settings found by earlier runs of this session."""
        for path, kind, kept, count, *described in (self.run.checkpoints.load(_UNKNOWN) or {"fields": []})["fields"]:
            self.unknown[UnknownField(path, kind, kept, *described)] += count

    def raise_if_stopped(self) -> None:
        """Raise Interrupted if the process was asked to stop; for long work without calls."""
        self.clock.wait(0)

    def now(self) -> int:
        """Milliseconds since 1970."""
        return milliseconds(self.clock.now())

    def missing_scope(self, endpoint: Endpoint) -> Denied | None:
        """The denial to expect if the token is known to lack the endpoint's scope."""
        return missing_scope(endpoint, self.scopes)

    def unknown_settings(self) -> list[UnknownSetting]:
        """The settings the catalogue does not describe, or describes differently, by path and kind."""
        found: dict[tuple[str, str], UnknownSetting] = {}
        for unknown, count in self.unknown.items():
            name = (unknown.path, unknown.kind)
            one = found.get(name, UnknownSetting(*name, count=0, kept=False))
            kept, described = one.kept or unknown.kept, one.described or unknown.described
            found[name] = replace(one, count=one.count + count, kept=kept, described=described)
        return [found[name] for name in sorted(found)]


@dataclass(frozen=True)
class StepOutcome:
    """The outcome of a step. `complete`: every list it reads was read completely."""

    step: Step
    coverage: tuple[Coverage, ...]
    complete: bool
    notes: tuple[str, ...] = ()
