"""The stored sign-in as `auth status` shows it, without asking Zoom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from collector.auth.oauth_client import OAuthClient
from collector.auth.stored_token import SIGN_IN_GRANT, StoredToken
from collector.auth.token_file import TokenFile
from collector.auth.token_source import scopes_of
from collector.clock import Clock
from collector.errors import NewerVersion, SignInRequired

State = Literal["none", "usable", "expired", "reauth", "other client", "damaged", "newer"]


@dataclass(frozen=True)
class StoredSignIn:
    """A profile's browser sign-in, as stored.

    `state`: "usable" when a collection can start with it, after a refresh if needed. `reason`: a sentence why it is
    not usable, "" when it is. `scopes`: None when unknown. Times are seconds since 1970.
    """

    state: State
    path: Path
    account: Mapping[str, object] | None = None
    scopes: frozenset[str] | None = None
    obtained_at: float | None = None
    expires_at: float | None = None
    reason: str = ""


def stored_sign_in(file: TokenFile, client: OAuthClient | None, clock: Clock) -> StoredSignIn:
    """The state of the profile's sign-in for this app; without an app, whose it is is not checked."""
    try:
        document = file.load()
    except NewerVersion as newer:
        return StoredSignIn("newer", file.path, reason=newer.message)
    except SignInRequired as damage:
        return StoredSignIn("damaged", file.path, reason=damage.message)
    except OSError as problem:
        reason = f"The token file cannot be read: {problem.strerror or problem}."
        return StoredSignIn("damaged", file.path, reason=reason)
    if document is None or document.grant != SIGN_IN_GRANT:
        return StoredSignIn("none", file.path, reason=f'Nobody has signed in to the profile "{file.profile}".')
    state, reason = _state(document, client, clock.now())
    return StoredSignIn(
        state,
        file.path,
        document.account,
        scopes_of(document.scope),
        document.obtained_at,
        document.expires_at,
        reason,
    )


def _state(document: StoredToken, client: OAuthClient | None, now: float) -> tuple[State, str]:
    if client is not None and document.client_hash != client.hash():
        return "other client", "The token belongs to another app than ZOOM_CLIENT_ID."
    if document.reauth is not None:
        return "reauth", str(document.reauth.get("reason") or "Zoom no longer accepts this sign-in.")
    if document.refresh_token is None and not document.is_fresh(now):
        return "expired", "The access token has expired and there is no refresh token."
    return "usable", ""
