"""What the page about a failure says: what happened, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.redaction import one_line

_MAX_QUOTE_LENGTH = 300


@dataclass(frozen=True)
class Action:
    """A button. With `form` it posts those fields to `path`, without it is a link."""

    label: str
    path: str
    form: Mapping[str, str] | None = None


START = Action("Connect Zoom", "/install")
START_AGAIN = Action("Start again", "/install")
HOME = Action("To the overview", "/")


@dataclass(frozen=True)
class Problem:
    """A failure as a page, and as lines on the terminal.

    `code`: small and stable, for whoever is asked for help. `happened` and `advice`: whole sentences. `action`: the
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
    def short_quote(self) -> str:
        """Zoom's words, cut and without characters that steer a terminal."""
        return one_line(self.quote)[:_MAX_QUOTE_LENGTH]


NOT_LET_IN = Problem(
    403,
    "not-let-in",
    "Open the address in the terminal",
    "These pages are for whoever has started this server. The address it printed in the terminal lets one browser in, "
    "once.",
    (
        "Copy that whole address, with its key, into this browser.",
        "If that brings you back here, it has been opened before: the terminal then shows a new one. If it was not you "
        "who opened it, somebody else uses this computer; end the server with Ctrl-C and start it again.",
    ),
)

# --- requests that no sign-in of ours can have caused -----------------------------------------------------------

DUPLICATE_PARAMETERS = Problem(
    400,
    "duplicate-parameters",
    "This address is not from Zoom",
    "It names the same thing twice, which Zoom never does. Nothing was sent anywhere and nothing was changed.",
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
    "It reports an error, but not of a sign-in this server knows. What it says is not shown, because anybody could "
    "have written it. Nothing was changed.",
    action=START_AGAIN,
)
STARTED_BY_ZOOM = Problem(
    400,
    "started-by-zoom",
    "One more click: the sign-in has to start here",
    "Zoom opened this page by itself, as its buttons Add, Local Test and Install do. For your safety a sign-in is "
    "only finished in the browser it was started in; otherwise somebody could connect you to their account.",
    action=Action("Continue", "/install"),
)
CODE_MALFORMED = Problem(
    400,
    "code-malformed",
    "Zoom's answer was damaged on the way",
    "The code in this address is missing or not one that Zoom gives. It was not used.",
    ("If you pasted the address, copy all of it, from http to the end.",),
    action=START_AGAIN,
)

# --- states -----------------------------------------------------------------------------------------------------

STATE_EXPIRED = Problem(
    400,
    "sign-in-expired",
    "This sign-in took longer than 10 minutes",
    "A sign-in that was started here is good for 10 minutes. Nothing was saved.",
    action=START_AGAIN,
)
STATE_USED = Problem(
    400,
    "sign-in-used",
    "This sign-in has been used already",
    "Zoom's answer can be used once. The overview shows whether you are signed in.",
    action=START_AGAIN,
    others=(HOME,),
)


def state_unknown(host: str, canonical: str) -> Problem:
    """The state belongs to no attempt of this browser. `host`: where it was opened, `canonical`: where it should be."""
    if host != canonical:
        reason = (
            f"You are at {host}, but sign-ins are started and finished at {canonical}. For a browser these are two "
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


# --- Zoom's `error` (RFC 6749 §4.1.2.1), for a state that is ours -----------------------------------------------

DENIED = Problem(
    403,
    "denied",
    "You chose not to connect",
    "Zoom was told not to give this app access. Nothing was saved, and an earlier sign-in is as it was.",
    action=Action("Try again", "/install"),
    others=(HOME,),
)
_ERRORS = {
    "invalid_scope": (
        "Zoom did not accept the scopes of the app",
        "Open the app in the Zoom App Marketplace, look at its scopes, save it and start again.",
    ),
    "server_error": ("Zoom had trouble with this sign-in", "Wait a minute and start again."),
    "temporarily_unavailable": ("Zoom is busy at the moment", "Wait a minute and start again."),
    "unauthorized_client": (
        "Zoom does not let this app sign people in",
        "In the Zoom App Marketplace the app must be a General App (OAuth), not Server-to-Server.",
    ),
}


def zoom_error(error: str) -> Problem:
    """Zoom came back with an error instead of a code; an unknown one is not repeated."""
    if error == "access_denied":
        return DENIED
    title, advice = _ERRORS.get(
        error, ("Zoom ended the sign-in with an error", "Start again. If it stays, look at the app in the Marketplace.")
    )
    code = f"zoom-{error.replace('_', '-')}" if error in _ERRORS else "zoom-error"
    return Problem(400, code, title, "You are not signed in, and nothing was saved.", (advice,), action=START_AGAIN)


# --- what the server itself refuses -----------------------------------------------------------------------------

TOKEN_IN_ENVIRONMENT = Problem(
    409,
    "token-in-environment",
    "The token comes from the environment",
    "ZOOM_ACCESS_TOKEN is set. The collector uses that token and would not look at a sign-in made here.",
    ("Unset it in the environment and in .env, then start this server again.",),
    commands=("unset ZOOM_ACCESS_TOKEN",),
)
FORGED = Problem(
    403,
    "not-from-this-page",
    "This did not come from a page of this server",
    "For your safety, changes are only made from pages that this server has just shown to this browser. The server "
    "may have been restarted since, or the page was open under another name of this computer.",
    ("Nothing was changed. Go to the overview and do it again there.",),
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
    "The browser asked for this page in advance. It has an effect, so it waits for you.",
)
NOT_FOUND = Problem(404, "not-found", "There is no such page", "The address has no page here.", action=HOME)
WRONG_METHOD = Problem(
    405, "wrong-method", "This page is not opened like that", "It is the target of a button.", action=HOME
)
TOO_LARGE = Problem(413, "too-large", "That is too much", "More was sent than this page takes.", action=HOME)
BAD_REQUEST = Problem(400, "bad-request", "This request cannot be read", "It was not acted upon.", action=HOME)
NOTHING_WAITS = Problem(
    409,
    "nothing-waits",
    "There is no sign-in to save any more",
    "A sign-in waits 10 minutes for your decision, and only in the browser it was made in.",
    action=START_AGAIN,
    others=(HOME,),
)
TOO_SOON = Problem(
    429,
    "too-soon",
    "The token has just been refreshed",
    "It was renewed less than 10 seconds ago; doing it again would only cost a request.",
    action=HOME,
    headers={"Retry-After": "10"},
)


def unexpected(incident: str) -> Problem:
    """Something nobody thought of. `incident`: the id under which the log has it."""
    return Problem(
        500,
        f"unexpected-{incident}",
        "Something went wrong in this server",
        f"The terminal in which it runs has the details under {incident}. Your sign-in on disk is whole: it is "
        "replaced in one piece or not at all.",
        action=HOME,
    )
