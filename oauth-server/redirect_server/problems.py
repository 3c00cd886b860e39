"""The pages about failures: what happened, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.redaction import one_line

_MAX_QUOTE_LENGTH = 300


@dataclass(frozen=True)
class Action:
    """A button that posts `form` to `path`; a link without `form`."""

    label: str
    path: str
    form: Mapping[str, str] | None = None


START = Action("Connect Zoom", "/install")
START_AGAIN = Action("Start again", "/install")
HOME = Action("To the overview", "/")


@dataclass(frozen=True)
class Problem:
    """A failure, as a page or as lines on the terminal.

    `code`: short and stable, for support. `happened` and `advice`: whole sentences. `action`: the
    next step as a button; `others`: less likely ones. `commands`: to paste into a terminal. `facts`: label and value.
    `quote`: Zoom's own words, at most 300 characters are shown. `headers`: of the response.
    """

    status: int
    code: str
    title: str
    happened: str
    advice: tuple[str, ...] = ()
    action: Action | None = None
    others: tuple[Action, ...] = ()
    commands: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    quote: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_calm(self) -> bool:
        """Whether nothing is broken: a choice, a wait or a click is left to the person."""
        return self.status in {403, 409, 429, 503} or self is STARTED_BY_ZOOM

    @property
    def short_quote(self) -> str:
        """Zoom's message, truncated and without control characters."""
        return one_line(self.quote)[:_MAX_QUOTE_LENGTH]


NOT_LET_IN = Problem(
    403,
    "not-let-in",
    "Open the address in the terminal",
    "Only the user who started this server may use these pages. The address in its terminal lets one browser in, once.",
    (
        "Copy that whole address, with its key, into this browser.",
        "If that brings you back here, the address was already used: the terminal then shows a new one. If you did not "
        "open it before, somebody else did; stop the server with Ctrl-C and start it again.",
    ),
)

# --- requests that no sign-in here can have caused -----------------------------------------------------------

DUPLICATE_PARAMETERS = Problem(
    400,
    "duplicate-parameters",
    "This address is not from Zoom",
    "It has the same parameter twice, which Zoom never sends. Nothing was sent and nothing was changed.",
    action=START_AGAIN,
)
TOO_LONG = Problem(
    414,
    "address-too-long",
    "This address is too long",
    "It is longer than anything Zoom sends and was ignored.",
    action=START_AGAIN,
)
NOTHING_SENT = Problem(
    400,
    "nothing-sent",
    "Nothing came with this address",
    "This is where Zoom sends your browser after you have allowed the app. It was opened without Zoom's answer.",
    action=START,
)
NOT_STARTED_HERE = Problem(
    400,
    "not-started-here",
    "This page was not opened by a sign-in you started here",
    "It reports an error, but of no sign-in this server knows. The error is not shown, because anybody could have "
    "written it. Nothing was changed.",
    action=START_AGAIN,
)
STARTED_BY_ZOOM = Problem(
    400,
    "started-by-zoom",
    "One more click: the sign-in has to start here",
    "Zoom opened this page by itself, as its buttons Add, Local Test and Install do. A sign-in must "
    "end in the browser in which it started; otherwise somebody could connect you to their account.",
    action=Action("Continue", "/install"),
)
CODE_MALFORMED = Problem(
    400,
    "code-malformed",
    "Zoom's answer was damaged on the way",
    "The code in this address is missing or malformed. It was not used.",
    ("If you pasted the address, copy all of it, from http to the end.",),
    action=START_AGAIN,
)

# --- states -----------------------------------------------------------------------------------------------------

STATE_EXPIRED = Problem(
    400,
    "sign-in-expired",
    "This sign-in took longer than 10 minutes",
    "A sign-in must finish within 10 minutes. Nothing was saved.",
    action=START_AGAIN,
)
STATE_USED = Problem(
    400,
    "sign-in-used",
    "This sign-in was already used",
    "Zoom's answer can be used once. The overview shows whether you are signed in.",
    action=START_AGAIN,
    others=(HOME,),
)


