"""What is known of an endpoint before it is called (Zoom API reference)."""

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
    """The scopes that open an endpoint; any one of them does. The first of each style is the one to advise."""

    classic: tuple[str, ...]
    granular: tuple[str, ...]

    def granted_by(self, held: frozenset[str] | None) -> bool:
        """Whether a token with these scopes may call. Unknown scopes (`None`) may try: Zoom's answer decides."""
        return held is None or not held.isdisjoint((*self.classic, *self.granular))

    @property
    def advice(self) -> tuple[str, str]:
        """The least-privilege scope to add: in the classic style, in the granular style."""
        return self.classic[0], self.granular[0]

    def how_to_get(self, held: frozenset[str] | None) -> str:
        """What to do when none of them is granted to a token with the scopes `held`, in a sentence."""
        classic, granular = self.advice
        if held and not any(scope.endswith((":admin", ":master")) for scope in held):
            return (
                "The app is user-managed, so it sees one user only. Make an admin-managed General app in the Zoom App "
                f"Marketplace with {classic} (classic app) or {granular} (granular app), and use its credentials."
            )
        return f"Add {classic} (classic app) or {granular} (granular app) in the Zoom Marketplace."


@dataclass(frozen=True)
class Endpoint:
    """A GET endpoint.

    `path` as the API reference writes it, with `{placeholders}`. `privilege` is what the role of the authorizing
    administrator must hold. `rows` names the list in the answer, `None` for a single document; `rows_required` says
    whether an answer without that list is unusable. `params` are always sent. `page_size` rows are asked for at a time,
    `None` for endpoints that do not page.
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
