"""A local Zoom: OAuth token endpoint and REST API for one made-up account."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager

from flask import Flask

from collector.clock import Clock, SystemClock
from collector.sandbox.account import Account
from collector.sandbox.app import App, AppState
from collector.sandbox.application import Parts, build
from collector.sandbox.authorizations import Authorizations, Rotation
from collector.sandbox.backend import Backend
from collector.sandbox.browser import click_through
from collector.sandbox.calls import Calls
from collector.sandbox.canaries import CANARY
from collector.sandbox.codes import Codes
from collector.sandbox.consent import ConsentPage
from collector.sandbox.directory import User
from collector.sandbox.faults import Faults
from collector.sandbox.identifiers import identifier
from collector.sandbox.limits import HeaderProfile, RateLimits, RetryAfter, ZoomPlan
from collector.sandbox.oauth import TokenEndpoint
from collector.sandbox.paging import Pager, TokenAbsentStyle
from collector.sandbox.request_authorization import RequestAuthorization
from collector.sandbox.request_handler import RequestHandler
from collector.sandbox.responses import CommonHeaders
from collector.sandbox.served import GRANULAR_SCOPES
from collector.sandbox.server import serving
from collector.sandbox.settings import UserSettings
from collector.sandbox.tokens import TokenFactory, Tokens

APP_NAME = "Sandbox app"
REDIRECT_URIS = ("http://localhost:5000/redirect", "http://127.0.0.1:5000/redirect")


class Sandbox:
    """Behaves like Zoom as far as the collector asks, and fails as `faults` say.

    `scopes`: of the app and so of every token. `plan` sets the rate limits; "free" also has no groups and roles.
    `header_profile`, `retry_after`: `collector.sandbox.limits.RateLimits`. `token_absent_style`, `dup_rate`,
    `skip_rate`: `collector.sandbox.paging.Pager`. `strict_body`: the token endpoint ignores parameters in the query.
    `future_fields`: adds settings that are not described yet. `latency`: seconds before every answer.

    `public_client`: the app has no secret and must use PKCE. `rotation`, `grace`: `collector.sandbox.authorizations`.
    `decline_redirects`: after a refusal the browser goes back to the app.

    Attributes to use: `account` (change it between two runs), `app` (the WSGI application), `faults`, `calls`,
    `denied_privileges` (a set such as {"Role:Read"}), `client_id`, `client_secret` ("" of a public client),
    `redirect_uris` (a list, may be changed), `browser_user`. Sandboxes of equal `seed` have the same client: with two
    accounts, one app that is installed in both.
    """

    def __init__(
        self,
        account: Account,
        *,
        scopes: Iterable[str] = GRANULAR_SCOPES,
        plan: ZoomPlan = "unlimited",
        header_profile: HeaderProfile = "recorded",
        retry_after: RetryAfter = "iso",
        token_absent_style: TokenAbsentStyle = "missing",  # noqa: S107 - the word, not a token
        dup_rate: float = 0.0,
        skip_rate: float = 0.0,
        strict_body: bool = False,
        future_fields: bool = False,
        latency: float = 0.0,
        redirect_uris: Iterable[str] = REDIRECT_URIS,
        public_client: bool = False,
        rotation: Rotation = "strict",
        grace: float = 60.0,
        decline_redirects: bool = True,
        clock: Clock | None = None,
        seed: int = 0,
    ) -> None:
        clock = clock or SystemClock()
        self.account = account
        self.plan: ZoomPlan = plan
        self.scopes = frozenset(scopes)
        self.client_id = identifier(seed, "client")
        self.client_secret = "" if public_client else f"{CANARY}-SECRET-{identifier(seed, 'secret')}"
        self.redirect_uris = list(redirect_uris)
        self._browser_user: User | None = None
        self.denied_privileges: set[str] = set()
        self.faults = Faults()
        self.calls = Calls()
        self._registered = App(APP_NAME, self.client_id, self.client_secret, self.scopes, lambda: self.redirect_uris)
        texts = TokenFactory(account.id, self.client_id, seed, clock)
        self._tokens = Tokens(texts, clock)
        codes = Codes(account.id, seed, clock, pkce_required=public_client)
        self._authorizations = Authorizations(
            self._tokens, texts, self.scopes, lambda user_id: account.user(user_id) is not None, rotation, grace, clock
        )
        self._consent_page = ConsentPage(
            self._registered, codes, lambda: self.browser_user, account.name, decline_redirects
        )
        limits = RateLimits(plan, header_profile, retry_after, clock)
        pager = Pager(clock, token_absent_style, dup_rate, skip_rate, seed)
        self.app: Flask = build(
            Parts(
                account_id=account.id,
                tokens=self._tokens,
                token_endpoint=TokenEndpoint(
                    self._registered,
                    self._tokens,
                    codes,
                    self._authorizations,
                    account.id,
                    lambda: account.owner.id,
                    strict_body,
                ),
                consent_page_handler=self._consent_page,
                authorization=RequestAuthorization(self._tokens, limits, plan, account.id, self.denied_privileges),
                backend=Backend(account, pager, UserSettings(account, future_fields), clock),
                handler=RequestHandler(limits, self.faults, self.calls, CommonHeaders(seed), clock, latency),
            )
        )

    def serve(self, port: int = 0) -> AbstractContextManager[str]:
        """Serve on 127.0.0.1 while the context lasts; gives the base address of OAuth and API."""
        return serving(self.app, port)

    def environment(self, url: str) -> dict[str, str]:
        """The settings for a Server-to-Server app of this sandbox at `url`."""
        return {
            "ZOOM_OAUTH_URL": url,
            "ZOOM_API_URL": url,
            "ZOOM_ACCOUNT_ID": self.account.id,
            "ZOOM_CLIENT_ID": self.client_id,
            "ZOOM_CLIENT_SECRET": self.client_secret,
            "ZOOM_PLAN": self.plan,
        }

    def browser_environment(self, url: str) -> dict[str, str]:
        """The settings for an app of this sandbox at `url` that is authorized in the browser."""
        environment = {
            "ZOOM_OAUTH_URL": url,
            "ZOOM_API_URL": url,
            "ZOOM_CLIENT_ID": self.client_id,
            "ZOOM_REDIRECT_URI": self.redirect_uris[0],
            "ZOOM_PLAN": self.plan,
        }
        return environment if self._registered.is_public else {**environment, "ZOOM_CLIENT_SECRET": self.client_secret}

    def consent(self, authorization_url: str, allow: bool = True) -> str:
        """Answer the consent page of the served sandbox like a person; the address the browser goes to next.

        Raises `NotRedirected` if Zoom shows an error page instead.
        """
        return click_through(authorization_url, allow)

    def marketplace_add_url(self, redirect_uri: str) -> str:
        """Where the browser goes after "Add" in Zoom's marketplace: with a code, but without state and PKCE."""
        return self._consent_page.add_from_marketplace(redirect_uri)

    @property
    def browser_user(self) -> User:
        """Who is signed in to Zoom in the browser; the owner unless set."""
        return self._browser_user or self.account.owner

    @browser_user.setter
    def browser_user(self, user: User) -> None:
        self._browser_user = user

    @property
    def refreshes(self) -> int:
        """How many refreshes were requested, granted or not."""
        return self.calls.count(grant="refresh_token")

    @property
    def installed(self) -> bool:
        """Whether any user's authorization of the app is valid."""
        return bool(self._authorizations.users)

    def issue_token(self, scopes: Iterable[str] | None = None, user_id: str | None = None) -> str:
        """An access token of this user, else of the owner, with the app's scopes if none are given."""
        subject = self.account.owner.id if user_id is None else user_id
        return self._tokens.issue(subject, self.scopes if scopes is None else frozenset(scopes))

    def revoke_tokens(self) -> None:
        """Revoke all access tokens (401/124); refresh tokens stay valid."""
        self._tokens.revoke_all()

    def uninstall(self) -> None:
        """Remove the app for all users: their access and refresh tokens become invalid."""
        self._authorizations.end_all()

    def set_app_state(self, state: AppState) -> None:
        """Change the app's state in the marketplace; unless "active", all tokens are revoked."""
        self._registered.state = state
        if state != "active":
            self._authorizations.end_all()
            self._tokens.revoke_all()