def state_unknown(host: str, canonical: str) -> Problem:
    """No attempt of this browser has the state. `host`: where it was opened, `canonical`: where it should be."""
    if host != canonical:
        reason = (
            f"You are at {host}, but sign-ins are started and finished at {canonical}. To a browser these are two "
            "different sites."
        )
    else:
        reason = (
            "It was opened in another browser, private window or browser profile than the one the sign-in was "
            "started in, or this server has been restarted since."
        )
    return Problem(
        400,
        "sign-in-unknown",
        "This link does not belong to a sign-in of this browser",
        f"{reason} Nothing was saved.",
        action=START_AGAIN,
    )


# --- Zoom's `error` (RFC 6749 §4.1.2.1), with a valid state -----------------------------------------------

DENIED = Problem(
    403,
    "denied",
    "You chose not to connect",
    "You did not allow the app at Zoom. Nothing was saved, and an earlier sign-in is unchanged.",
    action=Action("Try again", "/install"),
    others=(HOME,),
)
_ERRORS = {
    "invalid_scope": (
        "Zoom did not accept the scopes of the app",
        "Open the app in the Zoom App Marketplace, check its scopes, save it and start again.",
    ),
    "server_error": ("Zoom had trouble with this sign-in", "Wait a minute and start again."),
    "temporarily_unavailable": ("Zoom is busy at the moment", "Wait a minute and start again."),
    "unauthorized_client": (
        "Zoom does not let this app sign people in",
        "In the Zoom App Marketplace the app must be a General App (OAuth), not Server-to-Server.",
    ),
}


def zoom_error(error: str) -> Problem:
    """Zoom sent an error instead of a code; an unknown one is not shown."""
    if error == "access_denied":
        return DENIED
    title, advice = _ERRORS.get(
        error,
        ("Zoom ended the sign-in with an error", "Start again. If it happens again, check the app in the Marketplace."),
    )
    code = f"zoom-{error.replace('_', '-')}" if error in _ERRORS else "zoom-error"
    return Problem(400, code, title, "You are not signed in, and nothing was saved.", (advice,), action=START_AGAIN)


# --- what the server itself refuses -----------------------------------------------------------------------------

TOKEN_IN_ENVIRONMENT = Problem(
    409,
    "token-in-environment",
    "The token comes from the environment",
    "ZOOM_ACCESS_TOKEN is set. The collector uses that token and ignores a sign-in made here.",
    ("Unset it in the environment and in .env, then start this server again.",),
    commands=("unset ZOOM_ACCESS_TOKEN",),
)
FORGED = Problem(
    403,
    "not-from-this-page",
    "This did not come from a page of this server",
    "Changes are accepted only from pages that this server has shown to this browser. The server may have been "
    "restarted since, or the page was open under another name of this computer.",
    ("Nothing was changed. Go to the overview and try again there.",),
    action=HOME,
)
CROSS_SITE = Problem(
    403,
    "cross-site",
    "Another web site asked for this",
    "Only the overview and the sign-in may be opened from other sites. Nothing was done.",
    action=HOME,
)
PREFETCH = Problem(
    503,
    "prefetch",
    "Open this page yourself",
    "The browser requested this page in advance. Because opening it has an effect, you must open it yourself.",
)
NOT_FOUND = Problem(404, "not-found", "There is no such page", "This server has no page at this address.", action=HOME)
WRONG_METHOD = Problem(
    405, "wrong-method", "This page cannot be opened like that", "It is the target of a button.", action=HOME
)
TOO_LARGE = Problem(413, "too-large", "That is too much", "The request is larger than this page accepts.", action=HOME)
BAD_REQUEST = Problem(400, "bad-request", "This request cannot be read", "It was ignored.", action=HOME)
NOTHING_WAITS = Problem(
    409,
    "nothing-waits",
    "There is no sign-in left to save",
    "A sign-in waits 10 minutes for your decision, in the browser in which it was made.",
    action=START_AGAIN,
    others=(HOME,),
)
TOO_SOON = Problem(
    429,
    "too-soon",
    "The token has just been refreshed",
    "It was renewed less than 10 seconds ago; another refresh would only cost a request.",
    action=HOME,
    headers={"Retry-After": "10"},
)


def unexpected(incident: str) -> Problem:
    """An unexpected error. `incident`: its id in the log."""
    return Problem(
        500,
        f"unexpected-{incident}",
        "Something went wrong in this server",
        f"Its terminal shows the details under {incident}. Your sign-in on disk is intact: it is replaced as a "
        "whole or not at all.",
        action=HOME,
    )
