"""What goes wrong in a soak: every kind of trouble the sandbox knows, and how often."""

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
"""Asked again, Zoom answers. They strike from the first call to the last."""

FOR_LISTS: tuple[FaultKind, ...] = (
    "wrong_rows",
    "duplicated_rows",
    "missing_rows",
    "empty_page_with_token",
    "repeated_token",
    "expired_page_token",
)
"""Only lists can have them. Out of a hundred calls one is for a list, so lists are struck ten times as often."""

SAID_IN_EARNEST: tuple[FaultKind, ...] = (
    "redirect",
    "daily_429",
    "missing_scope",
    "missing_privilege",
    "not_licensed",
    "vanished_404",
)
"""A client has to believe them: they end a run, close a reading, or take somebody away, until another run hears better.
Each strikes a certain number of times only; were there no end to them, there would be no complete run either."""

LIES: tuple[FaultKind, ...] = ("missing_privilege", "not_licensed", "vanished_404")
"""Those after which a run may rightly end with 0, although it does not hold what there is."""

_LISTS = ("/users", "/groups", "/groups/*/members", "/roles", "/roles/*/members")
_ONE_THING = "/*/*"
"""A list cannot be deleted, what is asked for by its id can."""


def misbehave(sandbox: Sandbox, rate: float, times: int, seed: int) -> None:
    """Let `rate` of the answers be faults. `times`: how often each kind strikes that has to be believed."""
    faults = [Fault(kind, times=None) for kind in PASSING]
    faults += [Fault(kind, _ONE_THING if kind == "vanished_404" else "*", times=times) for kind in SAID_IN_EARNEST]
    sandbox.faults.at_random(rate, faults, seed)
    of_lists = [Fault(kind, path, times=None) for kind in FOR_LISTS for path in _LISTS]
    sandbox.faults.at_random(10 * rate, of_lists, seed)
