"""Foresees a collection from the first answer of each kind, without a store.

Asked for are `/users/me`, the first page of every list, and one of each further kind of document and member list. The
rest is counted: rows by `total_records`, members by the field that announces them (Zoom developer docs, pagination;
API reference, groups and roles). Which steps run follows the rules of engine.collect. Not foreseen are calls that must
be sent again, look-ups of people who left, and what is in flight when a kind of document turns out to be denied.
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.engine.choice import EVERYTHING, Choice
from collector.engine.collect import RUN_AGAIN
from collector.engine.plan.answer import Refusal, first_answer
from collector.engine.plan.draft import Draft, Sketch
from collector.engine.plan.entities import plan_entities
from collector.engine.plan.forecast import CollectionPlan, PlannedStep
from collector.engine.plan.links import plan_link
from collector.engine.scopes import missing_scope
from collector.errors import CollectionFailed, Unreachable
from collector.model.coverage import Status
from collector.model.step import Step, in_report_order, with_dependencies
from collector.resources import account, other_end, runners, steps
from collector.resources.declaration import Resource
from collector.zoom.client import ZoomClient
from collector.zoom.paging import Page


@dataclass(frozen=True)
class PlanJob:
    """What to foresee and with what.

    `scopes`: the token's, None when it does not say. `free_plan`: whether the account is known to have one.
    """

    client: ZoomClient
    resources: tuple[Resource, ...]
    scopes: frozenset[str] | None
    choice: Choice = EVERYTHING
    free_plan: bool = False


def make_plan(job: PlanJob) -> CollectionPlan:
    """What `engine.collect` would do with an empty store.

    Raises CollectionFailed when nothing could be read and something broke, DailyLimitReached, SignInRequired, or
    Interrupted.
    """
    before = job.client.calls.total()
    planned = _Planner(job).plan()
    return CollectionPlan(planned, job.client.calls.total() - before)


class _Planner:
    """The steps planned so far."""

    def __init__(self, job: PlanJob) -> None:
        chosen = job.choice.steps
        self._resources = {resource.entity.type: resource for resource in job.resources}
        self._steps = steps(job.resources)
        self._wanted = {step.id for step in self._steps} if chosen is None else with_dependencies(self._steps, chosen)
        self._runners = runners(job.resources)
        self._sketch = Sketch(job.client, job.scopes, job.choice, _identify(job), job.free_plan)
        self._planned: dict[str, PlannedStep] = {}

    def plan(self) -> tuple[PlannedStep, ...]:
        for step in in_report_order(self._steps):
            draft = Draft(step)
            runs = self._plan_step(step, draft)
            self._planned[step.id] = PlannedStep(step, runs, tuple(draft.calls), tuple(draft.gaps), tuple(draft.notes))
        self._check_something_was_read()
        return tuple(self._planned.values())

    def _plan_step(self, step: Step, draft: Draft) -> bool:
        """Plan one step; whether it would be run."""
        resource, link = self._runners[step.id]
        if resource is account.RESOURCE and link is None:
            identity = self._sketch.identity
            draft.spend(resource.listing, identity.calls if isinstance(identity, Refusal) else 1)
        if self._is_stopped(step, draft):
            if draft.calls:
                draft.notes.append(f"{resource.listing.path} is the first call of every run.")
            return False
        if link is None:
            return plan_entities(self._sketch, resource, draft)
        return plan_link(self._sketch, resource, link, self._resources[other_end(resource, link.type)], draft)

    def _is_stopped(self, step: Step, draft: Draft) -> bool:
        """Whether it would not even begin: not chosen, a step it needs would not be run, or its scope is missing."""
        resource, link = self._runners[step.id]
        reading = resource.name if link is None else link.type.type
        if step.id not in self._wanted:
            draft.leave_out(reading, "not chosen with --step")
            return True
        for dependency in step.depends_on:
            needed = self._planned[dependency]
            if not needed.runs:
                draft.leave_out(reading, f"depends on {dependency}, which would not be read", status=needed.status)
                return True
        endpoint = resource.listing if link is None else link.members
        denial = None if endpoint is None else missing_scope(endpoint, self._sketch.scopes)
        if denial is not None:
            draft.lack(reading, denial)
        return denial is not None

    def _check_something_was_read(self) -> None:
        """A plan that met nothing but trouble has failed, as a collection has."""
        gaps = [gap for planned in self._planned.values() for gap in planned.gaps]
        broken = next((gap for gap in gaps if gap.status is Status.PARTIAL), None)
        if broken is not None and not self._sketch.read:
            raise CollectionFailed(f"Nothing could be read from Zoom: {broken.reason}.", broken.next_step or RUN_AGAIN)


def _identify(job: PlanJob) -> Page | Refusal:
    """The answer to `/users/me`, the first call of every run."""
    endpoint = account.RESOURCE.listing
    denial = missing_scope(endpoint, job.scopes)
    if denial is not None:
        return Refusal(denial, 0)
    answer = first_answer(job.client, endpoint)
    if isinstance(answer, Refusal) and isinstance(answer.failure, Unreachable) and not job.client.reached:
        raise CollectionFailed(f"Zoom's API could not be reached: {answer.failure.message}.", answer.failure.next_step)
    return answer
