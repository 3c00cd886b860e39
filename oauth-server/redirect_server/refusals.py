"""Which failure becomes which page (contract: the rows of the failure table)."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from urllib.parse import urlsplit

from collector.auth import OAuthClient
from collector.auth.signin import (
    ForeignAnswer,
    MalformedAnswer,
    NoConnection,
    OtherAccountSignedIn,
    SignInRefused,
    StorageFailed,
    ZoomTrouble,
)
from collector.errors import CollectorError, ProfileBusy, SignInRequired, UsageError
from collector.settings import Settings
from collector.settings.redirect_address import Address
from redirect_server.problems import HOME, START_AGAIN, Action, Problem
from redirect_server.refused_codes import credentials_refused, sign_in_refused

_STATUS_PAGE = "How Zoom itself is doing: https://status.zoom.us"
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_SAVE_AGAIN = Action("Try saving again", "/keep", {})
_DISCARD = Action("Keep the earlier account", "/discard", {})
_FORGET = Action("Forget it on this computer only", "/forget", {"confirmed": "yes"})


class Explainer:
    """Knows what the pages may tell about the configuration: never a secret, of the client id its end."""

    def __init__(self, settings: Settings, client: OAuthClient, address: Address) -> None:
        self._settings = settings
        self._client = client
        self._address = address

    def exchange(self, failure: CollectorError) -> Problem:
        """Zoom's code did not become a token."""
        if isinstance(failure, SignInRefused):
            return sign_in_refused(failure, self._client, self._address)
        if isinstance(failure, UsageError):
            return credentials_refused(self._client, happened=failure.message)
        return self._unanswered(failure)

    def keep(self, failure: CollectorError) -> Problem:
        """The sign-in is there, but not on disk; it waits in memory."""
        if isinstance(failure, OtherAccountSignedIn):
            return self._other_account(failure)
        if isinstance(failure, ProfileBusy):
            return _busy(failure, _SAVE_AGAIN)
        if isinstance(failure, StorageFailed) and isinstance(failure.__context__, OSError):
            return self.storage(failure.__context__, waits=True)
        return _told(failure, 500, "not-saved", "The sign-in could not be saved", _SAVE_AGAIN)

    def storage(self, failure: OSError, *, waits: bool = False) -> Problem:
        """The disk does not take the token. `waits`: there is one, kept in memory for ten minutes."""
        full = failure.errno in _NO_SPACE
        folder = self._settings.profile.folder
        happened = f"{failure.strerror or 'The system refused it'}: {folder}."
        advice = "Free some space on that disk." if full else "Make the folder writable for your user."
        if waits:
            happened += " Zoom has given the token; it is kept in this server's memory for 10 minutes."
        else:
            happened += " You have not been sent to Zoom, because what comes of it could not be kept."
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
            return _busy(failure, HOME)
        if isinstance(failure, SignInRequired):
            return _told(failure, 409, "sign-in-again", "Zoom does not renew this sign-in any more", START_AGAIN)
        if isinstance(failure, UsageError):
            return _told(failure, 409, "not-refreshed", "The token could not be refreshed", START_AGAIN, HOME)
        if isinstance(failure, StorageFailed):
            return _told(failure, 500, "disk-refuses-refresh", "The token has not been refreshed", HOME)
        return self._unanswered(failure, HOME)

    def revoke(self, failure: CollectorError) -> Problem:
        """The sign-in could not be ended at Zoom; the file is as it was."""
        if isinstance(failure, ProfileBusy):
            return _busy(failure, HOME)
        if isinstance(failure, SignInRequired):
            return _told(failure, 409, "nothing-to-revoke", "There is no sign-in to end at Zoom", HOME, _FORGET)
        if isinstance(failure, StorageFailed):
            return _told(failure, 500, "not-removed", "The sign-in is still on this computer", HOME, _FORGET)
        status = 504 if isinstance(failure, NoConnection) else 502
        return _told(failure, status, "not-revoked", "Zoom has not ended the sign-in", HOME, _FORGET)

    def forget(self, failure: CollectorError) -> Problem:
        """The file could not be removed."""
        if isinstance(failure, ProfileBusy):
            return _busy(failure, HOME)
        return _told(failure, 500, "not-forgotten", "The sign-in could not be removed", HOME)

    def _unanswered(self, failure: CollectorError, action: Action = START_AGAIN) -> Problem:
        host = urlsplit(self._client.oauth_url).netloc
        if isinstance(failure, NoConnection):
            return Problem(
                504,
                "no-connection",
                f"{host} cannot be reached",
                failure.message,
                (
                    "Check the network. Behind a proxy set HTTPS_PROXY; behind one that opens connections set "
                    "REQUESTS_CA_BUNDLE to its certificates.",
                ),
                action=action,
                commands=(f"curl -I {self._client.oauth_url}",),
            )
        if isinstance(failure, ZoomTrouble):
            tracking = (("Zoom's tracking id", failure.tracking_id),) if failure.tracking_id else ()
            wait = int(failure.retry_after) if failure.retry_after else 0
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
        if isinstance(failure, ForeignAnswer):
            return _told(failure, 502, "foreign-answer", f"Something else than {host} answered", action)
        if isinstance(failure, MalformedAnswer):
            return _told(failure, 502, "malformed-answer", "Zoom gave an answer nobody expects", action)
        return _told(failure, 502, "not-connected", "The sign-in did not succeed", action)

    def _other_account(self, failure: OtherAccountSignedIn) -> Problem:
        profile = "another-name"
        return Problem(
            409,
            "other-account",
            "This is another Zoom account than before",
            f'The profile "{self._settings.profile.name}" is signed in to {_name(failure.before)}. You have just '
            f"signed in to {_name(failure.now)}. Nothing has been changed yet.",
            (
                "To have both, keep the earlier account here and sign in to the new one under a profile of its own.",
                "The collected graph of a profile belongs to one account; after replacing, it must begin anew.",
            ),
            action=_DISCARD,
            others=(Action("Replace the earlier account", "/keep", {"replace": "yes"}),),
            commands=(f"collector auth login --profile {profile}",),
        )


def _name(account: Mapping[str, object]) -> str:
    """Who, and of which account: administrators of two accounts may have the same address."""
    who = str(account.get("email") or account.get("id") or "somebody Zoom did not name")
    return f"{who} (Zoom account {account['account_id']})" if "account_id" in account else who


def _busy(failure: ProfileBusy, action: Action) -> Problem:
    return _told(failure, 503, "profile-busy", "Another process is changing this sign-in", action)


def _told(failure: CollectorError, status: int, code: str, title: str, action: Action, *others: Action) -> Problem:
    """A page that says what the failure itself says."""
    advice = (failure.next_step,) if failure.next_step else ()
    return Problem(status, code, title, failure.message, advice, action=action, others=others)
