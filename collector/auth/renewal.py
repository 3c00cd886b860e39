"""Spends a refresh token and puts what comes back on the disk (RFC 6749 §6)."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

from collector.auth.deferred_signals import signals_deferred
from collector.auth.keeping import Keeping
from collector.auth.oauth_client import OAuthClient
from collector.auth.refusals import TokenRefused, Unanswered, explain_refresh, is_dead, sign_in_again
from collector.auth.token_document import TokenDocument
from collector.auth.token_endpoint import TokenEndpoint
from collector.auth.token_file import TokenFile
from collector.clock import Clock
from collector.errors import SignInRequired, UsageError
from collector.private_files import PreparedFile

_MOST_REFRESH_TOKENS = 3
"""How many refresh tokens one call tries when others keep replacing the file without minding its lock."""


class Renewal:
    """Refreshes one profile's sign-in. Call it inside the lock of the file."""

    def __init__(
        self, client: OAuthClient, file: TokenFile, keeping: Keeping, clock: Clock, randomness: random.Random
    ) -> None:
        self._client_id = client.client_id
        self._endpoint = TokenEndpoint(client, clock, randomness)
        self._file = file
        self._keeping = keeping
        self._clock = clock

    def renew(self, stored: TokenDocument, good: Callable[[TokenDocument], bool]) -> TokenDocument:
        """The document after `stored`, durably on the disk.

        `good`: whether a document found on the disk after a refusal does, as `stored` did not. Raises SignInRequired
        when the refresh token is refused for good, which is written into the file; UsageError when the app is;
        StorageFailed, before the refresh token is spent, when the disk would not take the next one; CollectionFailed
        when there is no usable answer.
        """
        for _ in range(_MOST_REFRESH_TOKENS):
            rescued = self._file.unfinished(stored)
            if rescued is not None:
                with self._keeping.prepared("") as prepared:
                    self._keeping.commit(prepared, rescued, stored)
                if good(rescued):
                    return rescued
                stored = rescued
                continue
            if stored.refresh_token is None:
                raise SignInRequired(
                    f"The access token of {self._whose(stored)} has expired and there is no refresh token.",
                    sign_in_again(self._file.profile),
                )
            note = _note(stored.refresh_token)
            begun = self._file.begun(note)
            with signals_deferred(), self._keeping.prepared(note) as prepared:
                outcome = self._spend(stored, prepared)
                if isinstance(outcome, TokenDocument):
                    return outcome
                # Evidence about the token that was sent, not about what may be on the disk by now.
                found = self._keeping.load()
                if found is None or found.refresh_token == stored.refresh_token:
                    raise self._give_up(stored, outcome, begun, prepared)
            if good(found):
                return found
            stored = found
        raise SignInRequired(
            f"Zoom refused the refresh tokens of {self._whose(stored)} one after the other, while something else "
            "kept replacing them.",
            sign_in_again(self._file.profile),
        )

    def _spend(self, stored: TokenDocument, prepared: PreparedFile) -> TokenDocument | TokenRefused:
        """The next document, committed; or Zoom's final refusal of the refresh token."""
        try:
            answer = self._endpoint.request("refresh_token", refresh_token=stored.refresh_token or "")
        except TokenRefused as refusal:
            if is_dead(refusal):
                return refusal
            raise explain_refresh(refusal, self._client_id) from None
        except UsageError:
            raise  # nothing was sent
        except BaseException as failure:
            # What may have been carried out leaves its note: a later refusal can then say what happened.
            if not isinstance(failure, Unanswered) or failure.may_have_acted:
                prepared.leave()
            raise
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
        self._keeping.commit(prepared, document, stored)
        return document

    def _give_up(
        self, stored: TokenDocument, refusal: TokenRefused, begun: float | None, prepared: PreparedFile
    ) -> SignInRequired:
        """Note in the file that only a new sign-in helps, and why; everything else in it stays."""
        if refusal.lost:
            reason = (
                f"Zoom changed the token of {self._whose(stored)}, but its answer was lost on the way "
                f"({refusal.lost}); the old token is no longer good ({refusal.words})."
            )
        elif begun is not None:
            reason = (
                f"The sign-in of {self._whose(stored)} is no longer valid: a refresh begun at {_moment(begun)} was "
                f"interrupted before its answer was kept ({refusal.words})."
            )
        else:
            reason = (
                f"The sign-in of {self._whose(stored)} is no longer valid: Zoom refused the refresh token "
                f"({refusal.words}). Usually the app was removed, somebody signed in again elsewhere, or it was not "
                "used for 90 days."
            )
        marked = replace(stored, reauth={"reason": reason, "at": self._clock.now()})
        self._keeping.commit(prepared, marked, stored)
        return SignInRequired(reason, sign_in_again(self._file.profile))

    def _whose(self, stored: TokenDocument) -> str:
        email = (stored.account or {}).get("email")
        return f'the profile "{self._file.profile}"' + (f" ({email})" if email else "")


def _note(refresh_token: str) -> str:
    return hashlib.sha256(refresh_token.encode()).hexdigest()


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
