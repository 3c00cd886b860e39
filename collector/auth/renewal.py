"""Spends a refresh token and puts what comes back on the disk (RFC 6749 §6)."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from collector.auth.oauth_client import OAuthClient
from collector.auth.refusals import SIGN_IN_AGAIN, Refusal, explain_refresh, is_dead
from collector.auth.token_document import TokenDocument
from collector.auth.token_endpoint import TokenEndpoint
from collector.auth.token_file import TokenFile, storage_told
from collector.clock import Clock
from collector.deferred_signals import signals_deferred
from collector.errors import SignInRequired, StorageFailed
from collector.next_steps import NextStep

_Keep = Callable[[TokenDocument], None]


class Renewal:
    """Refreshes one profile's sign-in. Call it inside the lock of the file."""

    def __init__(self, client: OAuthClient, file: TokenFile, clock: Clock, randomness: random.Random) -> None:
        self._client_id = client.client_id
        self._endpoint = TokenEndpoint(client, clock, randomness)
        self._file = file
        self._clock = clock

    def renew(self, stored: TokenDocument, good: Callable[[TokenDocument], bool]) -> TokenDocument:
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
            with signals_deferred(), storage_told("made ready to be written", path), self._file.prepared() as keep:
                outcome = self._spend(stored, keep)
                if isinstance(outcome, TokenDocument):
                    return outcome
                # Evidence about the token that was sent, not about what may be on the disk by now.
                with storage_told("read", path):
                    found = self._file.load()
                if found is None or found.refresh_token == stored.refresh_token:
                    raise self._give_up(stored, outcome, keep)
            if good(found):
                return found
            stored = found

    def _spend(self, stored: TokenDocument, keep: _Keep) -> TokenDocument | Refusal:
        """The next document, kept; or Zoom's final refusal of the refresh token."""
        answer = self._endpoint.request("refresh_token", refresh_token=stored.refresh_token or "")
        if isinstance(answer, Refusal):
            if is_dead(answer):
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
            keep(document)
        except OSError as problem:
            raise StorageFailed(
                f"Zoom has given {self._whose(stored)} a new token, but it could not be kept: {self._file.path}: "
                f"{problem.strerror or problem}.",
                NextStep(
                    "Make room on the disk or mend the permissions of this folder, then sign in again. {}",
                    SIGN_IN_AGAIN,
                ),
            ) from None
        return document

    def _give_up(self, stored: TokenDocument, refusal: Refusal, keep: _Keep) -> SignInRequired:
        """Note in the file that only a new sign-in helps, and why; everything else in it stays."""
        if refusal.lost:
            reason = (
                f"Zoom changed the token of {self._whose(stored)}, but its answer was lost on the way "
                f"({refusal.lost}); the old token is no longer good ({refusal.words})."
            )
        else:
            reason = (
                f"The sign-in of {self._whose(stored)} is no longer valid: Zoom refused the refresh token "
                f"({refusal.words}). Usually the app was removed, somebody signed in again elsewhere, a run was killed "
                "while it renewed the token, or it was not used for 90 days."
            )
        with suppress(OSError):  # without it the next start asks Zoom once more, and is told the same
            keep(replace(stored, reauth={"reason": reason, "at": self._clock.now()}))
        return SignInRequired(reason, SIGN_IN_AGAIN)

    def _whose(self, stored: TokenDocument) -> str:
        email = (stored.account or {}).get("email")
        return f'the profile "{self._file.profile}"' + (f" ({email})" if email else "")
