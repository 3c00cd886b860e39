"""Which failure becomes which page."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from urllib.parse import urlsplit

from collector.auth import OAuthClient
from collector.auth.token_errors import Refusal
from collector.errors import (
    CollectorError,
    OtherAccount,
    ProfileBusy,
    SignInRequired,
    StorageFailed,
    TokenEndpointFailed,
    UsageError,
)
from collector.next_steps import Command, NextStep
from collector.settings.profile import Profile
from collector.settings.redirect_address import Address
from redirect_server.problems import HOME, START_AGAIN, Action, Problem

_STATUS_PAGE = "Zoom's status: https://status.zoom.us"
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_SAVE_AGAIN = Action("Try saving again", "/keep", {})
_DISCARD = Action("Keep the earlier account", "/discard", {})
_FORGET = Action("Forget it on this computer only", "/forget", {"confirmed": "yes"})


class Explainer:
    """Turns failures into pages, which never show a secret, and only the end of the client id."""

    def __init__(self, profile: Profile, client: OAuthClient, address: Address) -> None:
        self._profile = profile
        self._client = client
        self._address = address

    def exchange(self, failure: CollectorError | Refusal) -> Problem:
        """Exchanging the code failed."""
        if isinstance(failure, Refusal):
            return sign_in_refused(failure, self._profile, self._client, self._address)
        if isinstance(failure, UsageError):
            return credentials_refused(self._profile, self._client, happened=failure.message)
        return self._unanswered(failure)

    def save(self, failure: CollectorError) -> Problem:
        """Saving failed; the sign-in is pending in memory."""
        if isinstance(failure, OtherAccount):
            return self._other_account(failure)
        if isinstance(failure, ProfileBusy):
            return self._busy(failure, _SAVE_AGAIN)
        if isinstance(failure, StorageFailed) and isinstance(failure.__context__, OSError):
            return self.storage(failure.__context__, waits=True)
        return self._problem_from(failure, 500, "not-saved", "The sign-in could not be saved", _SAVE_AGAIN)

    def storage(self, failure: OSError, *, waits: bool = False) -> Problem:
        """The token cannot be saved. `waits`: there is one, in memory for ten minutes."""
        full = failure.errno in _NO_SPACE
        folder = self._profile.folder
        happened = f"{failure.strerror or 'The system refused it'}: {folder}."
        advice = "Free some space on that disk." if full else "Make the folder writable for your user."
        if waits:
            happened += " Zoom has issued the token; this server keeps it in memory for 10 minutes."
        else:
            happened += " You were not sent to Zoom, because the token could not be saved."
        return Problem(
            507 if full else 500,
            "disk-full" if full else "disk-refuses",
            "The sign-in cannot be saved",
            happened,
            (advice,),
            action=_SAVE_AGAIN if waits else Action("Try again", "/install"),
            commands=(f"df -h {folder.parent}",) if full else (f"ls -ld {folder}",),
        )

    def refresh(self, failure: CollectorError) -> Problem:
        """The stored token could not be renewed."""
        if isinstance(failure, ProfileBusy):
            return self._busy(failure, HOME)
        if isinstance(failure, SignInRequired):
            return self._problem_from(failure, 409, "sign-in-again", "Zoom no longer renews this sign-in", START_AGAIN)
        if isinstance(failure, UsageError):
            return self._problem_from(
                failure, 409, "not-refreshed", "The token could not be refreshed", START_AGAIN, HOME
            )
        if isinstance(failure, StorageFailed):
            return self._problem_from(failure, 500, "disk-refuses-refresh", "The token has not been refreshed", HOME)
        return self._unanswered(failure, HOME)

    def revoke(self, failure: CollectorError) -> Problem:
        """The sign-in could not be ended at Zoom; the file is as it was."""
        if isinstance(failure, ProfileBusy):
            return self._busy(failure, HOME)
        if isinstance(failure, SignInRequired):
            return self._problem_from(
                failure, 409, "nothing-to-revoke", "There is no sign-in to end at Zoom", HOME, _FORGET
            )
        if isinstance(failure, StorageFailed):
            return self._problem_from(
                failure, 500, "not-removed", "The sign-in is still on this computer", HOME, _FORGET
            )
        unreached = isinstance(failure, TokenEndpointFailed) and failure.cause == "no connection"
        return self._problem_from(
            failure, 504 if unreached else 502, "not-revoked", "Zoom has not ended the sign-in", HOME, _FORGET
        )

    def forget(self, failure: CollectorError) -> Problem:
        """The file could not be removed."""
        if isinstance(failure, ProfileBusy):
            return self._busy(failure, HOME)
        return self._problem_from(failure, 500, "not-forgotten", "The sign-in could not be removed", HOME)

    def _unanswered(self, failure: CollectorError, action: Action = START_AGAIN) -> Problem:
        host = urlsplit(self._client.oauth_url).netloc
        if not isinstance(failure, TokenEndpointFailed):
            return self._problem_from(failure, 502, "not-connected", "The sign-in did not succeed", action)
        if failure.cause == "no connection":
            return Problem(
                504,
                "no-connection",
                f"{host} cannot be reached",
                failure.message,
                (
                    "Check the network. Behind a proxy set HTTPS_PROXY; behind one that inspects TLS set "
                    "REQUESTS_CA_BUNDLE to its certificates.",
                ),
                action=action,
                commands=(f"curl -I {self._client.oauth_url}",),
            )
        if failure.cause == "server error":
            tracking = (("Zoom's tracking id", failure.tracking_id),) if failure.tracking_id else ()
            wait = int(failure.wait)
            return Problem(
                503 if wait else 502,
                "zoom-trouble",
                "Zoom is having trouble",
                failure.message,
                (f"Wait {wait} seconds before the next try." if wait else "Wait a minute.", _STATUS_PAGE),
                action=action,
                facts=tracking,
                headers={"Retry-After": str(wait)} if wait else {},
            )
        if failure.cause == "foreign answer":
            return self._problem_from(failure, 502, "foreign-answer", f"Another server than {host} answered", action)
        return self._problem_from(failure, 502, "malformed-answer", "Zoom returned an unexpected answer", action)

    def _other_account(self, failure: OtherAccount) -> Problem:
        profile = "another-name"
        return Problem(
            409,
            "other-account",
            "This is another Zoom account than before",
            f'The profile "{self._profile.name}" is signed in to {_name(failure.before)}. You have just '
            f"signed in to {_name(failure.now)}. Nothing has been changed yet.",
            (
                "To use both, keep the earlier account here and sign in to the new one with another profile.",
                "The collected graph of a profile belongs to one account; after replacing, it must be collected again.",
            ),
            action=_DISCARD,
            others=(Action("Replace the earlier account", "/keep", {"replace": "yes"}),),
            commands=(Command("auth login").for_call(profile),),
        )

    def _busy(self, failure: ProfileBusy, action: Action) -> Problem:
        return self._problem_from(failure, 503, "profile-busy", "Another process is changing this sign-in", action)

    def _problem_from(
        self, failure: CollectorError, status: int, code: str, title: str, action: Action, *others: Action
    ) -> Problem:
        """A page with the failure's own message and next step."""
        next_step = NextStep(failure.next_step).for_call(self._profile.name_to_give)
        advice = (next_step,) if next_step else ()
        return Problem(status, code, title, failure.message, advice, action=action, others=others)


