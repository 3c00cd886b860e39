"""The scopes a sign-in lacks, counted as its app has them: an app has classic or granular scopes, never both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collector.resources import all_resources, endpoints, least_privilege, optional_endpoints

KINDS = ("granular", "classic")

Scopes = frozenset[str] | None
"""The scopes of a token; None if Zoom did not say which."""


@dataclass(frozen=True)
class Lacking:
    """Scopes to add. `by_kind`: each with what it is for; both kinds, if the app's own cannot be told."""

    by_kind: Mapping[str, Mapping[str, list[str]]]
    purposes: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.purposes)

    @property
    def number(self) -> str:
        """`3`, or `8 granular or 3 classic`."""
        if len(self.by_kind) == 1:
            return str(len(next(iter(self.by_kind.values()))))
        return " or ".join(f"{len(scopes)} {kind}" for kind, scopes in self.by_kind.items())

    @property
    def is_one(self) -> bool:
        return self.number == "1"


def lacking(found: Iterable[tuple[str, str, str]], held: Scopes) -> Lacking:
    """What `missing_scopes` or `not_granted` has found of a token with the scopes `held`."""
    found = list(found)
    by_kind: dict[str, dict[str, list[str]]] = {}
    for kind in _kinds_of(held):
        by_scope: defaultdict[str, list[str]] = defaultdict(list)
        for purpose, classic, granular in found:
            by_scope[granular if kind == "granular" else classic].append(purpose)
        by_kind[kind] = {scope: list(dict.fromkeys(by_scope[scope])) for scope in sorted(by_scope)}
    return Lacking(by_kind, tuple(dict.fromkeys(purpose for purpose, *_ in found)))


def describe_granted(held: frozenset[str], missing: Lacking) -> str:
    """How many scopes are granted, and how many needed ones among them: `15 granted, with all 8 that are needed`."""
    granted = f"{len(held)} granted"
    if len(missing.by_kind) > 1:
        return f"{granted}, {'not' if missing else 'with'} all that are needed"
    ((kind, scopes),) = missing.by_kind.items()
    needed = len(least_privilege(all_resources())[kind])
    share = f"{needed - len(scopes)} of the" if scopes else "all"
    return f"{granted}, with {share} {needed} that are needed"


def _kinds_of(held: Scopes) -> tuple[str, ...]:
    """The kind of app that was granted these scopes; both if they do not show it."""
    resources = all_resources()
    used = [endpoint.scopes for _, endpoint in (*endpoints(resources), *optional_endpoints(resources))]
    known = {
        "granular": {scope for scopes in used for scope in scopes.granular},
        "classic": {scope for scopes in used for scope in scopes.classic},
    }
    return tuple(kind for kind in KINDS if not known[kind].isdisjoint(held or ())) or KINDS
