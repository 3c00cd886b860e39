"""Reads fault_table.md: the outcome of every fault at every endpoint, and the faults for the sandbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from collector.resources.declaration import Resource
from collector.sandbox import Fault
from collector.sandbox.fault import FaultKind

TABLE = Path(__file__).with_suffix(".md")

KINDS: Mapping[str, FaultKind] = {
    "429 per second": "qps_429",
    "429 daily": "daily_429",
    "500": "status_500",
    "502 HTML": "status_502_html",
    "reset": "reset",
    "timeout": "slow",
    "truncated JSON": "truncated",
    "wrong types": "wrong_types",
    "wrong rows": "wrong_rows",
    "empty page with a token": "empty_page_with_token",
    "repeated token": "repeated_token",
    "expired token": "expired_page_token",
    "duplicated rows": "duplicated_rows",
    "missing rows": "missing_rows",
    "401": "unauthorized",
    "missing scope": "missing_scope",
    "missing privilege": "missing_privilege",
    "not licensed": "not_licensed",
    "404": "vanished_404",
}
"""The faults of the table and their kinds in the sandbox."""

LASTING = frozenset({"429 daily", "missing scope", "missing privilege", "not licensed", "404"})
"""Faults that a retry does not fix; the others have rows for once and always."""

LONGER_THAN_PATIENCE = 31.0
"""Seconds of a "timeout": more than the client's read time-out."""

ONCE, ALWAYS, FOR_ALL, FROM_PAGE_2, NEVER = "once", "always", "always, for all", "from page 2", "cannot occur"


@dataclass(frozen=True)
class Place:
    """Where a fault occurs: the path of one entity, and those of all entities of its kind.

    Names in braces stand for ids. `query`: as of `Fault`. Without `configured_account` only `/users/me` identifies the
    account. Only where `optional` has the token the scopes of the optional documents.
    """

    one: str
    everything: tuple[str, ...] = ()
    query: Mapping[str, str | None] = field(default_factory=dict)
    configured_account: bool = True
    optional: bool = False


_EVERY_ROLE = tuple(f"/roles/{{{name}}}" for name in ("Owner", "Admin", "Member", "Helpdesk", "Planner"))
_OPTIONS = ("meeting_authentication", "recording_authentication", "meeting_security")
SETTINGS = ("settings", *_OPTIONS)
DATASETS: Mapping[str, Sequence[str]] = {
    "all four settings": SETTINGS,
    "the account's settings": ("account_settings", "account_security", *(f"account_{option}" for option in _OPTIONS)),
    "the account's locks": ("account_locks", "account_meeting_security_locks"),
    "the groups' settings": ("group_settings", *(f"group_{option}" for option in _OPTIONS)),
    "the groups' locks": ("group_locks", "group_meeting_security_locks"),
}
"""Several datasets of one name in the table."""


def _settings(option: str | None) -> Place:
    return Place("/users/{ada}/settings", ("/users/*/settings",), {"option": option})


PLACES: Mapping[str, Place] = {
    "/users/me": Place("/users/me"),
    "/users/me of a browser sign-in": Place("/users/me", configured_account=False),
    **{f"/users?status={name}": Place("/users", query={"status": name}) for name in ("active", "inactive", "pending")},
    "/users/{userId}": Place("/users/{bob}"),
    "/users/{userId}/settings": _settings(None),
    **{f"/users/{{userId}}/settings?option={option}": _settings(option) for option in _OPTIONS},
    "/groups": Place("/groups"),
    "/groups/{groupId}/members": Place("/groups/{Engineering}/members", ("/groups/*/members",)),
    "/roles": Place("/roles"),
    "/roles/{roleId}": Place("/roles/{Helpdesk}", _EVERY_ROLE),
    "/roles/{roleId}/members": Place("/roles/{Helpdesk}/members", ("/roles/*/members",)),
    **{
        f"/accounts/me/{name}": Place(f"/accounts/me/{name}", optional=True)
        for name in ("settings", "lock_settings", "managed_domains", "trusted_domains")
    },
    **{
        f"/groups/{{groupId}}/{name}": Place(f"/groups/{{Engineering}}/{name}", (f"/groups/*/{name}",), optional=True)
        for name in ("settings", "lock_settings")
    },
}
"""The endpoints of the table. Documents and member lists fail for ada, for Engineering and for Helpdesk."""