def _name(account: Mapping[str, object]) -> str:
    """Who, and of which account: administrators of two accounts may have the same address."""
    describe_account = str(account.get("email") or account.get("id") or "a user Zoom did not name")
    return f"{describe_account} (Zoom account {account['account_id']})" if "account_id" in account else describe_account


def sign_in_refused(refusal: Refusal, profile: Profile, client: OAuthClient, address: Address) -> Problem:
    """The page for a refused code."""
    zoom_message, kind = refusal.zoom_message, refusal.kind
    if kind == "credentials":
        return credentials_refused(profile, client, zoom_message)
    if kind == "redirect":
        return _redirect_mismatch(zoom_message, address)
    if kind == "app type":
        return _wrong_kind_of_app(zoom_message, profile, client)
    if kind == "app":
        return _app_off(zoom_message, client)
    if kind == "code":
        return Problem(
            400,
            "code-refused",
            "Zoom no longer accepts this code",
            "Zoom's code can be used once, within 5 minutes. Nothing was saved.",
            action=START_AGAIN,
            quote=zoom_message,
        )
    if kind == "pkce":
        return Problem(
            400,
            "verifier-refused",
            "Zoom could not match this answer to the sign-in",
            "The proof that this server had started the sign-in was not accepted. Nothing was saved.",
            action=START_AGAIN,
            quote=zoom_message,
        )
    return Problem(
        502,
        "refused",
        "Zoom refused to give a token",
        "Zoom accepted the code but issued no token. Nothing was saved.",
        ("Check the app in the Zoom App Marketplace: its type must be General App, and it must be activated.",),
        action=START_AGAIN,
        quote=zoom_message,
    )


