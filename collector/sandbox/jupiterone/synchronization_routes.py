"""The paths of the synchronization API (JupiterOne docs: /persister/synchronization/jobs)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, Response, request

from collector.sandbox.jupiterone.errors import ApiError, invalid, not_found
from collector.sandbox.jupiterone.faults import Fault
from collector.sandbox.jupiterone.jobs import JobStatus
from collector.sandbox.jupiterone.request_handler import JupiterOneSandboxResponse, RequestHandler
from collector.sandbox.jupiterone.synchronization import Body, Synchronization

JOBS_PATH = "/persister/synchronization/jobs"

Operation = Callable[[str, Body, "Fault | None"], dict[str, Any]]

_OUTCOMES: dict[str, JobStatus] = {
    "bad_data": "ERROR_BAD_DATA",
    "unexpected_failure": "ERROR_UNEXPECTED_FAILURE",
    "never_finishes": "UNKNOWN",
}


class SynchronizationRoutes:
    """The view functions, added to an application by `add_to`."""

    def __init__(self, synchronization: Synchronization, handler: RequestHandler) -> None:
        self._synchronization = synchronization
        self._handler = handler

    def add_to(self, app: Flask) -> None:
        synchronization = self._synchronization
        operations: dict[str, tuple[str, str, Operation]] = {
            "create": ("POST", "", lambda _job, body, _fault: synchronization.start(body)),
            "status": ("GET", "/<job_id>", lambda job, _body, _fault: synchronization.job(job)),
            "events": ("POST", "/<job_id>/events", lambda job, body, _fault: synchronization.publish(job, body)),
            "entities": (
                "POST",
                "/<job_id>/entities",
                lambda job, body, _fault: synchronization.upload(job, body, "entities"),
            ),
            "relationships": (
                "POST",
                "/<job_id>/relationships",
                lambda job, body, _fault: synchronization.upload(job, body, "relationships"),
            ),
            "finalize": ("POST", "/<job_id>/finalize", self._finalize),
            "abort": ("POST", "/<job_id>/abort", lambda job, body, _fault: synchronization.abort(job, body)),
        }
        for name, (method, rule, operation) in operations.items():
            view = partial(self._respond, name, operation)
            app.add_url_rule(JOBS_PATH + rule, name, view, methods=[method])

    def unrouted(self, status: int) -> Response:
        """Paths and methods the API does not know."""

        def refuse(_: Fault | None) -> JupiterOneSandboxResponse:
            raise ApiError(405, "METHOD_NOT_ALLOWED", "Method not allowed.") if status == 405 else not_found("The path")

        return self._handler.respond("", refuse, _envelope)

    def _finalize(self, job_id: str, body: Body, fault: Fault | None) -> dict[str, Any]:
        outcome = _OUTCOMES.get(fault.kind, "FINISHED") if fault is not None else "FINISHED"
        return self._synchronization.finalize(job_id, body, outcome)

    def _respond(self, name: str, operation: Operation, job_id: str = "") -> Response:
        return self._handler.respond(name, partial(self._produce, name, operation, job_id), _envelope)

    def _produce(self, name: str, operation: Operation, job_id: str, fault: Fault | None) -> JupiterOneSandboxResponse:
        self._handler.checks.authorize()
        if fault is not None and fault.kind == "job_ended":
            self._synchronization.end_job(job_id)
        body = {} if request.method == "GET" else self._handler.checks.body(name)
        if not isinstance(body, dict):
            raise invalid("The body should be an object.")
        return JupiterOneSandboxResponse.of(operation(job_id, body, fault))


def _envelope(error: ApiError) -> dict[str, Any]:
    return error.body
