"""What is known about an endpoint before it is called (Zoom API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from urllib.parse import quote

NO_PARAMS: Mapping[str, str] = MappingProxyType({})


class Label(str, Enum):
    """The rate-limit bucket an endpoint counts against (Zoom developer docs, rate limits)."""

    LIGHT = "Light"
    MEDIUM = "Medium"
    HEAVY = "Heavy"


@dataclass(frozen=True)
class Scopes:
    """The scopes for an endpoint; any one of them is enough. The first of each style is the one to advise."""

    classic: tuple[str, ...]
    granular: tuple[str, ...]

    def granted_by(self, held: frozenset[str] | None) -> bool:
        """Whether a token with these scopes may call; with unknown scopes (None) Zoom's answer decides."""
        return held is None or not held.isdisjoint((*self.classic, *self.granular))

    @property
    def advice(self) -> tuple[str, str]:
        """The least-privilege scope to add: classic, granular."""
        return self.classic[0], self.granular[0]

    def how_to_get(self, held: frozenset[str] | None) -> str:
        """What to do if a token with the scopes `held` has none of them, in a sentence."""
        classic, granular = self.advice
        if held and not any(scope.endswith((":admin", ":master")) for scope in held):
            return (
                "The app is user-managed, so it sees one user only. Create an admin-managed General app in the Zoom "
                f"App Marketplace with {classic} (classic app) or {granular} (granular app), and use its credentials."
            )
        return f"Add {classic} (classic app) or {granular} (granular app) in the Zoom Marketplace."


@dataclass(frozen=True)
class Endpoint:
    """A GET endpoint.

    `path`: as in the API reference, with `{placeholders}`. `privilege`: required of the authorizing administrator's
    role. `rows`: the name of the list in the answer, None for a single document. `rows_required`: whether an answer
    without that list is unusable. `params`: always sent. `page_size`: rows per page, None without paging.
    """

    path: str
    label: Label
    scopes: Scopes
    privilege: str
    rows: str | None = None
    rows_required: bool = True
    params: Mapping[str, str] = field(default_factory=lambda: NO_PARAMS)
    page_size: int | None = 300

    def path_for(self, ids: Mapping[str, str]) -> str:
        """The path with its placeholders filled; identifiers are percent-encoded."""
        return self.path.format_map({name: quote(value, safe="") for name, value in ids.items()})
