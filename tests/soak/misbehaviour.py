"""The faults of a soak: every kind the sandbox knows, and how often."""

from __future__ import annotations

from collector.sandbox import Fault, Sandbox
from collector.sandbox.fault import FaultKind

PASSING: tuple[FaultKind, ...] = (
    "status_500",
    "status_502_html",
    "html_200",
    "qps_429",
    "reset",
    "slow",
    "lost_answer",
    "dropped_body",
    "truncated",
    "wrong_types",
    "unauthorized",
    "revoked",
)
"""A retry helps. They occur from the first call to the last."""

FOR_LISTS: tuple[FaultKind, ...] = (
    "wrong_rows",
    "duplicated_rows",
    "missing_rows",
    "empty_page_with_token",
    "repeated_token",
    "expired_page_token",
)
"""Only lists can have them. One call of a hundred is for a list, so they are ten times as frequent there."""

BELIEVED: tuple[FaultKind, ...] = (
    "redirect",
    "daily_429",
    "missing_scope",
    "missing_privilege",
    "not_licensed",
    "vanished_404",
)
"""A client must believe them: they end a run or a dataset, or remove a user, until another run reads again.
Each occurs a limited number of times, since otherwise no run would be complete."""

LIES: tuple[FaultKind, ...] = ("missing_privilege", "not_licensed", "vanished_404")
"""After these a run may end with 0 although its graph is incomplete."""

_LISTS = ("/users", "/groups", "/groups/*/members", "/roles", "/roles/*/members")
_ONE_THING = "/*/*"
"""A list cannot be deleted, an entity with an id can."""


def misbehave(sandbox: Sandbox, rate: float, times: int, seed: int) -> None:
    """Make `rate` of the answers faults. `times`: how often each kind in BELIEVED occurs."""
    faults = [Fault(kind, times=None) for kind in PASSING]
    faults += [Fault(kind, _ONE_THING if kind == "vanished_404" else "*", times=times) for kind in BELIEVED]
    sandbox.faults.at_random(rate, faults, seed)
    of_lists = [Fault(kind, path, times=None) for kind in FOR_LISTS for path in _LISTS]
    sandbox.faults.at_random(10 * rate, of_lists, seed)
