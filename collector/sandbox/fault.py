"""Faults: what goes wrong, and for which requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

FaultKind = Literal[
    "status_500",
    "status_502_html",
    "html_200",
    "redirect",
    "qps_429",
    "daily_429",
    "reset",
    "slow",
    "lost_answer",
    "dropped_body",
    "truncated",
    "wrong_types",
    "wrong_rows",
    "duplicated_rows",
    "missing_rows",
    "empty_page_with_token",
    "repeated_token",
    "expired_page_token",
    "unauthorized",
    "revoked",
    "missing_scope",
    "missing_privilege",
    "not_licensed",
    "vanished_404",
]
"""
status_500             Zoom's JSON error
status_502_html        a page of the edge instead of JSON; html_200 the same with status 200
redirect               302 to another host
qps_429, daily_429     rate-limit refusals
reset                  the connection is closed without an answer
slow                   the answer comes after `delay` seconds
lost_answer            the request is processed, then the connection is closed without an answer
dropped_body           the connection is closed in the middle of the body
truncated              the JSON of the answer, good or bad, is cut off
wrong_types            a list in place of an object
wrong_rows             a list answer whose rows are texts
duplicated_rows        the first row of a list answer twice; missing_rows: without it
empty_page_with_token  no rows, and a token for the same page
repeated_token         the next page token is the one that was sent; only requests that sent one
expired_page_token     as after 15 minutes; only requests that sent one
unauthorized           401/124 although the token is valid
revoked                the token of the request is invalid from now on
missing_scope, missing_privilege, not_licensed
                       the refusals of HTTP 400
vanished_404           what was asked for has been deleted: 404 for users and groups (400/1034 for roles)

The OAuth endpoints support those down to "wrong_types".
"""

_NEEDS_PAGE_TOKEN: tuple[FaultKind, ...] = ("repeated_token", "expired_page_token")


@dataclass(frozen=True)
class Fault:
    """One kind of fault, and the requests it applies to.

    Those are the requests whose path, without /v2 (but with /oauth), matches the shell pattern `path`, and whose
    parameters, in query or form, have the values of `query`, where None means absent. The first `after` of them are
    spared, the next `times` are hit, all with None. `delay`: seconds, for "slow". `retry_after`: the value of that
    header on a 429.
    """

    kind: FaultKind
    path: str = "*"
    query: Mapping[str, str | None] | None = None
    after: int = 0
    times: int | None = 1
    delay: float = 1.0
    retry_after: str = ""

    def matches(self, path: str, parameters: Mapping[str, str]) -> bool:
        if self.kind in _NEEDS_PAGE_TOKEN and "next_page_token" not in parameters:
            return False
        wanted = (self.query or {}).items()
        return fnmatchcase(path, self.path) and all(parameters.get(name) == value for name, value in wanted)
