"""What a refusal of Zoom's token endpoint means, and what to change.

Zoom answers `{"reason": "<text>", "error": "<code>"}` (Zoom: "OAuth error codes", 4700 to 4741) where
RFC 6749 §5.2 has `error_description`. The reason decides: the code is often just `invalid_request`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from collector.errors import UsageError
from collector.next_steps import Command, NextStep

RefusalKind = Literal["code", "pkce", "credentials", "redirect", "app type", "app", "other"]


SIGN_IN_AGAIN = NextStep("Run `{}`.", Command("auth login"))
"""The next step when only a new sign-in helps."""


@dataclass(frozen=True)
class Refusal:
    """The token endpoint understood the request and said no. What that means depends on the grant.

    `status`: the HTTP status. `error`: the code of RFC 6749 §5.2, "" when there was none. `reason`: Zoom's message
    without secrets and control characters, at most 300 characters, "" without one. `lost_response`: why the answer to
    an earlier attempt, which Zoom may have processed, was lost; "" without such an attempt.
    """

    status: int
    error: str
    reason: str
    lost_response: str = ""

    @property
    def zoom_message(self) -> str:
        """The most telling of the three."""
        return self.reason or self.error or f"HTTP {self.status}"

    @property
    def error_text(self) -> str:
        """Code and reason as one text to search. A bare 401 means the client (RFC 6749 §5.2)."""
        return f"{self.error} {self.reason}".strip() or ("invalid_client" if self.status == 401 else "")

    @property
    def kind(self) -> RefusalKind:
        """What the refusal of an authorization code is about."""
        return next(kind for kind, pattern in _SIGN_IN if pattern.search(self.error_text))


@dataclass(frozen=True)
class _Explanation:
    pattern: re.Pattern[str]
    what: str
    next_step: NextStep


def _explanation(pattern: str, what: str, next_step: str) -> _Explanation:
    return _Explanation(re.compile(pattern, re.IGNORECASE), what, NextStep(next_step))


_NO_APP_OF_THIS_KIND = "Keys of an SDK app, a webhook or a former JWT app do not work."
_APP_TYPE_PATTERN = r"unauthorized_client|grant[ _]type|app type|4705"

# The first that matches "<error> <reason>" wins. "Account does not enabled the OAuth app type" is about the
# app, so app types come before accounts.
_SERVER_TO_SERVER = (
    _explanation(
        r"invalid_client|client[ _]?id|client[ _]?secret",
        "Zoom refused the app credentials",
        NextStep(
            "Check ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET against App Credentials of the Server-to-Server app in the "
            "Zoom App Marketplace, and that they are not swapped. {} With those of a General app unset "
            "ZOOM_ACCOUNT_ID and sign in with the browser: `{}`.",
            _NO_APP_OF_THIS_KIND,
            Command("auth login"),
        ),
    ),
    _explanation(
        _APP_TYPE_PATTERN,
        "Zoom does not let this app sign in by itself",
        NextStep(
            "The app must be of the type Server-to-Server OAuth and activated: its owner does that in the Zoom "
            "App Marketplace (Manage). For a General app unset ZOOM_ACCOUNT_ID and sign in with the browser: "
            "`{}`.",
            Command("auth login"),
        ),
    ),
    _explanation(
        r"disabled|deactivated|not activated",
        "The app is deactivated at Zoom",
        "Its owner activates it in the Zoom App Marketplace (Manage); an account administrator lifts a block "
        "on the app.",
    ),
    _explanation(
        r"account",
        "Zoom does not know the account",
        "Check ZOOM_ACCOUNT_ID: the app's page in the Zoom App Marketplace shows it under App Credentials. "
        "It is not the account number.",
    ),
    _explanation(
        r"",
        "Zoom refused to give a token",
        "Check in the Zoom App Marketplace that the app is of the type Server-to-Server OAuth and activated, "
        "and that ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET are those of the app's page.",
    ),
)


def explain_server_to_server(refusal: Refusal, client_id: str) -> UsageError:
    """The error for a refused Server-to-Server app; names the app by the end of its id."""
    error_text = "invalid_client" if refusal.status == 401 else f"{refusal.error} {refusal.reason}"
    explanation = next(known for known in _SERVER_TO_SERVER if known.pattern.search(error_text))
    return UsageError(
        f"{explanation.what} (client id ending in {client_id[-4:]}): {refusal.zoom_message}", explanation.next_step
    )


_CREDENTIALS = _explanation(
    r"invalid_client|client[ _]?id|client[ _]?secret|470[246]",
    "Zoom refused the app credentials",
    "Check ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET against the app's page in the Zoom App Marketplace: both belong "
    "to the same General app and are not swapped. Development and Production have different pairs. "
    f"A public client has no secret: then leave ZOOM_CLIENT_SECRET unset. {_NO_APP_OF_THIS_KIND} With those of a "
    "Server-to-Server app set ZOOM_ACCOUNT_ID too; then no sign-in is needed.",
)
_APP_TYPE = _explanation(
    _APP_TYPE_PATTERN,
    "This app has no browser sign-in",
    NextStep(
        "Use the credentials of an admin-managed General app. For a Server-to-Server app set ZOOM_ACCOUNT_ID too: then "
        "no sign-in is needed, and `{}` gets its own tokens.",
        Command("collect"),
    ),
)
_APP = _explanation(
    r"disabled|deactivated|not activated|owner|4717|4735|4738",
    "Zoom does not let users sign in with this app",
    "The app's owner activates it in the Zoom App Marketplace (Manage); an account administrator lifts a block on "
    "the app.",
)

# The first that matches "<error> <reason>" wins. The sign-in pages say what to do about each.
_SIGN_IN: tuple[tuple[RefusalKind, re.Pattern[str]], ...] = (
    ("credentials", _CREDENTIALS.pattern),
    ("redirect", re.compile(r"redirect|4709", re.IGNORECASE)),
    ("pkce", re.compile(r"verifier|challenge|pkce", re.IGNORECASE)),
    ("app type", _APP_TYPE.pattern),
    ("app", _APP.pattern),
    ("code", re.compile(r"code|invalid_grant|expired|473[234]", re.IGNORECASE)),
    ("other", re.compile("")),
)


# Zoom: "OAuth error codes"; the answer to a dead token was 401 with invalid_request before 2024.
_SIGNED_OUT = re.compile(
    r"invalid_grant|invalid[ _]token|expired|revoked|owner|re-?authori[sz]e|scope|47(?:11|35|37|40|41)", re.IGNORECASE
)


def means_signed_out(refusal: Refusal) -> bool:
    """Whether the refusal is about the refresh token, not about the app: only a new sign-in helps."""
    return (
        _SIGNED_OUT.search(refusal.error_text) is not None and _CREDENTIALS.pattern.search(refusal.error_text) is None
    )


_UNKNOWN_REFUSAL = NextStep(
    "Look at the app in the Zoom App Marketplace (Manage): it must be a General app, and activated. If it is, sign in "
    "again: `{}`.",
    Command("auth login"),
)


def explain_refresh(refusal: Refusal, client_id: str) -> UsageError:
    """The error for a refresh that Zoom refuses for another reason than the refresh token."""
    known = next((known for known in (_CREDENTIALS, _APP_TYPE, _APP) if known.pattern.search(refusal.error_text)), None)
    what = known.what if known else "Zoom refused to refresh the token"
    next_step = known.next_step if known else _UNKNOWN_REFUSAL
    return UsageError(f"{what} (client id ending in {client_id[-4:]}): {refusal.zoom_message}", next_step)
