"""Faults: what goes wrong, for which requests and how often."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from collector.sandbox.scheduled_faults import ScheduledFaults

FaultKind = Literal[
    "status_500",
    "status_503",
    "status_502_html",
    "qps_429",
    "reset",
    "slow",
    "lost_answer",
    "dropped_body",
    "truncated",
    "too_large_413",
    "too_large_code",
    "job_ended",
    "unauthorized",
    "forbidden",
    "bad_data",
    "unexpected_failure",
    "never_finishes",
    "graphql_error",
]
"""
status_500, status_503  an error in the API's envelope, or in GraphQL's; not processed
status_502_html         a page of the edge instead of JSON
qps_429                 too many requests, with RateLimit headers and, if given, Retry-After
reset                   the connection is closed without an answer; not processed
slow                    the answer comes after `delay` seconds
lost_answer             the request is processed, then the connection is closed without an answer
dropped_body            processed, but the connection is closed in the middle of the body
truncated               processed, but the JSON of the answer is cut off
too_large_413           HTTP 413, whatever the size
too_large_code          HTTP 400 with code RequestEntityTooLargeException, whatever the size
job_ended               the platform aborts the job first, so it does not await uploads
unauthorized, forbidden 401 and 403 although the key is valid
bad_data, unexpected_failure
                        only "finalize": the job ends as ERROR_BAD_DATA or ERROR_UNEXPECTED_FAILURE
never_finishes          only "finalize": the job stays FINALIZE_PENDING
graphql_error           HTTP 200 with an error of GraphQL, code INTERNAL_SERVER_ERROR; not processed
"""

_OF_FINALIZING: tuple[FaultKind, ...] = ("bad_data", "unexpected_failure", "never_finishes")


@dataclass(frozen=True)
class Fault:
    """One kind of fault, and the requests it applies to.

    Those are the requests whose path matches the shell pattern `path` and whose operation matches `operation`: of the
    synchronization API "create", "events", "entities", "relationships", "finalize", "abort" and "status", "deferred"
    for results fetched later, and for GraphQL the first field of the query, such as "createIntegrationInstance". The
    first `after` of them are spared, the next `times` are hit, all with None. `delay`: seconds, for "slow".
    `retry_after`, `rate_limit_reset`: the values of Retry-After and RateLimit-Reset on a 429, "" for none.
    """

    kind: FaultKind
    operation: str = "*"
    path: str = "*"
    after: int = 0
    times: int | None = 1
    delay: float = 1.0
    retry_after: str = ""
    rate_limit_reset: str = ""

    def matches(self, path: str, operation: str) -> bool:
        if self.kind in _OF_FINALIZING and operation != "finalize":
            return False
        return fnmatchcase(path, self.path) and fnmatchcase(operation, self.operation)


class Faults:
    """The faults in the order they were added; at most one applies to a request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scheduled: ScheduledFaults[Fault] = ScheduledFaults()

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._scheduled.add(*faults)

    def clear(self) -> None:
        with self._lock:
            self._scheduled.clear()

    def next_fault(self, path: str, operation: str) -> Fault | None:
        """The fault that applies to this request, if one does."""
        with self._lock:
            return self._scheduled.next_fault(lambda fault: fault.matches(path, operation))
