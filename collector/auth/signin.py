"""A browser sign-in: `start_authorization`, `exchange_code`, `save`; later `revoke` or `forget`.

The redirect server is a thin shell around these.
"""

from __future__ import annotations

import dataclasses
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

from collector.auth import OAuthClient, SignInTokenSource, StoredToken, TokenEndpoint, TokenFile
from collector.auth.identity import Account, fetch_identity
from collector.auth.stored_token import SIGN_IN_GRANT
from collector.auth.token_errors import Refusal, explain_refresh, means_signed_out
from collector.auth.token_file import storage_errors
from collector.auth.token_source import scopes_of
from collector.clock import Clock
from collector.errors import OtherAccount, SignInRequired
from collector.settings.hosts import api_url as api_base

_log = logging.getLogger("collector.signin")


@dataclass(frozen=True)
class Attempt:
    """A sign-in in progress. `started_at`: seconds since 1970.

    `state` ties Zoom's answer to it (RFC 9700 §2.1, at least 128 bits), `code_verifier` the code (RFC 7636 §4.1).
    """

    state: str = field(repr=False)
    code_verifier: str = field(repr=False)
    redirect_uri: str
    started_at: float
    authorization_url: str = field(repr=False)


@dataclass(frozen=True)
class SignIn:
    """A sign-in that Zoom has granted, not saved yet.

    `account`: who signed in, as `id`, `email` and `account_id`; None when Zoom did not say. `scopes`: None when
    unknown.
    """

    document: StoredToken = field(repr=False)
    account: Account | None
    scopes: frozenset[str] | None


def start_authorization(client: OAuthClient, redirect_uri: str, now: float) -> Attempt:
    """A new attempt with its own state and verifier. `now`: seconds since 1970.

    No scope is requested: Zoom grants what the app was given in the Marketplace and refuses other lists.
    """
    verifier = generate_token(48)
    with OAuth2Session(client.client_id, redirect_uri=redirect_uri, code_challenge_method="S256") as session:
        url, state = session.create_authorization_url(
            f"{client.oauth_url.rstrip('/')}/oauth/authorize", state=generate_token(43), code_verifier=verifier
        )
    return Attempt(state, verifier, redirect_uri, now, url)


def exchange_code(
    client: OAuthClient,
    attempt: Attempt,
    code: str,
    clock: Clock,
    randomness: random.Random,
    api_url: str | None = None,
    new_session: Callable[[], requests.Session] = requests.Session,
) -> SignIn | Refusal:
    """The tokens Zoom gives for the code, and who signed in. `api_url`: the configured API, None to use Zoom's answer.

    The code is never sent again once it may have arrived. Raises TokenEndpointFailed, and UsageError for malformed
    credentials.
    """
    answer = TokenEndpoint(client, clock, randomness).request(
        SIGN_IN_GRANT,
        single_use=True,
        code=code,
        redirect_uri=attempt.redirect_uri,
        code_verifier=attempt.code_verifier,
    )
    if isinstance(answer, Refusal):
        return answer
    now = clock.now()
    base = api_base(api_url, client.oauth_url, answer.api_url)
    account = fetch_identity(base, answer.access_token, clock, new_session) if base else None
    document = StoredToken(
        grant=SIGN_IN_GRANT,
        client_hash=client.hash(),
        access_token=answer.access_token,
        scope=answer.scope,
        api_url=answer.api_url,
        obtained_at=now,
        expires_at=now + answer.expires_in,
        refresh_token=answer.refresh_token,
        account=account,
        generation=1,
        obtained_for=api_url,
    )
    return SignIn(document, account, scopes_of(answer.scope))


