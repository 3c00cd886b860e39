"""Handles every request: faults before the answer, headers and the record after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response, request

from collector.clock import Clock
from collector.sandbox import fault_effects
from collector.sandbox.calls import Call, Calls
from collector.sandbox.endpoints import Label
from collector.sandbox.errors import ZoomError
from collector.sandbox.fault import Fault
from collector.sandbox.faults import Faults
from collector.sandbox.limits import RateLimits
from collector.sandbox.responses import CommonHeaders, SandboxResponse, refusal


@dataclass(frozen=True)
class RequestHandler:
    """`latency`: seconds every answer takes at least."""

    limits: RateLimits
    faults: Faults
    calls: Calls
    headers: CommonHeaders
    clock: Clock
    latency: float

    def respond(
        self,
        produce: Callable[[Fault | None], SandboxResponse],
        path: str,
        template: str,
        caching: str,
        label: Label | None = None,
        grant: str = "",
    ) -> Response:
        """Answer the current request.

        `produce` returns the answer, and handles the fault it is given. `path`: for matching faults. `template`,
        `label` and `grant`: for the record.
        """
        try:
            answer = self._answer(produce, path)
        except ConnectionResetError:
            self._record(0, template, label, grant)
            raise
        return self.send(answer, caching, template, label, grant)

    def send(
        self, answer: SandboxResponse, caching: str, template: str = "", label: Label | None = None, grant: str = ""
    ) -> Response:
        """Send an answer that no fault changes."""
        self._record(answer.status, template, label, grant)
        response = Response(answer.body, answer.status, content_type=answer.content_type)
        response.headers.extend(self.headers(caching))
        if label is not None:
            response.headers.extend(self.limits.headers(label))
        response.headers.update(answer.headers)
        if answer.dropped:
            response.response = _half_of(answer.body)
        return response

    def _record(self, status: int, template: str, label: Label | None, grant: str) -> None:
        query = request.query_string.decode("latin-1")
        self.calls.add(Call(request.method, request.path, query, template, status, label or "", grant))

    def _answer(self, produce: Callable[[Fault | None], SandboxResponse], path: str) -> SandboxResponse:
        """Raises ConnectionResetError to close the connection without an answer."""
        if self.latency:
            self.clock.wait(self.latency)
        fault = self.faults.next_fault(path, request.values.to_dict())
        if fault is None:
            return produce(None)
        try:
            applied = fault_effects.replacement_response(fault, request.path, self.limits, self.clock)
        except ZoomError as error:
            return refusal(error)
        answer = applied or produce(fault)
        if fault.kind == "lost_answer":
            raise ConnectionResetError
        return answer


def _half_of(body: bytes) -> Iterator[bytes]:
    """Half of the body, then the connection is closed."""
    yield body[: len(body) // 2]
    raise ConnectionResetError
