"""A token from a browser sign-in, refreshed before it expires (grants `authorization_code`, `refresh_token`).

Zoom replaces the refresh token at every use, and losing the new one ends the sign-in. So one thread of one process
refreshes at a time, under the file's lock, after re-reading the file and reserving disk space for the answer.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable

from collector.auth.oauth_client import OAuthClient
from collector.auth.renewal import Renewal
from collector.auth.stored_token import RENEW_BELOW_SECONDS, SIGN_IN_GRANT, UNUSABLE_BELOW_SECONDS, StoredToken
from collector.auth.token_errors import SIGN_IN_AGAIN
from collector.auth.token_file import TokenFile, storage_errors
from collector.auth.token_source import Token
from collector.clock import Clock
from collector.errors import CollectionFailed, ProfileBusy, SignInRequired, StorageFailed, UsageError

_RETRY_PAUSE_SECONDS = 30.0
"""Seconds between two attempts to refresh while the old access token can still be used."""

_IsUsable = Callable[[StoredToken], bool]

_log = logging.getLogger("collector.auth")


class SignInTokenSource:
    """A TokenSource for the sign-in of a profile. Threads and processes that need a new token share one refresh."""

    def __init__(self, client: OAuthClient, file: TokenFile, clock: Clock, randomness: random.Random) -> None:
        self._client_hash = client.hash()
        self._clock = clock
        self._file = file
        self._renewal = Renewal(client, file, clock, randomness)
        self._lock = threading.Lock()
        self._latest: StoredToken | None = None
        self._no_retry_until = 0.0

    def token(self) -> Token:
        """The stored token if it is valid for more than 300 s, else a new one.

        If Zoom does not answer, the stored one is used until 60 s before it expires. Raises SignInRequired when nobody
        is signed in or Zoom has refused the refresh token, UsageError when it refuses the app, StorageFailed when a new
        token cannot be written, CollectionFailed when Zoom gives no usable answer, ProfileBusy when another process
        keeps the file locked, NewerVersion.
        """
        return self._get(self._is_usable)

    def renew(self, rejected: Token) -> Token:
        """Another token than the rejected one; raises as `token` does."""
        return self._get(lambda stored: stored.access_token != rejected.access_token and self._is_usable(stored))

    def refresh(self) -> Token:
        """A new token now, whether needed or not; raises as `token` does, UsageError without a refresh token."""
        before = self._stored()
        if before.refresh_token is None:
            raise UsageError("This sign-in has no refresh token, so it cannot be refreshed.", SIGN_IN_AGAIN)
        return self._get(lambda stored: stored.generation > before.generation)

    def _get(self, is_usable: _IsUsable) -> Token:
        with self._lock:
            latest, self._latest = self._latest, None  # a failure below must not leave a refused token in use
            if latest is None or not is_usable(latest):
                latest = self._usable_token(is_usable)
            self._latest = latest
        return latest.token()

    def _usable_token(self, is_usable: _IsUsable) -> StoredToken:
        """A usable token from the file, else a new one from Zoom."""
        stored = self._stored()
        if is_usable(stored):
            return stored
        try:
            return self._usable_token_under_lock(is_usable)
        except (CollectionFailed, StorageFailed, ProfileBusy) as failure:
            self._no_retry_until = self._clock.monotonic() + _RETRY_PAUSE_SECONDS
            if not is_usable(stored):
                raise
            _log.warning("%s Using the current token until it expires.", failure.message)
            return stored

    def _usable_token_under_lock(self, is_usable: _IsUsable) -> StoredToken:
        with storage_errors("locked", self._file.path), self._file.locked(self._clock):
            stored = self._stored()
            if is_usable(stored):
                return stored
            return self._renewal.renew(stored, lambda latest: is_usable(self._checked(latest)))

    def _stored(self) -> StoredToken:
        with storage_errors("read", self._file.path):
            stored = self._file.load()
        return self._checked(stored)

    def _checked(self, stored: StoredToken | None) -> StoredToken:
        """The stored token. Raises SignInRequired unless it is a sign-in with this app that Zoom has not refused."""
        if stored is None or stored.grant != SIGN_IN_GRANT:
            raise self._required(f'Nobody has signed in to the profile "{self._file.profile}".')
        if stored.client_hash != self._client_hash:
            raise self._required(
                f'The token of the profile "{self._file.profile}" belongs to another app than ZOOM_CLIENT_ID.'
            )
        if stored.reauth is not None:
            raise self._required(str(stored.reauth.get("reason") or "Zoom no longer accepts this sign-in."))
        return stored

    def _required(self, message: str) -> SignInRequired:
        return SignInRequired(message, SIGN_IN_AGAIN)

    def _is_usable(self, stored: StoredToken) -> bool:
        is_paused = self._clock.monotonic() < self._no_retry_until
        return stored.is_fresh(self._clock.now(), UNUSABLE_BELOW_SECONDS if is_paused else RENEW_BELOW_SECONDS)
