"""Access tokens in the format of Zoom's."""

from __future__ import annotations

import base64
import itertools
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collector.clock import Clock
from collector.sandbox.canaries import CANARY
from collector.sandbox.errors import expired_token, invalid_token
from collector.sandbox.identifiers import identifier

ACCESS_TOKEN_SECONDS = 3600


class TokenFactory:
    """Texts for access and refresh tokens, each a new one."""

    def __init__(self, account_id: str, client_id: str, seed: int, clock: Clock) -> None:
        self._account_id = account_id
        self._client_id = client_id
        self._seed = seed
        self._clock = clock
        self._number = itertools.count(1)

    def new(self, subject: str, seconds: int) -> str:
        """Three base64url segments like a JWT's. The last is not a signature but marks it as a canary.

        `seconds`: how long the token is valid.
        """
        now = int(self._clock.now())
        count = next(self._number)
        header = {"sv": "000001", "alg": "HS512", "v": "2.0", "kid": identifier(self._seed, "kid")}
        claims = {
            "ver": 9,
            "auid": identifier(self._seed, "auid"),
            "code": identifier(self._seed, "code", count),
            "iss": f"zm:cid:{self._client_id}",
            "gno": 0,
            "type": 3,
            "aud": "https://oauth.zoom.us",
            "uid": subject,
            "nbf": now,
            "exp": now + seconds,
            "iat": now,
            "aid": self._account_id,
            "jti": identifier(self._seed, "jti", count, now),
        }
        signature = f"{CANARY}-{identifier(self._seed, 'signature', count, now, size=48)}"
        return f"{_segment(header)}.{_segment(claims)}.{signature}"


@dataclass(frozen=True)
class AccessToken:
    """What Zoom knows about an issued token.

    `expires_at`: seconds since 1970. `authorization`: the number of the authorization in the browser it belongs to,
    None for a token that needed none.
    """

    subject: str
    scopes: frozenset[str]
    expires_at: float
    authorization: int | None = None


class Tokens:
    """The access tokens of an account. Several may be valid at once."""

    def __init__(self, texts: TokenFactory, clock: Clock) -> None:
        self._texts = texts
        self._clock = clock
        self._lock = threading.Lock()
        self._issued: dict[str, AccessToken] = {}

    def issue(self, subject: str, scopes: frozenset[str], authorization: int | None = None) -> str:
        """A new access token for the user with this id."""
        text = self._texts.new(subject, ACCESS_TOKEN_SECONDS)
        token = AccessToken(subject, scopes, self._clock.now() + ACCESS_TOKEN_SECONDS, authorization)
        with self._lock:
            self._issued[text] = token
        return text

    def find(self, text: str) -> AccessToken | None:
        """What is known about a token that was not revoked, expired or not."""
        return self._issued.get(text)

    def check(self, text: str) -> AccessToken:
        """What is known about a token; raises ZoomError 401 for an unknown, revoked or expired one."""
        token = self.find(text)
        if token is None:
            raise invalid_token()
        if self._clock.now() >= token.expires_at:
            raise expired_token()
        return token

    def revoke(self, text: str) -> None:
        """Revoke this token."""
        with self._lock:
            self._issued.pop(text, None)

    def revoke_authorization(self, authorization: int) -> None:
        """Revoke the tokens of this authorization."""
        with self._lock:
            self._issued = {text: token for text, token in self._issued.items() if token.authorization != authorization}

    def revoke_all(self) -> None:
        with self._lock:
            self._issued.clear()


def _segment(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
