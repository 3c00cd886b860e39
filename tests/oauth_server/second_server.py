"""A second OAuth server, made of Authlib's own provider, so that our sandbox cannot hide our mistakes."""

from __future__ import annotations

import secrets
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, Response, jsonify, request

SCOPE = "user:read:user:admin"
ME = {"id": "second-user", "email": "grace@example.com", "account_id": "second-account"}


class Client(ClientMixin):
    def __init__(self, client_id: str, client_secret: str, redirect_uri: str) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.redirect_uri = redirect_uri

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope or SCOPE

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, self.client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == ("client_secret_basic" if self.client_secret else "none")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"authorization_code", "refresh_token"}


class Code(AuthorizationCodeMixin):
    def __init__(self, code: str, payload: Any) -> None:
        self.code = code
        self.redirect_uri = payload.redirect_uri
        self.code_challenge = payload.data["code_challenge"]
        self.code_challenge_method = payload.data["code_challenge_method"]

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return SCOPE


class Issued(TokenMixin):
    def __init__(self, token: dict[str, Any]) -> None:
        self.token = token
        self.revoked = False

    def check_client(self, client: Client) -> bool:
        return True

    def get_scope(self) -> str:
        return str(self.token.get("scope", ""))

    def get_expires_in(self) -> int:
        return int(self.token["expires_in"])

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return self.revoked


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "none")

    def save_authorization_code(self, code: str, request: Any) -> None:
        self.server.codes[code] = Code(code, request.payload)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return self.server.codes.get(code)

    def delete_authorization_code(self, code: Code) -> None:
        del self.server.codes[code.code]

    def authenticate_user(self, code: Code) -> str:
        return "grace"


class RefreshGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "none")
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Issued | None:
        usable = (issued for issued in self.server.issued if not issued.revoked)
        return next((issued for issued in usable if issued.token["refresh_token"] == refresh_token), None)

    def authenticate_user(self, refresh_token: Issued) -> str:
        return "grace"

    def revoke_old_credential(self, refresh_token: Issued) -> None:
        refresh_token.revoked = True


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = ("client_secret_basic", "none")

    def query_token(self, token_string: str, token_type_hint: str | None) -> Issued | None:
        return next((issued for issued in self.server.issued if token_string in issued.token.values()), None)

    def revoke_token(self, token: Issued, request: Any) -> None:
        token.revoked = True


class Provider(AuthorizationServer):
    """Authlib's server with what it has handed out."""

    def __init__(self, app: Flask, client: Client) -> None:
        self.codes: dict[str, Code] = {}
        self.issued: list[Issued] = []
        super().__init__(
            app,
            query_client=lambda client_id: client if client_id == client.client_id else None,
            save_token=lambda token, _request: self.issued.append(Issued(token)),
        )
        self.register_grant(CodeGrant, [CodeChallenge(required=True)])
        self.register_grant(RefreshGrant)
        self.register_endpoint(Revocation)


class SecondServer:
    """`app` serves /oauth/authorize (which grants at once), /oauth/token, /oauth/revoke and /v2/users/me."""

    def __init__(self, redirect_uri: str, client_secret: str) -> None:
        self.app = Flask("second server")
        self.app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
        self.provider = Provider(self.app, Client("second-client", client_secret, redirect_uri))
        self.token_requests = 0
        self.app.add_url_rule("/oauth/authorize", "authorize", self.authorize)
        self.app.add_url_rule("/oauth/token", "token", self.token, methods=["POST"])
        self.app.add_url_rule("/oauth/revoke", "revoke", self.revoke, methods=["POST"])
        self.app.add_url_rule("/v2/users/me", "me", self.me)

    @property
    def issued(self) -> list[Issued]:
        return self.provider.issued

    def authorize(self) -> Any:
        grant = self.provider.get_consent_grant(end_user="grace")
        return self.provider.create_authorization_response(grant_user="grace", grant=grant)

    def token(self) -> Any:
        self.token_requests += 1
        return self.provider.create_token_response()

    def revoke(self) -> Any:
        return self.provider.create_endpoint_response("revocation")

    def me(self) -> Response:
        held = request.headers.get("Authorization", "").removeprefix("Bearer ")
        assert any(issued.token["access_token"] == held for issued in self.issued)
        return jsonify(ME)