def save(sign_in: SignIn, file: TokenFile, clock: Clock, replace: bool = False) -> None:
    """Save the sign-in; it is durably on disk when this returns.

    Raises OtherAccount when the profile holds another account's and `replace` is not set, StorageFailed,
    ProfileBusy, NewerVersion. A damaged file is replaced. If the same person has signed in again in the meantime,
    this older sign-in is dropped: Zoom has ended its tokens.
    """
    with storage_errors("written", file.path), file.locked(clock):
        try:
            stored = file.load()
        except SignInRequired as damage:
            _log.warning("%s Replacing it.", damage.message)
            stored = None
        if stored is None:
            file.save(sign_in.document)
            return
        if stored.grant == SIGN_IN_GRANT and not replace:
            _check_same_account(stored.account, sign_in.account)
            if _is_superseded(sign_in.document, stored, clock.now()):
                _log.info("A later sign-in of the same person is already saved; kept.")
                return
        file.save(_after(stored, sign_in.document))


def revoke(client: OAuthClient, file: TokenFile, clock: Clock, randomness: random.Random) -> None:
    """Revoke the sign-in at Zoom, which also removes the app there, then remove it here.

    An expired access token is refreshed first, since Zoom revokes by it. A sign-in that Zoom no longer knows is
    removed too. Raises SignInRequired when there is no sign-in with this app, UsageError when Zoom
    refuses the app; CollectionFailed, StorageFailed and ProfileBusy leave the file as it is.
    """
    try:
        SignInTokenSource(client, file, clock, randomness).token()
    except SignInRequired:
        if not _is_refused(client, file):
            raise
    with storage_errors("removed", file.path), file.locked(clock):
        document = file.load()
        if document is not None and document.grant == SIGN_IN_GRANT:
            _revoke_token(client, document.access_token, clock, randomness)
            file.forget()


def forget(file: TokenFile, clock: Clock) -> None:
    """Remove the profile's token from this computer; at Zoom nothing changes. Raises StorageFailed, ProfileBusy."""
    with storage_errors("removed", file.path), file.locked(clock):
        file.forget()


def _check_same_account(before: Account | None, now: Account | None) -> None:
    """Accounts are compared, not people: any administrator of the same account reads the same graph."""
    for name in ("account_id", "id"):
        one, other = (before or {}).get(name), (now or {}).get(name)
        if one and other:
            if one != other:
                break
            return
    else:
        return
    raise OtherAccount(
        f"This profile is signed in as {_name(before)}, but {_name(now)} of another account has just signed in.",
        "Keep both with another profile (--profile NAME), or replace the earlier sign-in.",
        before,
        now,
    )


def _is_superseded(document: StoredToken, stored: StoredToken, now: float) -> bool:
    """Whether `stored` is newer than `document`, for the same person, app and scopes (and not from the future)."""
    person = (document.account or {}).get("id")
    return (
        person is not None
        and person == (stored.account or {}).get("id")
        and (document.client_hash, document.scope) == (stored.client_hash, stored.scope)
        and stored.reauth is None
        and document.obtained_at < stored.obtained_at <= now
    )


def _name(account: Account | None) -> str:
    known = account or {}
    return str(known.get("email") or known.get("id") or known.get("account_id"))


def _after(stored: StoredToken, document: StoredToken) -> StoredToken:
    """The document as the successor of `stored`, with the next generation."""
    return dataclasses.replace(document, generation=stored.generation + 1, others=stored.others)


def _is_refused(client: OAuthClient, file: TokenFile) -> bool:
    """Whether the file holds a sign-in with this app that Zoom has refused: it can only be removed."""
    try:
        document = file.load()
    except (OSError, SignInRequired):
        return False
    return document is not None and document.client_hash == client.hash() and document.reauth is not None


def _revoke_token(client: OAuthClient, token: str, clock: Clock, randomness: random.Random) -> None:
    refusal = TokenEndpoint(client, clock, randomness).revoke(token)
    if refusal is None:
        return
    if not means_signed_out(refusal):
        raise explain_refresh(refusal, client.client_id)
    _log.info("Zoom no longer knew the token: %s", refusal.zoom_message)
