"""Tokens of a Server-to-Server app (grant `account_credentials`).

Nobody signs in and there is no refresh token. A new token does not invalidate older ones (Zoom: "Server-to-Server
OAuth", multiple tokens), so losing one costs one request. With the cache, Zoom is asked once an hour, not once a
process.
"""

from __future__ import annotations

import hashlib
import logging
import random
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from types import MappingProxyType

from collector.auth.oauth_client import OAuthClient
from collector.auth.stored_token import StoredToken
from collector.auth.token_endpoint import TokenEndpoint
from collector.auth.token_errors import Refusal, explain_server_to_server
from collector.auth.token_file import TokenFile, storage_errors
from collector.auth.token_source import Token
from collector.clock import Clock
from collector.errors import SignInRequired, UsageError
from collector.next_steps import Command, NextStep
from collector.redaction import Secret

_GRANT = "account_credentials"

_log = logging.getLogger("collector.auth")


class ServerToServerTokenSource:
    """A TokenSource for one Server-to-Server app in one account.

    Threads and processes share one token. A cache that cannot be read or written costs a warning, never the run.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: Secret,
        account_id: str,
        oauth_url: str,
        file: TokenFile,
        clock: Clock,
        randomness: random.Random,
        api_url: str | None = None,
    ) -> None:
        """`api_url`: the configured API; a cached token that was obtained for another one is not used."""
        self._client_id = client_id
        self._api_url = api_url
        self._account_id = account_id
        self._client_hash = hashlib.sha256("\n".join((client_id, account_id, oauth_url)).encode()).hexdigest()
        self._endpoint = TokenEndpoint(OAuthClient(client_id, client_secret, oauth_url), clock, randomness)
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._latest: StoredToken | None = None

    def token(self) -> Token:
        """The cached token while it has more than 300 s left, else a new one.

        Raises UsageError when Zoom refuses the app or account, CollectionFailed when it gives no usable answer,
        ProfileBusy when another process keeps the profile locked, NewerVersion.
        """
        return self._good_token(rejected=None)

    def renew(self, rejected: Token) -> Token:
        """Another token than the rejected one; raises as `token` does."""
        return self._good_token(rejected.access_token)

    def refresh(self) -> None:
        """Get a new token now and cache it; raises as `token` does, and StorageFailed when it cannot be saved.

        Raises UsageError when the file holds a browser sign-in, which only a person could replace.
        """
        with storage_errors("saved", self._file.path), self._file.locked(self._clock):
            stored = self._stored()
            if stored is not None and stored.grant != _GRANT:
                raise UsageError(
                    f"{self._file.path} holds a browser sign-in, so tokens of the Server-to-Server app are not cached.",
                    NextStep(
                        "Nothing to do: every run gets its own token. To cache tokens, remove the sign-in with `{}`.",
                        Command("auth logout"),
                    ),
                )
            self._file.save(self._ask(others=stored.others if stored else {}))

    def _good_token(self, rejected: str | None) -> Token:
        with self._lock:
            if self._latest is None or not self._usable(self._latest, rejected):
                self._latest = self._from_file_or_zoom(rejected)
            return self._latest.token()

    def _from_file_or_zoom(self, rejected: str | None) -> StoredToken:
        with ExitStack() as held:
            try:
                held.enter_context(self._file.locked(self._clock))
                stored = self._stored()
            except OSError as problem:
                self._warn("read", problem)
                return self._ask()
            if stored is not None and stored.grant != _GRANT:
                # A browser sign-in holds a refresh token that only a person can replace.
                _log.info("%s holds a browser sign-in; it is left unchanged.", self._file.path)
                return self._ask()
            if stored is not None and self._usable(stored, rejected):
                return stored
            asked = self._ask(others=stored.others if stored else {})
            try:
                self._file.save(asked)
            except OSError as problem:
                self._warn("saved", problem)
            return asked

    def _stored(self) -> StoredToken | None:
        try:
            return self._file.load()
        except SignInRequired as damage:
            _log.warning("%s Getting a new token.", damage.message)
            return None

    def _usable(self, document: StoredToken, rejected: str | None) -> bool:
        return (
            document.client_hash == self._client_hash
            and document.obtained_for == self._api_url
            and document.access_token != rejected
            and document.is_fresh(self._clock.now())
        )

    def _ask(self, others: Mapping[str, object] = MappingProxyType({})) -> StoredToken:
        answer = self._endpoint.request(_GRANT, account_id=self._account_id)
        if isinstance(answer, Refusal):
            raise explain_server_to_server(answer, self._client_id)
        now = self._clock.now()
        return StoredToken(
            grant=_GRANT,
            client_hash=self._client_hash,
            access_token=answer.access_token,
            scope=answer.scope,
            api_url=answer.api_url,
            obtained_at=now,
            expires_at=now + answer.expires_in,
            obtained_for=self._api_url,
            others=others,
        )

    def _warn(self, done: str, problem: OSError) -> None:
        _log.warning(
            "The cached Zoom token could not be %s, so the token is kept in memory only: %s: %s",
            done,
            self._file.path,
            problem.strerror or problem,
        )
