"""Estimates a collection from the first page of every list: its steps, calls and duration.

Rows are counted by `total_records`, members by a field of the list row (Zoom developer docs, pagination; API
reference, groups and roles). A refusal that only documents or member lists would meet is not found, unless the token
is known to lack the scope.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from collector.auth.configured import token_source
from collector.clock import Clock
from collector.collect.choice import EVERYTHING, Choice
from collector.collect.clients import current_token, zoom_client
from collector.collect.licence import classify_refusal
from collector.collect.obstacles import Obstacles, failed
from collector.collect.run import RUN_AGAIN, check_steps
from collector.collect.scopes import missing_document_scope
from collector.errors import CollectionFailed, ExitCode, ReadingError, Unread
from collector.model.coverage import Coverage, Status, any_incomplete
from collector.model.graph import JsonObject
from collector.model.step import Step, in_report_order
from collector.resources import all_resources, declarations_by_step, steps
from collector.resources.declaration import Link, Resource, whole_number
from collector.settings import Settings
from collector.settings.choices import ZoomPlan
from collector.zoom.client import ZoomClient
from collector.zoom.endpoint import Endpoint, Label
from collector.zoom.pacing import CALLS_PER_SECOND, MARGIN
from collector.zoom.paging import Page, pages


@dataclass(frozen=True)
class StepEstimate:
    """`runs`: whether a collection would run the step. `gaps`: what it could not read completely, and why."""

    step: Step
    runs: bool
    calls: tuple[tuple[Endpoint, int], ...] = ()
    gaps: tuple[Coverage, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Calls of the step."""
        return sum(count for _, count in self.calls)

    @property
    def status(self) -> Status:
        """How completely it would be read; documents skipped by choice do not count."""
        if not self.runs:
            return self.gaps[0].status
        by_choice = (Status.SKIPPED, Status.NOT_GRANTED)
        return Status.COMPLETE if all(gap.status in by_choice for gap in self.gaps) else Status.PARTIAL


@dataclass(frozen=True)
class CollectionEstimate:
    """The estimate of a collection. `calls_made`: the calls that estimating took."""

    steps: tuple[StepEstimate, ...]
    calls_made: int

    @property
    def endpoints(self) -> Mapping[tuple[str, Label], int]:
        """The calls by path and label, in the order they are made."""
        calls: Counter[tuple[str, Label]] = Counter()
        for step in self.steps:
            for endpoint, count in step.calls:
                calls[endpoint.path, endpoint.label] += count
        return +calls

    @property
    def labels(self) -> Mapping[Label, int]:
        """The calls by rate-limit label, without labels that have none."""
        calls = Counter(dict.fromkeys(Label, 0))
        for (_, label), count in self.endpoints.items():
            calls[label] += count
        return +calls

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
        """The expected exit code: 3 if something would be denied or unread, else 0."""
        return ExitCode.INCOMPLETE if any_incomplete(self.gaps) else ExitCode.COMPLETE

    def seconds(self, plan: ZoomPlan, share: float) -> float | None:
        """How long the calls take at this share (0 to 1) of the plan's limits; None for an unlimited plan."""
        if plan is ZoomPlan.UNLIMITED:
            return None
        rates = CALLS_PER_SECOND[plan]
        return sum(count / (rates[label] * MARGIN * share) for label, count in self.labels.items())


def estimate_account(
    settings: Settings, *, clock: Clock, randomness: random.Random, choice: Choice = EVERYTHING
) -> CollectionEstimate:
    """Estimate the collection of this configuration's account.

    Raises UsageError, SignInRequired, DailyLimitReached, Interrupted, or CollectionFailed when nothing could be read.
    """
    resources = all_resources()
    check_steps(resources, choice.steps or ())
    tokens = token_source(settings, clock, randomness)
    token = current_token(tokens, resources)
    client = zoom_client(settings, tokens, clock, randomness)
    return estimate_collection(client, resources, token.scopes, choice, free_plan=settings.plan is ZoomPlan.FREE)


def estimate_collection(
    client: ZoomClient,
    resources: tuple[Resource, ...],
    scopes: frozenset[str] | None,
    choice: Choice = EVERYTHING,
    *,
    free_plan: bool = False,
) -> CollectionEstimate:
    """What `collector.collect.run.collect` would do with an empty store.

    `scopes`: the token's, None if unknown. `free_plan`: whether the account is known to have a free plan. Raises
    CollectionFailed when nothing could be read and something broke, DailyLimitReached, SignInRequired, or Interrupted.
    """
    before = client.calls.total()
    planned = _Estimator(client, resources, scopes, choice, free_plan).estimate()
    return CollectionEstimate(planned, client.calls.total() - before)


