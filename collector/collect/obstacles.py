"""Why a step does not run: the same for `collect` and `plan`."""

from __future__ import annotations

from collections.abc import Mapping

from collector.collect.choice import NOT_SERVED, Choice
from collector.collect.dataset_report import status_of
from collector.collect.scopes import missing_scope
from collector.errors import CollectorError, Denied
from collector.model.coverage import Coverage, Status
from collector.model.step import Step, in_report_order, with_dependencies
from collector.resources import declarations_by_step, steps
from collector.resources.declaration import Resource
from collector.zoom.endpoint import Endpoint


class Obstacles:
    """Why steps do not run: not chosen, a dependency did not run, or the scope is missing.

    `scopes`: the token's, None if unknown. `left_out`: steps skipped by choice, and why.
    """

    def __init__(self, resources: tuple[Resource, ...], choice: Choice, scopes: frozenset[str] | None) -> None:
        self._declarations = declarations_by_step(resources)
        self._scopes = scopes
        declared = steps(resources)
        wanted = with_dependencies(declared, (step.id for step in declared) if choice.steps is None else choice.steps)
        self.left_out: dict[str, str] = {}
        for step in in_report_order(declared):
            endpoint = self._endpoint(step)
            if step.id not in wanted:
                self.left_out[step.id] = "not chosen with --step"
            elif (endpoint is not None and endpoint.path in choice.not_served) or any(
                self.left_out.get(needed) == NOT_SERVED for needed in step.depends_on
            ):
                self.left_out[step.id] = NOT_SERVED

    def of(self, step: Step, not_run: Mapping[str, Status]) -> Coverage | None:
        """Why this step does not run, None if it does. `not_run`: earlier steps that did not run."""
        if step.id in self.left_out:
            return self.not_read(step, Status.SKIPPED, self.left_out[step.id])
        for needed in step.depends_on:
            if needed in not_run:
                return self.not_read(step, not_run[needed], f"depends on {needed}, which is not read")
        endpoint = self._endpoint(step)
        denial = None if endpoint is None else missing_scope(endpoint, self._scopes)
        return None if denial is None else failed(step, self._dataset(step), denial, is_list=True)

    def not_read(self, step: Step, status: Status, reason: str) -> Coverage:
        """The coverage of a step that is not run."""
        return Coverage(step.id, self._dataset(step), status, is_list=True, reason=reason)

    def _dataset(self, step: Step) -> str:
        resource, link = self._declarations[step.id]
        return resource.name if link is None else link.type.type

    def _endpoint(self, step: Step) -> Endpoint | None:
        resource, link = self._declarations[step.id]
        return resource.listing if link is None else link.members


def failed(step: Step, dataset: str, failure: CollectorError, *, is_list: bool) -> Coverage:
    """The coverage of a dataset that failed as a whole."""
    scopes = failure.scopes if isinstance(failure, Denied) else ()
    return Coverage(
        step.id,
        dataset,
        status_of(failure),
        is_list,
        reason=failure.message,
        next_step=failure.next_step,
        scopes=scopes,
    )