def credentials_refused(
    profile: Profile,
    client: OAuthClient,
    zoom_message: str = "",
    happened: str = "Zoom does not know the client id or the client secret.",
) -> Problem:
    """The page for a client id or secret that is malformed or unknown to Zoom."""
    names = "ZOOM_CLIENT_ID" if client.is_public else "ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET"
    advice = [
        f"Check {names} in .env against the app's page in the Zoom App Marketplace: no spaces, no quotes.",
        "Development and Production have different pairs; both values must come from the same tab.",
        "They must be of a General App. For a Server-to-Server app set ZOOM_ACCOUNT_ID; it needs no sign-in. Keys "
        "of an SDK app or a former JWT app do not work.",
        "After a change, stop this server with Ctrl-C and start it again.",
    ]
    if client.is_public:
        advice[1] = "ZOOM_CLIENT_SECRET is not set. If the app's page shows a Client Secret, set it."
    return Problem(
        502,
        "credentials",
        "Zoom rejected the app credentials",
        f"{happened} Nothing was saved.",
        tuple(advice),
        action=START_AGAIN,
        facts=(("Client id", client_id_suffix(client)),),
        commands=(Command("auth login").for_call(profile.name_to_give),),
        quote=zoom_message,
    )


def client_id_suffix(client: OAuthClient) -> str:
    """The end of the client id: enough to recognize it by."""
    return f"…{client.client_id[-4:]}"


def _wrong_kind_of_app(zoom_message: str, profile: Profile, client: OAuthClient) -> Problem:
    return Problem(
        502,
        "app-type",
        "This app has no browser sign-in",
        "Zoom says that the app's type does not support this sign-in. Nothing was saved.",
        (
            "In the Zoom App Marketplace make a General App that is admin-managed, and put its Client ID and Client "
            "Secret into .env.",
            "For a Server-to-Server app set ZOOM_ACCOUNT_ID as well; then no sign-in is needed.",
            "After a change, stop this server with Ctrl-C and start it again.",
        ),
        facts=(("Client id", client_id_suffix(client)),),
        commands=(Command("auth login").for_call(profile.name_to_give),),
        quote=zoom_message,
    )


def _app_off(zoom_message: str, client: OAuthClient) -> Problem:
    return Problem(
        502,
        "app-off",
        "The app is deactivated at Zoom",
        "Zoom no longer issues tokens to this app or its owner.",
        (
            "An account administrator lifts a block or approves the app: Zoom App Marketplace → Manage → Apps on "
            "Account.",
            "If the person who made the app has left, its new owner has to activate it again.",
        ),
        action=START_AGAIN,
        facts=(("Client id", client_id_suffix(client)),),
        quote=zoom_message,
    )


def _redirect_mismatch(zoom_message: str, address: Address) -> Problem:
    return Problem(
        502,
        "redirect-mismatch",
        "The redirect URL does not match",
        "The redirect URL of this server and the one registered at Zoom must be exactly the same.",
        (
            "In the Zoom App Marketplace, compare OAuth Redirect URL and the OAuth Allow List with each line. Upper "
            "case and a trailing slash count.",
        ),
        action=START_AGAIN,
        facts=(
            ("Sent to Zoom", address.redirect_uri),
            ("Scheme", urlsplit(address.redirect_uri).scheme),
            ("Host", address.host),
            ("Port", str(address.port)),
            ("Path", address.path),
        ),
        quote=zoom_message,
    )
