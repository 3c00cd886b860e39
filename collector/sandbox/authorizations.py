"""The users' authorizations of the app, and their refresh tokens (Zoom developer docs, OAuth)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from collector.clock import Clock
from collector.sandbox import oauth_errors
from collector.sandbox.tokens import TokenFactory, Tokens

REFRESH_TOKEN_SECONDS = 90 * 24 * 3600
Rotation = Literal["strict", "grace", "family_revoke"]
"""
What happens to a used refresh token; reports about Zoom differ.

strict         it is invalid at once
grace          it can be used again for some seconds
family_revoke  it is invalid, and using it again ends the authorization with all its tokens
"""


@dataclass(frozen=True)
class TokenPair:
    """The tokens of a grant."""

    access_token: str
    refresh_token: str


@dataclass(frozen=True)
class _RefreshToken:
    """`dies_at`: seconds since 1970. `used`: it was exchanged for another one."""

    authorization: int
    dies_at: float
    used: bool = False


class Authorizations:
    """Each user has at most one valid authorization: a later one ends it (Zoom error 4741).

    `grace`: seconds, for that rotation. `is_user`: whether the account still has a user of this id.
    """

    def __init__(
        self,
        tokens: Tokens,
        texts: TokenFactory,
        scopes: frozenset[str],
        is_user: Callable[[str], bool],
        rotation: Rotation,
        grace: float,
        clock: Clock,
    ) -> None:
        self._tokens = tokens
        self._texts = texts
        self._scopes = scopes
        self._is_user = is_user
        self._rotation = rotation
        self._grace = grace
        self._clock = clock
        self._lock = threading.RLock()
        self._number = itertools.count(1)
        self._users: dict[int, str] = {}
        self._refresh_tokens: dict[str, _RefreshToken] = {}

    @property
    def users(self) -> set[str]:
        """The ids of the users who have the app."""
        with self._lock:
            return set(self._users.values())

    def authorize(self, user_id: str) -> TokenPair:
        """A new authorization of this user; it invalidates the tokens of an earlier one."""
        with self._lock:
            for earlier in [number for number, owner in self._users.items() if owner == user_id]:
                self._end(earlier)
            number = next(self._number)
            self._users[number] = user_id
            return self._pair(number)

    def refresh(self, refresh_token: str) -> TokenPair:
        """A new pair for a valid refresh token; raises OAuthError."""
        with self._lock:
            known = self._refresh_tokens.get(refresh_token)
            if known is None:
                raise oauth_errors.dead_refresh_token()
            if known.used and self._rotation == "family_revoke":
                self._end(known.authorization)
                raise oauth_errors.dead_refresh_token()
            if not self._is_alive(known):
                raise oauth_errors.dead_refresh_token()
            if not known.used:
                self._refresh_tokens[refresh_token] = self._used(known)
            return self._pair(known.authorization)

    def revoke(self, token: str) -> None:
        """End the authorization an access or refresh token belongs to; raises OAuthError for an unknown token."""
        with self._lock:
            access_token = self._tokens.find(token)
            refresh_token = self._refresh_tokens.get(token)
            if access_token is not None and access_token.authorization is None:
                self._tokens.revoke(token)
            elif access_token is not None and access_token.authorization is not None:
                self._end(access_token.authorization)
            elif refresh_token is not None and self._is_alive(refresh_token):
                self._end(refresh_token.authorization)
            else:
                raise oauth_errors.nothing_to_revoke()

    def end_all(self) -> None:
        """End all authorizations."""
        with self._lock:
            for number in list(self._users):
                self._end(number)

    def _pair(self, number: int) -> TokenPair:
        user_id = self._users[number]
        refresh_token = self._texts.new(user_id, REFRESH_TOKEN_SECONDS)
        dies_at = self._clock.now() + REFRESH_TOKEN_SECONDS
        self._refresh_tokens[refresh_token] = _RefreshToken(number, dies_at)
        return TokenPair(self._tokens.issue(user_id, self._scopes, number), refresh_token)

    def _used(self, token: _RefreshToken) -> _RefreshToken:
        grace = self._grace if self._rotation == "grace" else 0.0
        return replace(token, used=True, dies_at=min(token.dies_at, self._clock.now() + grace))

    def _is_alive(self, token: _RefreshToken) -> bool:
        return self._clock.now() < token.dies_at and self._is_user(self._users[token.authorization])

    def _end(self, number: int) -> None:
        del self._users[number]
        self._tokens.revoke_authorization(number)
        self._refresh_tokens = {
            text: token for text, token in self._refresh_tokens.items() if token.authorization != number
        }
