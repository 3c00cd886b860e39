"""A sign-in from the first redirect to the token on disk, for the pages and the terminal."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from collector.auth import OAuthClient, SignInTokenSource, StoredSignIn, TokenFile, signin, stored_sign_in
from collector.auth.token_errors import Refusal
from collector.clock import Clock
from collector.errors import CollectorError, ProfileBusy
from collector.resources import missing_scopes, not_granted
from collector.settings import Settings
from collector.settings.redirect_address import Address
from redirect_server import problems
from redirect_server.browsers import (
    ATTEMPT_SECONDS,
    BrowserSession,
    BrowserSessions,
    Connected,
    InvalidState,
    PendingSignIn,
)
from redirect_server.formatting import describe_account
from redirect_server.log import log
from redirect_server.problem_pages import Explainer
from redirect_server.problems import Problem
from redirect_server.scopes import Lacking, Scopes, lacking

_CODE = re.compile(r"[\x21-\x7e]{1,2048}")
_MAX_PARAMETERS = 32
_REFRESH_PAUSE = 10.0

Outcome = Connected | Problem


class SignInFlow:
    """Signs in to one profile with one app, and refreshes, revokes or forgets that sign-in. Thread-safe.

    `not_served`: paths the sandbox lacks, whose scopes do not count as missing.
    """

    def __init__(
        self,
        settings: Settings,
        client: OAuthClient,
        address: Address,
        clock: Clock,
        randomness: random.Random,
        not_served: frozenset[str] = frozenset(),
    ) -> None:
        self.settings = settings
        self.client = client
        self.address = address
        self.clock = clock
        self.file = TokenFile(settings.profile.folder, settings.profile.name)
        self.browsers = BrowserSessions()
        self._randomness = randomness
        self._not_served = not_served
        self._signed_in = SignInTokenSource(client, self.file, clock, randomness)
        self._explain = Explainer(settings.profile, client, address)
        self._refreshed_at: float | None = None
        self.has_connected = False
        """Whether a sign-in has been saved since this server started."""

    def stored(self) -> StoredSignIn:
        """The profile's sign-in as stored, without asking Zoom."""
        return stored_sign_in(self.file, self.client, self.clock)

    def missing(self, scopes: Scopes) -> Lacking:
        """The scopes that steps of a collection need and these do not include."""
        return lacking(missing_scopes(scopes, self._not_served), scopes)

    def optional(self, scopes: Scopes) -> Lacking:
        """The optional scopes that these do not include."""
        return lacking(not_granted(scopes, self._not_served), scopes)

    def start_sign_in(self, browser_id: str) -> signin.Attempt | Problem:
        """A new attempt bound to the browser, after checking that the disk has room for the token."""
        if self.settings.access_token is not None:
            return problems.TOKEN_IN_ENVIRONMENT
        try:
            with self.file.locked(self.clock, timeout=0.0), self.file.reserved():
                pass
        except ProfileBusy:
            pass  # it will be free by the time the user has allowed the app
        except OSError as failure:
            return self._explain.storage(failure)
        attempt = signin.start_authorization(self.client, self.address.redirect_uri, self.clock.now())
        self.browsers.add(browser_id, attempt)
        return attempt

    def handle_callback(self, browser_id: str, query: str, authority: str) -> Outcome:
        """Handle the query of Zoom's redirect. `authority`: the host and port the browser was redirected to.

        The OAuth `state` is checked first (RFC 9700 §4.7); it is valid once.
        """
        parameters = _parameters(query)
        if parameters is None:
            return problems.DUPLICATE_PARAMETERS
        state = parameters.get("state")
        if not state:
            return _without_state(parameters)
        browser = self.browsers.get(browser_id)
        with browser.lock:
            attempt = self.browsers.take(browser_id, state, self.clock.now())
            if isinstance(attempt, InvalidState):
                return self._handle_invalid_state(browser, attempt, authority)
            browser.connected = None  # from now on the result of this attempt is shown
            if "error" in parameters:
                return problems.zoom_error(parameters["error"])
            code = parameters.get("code", "")
            if not _CODE.fullmatch(code):
                return problems.CODE_MALFORMED
            return self._exchange_code(browser, attempt, code)

    def save(self, browser: BrowserSession, *, replace: bool) -> Outcome:
        """Save the browser's pending sign-in. `replace`: even when another account is signed in."""
        with browser.lock:
            return self._save_pending(browser, replace)

    def discard(self, browser: BrowserSession) -> None:
        """Drop the browser's pending sign-in."""
        browser.pending = None

    def refresh(self) -> Problem | None:
        """Refresh the stored token now; None on success."""
        now = self.clock.monotonic()
        if self._refreshed_at is not None and now - self._refreshed_at < _REFRESH_PAUSE:
            return problems.TOO_SOON
        try:
            self._signed_in.refresh()
        except CollectorError as failure:
            return self._explain.refresh(failure)
        self._refreshed_at = now
        log.info("The token has been refreshed.")
        return None

    def revoke(self) -> Problem | None:
        """End the sign-in at Zoom and on this computer; None on success."""
        try:
            signin.revoke(self.client, self.file, self.clock, self._randomness)
        except CollectorError as failure:
            return self._explain.revoke(failure)
        log.info("Disconnected: the sign-in has been revoked at Zoom and removed here.")
        return None

    def forget(self) -> Problem | None:
        """Remove the sign-in from this computer; None on success."""
        try:
            signin.forget(self.file, self.clock)
        except CollectorError as failure:
            return self._explain.forget(failure)
        log.info("The sign-in has been removed from this computer.")
        return None

    def _handle_invalid_state(self, browser: BrowserSession, invalid: InvalidState, authority: str) -> Outcome:
        if invalid is InvalidState.USED:
            if browser.pending is not None:
                return self._save_pending(browser, replace=False)  # a reload must not hide the decision
            stored = self.stored()
            if browser.connected is not None and stored.state == "usable":
                return Connected(stored.account, stored.scopes, again=True)
            return problems.STATE_USED
        if invalid is InvalidState.EXPIRED:
            return problems.STATE_EXPIRED
        return problems.state_unknown(authority, self.address.authority)

    def _exchange_code(self, browser: BrowserSession, attempt: signin.Attempt, code: str) -> Outcome:
        try:
            sign_in = signin.exchange_code(
                self.client, attempt, code, self.clock, self._randomness, api_url=self.settings.api_url
            )
        except CollectorError as failure:
            return self._explain.exchange(failure)
        if isinstance(sign_in, Refusal):
            return self._explain.exchange(sign_in)
        return self._save(browser, PendingSignIn(sign_in, self.clock.now()), replace=False)

    def _save_pending(self, browser: BrowserSession, replace: bool) -> Outcome:
        pending = browser.pending
        if pending is None or self.clock.now() - pending.since > ATTEMPT_SECONDS:
            browser.pending = None
            return problems.NOTHING_WAITS
        return self._save(browser, pending, replace)

    def _save(self, browser: BrowserSession, pending: PendingSignIn, replace: bool) -> Outcome:
        sign_in = pending.sign_in
        try:
            signin.save(sign_in, self.file, self.clock, replace=replace)
        except CollectorError as failure:
            browser.pending = pending
            return self._explain.save(failure)
        browser.pending = None
        self.has_connected = True
        browser.connected = Connected(sign_in.account, sign_in.scopes)
        log.info("Connected as %s: the sign-in is saved in %s.", describe_account(sign_in.account), self.file.path)
        return browser.connected


def _parameters(query: str) -> dict[str, str] | None:
    """The parameters of a query; None if one is repeated or there are too many (RFC 6749 §3.1)."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        return None
    parameters = dict(pairs)
    return parameters if len(parameters) == len(pairs) else None


def _without_state(parameters: Mapping[str, str]) -> Problem:
    if "error" in parameters:
        return problems.NOT_STARTED_HERE
    return problems.STARTED_BY_ZOOM if "code" in parameters else problems.NOTHING_SENT