class _Estimator:
    """The steps estimated so far and, by `_type`, the first page of each list that Zoom answered."""

    def __init__(
        self,
        client: ZoomClient,
        resources: tuple[Resource, ...],
        scopes: frozenset[str] | None,
        choice: Choice,
        free_plan: bool,
    ) -> None:
        self._client = client
        self._scopes = scopes
        self._choice = choice
        self._free_plan = free_plan
        self._identity: JsonObject | None = None
        self._steps = steps(resources)
        self._obstacles = Obstacles(resources, choice, scopes)
        self._declarations = declarations_by_step(resources)
        self._estimates: dict[str, StepEstimate] = {}
        self._found: dict[str, list[Page]] = {}

    def estimate(self) -> tuple[StepEstimate, ...]:
        for step in in_report_order(self._steps):
            resource, link = self._declarations[step.id]
            not_run = {id_: planned.status for id_, planned in self._estimates.items() if not planned.runs}
            gap = self._obstacles.of(step, not_run)
            if gap is not None:
                self._estimates[step.id] = StepEstimate(step, False, gaps=(gap,))
            elif link is None:
                self._estimates[step.id] = self._estimate_entities(step, resource)
            else:
                self._estimates[step.id] = self._estimate_link(step, resource, link)
        broken = [gap for planned in self._estimates.values() for gap in planned.gaps if gap.status is Status.PARTIAL]
        if broken and not any(page.rows for found in self._found.values() for page in found):
            next_step = broken[0].next_step or RUN_AGAIN
            raise CollectionFailed(f"Nothing could be read from Zoom: {broken[0].reason}.", next_step)
        return tuple(self._estimates.values())

    def _estimate_entities(self, step: Step, resource: Resource) -> StepEstimate:
        """The pages of every pass, and a call per document of every row that has an id."""
        found = self._found[resource.entity.type] = []
        calls: list[tuple[Endpoint, int]] = []
        gaps: list[Coverage] = []
        rows = 0
        for list_pass in resource.passes:
            try:
                page = next(pages(self._client, resource.listing, params=list_pass.params))
            except ReadingError as failure:
                self._check_reached(failure)
                calls.append((resource.listing, 1))
                judged = classify_refusal(failure, resource, self._identity, free_plan=self._free_plan)
                gaps.append(failed(step, list_pass.dataset(resource.name), judged, is_list=True))
                continue
            found.append(page)
            if resource.listing.rows is None:
                self._identity = page.rows[0]
            announced, on_page = _announced(page), len(page.rows)
            with_id = sum(_has_id(resource, list_pass.completed(row)) for row in page.rows)
            rows += round(announced * with_id / max(1, on_page))
            served = on_page if announced > on_page > 0 else resource.listing.page_size  # may be smaller than requested
            calls.append((resource.listing, _page_count(announced, served)))
        runs = bool(found) or any(gap.status is Status.PARTIAL for gap in gaps)
        for document in resource.documents:
            denial = missing_document_scope(document, self._scopes)
            reason = self._choice.why_left_out(document)
            if reason:
                gaps.append(Coverage(step.id, document.part, Status.SKIPPED, False, reason=reason))
            elif denial is None:
                calls.append((document.endpoint, rows))
            elif rows:
                gaps.append(failed(step, document.part, denial, is_list=False))
        return StepEstimate(step, runs, tuple(calls), tuple(gaps))

    def _estimate_link(self, step: Step, resource: Resource, link: Link) -> StepEstimate:
        """The pages of every member list that is read."""
        if link.members is None:
            return StepEstimate(step, True)
        found = self._found[resource.entity.type]
        seen, announced = sum(len(page.rows) for page in found), sum(map(_announced, found))
        asked = (row for page in found for row in page.rows if resource.identify(row) not in link.skip_member_list_for)
        sizes = (whole_number(row, link.member_count_field) or 0 if link.member_count_field else 0 for row in asked)
        count = sum(_page_count(size, link.members.page_size) for size in sizes) * announced / max(1, seen)
        note = f"The sizes of {seen:,} {resource.name} are known; those of all {announced:,} are estimated from them."
        return StepEstimate(step, True, ((link.members, round(count)),), notes=(note,) if announced > seen else ())

    def _check_reached(self, failure: ReadingError) -> None:
        if isinstance(failure, Unread) and not self._client.reached:
            raise CollectionFailed(f"Zoom's API could not be reached: {failure.message}.", failure.next_step)


def _has_id(resource: Resource, row: JsonObject) -> bool:
    """Whether it has documents; invited users have no id in Zoom yet."""
    identifier = resource.identify(row)
    return identifier is not None and resource.path_ids(resource.entity.key(identifier)) is not None


def _announced(page: Page) -> int:
    """How many rows the whole list has, according to this page."""
    return max(len(page.rows), page.total or 0)


def _page_count(rows: int, page_size: int | None) -> int:
    """Calls for a list of this many rows; an empty list takes one, too."""
    return max(1, math.ceil(rows / page_size)) if page_size else 1
