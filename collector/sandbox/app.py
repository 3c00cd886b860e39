"""The app registered in Zoom's marketplace, and the authentication of its client."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from collector.sandbox import oauth_errors

AppState = Literal["active", "disabled", "not activated"]

_LOOPBACK = "127.0.0.1"


@dataclass
class App:
    """Client, scopes and redirect addresses. Without a secret it is a public client, which must use PKCE."""

    name: str
    client_id: str
    client_secret: str
    scopes: frozenset[str]
    redirect_uris: Callable[[], Collection[str]]
    state: AppState = "active"

    @property
    def is_public(self) -> bool:
        return not self.client_secret

    def knows_redirect(self, redirect_uri: str) -> bool:
        """Whether exactly this address is registered; case matters.

        For public clients the port of http://127.0.0.1 is ignored (Zoom changelog, PKCE loopback support).
        """
        registered = self.redirect_uris()
        if redirect_uri in registered:
            return True
        given = _without_loopback_port(redirect_uri) if self.is_public else None
        return given is not None and given in map(_without_loopback_port, registered)

    def authenticate(self, authorization: str, parameters: Mapping[str, str]) -> None:
        """Raise OAuthError unless a Basic header or the parameters name this client and its secret."""
        client = _basic(authorization) or (
            parameters.get("client_id", ""),
            parameters.get("client_secret", ""),
        )
        if client == ("", ""):
            raise oauth_errors.no_client()
        given = ":".join(client).encode()
        if not hmac.compare_digest(given, f"{self.client_id}:{self.client_secret}".encode()):
            raise oauth_errors.wrong_client()
        if self.state == "disabled":
            raise oauth_errors.app_disabled()


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


def _without_loopback_port(address: str) -> tuple[str, str] | None:
    """Path and query of an address at http://127.0.0.1, None for any other (RFC 8252 §7.3)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host, _, port = parts.netloc.partition(":")
    if parts.scheme != "http" or host != _LOOPBACK or not port.isdecimal():
        return None
    return parts.path, parts.query
