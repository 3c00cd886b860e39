"""The token and the revocation endpoint (Zoom developer docs, OAuth; RFC 6749 §5, RFC 7009)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from collector.sandbox import oauth_errors
from collector.sandbox.app import App
from collector.sandbox.authorizations import Authorizations, TokenPair
from collector.sandbox.codes import Codes
from collector.sandbox.tokens import ACCESS_TOKEN_SECONDS, Tokens


@dataclass(frozen=True)
class TokenRequest:
    """A posted request. Parameters may be in `form` and `query`; `authorization`: the header."""

    form: Mapping[str, str]
    query: Mapping[str, str]
    authorization: str


class TokenEndpoint:
    """POST /oauth/token and POST /oauth/revoke.

    `strict_body`: parameters in the query are ignored, as reported for some accounts since 2025.
    """

    def __init__(
        self,
        app: App,
        tokens: Tokens,
        codes: Codes,
        authorizations: Authorizations,
        account_id: str,
        owner_id: Callable[[], str],
        strict_body: bool = False,
    ) -> None:
        self._app = app
        self._tokens = tokens
        self._codes = codes
        self._authorizations = authorizations
        self._account_id = account_id
        self._owner_id = owner_id
        self._strict_body = strict_body
        self._grants: dict[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {
            "account_credentials": self._account_credentials,
            "authorization_code": self._authorization_code,
            "refresh_token": self._refresh_token,
        }

    def answer(self, request: TokenRequest) -> dict[str, Any]:
        """The body of the answer to a token request; raises OAuthError."""
        parameters = self._parameters(request)
        if "grant_type" not in parameters:
            raise oauth_errors.missing_grant()
        grant = self._grants.get(parameters["grant_type"])
        if grant is None:
            raise oauth_errors.unsupported_grant()
        return grant(parameters)

    def revoke(self, request: TokenRequest) -> dict[str, Any]:
        """The body of the answer to a revocation; raises OAuthError. The app counts as removed by the user."""
        self._authorizations.revoke(self._parameters(request).get("token", ""))
        return {"status": "success"}

    def _parameters(self, request: TokenRequest) -> Mapping[str, str]:
        """The parameters, after authenticating the app."""
        parameters = request.form if self._strict_body else {**request.query, **request.form}
        self._app.authenticate(request.authorization, parameters)
        return parameters

    def _account_credentials(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        """The grant of Server-to-Server apps: no refresh token."""
        if self._app.is_public:
            raise oauth_errors.unsupported_grant()
        account_id = parameters.get("account_id", "")
        if not account_id:
            raise oauth_errors.missing_account()
        if account_id != self._account_id:
            raise oauth_errors.unknown_account()
        if self._app.state == "not activated":
            raise oauth_errors.not_activated()
        return self._token_answer(self._tokens.issue(self._owner_id(), self._app.scopes))

    def _authorization_code(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        user_id = self._codes.redeem(
            parameters.get("code", ""), parameters.get("redirect_uri", ""), parameters.get("code_verifier", "")
        )
        return self._pair_answer(self._authorizations.authorize(user_id))

    def _refresh_token(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        return self._pair_answer(self._authorizations.refresh(parameters.get("refresh_token", "")))

    def _pair_answer(self, pair: TokenPair) -> dict[str, Any]:
        return {**self._token_answer(pair.access_token), "refresh_token": pair.refresh_token}

    def _token_answer(self, access_token: str) -> dict[str, Any]:
        return {
            "access_token": access_token,
            "token_type": "bearer",
            "expires_in": ACCESS_TOKEN_SECONDS - 1,
            "scope": " ".join(sorted(self._app.scopes)),
        }
