"""A local Zoom: OAuth token endpoint and REST API for one made-up account."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager

from flask import Flask

from collector.clock import Clock, SystemClock
from collector.sandbox.account import Account
from collector.sandbox.answers import CommonHeaders
from collector.sandbox.application import Parts, build
from collector.sandbox.calls import Calls
from collector.sandbox.canaries import CANARY
from collector.sandbox.endpoints import GRANULAR_SCOPES
from collector.sandbox.faults import Faults
from collector.sandbox.gate import Gate
from collector.sandbox.identifiers import identifier
from collector.sandbox.limits import HeaderProfile, Plan, RateLimits, RetryAfter
from collector.sandbox.oauth import AppState, TokenEndpoint, Tokens
from collector.sandbox.paging import Pager, TokenAbsentStyle
from collector.sandbox.rest import RestApi
from collector.sandbox.server import serving
from collector.sandbox.settings import UserSettings


class Sandbox:
    """Behaves like Zoom as far as the collector asks, and can be told to misbehave.

    `scopes` are those of the app and so of every token. `plan` sets the rate limits; "free" also keeps groups
    and roles away. `header_profile`, `retry_after`: `collector.sandbox.limits.RateLimits`. `token_absent_style`,
    `dup_rate`, `skip_rate`: `collector.sandbox.paging.Pager`. `strict_body`: the token endpoint reads no
    parameters from the query. `future_fields`: settings nobody has described yet. `latency`: seconds by which
    every answer comes later.

    Attributes to use: `account` (change it between two runs), `app` (the WSGI application), `faults`, `calls`,
    `denied_privileges` (a set such as {"Role:Read"}), `client_id`, `client_secret`.
    """

    def __init__(
        self,
        account: Account,
        *,
        scopes: Iterable[str] = GRANULAR_SCOPES,
        plan: Plan = "unlimited",
        header_profile: HeaderProfile = "recorded",
        retry_after: RetryAfter = "iso",
        token_absent_style: TokenAbsentStyle = "missing",  # noqa: S107 - the word, not a token
        dup_rate: float = 0.0,
        skip_rate: float = 0.0,
        strict_body: bool = False,
        future_fields: bool = False,
        latency: float = 0.0,
        clock: Clock | None = None,
        seed: int = 0,
    ) -> None:
        clock = clock or SystemClock()
        self.account = account
        self.plan: Plan = plan
        self.scopes = frozenset(scopes)
        self.client_id = identifier(seed, "client")
        self.client_secret = f"{CANARY}-SECRET-{identifier(seed, 'secret')}"
        self.denied_privileges: set[str] = set()
        self.faults = Faults()
        self.calls = Calls()
        self._tokens = Tokens(account.id, self.client_id, seed, clock)
        self._token_endpoint = TokenEndpoint(
            self._tokens,
            account.id,
            lambda: account.owner.id,
            self.client_id,
            self.client_secret,
            self.scopes,
            strict_body,
        )
        limits = RateLimits(plan, header_profile, retry_after, clock)
        pager = Pager(clock, token_absent_style, dup_rate, skip_rate, seed)
        self.app: Flask = build(
            Parts(
                account_id=account.id,
                tokens=self._tokens,
                token_endpoint=self._token_endpoint,
                gate=Gate(self._tokens, limits, plan, account.id, self.denied_privileges),
                limits=limits,
                pager=pager,
                rest=RestApi(account, pager, UserSettings(account, future_fields), clock),
                faults=self.faults,
                calls=self.calls,
                headers=CommonHeaders(seed),
                clock=clock,
                latency=latency,
            )
        )

    def serve(self, port: int = 0) -> AbstractContextManager[str]:
        """Serve on 127.0.0.1 while the context lasts; gives the base address of OAuth and API."""
        return serving(self.app, port)

    def environment(self, url: str) -> dict[str, str]:
        """The configuration with which a Server-to-Server app reads this sandbox at `url`."""
        return {
            "ZOOM_OAUTH_URL": url,
            "ZOOM_API_URL": url,
            "ZOOM_ACCOUNT_ID": self.account.id,
            "ZOOM_CLIENT_ID": self.client_id,
            "ZOOM_CLIENT_SECRET": self.client_secret,
            "ZOOM_PLAN": self.plan,
        }

    def issue_token(self, scopes: Iterable[str] | None = None) -> str:
        """An access token of the owner, with the app's scopes if none are given."""
        return self._tokens.issue(self.account.owner.id, self.scopes if scopes is None else frozenset(scopes))

    def revoke_tokens(self) -> None:
        """Every access token issued so far answers 401/124 from now on."""
        self._tokens.revoke_all()

    def set_app_state(self, state: AppState) -> None:
        """What becomes of the app in the marketplace; without "active" there are no tokens any more."""
        self._token_endpoint.app_state = state
        if state != "active":
            self._tokens.revoke_all()
