"""What the parts of a plan share while it is being made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from collector.engine.choice import Choice
from collector.engine.plan.answer import Refusal, rows_announced
from collector.engine.plan.forecast import EndpointCalls
from collector.engine.tally import status_of
from collector.errors import CollectorError, Denied
from collector.model.coverage import Coverage, Status
from collector.model.graph import JsonObject
from collector.model.step import Step
from collector.zoom.client import ZoomClient
from collector.zoom.endpoint import Endpoint
from collector.zoom.paging import Page


@dataclass
class Listed:
    """What the first pages of a resource's list say about all of it.

    `rows` that can be told apart, of the `announced` ones; `with_id` estimates how many of all have an id in Zoom.
    """

    rows: list[JsonObject] = field(default_factory=list)
    announced: int = 0
    with_id: float = 0.0

    def add(self, page: Page, rows: Sequence[JsonObject], with_id: int) -> None:
        """The first page of one pass. Rows that it does not hold are taken to be like those it holds."""
        announced = rows_announced(page)
        self.rows += rows
        self.announced += announced
        self.with_id += with_id * announced / max(1, len(page.rows))

    @property
    def scale(self) -> float:
        """For one row that is known, so many are announced."""
        return self.announced / max(1, len(self.rows))


@dataclass
class Draft:
    """A step while it is being planned; see PlannedStep."""

    step: Step
    calls: list[EndpointCalls] = field(default_factory=list)
    gaps: list[Coverage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def spend(self, endpoint: Endpoint, count: int) -> None:
        """So many calls."""
        if count:
            self.calls.append(EndpointCalls(endpoint.path, endpoint.label, count))

    def lack(self, reading: str, failure: CollectorError, *, is_set: bool = True) -> Status:
        """Something would not be read completely; what that is called."""
        status = status_of(failure)
        scopes = failure.scopes if isinstance(failure, Denied) else ()
        gap = Coverage(
            self.step.id,
            reading,
            status,
            is_set,
            reason=failure.message,
            next_step=failure.next_step,
            scopes=scopes,
        )
        self.gaps.append(gap)
        return status

    def leave_out(self, reading: str, reason: str, *, status: Status = Status.SKIPPED, is_set: bool = True) -> None:
        """Something would not be asked for."""
        self.gaps.append(Coverage(self.step.id, reading, status, is_set, reason=reason))


@dataclass
class Sketch:
    """A plan while it is being made.

    `identity`: the answer to `/users/me`. `free_plan`: whether the account is known to have one. `listed`: by `_type`,
    for the steps that come later. `read`: whether anything could be read.
    """

    client: ZoomClient
    scopes: frozenset[str] | None
    choice: Choice
    identity: Page | Refusal
    free_plan: bool = False
    listed: dict[str, Listed] = field(default_factory=dict)
    read: bool = False
