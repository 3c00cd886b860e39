"""The token endpoint and the tokens it hands out (Zoom developer docs, OAuth; RFC 6749 §5)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from collector.clock import Clock
from collector.sandbox.canaries import CANARY
from collector.sandbox.errors import expired_token, invalid_token
from collector.sandbox.identifiers import identifier

ACCESS_TOKEN_SECONDS = 3600
AppState = Literal["active", "disabled", "not activated"]


class OAuthError(Exception):
    """An answer of `{"reason": …, "error": …}`, HTTP 400."""

    status = 400

    def __init__(self, reason: str, error: str) -> None:
        super().__init__(reason)
        self.body = {"reason": reason, "error": error}


@dataclass(frozen=True)
class AccessToken:
    """What Zoom knows about a token it handed out. `expires_at`: seconds since 1970."""

    subject: str
    scopes: frozenset[str]
    expires_at: float


class Tokens:
    """The access tokens of an account. Several may be good at once."""

    def __init__(self, account_id: str, client_id: str, seed: int, clock: Clock) -> None:
        self._account_id = account_id
        self._client_id = client_id
        self._seed = seed
        self._clock = clock
        self._lock = threading.Lock()
        self._issued: dict[str, AccessToken] = {}
        self._count = 0

    def issue(self, subject: str, scopes: frozenset[str]) -> str:
        """A new access token for the user with this id."""
        now = self._clock.now()
        with self._lock:
            self._count += 1
            text = self._text(subject, int(now), self._count)
            self._issued[text] = AccessToken(subject, scopes, now + ACCESS_TOKEN_SECONDS)
        return text

    def check(self, text: str) -> AccessToken:
        """What is known about a token; raises ZoomError 401 for an unknown, revoked or expired one."""
        token = self._issued.get(text)
        if token is None:
            raise invalid_token()
        if self._clock.now() >= token.expires_at:
            raise expired_token()
        return token

    def revoke(self, text: str) -> None:
        """From now on this token is refused."""
        with self._lock:
            self._issued.pop(text, None)

    def revoke_all(self) -> None:
        with self._lock:
            self._issued.clear()

    def _text(self, subject: str, now: int, count: int) -> str:
        """Three base64url segments like a JWT's. The last is no signature, it shows that this is a canary."""
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
            "exp": now + ACCESS_TOKEN_SECONDS,
            "iat": now,
            "aid": self._account_id,
            "jti": identifier(self._seed, "jti", count, now),
        }
        signature = f"{CANARY}-{identifier(self._seed, 'signature', count, now, size=48)}"
        return f"{_segment(header)}.{_segment(claims)}.{signature}"


@dataclass(frozen=True)
class TokenRequest:
    """What was posted. `form` and `query` are the places parameters may be in, `authorization` the header."""

    form: Mapping[str, str]
    query: Mapping[str, str]
    authorization: str


class TokenEndpoint:
    """POST /oauth/token.

    `strict_body`: parameters in the query are not read, as reported of some accounts since 2025. `app_state`: what
    became of the app in Zoom's marketplace. A further grant is a further entry of `_grants`.
    """

    def __init__(
        self,
        tokens: Tokens,
        account_id: str,
        owner_id: Callable[[], str],
        client_id: str,
        client_secret: str,
        scopes: frozenset[str],
        strict_body: bool = False,
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.scopes = scopes
        self.app_state: AppState = "active"
        self._tokens = tokens
        self._account_id = account_id
        self._owner_id = owner_id
        self._strict_body = strict_body
        self._grants: dict[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
            "account_credentials": self._account_credentials,
        }

    def answer(self, request: TokenRequest) -> dict[str, Any]:
        """The body of the answer; raises OAuthError."""
        parameters = request.form if self._strict_body else {**request.query, **request.form}
        self._check_client(request.authorization, parameters)
        if self.app_state == "disabled":
            raise OAuthError("The app has been disabled", "invalid_request")
        if "grant_type" not in parameters:
            raise OAuthError("Missing grant type", "invalid_request")
        grant = self._grants.get(parameters["grant_type"])
        if grant is None:
            raise OAuthError("unsupported grant type", "unsupported_grant_type")
        return grant(parameters)

    def _check_client(self, authorization: str, parameters: Mapping[str, str]) -> None:
        client = _basic(authorization) or (
            parameters.get("client_id", ""),
            parameters.get("client_secret", ""),
        )
        if client == ("", ""):
            raise OAuthError("Bad Request", "invalid_request")
        given = ":".join(client).encode()
        if not hmac.compare_digest(given, f"{self.client_id}:{self.client_secret}".encode()):
            raise OAuthError("Invalid client_id or client_secret", "invalid_client")

    def _account_credentials(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        """The grant of Server-to-Server apps: no refresh token."""
        account_id = parameters.get("account_id", "")
        if not account_id:
            raise OAuthError("Invalid Account Id", "invalid_request")
        if account_id != self._account_id:
            raise OAuthError("Account does not exist", "invalid_request")
        if self.app_state == "not activated":
            raise OAuthError("Account does not enabled the OAuth app type", "invalid_request")
        return {
            "access_token": self._tokens.issue(self._owner_id(), self.scopes),
            "token_type": "bearer",
            "expires_in": ACCESS_TOKEN_SECONDS - 1,
            "scope": " ".join(sorted(self.scopes)),
        }


def _basic(authorization: str) -> tuple[str, str] | None:
    """Client id and secret of a Basic header (RFC 7617 §2)."""
    kind, _, encoded = authorization.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    client_id, _, client_secret = decoded.partition(":")
    return client_id, client_secret


def _segment(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