@dataclass(frozen=True)
class Row:
    """One pair of endpoint and fault. `outcome`: the four cells after "how often"."""

    endpoint: str
    fault: str
    how_often: str
    outcome: tuple[str, str, str, str]

    def __str__(self) -> str:
        return f"{self.endpoint} - {self.fault} - {self.how_often}"

    @property
    def exit_code(self) -> int:
        return int(self.outcome[0])

    @property
    def expects_run(self) -> bool:
        """Whether a run is recorded at all."""
        return self.outcome[1] != "no run"

    @property
    def coverage(self) -> dict[str, DatasetOutcome]:
        """The datasets that differ from a run without faults."""
        if not self.expects_run:
            return {}
        outcomes = (DatasetOutcome.parse(text) for text in _listed(self.outcome[1], ";"))
        return {name: outcome for names, outcome in outcomes for name in names}

    @property
    def partial_types(self) -> list[str]:
        return sorted(f"zoom_{name}" for name in _listed(self.outcome[2]))

    def remains(self, news: Iterable[str]) -> set[str]:
        """The changes that did not reach the graph."""
        within, _, without = self.outcome[3].partition(" but ")
        return set(_matching(_listed(within), news)) - set(_matching(_listed(without), news))

    def faults(self, named: Callable[[str], str]) -> list[Fault]:
        """The faults for the sandbox. `named` replaces names in a path by ids."""
        place = PLACES[self.endpoint]
        return [
            Fault(
                KINDS[self.fault],
                named(path),
                query=place.query,
                after=1 if self.how_often == FROM_PAGE_2 else 0,
                times=1 if self.how_often == ONCE else None,
                delay=LONGER_THAN_PATIENCE,
            )
            for path in (place.everything if self.how_often == FOR_ALL else (place.one,))
        ]


@dataclass(frozen=True)
class DatasetOutcome:
    """`settings: partial, 6 stale, 2 missing`; `read` is checked where the table gives it."""

    status: str
    stale: int = 0
    missing: int = 0
    deleted_meanwhile: int = 0
    unavailable: int = 0
    read: int | None = None

    @classmethod
    def parse(cls, text: str) -> tuple[Sequence[str], DatasetOutcome]:
        """The datasets and their outcome; ValueError for an invalid text."""
        name, _, said = text.rpartition(": ")
        status, *counts = (word.strip() for word in said.split(","))
        counted = {}
        for count in counts:
            number, _, what = count.partition(" ")
            counted[what.replace(" ", "_")] = int(number)
        return DATASETS.get(name, (name,)), cls(status, **counted)


def read_table(text: str) -> Iterator[Row]:
    """Every pair in the table; a line may name several faults."""
    endpoint = ""
    for line in text.splitlines():
        if heading := re.fullmatch(r"## `(.+)`(.*)", line):
            endpoint = heading[1] + heading[2]
        elif line.startswith("| ") and not line.startswith(("| Fault", "| -")):
            faults, how_often, *outcome = (cell.strip() for cell in line.strip("|").split("|"))
            first, second, third, fourth = (cell.replace("`", "") for cell in outcome)
            for fault in _listed(faults):
                yield Row(endpoint, fault, how_often, (first, second, third, fourth))


def declared_endpoints(resources: Iterable[Resource]) -> set[str]:
    """Everything the collector calls, as named in the headings of the table."""
    found = set()
    for resource in resources:
        found |= {list_pass.dataset(resource.listing.path) for list_pass in resource.passes}
        found |= {
            document.endpoint.path
            if document.adds  # the options of an optional one fail together
            else _with_query(document.endpoint.path, document.endpoint.params)
            for document in resource.documents
        }
        found |= {link.members.path for link in resource.links if link.members is not None}
        if resource.lookup is not None and resource.moves_between_lists:
            found.add(resource.lookup.path)  # others are needed only if Zoom contradicts itself
    return found


def _with_query(path: str, params: Mapping[str, str]) -> str:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    return f"{path}?{query}" if query else path


def _listed(cell: str, separator: str = ",") -> list[str]:
    return [] if cell in ("", "-") else [item.strip() for item in cell.split(separator)]


def _matching(patterns: Collection[str], names: Iterable[str]) -> Iterator[str]:
    """ValueError for a pattern without a match, which would test nothing."""
    names = list(names)
    for pattern in patterns:
        found = [name for name in names if fnmatchcase(name, pattern)]
        if not found:
            raise ValueError(f"nothing is called {pattern}")
        yield from found
