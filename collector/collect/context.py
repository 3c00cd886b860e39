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
COMMIT_EVERY = 20
"""So many answers at most are lost, and asked for again, when the process is killed; those in flight come on top."""


@dataclass
class RunContext:
    """One run's client, store and counts.

    `scopes`: what the token may do, None when it does not say. `identity`: the answer to `/users/me`, or why there is
    none. `free_plan`: whether the account is known to have one. `fresh`: what Zoom says now is taken also where it is
    less than before. `complete_types`: types whose set was read completely in this run. `incomplete_lists`: why an
    entity type's was not.
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
        """Results of `work` done by the run's threads; see pool.in_parallel.

        Before it waits for the network, what was read is kept, with how far these readings have got: nobody else can
        write to the store while a transaction is open.
        """

        def keep() -> None:
            if self.run.is_writing:
                self.keep(*reports)

        return in_parallel(tasks, work, self.workers, self.clock, keep)

    def keep(self, *reports: DatasetReport, finished: bool = False) -> None:
        """Commit what was read, and how far these readings have got, for a run that goes on with them."""
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
        """Let a reading count on from where an earlier run left it; whether it was finished then."""
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
        """Count on with the unknown settings of the runs this one goes on with."""
        for path, kind, kept, count, *described in (self.run.checkpoints.load(_UNKNOWN) or {"fields": []})["fields"]:
            self.unknown[UnknownField(path, kind, kept, *described)] += count

    def raise_if_stopped(self) -> None:
        """Raise Interrupted when the process was asked to stop; for long work without calls."""
        self.clock.wait(0)

    def now(self) -> int:
        """Milliseconds since 1970."""
        return milliseconds(self.clock.now())

    def missing_scope(self, endpoint: Endpoint) -> Denied | None:
        """The denial to expect when the token is known to lack the endpoint's scope."""
        return missing_scope(endpoint, self.scopes)

    def unknown_settings(self) -> list[UnknownSetting]:
        """The settings that are not described, or not so, by path and kind."""
        found: dict[tuple[str, str], UnknownSetting] = {}
        for unknown, count in self.unknown.items():
            name = (unknown.path, unknown.kind)
            one = found.get(name, UnknownSetting(*name, count=0, kept=False))
            kept, described = one.kept or unknown.kept, one.described or unknown.described
            found[name] = replace(one, count=one.count + count, kept=kept, described=described)
        return [found[name] for name in sorted(found)]


@dataclass(frozen=True)
class StepOutcome:
    """What running a step came to. `complete`: every set it reads was read completely."""

    step: Step
    coverage: tuple[Coverage, ...]
    complete: bool
    notes: tuple[str, ...] = ()
