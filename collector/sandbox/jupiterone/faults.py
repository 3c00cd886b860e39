"""Things that go wrong at JupiterOne on purpose: what, where and how often."""

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
status_500, status_503  an error in the API's envelope, or in GraphQL's; nothing is done
status_502_html         a page of the edge instead of JSON
qps_429                 too many requests, with RateLimit headers and, if given, Retry-After
reset                   the connection is closed without an answer, nothing is done
slow                    the answer comes after `delay` seconds
lost_answer             what was asked for is done, and then the connection is closed without an answer
dropped_body            it is done, and the connection is closed in the middle of the body
truncated               it is done, and the JSON of the answer is cut off
too_large_413           HTTP 413, whatever the size
too_large_code          HTTP 400 with code RequestEntityTooLargeException, whatever the size
job_ended               the platform aborts the job first, which is why it is not awaiting uploads
unauthorized, forbidden 401 and 403 although the key is good
bad_data, unexpected_failure
                        only "finalize": the job comes to ERROR_BAD_DATA or ERROR_UNEXPECTED_FAILURE
never_finishes          only "finalize": the job stays FINALIZE_PENDING
graphql_error           HTTP 200 with an error of GraphQL, code INTERNAL_SERVER_ERROR; nothing is done
"""

_OF_FINALIZING: tuple[FaultKind, ...] = ("bad_data", "unexpected_failure", "never_finishes")


@dataclass(frozen=True)
class Fault:
    """One kind of trouble.

    It meets requests whose path matches the shell pattern `path` and whose operation matches `operation`: of the
    synchronization API "create", "events", "entities", "relationships", "upload", "finalize", "abort" and "status",
    "deferred" for results fetched later, and of GraphQL the first field asked for, say "createIntegrationInstance".
    It spares the first `after` of them and strikes `times` of the following, all with None. `delay`: seconds, for
    "slow". `retry_after`, `rate_limit_reset`: the values of Retry-After and RateLimit-Reset on a 429, "" for none.
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
    """The planned faults, in the order they were added. A request struck by one is not seen by later ones."""

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
        """The fault that strikes this request, if one does."""
        with self._lock:
            return self._scheduled.next_fault(lambda fault: fault.matches(path, operation))
