"""An app and a browser in front of a sandbox, without a network."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collector.sandbox import Sandbox

REDIRECT = "http://localhost:5000/redirect"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""The verifier of RFC 7636, appendix B, whose challenge is printed there."""
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
DEAD = {"reason": "Invalid Token!", "error": "invalid_grant"}


def s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def sent_back_with(location: str) -> dict[str, str]:
    """The parameters in the query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


class SigningIn:
    """The requests of the OAuth flow. Parameters that are None are left out."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._client: FlaskClient = sandbox.app.test_client()

    def parameters(self, **changes: str | None) -> dict[str, str]:
        """Of a good authorization request."""
        good = {
            "response_type": "code",
            "client_id": self.sandbox.client_id,
            "redirect_uri": REDIRECT,
            "state": "opaque",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def page(self, **changes: str | None) -> TestResponse:
        return self._client.get("/oauth/authorize", query_string=self.parameters(**changes))

    def decide(self, decision: str, **changes: str | None) -> TestResponse:
        form = {**self.parameters(**changes), "decision": decision}
        return self._client.post("/oauth/authorize", data=form)

    def code(self, **changes: str | None) -> str:
        """A code as the redirect brings it."""
        return sent_back_with(self.decide("allow", **changes).headers["Location"])["code"]

    def post(self, path: str, form: dict[str, str | None], named: bool = True) -> TestResponse:
        """With the client's id and secret in a Basic header, or in the body for a public client."""
        given = {name: value for name, value in form.items() if value is not None}
        client_id, client_secret = self.sandbox.client_id, self.sandbox.client_secret
        if not named:
            return self._client.post(path, data=given)
        if not client_secret:
            return self._client.post(path, data={**given, "client_id": client_id})
        return self._client.post(path, data=given, auth=(client_id, client_secret))

    def exchange(self, code: str, verifier: str | None = VERIFIER, redirect_uri: str | None = REDIRECT) -> TestResponse:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        return self.post("/oauth/token", form)

    def sign_in(self) -> dict[str, Any]:
        """The token answer of a sign-in that must work."""
        return _good(self.exchange(self.code()))

    def refresh(self, refresh_token: str | None) -> TestResponse:
        return self.post("/oauth/token", {"grant_type": "refresh_token", "refresh_token": refresh_token})

    def refreshed(self, refresh_token: str) -> dict[str, Any]:
        """The token answer of a refresh that must work."""
        return _good(self.refresh(refresh_token))

    def revoke(self, token: str | None) -> TestResponse:
        return self.post("/oauth/revoke", {"token": token})

    def me(self, access_token: str) -> TestResponse:
        return self._client.get("/v2/users/me", headers={"Authorization": f"Bearer {access_token}"})


def _good(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json, dict)
    return answer.json
