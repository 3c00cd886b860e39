"""Things that go wrong on purpose: what, where and how often."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from collector.sandbox.chance import Chance

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
lost_answer            what was asked for is done, and then the connection is closed without an answer
dropped_body           the connection is closed in the middle of the body
truncated              a complete answer, whatever it says, whose JSON is cut off
wrong_types            the same with a list where an object belongs
wrong_rows             a list answer whose rows are texts
duplicated_rows        the first row of a list answer twice; missing_rows: without it
empty_page_with_token  no rows, and a token with which the same page is had
repeated_token         the next page token is the one that was sent; only requests that sent one
expired_page_token     as after 15 minutes; only requests that sent one
unauthorized           401/124 although the token is good
revoked                the token of the request is no good from now on
missing_scope, missing_privilege, not_licensed
                       the refusals of HTTP 400
vanished_404           what was asked for has been deleted: 404 for users and groups (400/1034 for roles)

The OAuth addresses know those down to "wrong_types".
"""

_NEEDS_PAGE_TOKEN: tuple[FaultKind, ...] = ("repeated_token", "expired_page_token")


@dataclass(frozen=True)
class Fault:
    """One kind of trouble.

    It meets requests whose path, without /v2 (but with /oauth), matches the shell pattern `path`, and whose
    parameters, in query or form, have the values of `query`, where None means absent. It spares the first `after`
    of them and strikes `times` of the following, all with None. `delay`: seconds, for "slow". `retry_after`: the
    value of that header on a 429.
    """

    kind: FaultKind
    path: str = "*"
    query: Mapping[str, str | None] | None = None
    after: int = 0
    times: int | None = 1
    delay: float = 1.0
    retry_after: str = ""

    def meets(self, path: str, parameters: Mapping[str, str]) -> bool:
        if self.kind in _NEEDS_PAGE_TOKEN and "next_page_token" not in parameters:
            return False
        wanted = (self.query or {}).items()
        return fnmatchcase(path, self.path) and all(parameters.get(name) == value for name, value in wanted)


class Faults:
    """Planned faults, in the order they were added, then those left to chance.

    A request struck by one is not seen by later ones. `struck`: how often each kind has struck so far.
    """

    def __init__(self) -> None:
        self.struck: Counter[FaultKind] = Counter()
        self._lock = threading.Lock()
        self._planned: list[Fault] = []
        self._met: Counter[int] = Counter()
        self._chances: list[Chance] = []

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._planned.extend(faults)

    def at_random(self, rate: float, faults: Sequence[Fault], seed: int = 0) -> None:
        """From now on one of these strikes `rate` (0 to 1) of the requests they meet; see `chance.Chance`."""
        with self._lock:
            self._chances.append(Chance(rate, faults, seed))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._planned.clear()
            self._met.clear()
            self._chances.clear()

    def strike(self, path: str, parameters: Mapping[str, str]) -> Fault | None:
        """The fault that strikes this request, if one does."""
        if not self._planned and not self._chances:
            return None
        with self._lock:
            fault = self._as_planned(path, parameters) or self._by_chance(path, parameters)
            if fault is not None:
                self.struck[fault.kind] += 1
            return fault

    def _as_planned(self, path: str, parameters: Mapping[str, str]) -> Fault | None:
        for position, fault in enumerate(self._planned):
            if not fault.meets(path, parameters):
                continue
            self._met[position] += 1
            turn = self._met[position] - fault.after
            if turn > 0 and (fault.times is None or turn <= fault.times):
                return fault
        return None

    def _by_chance(self, path: str, parameters: Mapping[str, str]) -> Fault | None:
        return next((fault for chance in self._chances if (fault := chance.strike(path, parameters))), None)
