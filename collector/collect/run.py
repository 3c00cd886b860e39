"""One run, from the first call to the exit code: runs the steps and records the result of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from collector.clock import Clock, milliseconds
from collector.collect.choice import EVERYTHING, Choice
from collector.collect.context import RunContext, StepOutcome
from collector.collect.documents import count_unread_documents, read_documents
from collector.collect.entities import read_entities
from collector.collect.obstacles import Obstacles
from collector.collect.pool import in_parallel
from collector.collect.progress import ProgressListener
from collector.collect.relationships import build_relationships, derive
from collector.errors import (
    CollectionFailed,
    CollectorError,
    DailyLimitReached,
    Denied,
    ExitCode,
    Interrupted,
    ReadingError,
    SignInRequired,
    Unread,
    UsageError,
)
from collector.model.coverage import Coverage, Status, any_incomplete
from collector.model.graph import JsonObject
from collector.model.older_integration import DataModel
from collector.model.step import Step, StepResult, StepStatus, in_report_order
from collector.next_steps import Command, NextStep, joined
from collector.resources import account, declarations_by_step, other_end, steps
from collector.resources.declaration import EntityDocument, Resource
from collector.resources.graph_schema import graph_schema
from collector.store import Run, RunRecord, Store
from collector.zoom.client import ZoomClient

_FRESH = "fresh"
WORKERS = 32
"""The most calls in flight; fewer if the plan's rate needs fewer at the measured latency."""

RUN_AGAIN = "Run the command again later. If it keeps failing, please report it."
RESUME_HINT = NextStep(
    "What was read is kept. Within 24 hours `{}` resumes from there; `{}` starts over.",
    Command("collect"),
    Command("collect", "--fresh"),
)


@dataclass(frozen=True)
class CollectionInputs:
    """What to collect and with what.

    `scopes`: the token's, None if unknown. `account_id`: the configured account, to check the store against if Zoom
    does not name it. `free_plan`: whether the account is known to have a free plan. `fresh`: do not resume an
    interrupted run.
    """

    client: ZoomClient
    store: Store
    clock: Clock
    progress: ProgressListener
    resources: tuple[Resource, ...]
    scopes: frozenset[str] | None
    account_id: str | None = None
    choice: Choice = EVERYTHING
    free_plan: bool = False
    fresh: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    data_model: DataModel = DataModel.CURRENT
    workers: int = WORKERS


def collect(inputs: CollectionInputs) -> RunRecord:
    """Read the account into the store. The record's exit code is 0, 3 or 75.

    If a run with the same choice was interrupted less than a day ago, resumes it and reads nothing twice.

    Raises UsageError for an unknown step or another account's store, SignInRequired, Interrupted, or CollectionFailed;
    what was read is kept, and the run is recorded with that exit code.
    """
    identity = _identify(inputs)
    _bind(inputs, identity)
    inputs.store.define_views(graph_schema(inputs.resources))
    return _Collection(inputs, identity).run()


def check_steps(resources: tuple[Resource, ...], chosen: Iterable[str]) -> frozenset[str]:
    """The chosen step ids. Raises UsageError for an unknown one."""
    known = [step.id for step in steps(resources)]
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        raise UsageError(f"There is no step {', '.join(unknown)}.", f"The steps are: {', '.join(known)}.")
    return frozenset(chosen)


def _identify(inputs: CollectionInputs) -> JsonObject | CollectorError:
    """The answer to `/users/me`, or why there is none; the first call of every run."""
    endpoint = account.RESOURCE.listing
    if not endpoint.scopes.granted_by(inputs.scopes):
        return Denied(f"the token lacks the scope for {endpoint.path}")
    try:
        answers = in_parallel([endpoint], lambda one: [inputs.client.get(one)], 1, inputs.clock)
        return next(answer for _, answer in answers)
    except Unread as failure:
        if inputs.client.reached:
            return failure
        raise CollectionFailed(f"Zoom's API could not be reached: {failure.message}.", failure.next_step) from None
    except (ReadingError, DailyLimitReached) as failure:
        return failure


def _bind(inputs: CollectionInputs, identity: JsonObject | CollectorError) -> None:
    """Check that the store belongs to this account before anything is written."""
    found = None if isinstance(identity, CollectorError) else account.account_id(identity)
    account_id = found or inputs.account_id
    if account_id is not None:
        inputs.store.bind(account_id)
        return
    if inputs.store.account_id is None:
        return
    if isinstance(identity, DailyLimitReached):
        raise identity
    reason = identity.message if isinstance(identity, CollectorError) else "Zoom does not name the account"
    message = (
        f"This profile holds the Zoom account {inputs.store.account_id}, but it cannot be checked whether the token "
        f"belongs to it: {reason}."
    )
    if isinstance(identity, Unread):
        raise CollectionFailed(message, identity.next_step or RUN_AGAIN)
    raise UsageError(
        message,
        f"Give the token the scope {' or '.join(account.RESOURCE.listing.scopes.advice)}, or use another profile "
        "with --profile NAME.",
    )


