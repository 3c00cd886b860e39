"""What the rest of the program knows about tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Token:
    """A bearer token for Zoom's API (RFC 6750). Its `repr` leaves the access token out.

    `scopes`: what was granted, None when unknown. `api_url`: the API host Zoom named in its answer, not yet
    checked against the hosts that may be spoken to, None when it named none. `obtained_for`: the configured API it may
    be sent to instead (ZOOM_API_URL when it was obtained), None when there was none.
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
        """A token that is believed to be good."""

    def renew(self, rejected: Token) -> Token:
        """Another token than the one Zoom's API has just answered 401 for.

        A newer token that is already there is taken; else one is asked for. Whether to come back when that
        one is refused as well is the caller's decision.
        """


def scopes_of(scope: str | None) -> frozenset[str] | None:
    """The scopes in a token answer's `scope` (RFC 6749 §3.3: separated by spaces), None when it had none.

    Commas are tolerated: some of Zoom's own pages write scope lists with them.
    """
    if scope is None:
        return None
    return frozenset(scope.replace(",", " ").split())
