"""Uses a refresh token and saves the answer (RFC 6749 §6)."""

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
    """Refreshes a profile's sign-in. Call it while holding the file's lock."""

    def __init__(self, client: OAuthClient, file: TokenFile, clock: Clock, randomness: random.Random) -> None:
        self._client_id = client.client_id
        self._endpoint = TokenEndpoint(client, clock, randomness)
        self._file = file
        self._clock = clock

    def renew(self, stored: StoredToken, good: Callable[[StoredToken], bool]) -> StoredToken:
        """The document that replaces `stored`, durably on disk.

        `good`: whether a newer document, found on disk after a refusal, can be used. Raises SignInRequired when Zoom
        refuses the refresh token, which is recorded in the file; UsageError when it refuses the app; StorageFailed
        when the disk has no room (checked before the refresh token is used) or the answer cannot be saved;
        CollectionFailed when there is no usable answer.
        """
        path = self._file.path
        while True:
            if stored.refresh_token is None:
                raise SignInRequired(
                    f"The access token of {self._whose(stored)} has expired and there is no refresh token.",
                    SIGN_IN_AGAIN,
                )
            with signals_deferred(), storage_errors("prepared for writing", path), self._file.reserved() as save:
                outcome = self._refresh(stored, save)
                if isinstance(outcome, StoredToken):
                    return outcome
                # The refusal is about the token that was sent; the file may hold a newer one by now.
                with storage_errors("read", path):
                    found = self._file.load()
                if found is None or found.refresh_token == stored.refresh_token:
                    raise self._record_refusal(stored, outcome, save)
            if good(found):
                return found
            stored = found

    def _refresh(self, stored: StoredToken, save: _Save) -> StoredToken | Refusal:
        """The next document, saved; or Zoom's final refusal of the refresh token."""
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
                f"Zoom has given {self._whose(stored)} a new token, but it could not be saved: {self._file.path}: "
                f"{problem.strerror or problem}.",
                NextStep(
                    "Free disk space or fix the folder's permissions, then sign in again. {}",
                    SIGN_IN_AGAIN,
                ),
            ) from None
        return document

    def _record_refusal(self, stored: StoredToken, refusal: Refusal, save: _Save) -> SignInRequired:
        """Record in the file why a new sign-in is needed; everything else in it stays."""
        if refusal.lost_response:
            reason = (
                f"Zoom changed the token of {self._whose(stored)}, but its answer was lost on the way "
                f"({refusal.lost_response}); the old token is no longer valid ({refusal.zoom_message})."
            )
        else:
            reason = (
                f"The sign-in of {self._whose(stored)} is no longer valid: Zoom refused the refresh token "
                f"({refusal.zoom_message}). Usually the app was removed, somebody signed in again elsewhere, a run was "
                "killed while it refreshed the token, or the sign-in was not used for 90 days."
            )
        with suppress(OSError):  # otherwise the next run asks Zoom again and gets the same answer
            save(replace(stored, reauth={"reason": reason, "at": self._clock.now()}))
        return SignInRequired(reason, SIGN_IN_AGAIN)

    def _whose(self, stored: StoredToken) -> str:
        email = (stored.account or {}).get("email")
        return f'the profile "{self._file.profile}"' + (f" ({email})" if email else "")