class _Collection:
    """The state of one run."""

    def __init__(self, inputs: CollectionInputs, identity: JsonObject | CollectorError) -> None:
        self._inputs = inputs
        self._steps = steps(inputs.resources)
        self._obstacles = Obstacles(inputs.resources, inputs.choice, inputs.scopes)
        self._declarations = declarations_by_step(inputs.resources)
        self._calls_before = inputs.client.calls.total()
        self._results: dict[str, StepResult] = {}
        self._coverage: dict[str, tuple[Coverage, ...]] = {}
        self._documents_finished: set[str] = set()
        started_at = milliseconds(inputs.clock.now())
        self._run: Run = inputs.store.begin(
            started_at,
            dict(inputs.tags),
            inputs.choice.serialized(),
            fresh=inputs.fresh,
            data_model=inputs.data_model,
        )
        self._context = RunContext(
            client=inputs.client,
            store=inputs.store,
            run=self._run,
            clock=inputs.clock,
            progress=inputs.progress,
            workers=inputs.workers,
            scopes=inputs.scopes,
            identity=identity,
            choice=inputs.choice,
            fresh=self._is_fresh(),
            free_plan=inputs.free_plan,
        )
        if self._run.is_resumed:
            self._context.resume_unknown_settings()

    def _is_fresh(self) -> bool:
        """Whether this session was started with `fresh`, in this run or an earlier one."""
        checkpoints = self._run.checkpoints
        if self._inputs.fresh:
            checkpoints.save(_FRESH, {})
            self._run.commit()
        return checkpoints.load(_FRESH) is not None

    def run(self) -> RunRecord:
        """Read the lists first, since they show what was deleted or changed; then the documents, which are many."""
        ordered = in_report_order(self._steps)
        try:
            if self._run.is_resumed:
                self._inputs.progress.resumed(self._run.session_started_at)
            for step in ordered:
                self._read_lists(step)
            for step in ordered:
                self._read_documents(step)
            for step in ordered:
                self._derive(step)
        except CollectorError as failure:
            self._finish(failure.exit_code)
            raise _with_resume_hint(failure) from None
        except BaseException:
            self._finish(ExitCode.FAILED)
            raise
        failure_to_read = self._nothing_read_failure()
        self._finish(self._exit_code() if failure_to_read is None else failure_to_read.exit_code)
        if failure_to_read is not None:
            raise failure_to_read
        record = self._inputs.store.latest_run()
        if record is None:
            raise CollectionFailed("The run was not recorded in the store.", "Please report it.")
        return replace(record, coverage=tuple(self._all_coverage()))  # the store keeps next steps as text only

    def _read_lists(self, step: Step) -> None:
        """Read the step's lists, or record why not. Its documents come later."""
        obstacle = self._obstacles.of(step, self._not_run())
        if obstacle is not None:
            result = StepResult(step, StepStatus.DISABLED, step.types, self._counts(step))
            self._record(result, (obstacle,))
            self._inputs.progress.ended(result)
            return
        self._inputs.progress.started(step)
        resource, link = self._declarations[step.id]
        started_at, calls = self._context.now(), self._inputs.client.calls.total()
        if link is None and resource.listing.rows is None:
            calls -= self._calls_before  # its one call was the first of the run
        if link is None:
            outcome = read_entities(self._context, resource, step)
        else:
            outcome = build_relationships(
                self._context, resource, link, step, self._resource_of(other_end(resource, link.type))
            )
        if outcome.complete:
            self._context.complete_types.update(step.types)
        result = StepResult(
            step,
            self._status(step, outcome),
            () if outcome.complete else step.types,
            self._counts(step),
            self._inputs.client.calls.total() - calls,
            started_at,
            self._context.now(),
            outcome.notes,
        )
        self._record(result, outcome.coverage)
        if not self._documents_of(step):
            self._inputs.progress.ended(result)

    def _has_documents_to_read(self, step: Step) -> bool:
        return self._results[step.id].started_at is not None and bool(self._documents_of(step))

    def _documents_of(self, step: Step) -> tuple[EntityDocument, ...]:
        resource, link = self._declarations[step.id]
        return resource.documents if link is None else ()

    def _read_documents(self, step: Step) -> None:
        """Read the documents of the entities that the step has listed."""
        if not self._has_documents_to_read(step):
            return
        result = self._results[step.id]
        calls = self._inputs.client.calls.total()
        documents, notes = read_documents(self._context, self._declarations[step.id][0], step)
        result = replace(
            result,
            notes=(*result.notes, *notes),
            counts=self._counts(step),
            calls=result.calls + self._inputs.client.calls.total() - calls,
            ended_at=self._context.now() if self._inputs.client.calls.total() > calls else result.ended_at,
        )
        self._record(result, (*self._coverage[step.id], *documents))
        self._documents_finished.add(step.id)
        self._inputs.progress.ended(result)

    def _derive(self, step: Step) -> None:
        """Derive properties from relationships that were read completely."""
        _, link = self._declarations[step.id]
        if link is not None and link.derivation is not None and set(step.types) <= self._context.complete_types:
            derive(self._context, link, link.derivation)

    def _not_run(self) -> dict[str, Status]:
        """The steps so far that did not run, each with the worst status of its lists."""
        disabled = (id_ for id_, result in self._results.items() if result.status is StepStatus.DISABLED)
        return {id_: _worst(self._coverage[id_]) for id_ in disabled}

    def _status(self, step: Step, outcome: StepOutcome) -> StepStatus:
        """The step's status, as JupiterOne's tools name it."""
        statuses = {entry.status for entry in outcome.coverage if entry.is_list}
        if statuses <= {Status.DENIED, Status.NOT_LICENSED}:
            return StepStatus.DISABLED
        if statuses != {Status.COMPLETE}:
            return StepStatus.FAILURE
        dependencies = (self._results[dependency].status for dependency in step.depends_on)
        if any(status in (StepStatus.FAILURE, StepStatus.PARTIAL) for status in dependencies):
            return StepStatus.PARTIAL
        return StepStatus.SUCCESS

    def _record(self, result: StepResult, coverage: tuple[Coverage, ...]) -> None:
        self._results[result.step.id] = result
        self._coverage[result.step.id] = coverage

    def _counts(self, step: Step) -> dict[str, int]:
        """How many objects of the step's types the graph now holds."""
        return {type_: self._inputs.store.count(type_) for type_ in step.types}

    def _resource_of(self, entity_type: str) -> Resource:
        return next(resource for resource in self._inputs.resources if resource.entity.type == entity_type)

    def _nothing_read_failure(self) -> CollectionFailed | None:
        """The failure to raise if nothing could be read; None if something was."""
        coverage = [entry for step in self._steps if self._calls_zoom(step) for entry in self._coverage[step.id]]
        broken = next((entry for entry in coverage if entry.status is Status.PARTIAL), None)
        nothing_read = not any(entry.read for entry in coverage)
        if broken is None or not nothing_read or self._inputs.client.daily_limit is not None:
            return None
        return CollectionFailed(f"Nothing could be read from Zoom: {broken.reason}.", broken.next_step or RUN_AGAIN)

    def _calls_zoom(self, step: Step) -> bool:
        """Whether the step calls Zoom; the others only relate entities in the store."""
        _, link = self._declarations[step.id]
        return link is None or link.members is not None

    def _exit_code(self) -> ExitCode:
        if self._inputs.client.daily_limit is not None:
            return ExitCode.DAILY_LIMIT
        incomplete = any(any_incomplete(entries) for entries in self._coverage.values())
        return ExitCode.INCOMPLETE if incomplete else ExitCode.COMPLETE

    def _finish(self, exit_code: ExitCode) -> None:
        """Record the result of the run; steps it did not reach are recorded as not read."""
        ended = "the run was stopped" if exit_code is ExitCode.INTERRUPTED else "the run failed"
        for step in self._steps:
            if step.id not in self._results:
                result = StepResult(step, StepStatus.DISABLED, step.types, self._counts(step))
                self._results[step.id] = result
                self._coverage[step.id] = (
                    self._obstacles.not_read(step, Status.PARTIAL, f"{ended} before this was read"),
                )
            elif self._has_documents_to_read(step) and step.id not in self._documents_finished:
                reason = f"{ended} before all of this was read"
                documents = count_unread_documents(self._context, self._declarations[step.id][0], step, reason)
                self._coverage[step.id] = (*self._coverage[step.id], *documents)
        ordered = in_report_order(self._steps)
        self._run.finish(
            self._context.now(),
            exit_code,
            [self._results[step.id] for step in ordered],
            self._all_coverage(),
            self._context.unknown_settings(),
        )

    def _all_coverage(self) -> list[Coverage]:
        return [entry for step in in_report_order(self._steps) for entry in self._coverage[step.id]]


def _with_resume_hint(failure: CollectorError) -> CollectorError:
    """The same failure, with the command that resumes."""
    if isinstance(failure, Interrupted):
        failure.next_step = RESUME_HINT
    elif isinstance(failure, SignInRequired | CollectionFailed):
        failure.next_step = joined(failure.next_step, RESUME_HINT)
    return failure


def _worst(coverage: Sequence[Coverage]) -> Status:
    """The worst status of a step's lists."""
    order = (Status.PARTIAL, Status.DENIED, Status.NOT_LICENSED, Status.NOT_GRANTED, Status.SKIPPED, Status.COMPLETE)
    return min((entry.status for entry in coverage if entry.is_list), key=order.index)
