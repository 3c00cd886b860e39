"""Authorizes a request: token, rate limit, scopes, plan and privilege, in this order."""

from __future__ import annotations

from collections.abc import Mapping, Set

from collector.sandbox.endpoints import Endpoint, is_granular
from collector.sandbox.errors import (
    ZoomError,
    invalid_token,
    missing_privilege,
    missing_scopes,
    paid_accounts_only,
    token_in_query,
)
from collector.sandbox.limits import RateLimits, ZoomPlan
from collector.sandbox.tokens import AccessToken, Tokens


class RequestAuthorization:
    """`denied_privileges`: what the administrator's role lacks, e.g. {"Role:Read"}; it may change."""

    def __init__(
        self, tokens: Tokens, limits: RateLimits, plan: ZoomPlan, account_id: str, denied_privileges: Set[str]
    ) -> None:
        self._tokens = tokens
        self._limits = limits
        self._plan = plan
        self._account_id = account_id
        self._denied_privileges = denied_privileges

    def authorize(self, endpoint: Endpoint, authorization: str, parameters: Mapping[str, str]) -> AccessToken:
        """The token of the request; raises ZoomError when it is not authorized."""
        if "access_token" in parameters:
            raise token_in_query()
        token = self._tokens.check(bearer(authorization))
        self._limits.take(endpoint.label)
        if not endpoint.allows(token.scopes):
            raise _scope_refusal(endpoint, token.scopes)
        if endpoint.paid and self._plan == "free":
            raise paid_accounts_only(self._account_id)
        if f"{endpoint.area}:Read" in self._denied_privileges:
            raise missing_privilege(endpoint.area)
        return token


def _scope_refusal(endpoint: Endpoint, scopes: Set[str]) -> ZoomError:
    """The error for a token with these scopes; it names scopes of the same style."""
    granular = any(is_granular(scope) for scope in scopes)
    return missing_scopes(endpoint.granular if granular else endpoint.classic[:1], granular)


def bearer(authorization: str) -> str:
    """The token of a Bearer header (RFC 6750 §2.1); raises ZoomError when there is none."""
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer" or not token:
        raise invalid_token()
    return token.strip()
