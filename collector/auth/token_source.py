"""`Token` and `TokenSource`: what the Zoom client needs to know about signing in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Token:
    """A bearer token for Zoom's API (RFC 6750). Its `repr` leaves the access token out.

    `scopes`: what was granted, None when unknown. `api_url`: the API host in Zoom's answer, not yet
    checked, None without one. `obtained_for`: the configured API it may be sent to instead (ZOOM_API_URL at the time),
    None without one.
    """

    access_token: str = field(repr=False)
    scopes: frozenset[str] | None
    api_url: str | None
    obtained_for: str | None = None


class TokenSource(Protocol):
    """Where access tokens come from. Safe to share between threads.

    Both methods raise SignInRequired when only a person can help, UsageError when the configuration is
    wrong, and CollectionFailed when Zoom's token endpoint gives no usable answer.
    """

    def token(self) -> Token:
        """A token that should be valid."""

    def renew(self, rejected: Token) -> Token:
        """Another token than the one Zoom's API has just answered 401 for: a newer stored one, else a new one.

        The caller decides whether to try again when that one is refused too.
        """


def scopes_of(scope: str | None) -> frozenset[str] | None:
    """The scopes in the `scope` of a token response (RFC 6749 §3.3: separated by spaces); None without one.

    Commas are tolerated: some of Zoom's own pages write scope lists with them.
    """
    if scope is None:
        return None
    return frozenset(scope.replace(",", " ").split())
