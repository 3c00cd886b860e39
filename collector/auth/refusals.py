"""What can go wrong at the token endpoint, in words, each with the one thing to change.

    CollectorError
    ├── TokenRefused (UsageError)          Zoom said no; what that means depends on the grant
    ├── SignInRefused                      Zoom said no to the code of a browser sign-in
    └── CollectionFailed
        ├── Unanswered                     no usable answer came; another try may get one
        │   ├── NoConnection               network, proxy, certificates, or silence
        │   ├── ForeignAnswer              a redirect, or a page instead of JSON
        │   └── ZoomTrouble                5xx, 429
        └── MalformedAnswer                a token answer with unusable fields

Zoom answers `{"reason": "<text>", "error": "<code>"}` (Zoom: "OAuth error codes", 4700 to 4741) where
RFC 6749 §5.2 has `error_description`. The reason decides, the code is often a bare `invalid_request`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from collector.errors import CollectionFailed, CollectorError, ExitCode, UsageError

RefusalKind = Literal["code", "pkce", "credentials", "redirect", "app type", "app", "other"]


def sign_in_again(profile: str) -> str:
    """The next step for everything only a new sign-in mends."""
    option = "" if profile == "default" else f" --profile {profile}"
    return f"Run: collector auth login{option}"


class TokenRefused(UsageError):
    """The token endpoint understood the request and said no. What that means depends on the grant.

    `status`: the HTTP status. `error`: the code of RFC 6749 §5.2, "" when there was none. `reason`: Zoom's
    words, cleared of secrets and control characters, at most 300 characters, "" when there were none.
    `words`: the most telling of the three. `lost`: what became of an earlier try of the same request that
    Zoom may have carried out although its answer never came, "" when there was no such try.
    """

    def __init__(self, status: int, error: str, reason: str) -> None:
        self.words = reason or error or f"HTTP {status}"
        super().__init__(f"Zoom refused to give a token: {self.words}")
        self.status = status
        self.error = error
        self.reason = reason
        self.lost = ""

    @property
    def said(self) -> str:
        """Code and reason as one text to look into. A bare 401 means the client (RFC 6749 §5.2)."""
        return f"{self.error} {self.reason}".strip() or ("invalid_client" if self.status == 401 else "")


class SignInRefused(CollectorError):
    """Zoom did not take the code of a browser sign-in. `kind` says what it is about, `zoom_words` what Zoom said."""

    def __init__(self, message: str, next_step: str = "", kind: RefusalKind = "other", zoom_words: str = "") -> None:
        super().__init__(message, next_step)
        self.kind: RefusalKind = kind
        self.zoom_words = zoom_words
        self.exit_code = ExitCode.SIGN_IN if kind in ("code", "pkce") else ExitCode.USAGE


class Unanswered(CollectionFailed):
    """No usable answer came, but the next try may get one.

    `trouble`: what came instead, in a few words. `wait`: seconds the endpoint asked for, or 0. `may_have_acted`:
    whether the request was sent, so that Zoom may have carried it out.
    """

    may_have_acted = True

    def __init__(self, message: str, next_step: str = "", trouble: str = "", wait: float = 0.0) -> None:
        super().__init__(message, next_step)
        self.trouble = trouble
        self.wait = wait


class NoConnection(Unanswered):
    """Nothing came back: name resolution, connection, TLS, proxy, or silence after the request."""


class ForeignAnswer(Unanswered):
    """Something that is no token endpoint answered: the address is wrong, or a proxy or portal is in between."""


class ZoomTrouble(Unanswered):
    """Zoom, or something in front of it, answered with an error of its own.

    `status`: the HTTP status. `retry_after`: seconds to wait, None if it did not say. `tracking_id`: for Zoom's
    support, "" without one.
    """

    def __init__(
        self,
        message: str,
        next_step: str = "",
        trouble: str = "",
        wait: float = 0.0,
        status: int = 0,
        tracking_id: str = "",
    ) -> None:
        super().__init__(message, next_step, trouble, wait)
        self.status = status
        self.tracking_id = tracking_id

    @property
    def retry_after(self) -> float | None:
        return self.wait or None


class MalformedAnswer(CollectionFailed):
    """A token answer whose fields cannot be used; names them, never their values. `fields`: their names."""

    def __init__(self, message: str, next_step: str = "", fields: Sequence[str] = ()) -> None:
        super().__init__(message, next_step)
        self.fields = tuple(fields)


@dataclass(frozen=True)
class _Explanation:
    pattern: re.Pattern[str]
    what: str
    next_step: str


def _explanation(pattern: str, what: str, next_step: str) -> _Explanation:
    return _Explanation(re.compile(pattern, re.IGNORECASE), what, next_step)


_NO_APP_OF_THIS_KIND = "Keys of an SDK app, a webhook or a former JWT app do not work."
_APP_TYPE_PATTERN = r"unauthorized_client|grant[ _]type|app type|4705"

# The first that matches "<error> <reason>" wins. "Account does not enabled the OAuth app type" is about the
# app, so app types come before accounts.
_SERVER_TO_SERVER = (
    _explanation(
        r"invalid_client|client[ _]?id|client[ _]?secret",
        "Zoom refused the app credentials",
        "Check ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET against App Credentials of the Server-to-Server app in the Zoom "
        f"App Marketplace: not the one in the place of the other. {_NO_APP_OF_THIS_KIND} With those of a General app "
        "unset ZOOM_ACCOUNT_ID and sign in with the browser: `collector auth login`.",
    ),
    _explanation(
        _APP_TYPE_PATTERN,
        "Zoom does not let this app sign in by itself",
        "The app must be of the type Server-to-Server OAuth and activated: its owner does that in the Zoom "
        "App Marketplace (Manage). For a General app unset ZOOM_ACCOUNT_ID and sign in with the browser: "
        "`collector auth login`.",
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


def explain_server_to_server(refusal: TokenRefused, client_id: str) -> UsageError:
    """The error to raise when a Server-to-Server app is refused; names the app by the end of its id."""
    said = "invalid_client" if refusal.status == 401 else f"{refusal.error} {refusal.reason}"
    explanation = next(known for known in _SERVER_TO_SERVER if known.pattern.search(said))
    return UsageError(
        f"{explanation.what} (client id ending in {client_id[-4:]}): {refusal.words}", explanation.next_step
    )


_CREDENTIALS = _explanation(
    r"invalid_client|client[ _]?id|client[ _]?secret|470[246]",
    "Zoom refused the app credentials",
    "Check ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET against the app's page in the Zoom App Marketplace: both belong "
    "to the same General app, not the one in the place of the other. Development and Production have different pairs. "
    f"A public client has no secret: then leave ZOOM_CLIENT_SECRET unset. {_NO_APP_OF_THIS_KIND} With those of a "
    "Server-to-Server app set ZOOM_ACCOUNT_ID too; nobody signs in then.",
)
_APP_TYPE = _explanation(
    _APP_TYPE_PATTERN,
    "This app is of a kind that signs nobody in",
    "Use the credentials of a General app that is admin-managed. With those of a Server-to-Server app set "
    "ZOOM_ACCOUNT_ID too: then nobody signs in, and `collector collect` asks for its tokens itself.",
)
_APP = _explanation(
    r"disabled|deactivated|not activated|owner|4717|4735|4738",
    "Zoom does not let this app sign anybody in",
    "The app's owner activates it in the Zoom App Marketplace (Manage); an account administrator lifts a block on "
    "the app.",
)

# The first that matches "<error> <reason>" wins.
_SIGN_IN: tuple[tuple[RefusalKind, _Explanation], ...] = (
    ("credentials", _CREDENTIALS),
    (
        "redirect",
        _explanation(
            r"redirect|4709",
            "Zoom does not know the redirect address",
            "Make ZOOM_REDIRECT_URI and the app's OAuth Redirect URL and OAuth Allow List in the Zoom App Marketplace "
            "the same to the letter: scheme, host, port, path and final slash.",
        ),
    ),
    (
        "pkce",
        _explanation(
            r"verifier|challenge|pkce",
            "Zoom could not match this sign-in with the one that was started",
            "Start the sign-in again.",
        ),
    ),
    ("app type", _APP_TYPE),
    ("app", _APP),
    (
        "code",
        _explanation(
            r"code|invalid_grant|expired|473[234]",
            "Zoom no longer accepts this code: it is good for five minutes and for one use",
            "Start the sign-in again.",
        ),
    ),
    (
        "other",
        _explanation(
            r"",
            "Zoom refused the sign-in",
            "Start the sign-in again; if it stays, look at the app in the Zoom App Marketplace (Manage): it must be a "
            "General app, and activated.",
        ),
    ),
)


def explain_sign_in(refusal: TokenRefused, client_id: str) -> SignInRefused:
    """The error to raise when Zoom refuses the code of a browser sign-in."""
    kind, explanation = next(known for known in _SIGN_IN if known[1].pattern.search(refusal.said))
    return SignInRefused(
        f"{explanation.what} (client id ending in {client_id[-4:]}): {refusal.words}",
        explanation.next_step,
        kind,
        refusal.words,
    )


# Zoom: "OAuth error codes"; the answer to a dead token was 401 with invalid_request before 2024.
_DEAD = re.compile(
    r"invalid_grant|invalid[ _]token|expired|revoked|owner|re-?authori[sz]e|scope|47(?:11|35|37|40|41)", re.IGNORECASE
)


def is_dead(refusal: TokenRefused) -> bool:
    """Whether the refusal is about the refresh token, not about the app: only a new sign-in helps."""
    return _DEAD.search(refusal.said) is not None and _CREDENTIALS.pattern.search(refusal.said) is None


_UNKNOWN_REFUSAL = (
    "Look at the app in the Zoom App Marketplace (Manage): it must be a General app, and activated. If it is, sign in "
    "again: `collector auth login`."
)


def explain_refresh(refusal: TokenRefused, client_id: str) -> UsageError:
    """The error to raise when Zoom refuses a refresh for another reason than the refresh token."""
    known = next((known for known in (_CREDENTIALS, _APP_TYPE, _APP) if known.pattern.search(refusal.said)), None)
    what = known.what if known else "Zoom refused to renew the token"
    next_step = known.next_step if known else _UNKNOWN_REFUSAL
    return UsageError(f"{what} (client id ending in {client_id[-4:]}): {refusal.words}", next_step)
