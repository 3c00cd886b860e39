"""Zoom's refusals at the token endpoint in words, each with the one thing to change.

Zoom answers `{"reason": "<text>", "error": "<code>"}` (Zoom: "OAuth error codes", 4700 to 4741) where
RFC 6749 §5.2 has `error_description`. The reason decides, the code is often a bare `invalid_request`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from collector.errors import UsageError


class TokenRefused(UsageError):
    """The token endpoint understood the request and said no. What that means depends on the grant.

    `status`: the HTTP status. `error`: the code of RFC 6749 §5.2, "" when there was none. `reason`: Zoom's
    words, cleared of secrets and control characters, at most 300 characters, "" when there were none.
    `words`: the most telling of the three.
    """

    def __init__(self, status: int, error: str, reason: str) -> None:
        self.words = reason or error or f"HTTP {status}"
        super().__init__(f"Zoom refused to give a token: {self.words}")
        self.status = status
        self.error = error
        self.reason = reason


@dataclass(frozen=True)
class _Explanation:
    pattern: re.Pattern[str]
    what: str
    next_step: str


def _explanation(pattern: str, what: str, next_step: str) -> _Explanation:
    return _Explanation(re.compile(pattern, re.IGNORECASE), what, next_step)


# The first that matches "<error> <reason>" wins. "Account does not enabled the OAuth app type" is about the
# app, so app types come before accounts.
_SERVER_TO_SERVER = (
    _explanation(
        r"invalid_client|client[ _]?id|client[ _]?secret",
        "Zoom refused the app credentials",
        "Check ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET against the app's page in the Zoom App Marketplace: "
        "both belong to the same app, without blanks or quotes.",
    ),
    _explanation(
        r"grant[ _]type|app type",
        "Zoom does not let this app sign in by itself",
        "The app must be of the type Server-to-Server OAuth and activated: its owner does that in the Zoom "
        "App Marketplace (Manage). For an app of another type unset ZOOM_ACCOUNT_ID and sign in with the "
        "browser.",
    ),
    _explanation(
        r"disabled|deactivated|not activated",
        "The app is switched off at Zoom",
        "Its owner activates it in the Zoom App Marketplace (Manage); an account administrator lifts a block "
        "on the app.",
    ),
    _explanation(
        r"account",
        "Zoom does not know the account",
        "Check ZOOM_ACCOUNT_ID: the app's page in the Zoom App Marketplace shows it under App Credentials.",
    ),
    _explanation(
        r"",
        "Zoom refused to give a token",
        "Check in the Zoom App Marketplace that the app is of the type Server-to-Server OAuth and activated, "
        "and that ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET are those of the app's page.",
    ),
)


def explain_server_to_server(refusal: TokenRefused, client_id: str) -> UsageError:
    """The error to raise when a Server-to-Server app is refused; names the app by the end of its id."""
    said = "invalid_client" if refusal.status == 401 else f"{refusal.error} {refusal.reason}"
    explanation = next(known for known in _SERVER_TO_SERVER if known.pattern.search(said))
    return UsageError(
        f"{explanation.what} (client id ending in {client_id[-4:]}): {refusal.words}", explanation.next_step
    )
