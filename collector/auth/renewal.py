"""Spends a refresh token and puts what comes back on the disk (RFC 6749 §6)."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from collector.auth.oauth_client import OAuthClient
from collector.auth.stored_token import StoredToken
from collector.auth.token_endpoint import TokenEndpoint
from collector.auth.token_errors import SIGN_IN_AGAIN, Refusal, explain_refresh, means_signed_out
from collector.auth.token_file import TokenFile, storage_errors
from collector.clock import Clock
from collector.deferred_signals import signals_deferred
from collector.errors import SignInRequired, StorageFailed
from collector.next_steps import NextStep

_Save = Callable[[StoredToken], None]


class Renewal:
    """Refreshes one profile's sign-in. Call it inside the lock of the file."""

    def __init__(self, client: OAuthClient, file: TokenFile, clock: Clock, randomness: random.Random) -> None:
        self._client_id = client.client_id
        self._endpoint = TokenEndpoint(client, clock, randomness)
        self._file = file
        self._clock = clock

    def renew(self, stored: StoredToken, good: Callable[[StoredToken], bool]) -> StoredToken:
        """The document after `stored`, durably on the disk.

        `good`: whether a document found on the disk after a refusal does, as `stored` did not. Raises SignInRequired
        when the refresh token is refused for good, which is written into the file; UsageError when the app is;
        StorageFailed when the disk would not take the next one, before the refresh token is spent, or did not all the
        same; CollectionFailed when there is no usable answer.
        """
        path = self._file.path
        while True:
            if stored.refresh_token is None:
                raise SignInRequired(
                    f"The access token of {self._whose(stored)} has expired and there is no refresh token.",
                    SIGN_IN_AGAIN,
                )
            with signals_deferred(), storage_errors("made ready to be written", path), self._file.reserved() as save:
                outcome = self._refresh(stored, save)
                if isinstance(outcome, StoredToken):
                    return outcome
                # Evidence about the token that was sent, not about what may be on the disk by now.
                with storage_errors("read", path):
                    found = self._file.load()
                if found is None or found.refresh_token == stored.refresh_token:
                    raise self._record_refusal(stored, outcome, save)
            if good(found):
                return found
            stored = found

    def _refresh(self, stored: StoredToken, save: _Save) -> StoredToken | Refusal:
        """The next document, kept; or Zoom's final refusal of the refresh token."""
        answer = self._endpoint.request("refresh_token", refresh_token=stored.refresh_token or "")
        if isinstance(answer, Refusal):
            if means_signed_out(answer):
                return answer
            raise explain_refresh(answer, self._client_id)
        now = self._clock.now()
        document = replace(
            stored,
            access_token=answer.access_token,
            refresh_token=answer.refresh_token or stored.refresh_token,
            scope=stored.scope if answer.scope is None else answer.scope,
            api_url=answer.api_url or stored.api_url,
            obtained_at=now,
            expires_at=now + answer.expires_in,
            generation=stored.generation + 1,
            reauth=None,
        )
        try:
            save(document)
        except OSError as problem:
            raise StorageFailed(
                f"Zoom has given {self._whose(stored)} a new token, but it could not be kept: {self._file.path}: "
                f"{problem.strerror or problem}.",
                NextStep(
                    "Free disk space or fix the folder's permissions, then sign in again. {}",
                    SIGN_IN_AGAIN,
                ),
            ) from None
        return document

    def _record_refusal(self, stored: StoredToken, refusal: Refusal, save: _Save) -> SignInRequired:
        """Note in the file that only a new sign-in helps, and why; everything else in it stays."""
        if refusal.lost_response:
            reason = (
                f"Zoom changed the token of {self._whose(stored)}, but its answer was lost on the way "
                f"({refusal.lost_response}); the old token is no longer good ({refusal.zoom_message})."
            )
        else:
            reason = (
                f"The sign-in of {self._whose(stored)} is no longer valid: Zoom refused the refresh token "
                f"({refusal.zoom_message}). Usually the app was removed, somebody signed in again elsewhere, a run was "
                "killed while it renewed the token, or it was not used for 90 days."
            )
        with suppress(OSError):  # without it the next start asks Zoom once more, and is told the same
            save(replace(stored, reauth={"reason": reason, "at": self._clock.now()}))
        return SignInRequired(reason, SIGN_IN_AGAIN)

    def _whose(self, stored: StoredToken) -> str:
        email = (stored.account or {}).get("email")
        return f'the profile "{self._file.profile}"' + (f" ({email})" if email else "")
