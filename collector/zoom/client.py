"""The client of Zoom's API: paced GETs, retried where that helps, with a named error where it does not."""

from __future__ import annotations

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NoReturn

import requests

from collector.auth import Token, TokenSource
from collector.clock import Clock, milliseconds
from collector.connections import INVALID_ADDRESS, Bearer, Connections
from collector.errors import (
    CollectorError,
    DailyLimitReached,
    DeletedMeanwhile,
    Denied,
    NotApplicable,
    NotLicensed,
    Refused,
    RestartListing,
    SignInRequired,
    Unread,
    UsageError,
)
from collector.model.graph import JsonObject
from collector.next_steps import Command, NextStep
from collector.retries import backoff_seconds
from collector.settings.hosts import api_url, origin
from collector.zoom.endpoint import NO_PARAMS, Endpoint, Label
from collector.zoom.pacing import Pacer
from collector.zoom.response import ZoomOutcome, ZoomResponse, next_utc_midnight, parse_response

logger = logging.getLogger("collector.zoom")

READ_SECONDS = 30.0
MAX_TRIES = 5
"""How often a call is sent if Zoom fails: 5xx, time-out, broken connection, not JSON."""
MAX_RATE_LIMITED_TRIES = 8
MAX_WAIT_SECONDS = 30.0
MAX_RETRY_AFTER_SECONDS = 300.0
"""The longest wait for a rate limit; if Zoom asks for more, the run makes no more calls with that label."""

_TRY_LATER = "Run the command again later. How Zoom itself is doing: https://status.zoom.us"
_UNEXPECTED = "If ZOOM_API_URL is set, check it. Otherwise please report it with the output of the command with -v."


class ZoomClient:
    """Sends GETs over kept-alive connections; safe to share between threads. `calls`: requests sent, by path."""

    def __init__(
        self,
        tokens: TokenSource,
        pacer: Pacer,
        clock: Clock,
        randomness: random.Random,
        *,
        oauth_url: str,
        configured_api_url: str | None = None,
        new_session: Callable[[], requests.Session] = requests.Session,
    ) -> None:
        self.calls: Counter[str] = Counter()
        self._tokens = tokens
        self._pacer = pacer
        self._clock = clock
        self._randomness = randomness
        self._oauth_url = oauth_url
        self._configured_api_url = configured_api_url
        self._connections = Connections(clock, new_session)
        self._lock = threading.Lock()
        self._daily_limits: dict[Label, DailyLimitReached] = {}

    @property
    def reached(self) -> bool:
        """Whether Zoom has answered yet."""
        return self._connections.reached

    @property
    def daily_limit(self) -> DailyLimitReached | None:
        """The daily limit that clears last, if one was reached."""
        with self._lock:
            limits = list(self._daily_limits.values())
        return max(limits, key=lambda limit: limit.clears_at, default=None)

    def get(
        self, endpoint: Endpoint, ids: Mapping[str, str] = NO_PARAMS, params: Mapping[str, str] = NO_PARAMS
    ) -> JsonObject:
        """The JSON object of the answer. `ids` fill the placeholders of the path.

        Raises a ReadingError that names the cause, DailyLimitReached, SignInRequired, or Interrupted.
        """
        path = _path(endpoint, ids)
        query = {**endpoint.params, **params}
        renewed = False
        tries = rate_limited = 0
        while True:
            self._raise_if_daily_limit(endpoint.label)
            self._pacer.wait_turn(endpoint.label)
            token = self._tokens.token()
            try:
                answer = self._send(endpoint, path, query, token)
            except INVALID_ADDRESS as failure:
                raise Unread(
                    f"{endpoint.path} was not called: the address of Zoom or of the proxy is not valid "
                    f"({type(failure).__name__})",
                    "Check ZOOM_API_URL and HTTPS_PROXY, then run the command again.",
                ) from None
            except requests.RequestException as failure:
                tries += 1
                if tries >= MAX_TRIES:
                    _raise_unreachable(endpoint.path, failure, tries)
                self._clock.wait(self._wait_seconds(tries))
                continue
            if answer.outcome is ZoomOutcome.OK and answer.body is not None:
                problem = _unusable(endpoint, answer.body)
                if problem is None:
                    return answer.body
                answer = ZoomResponse(ZoomOutcome.TRY_AGAIN, problem)
            if answer.outcome is ZoomOutcome.TOKEN_REFUSED and not renewed:
                renewed = True
                self._tokens.renew(token)
            elif answer.outcome is ZoomOutcome.RATE_LIMITED and self._may_wait(answer, rate_limited):
                rate_limited += 1
                pause = max(self._retry_after_seconds(answer), self._wait_seconds(rate_limited, answer))
                self._pacer.pause(endpoint.label, pause)
            elif answer.outcome is ZoomOutcome.TRY_AGAIN and tries + 1 < MAX_TRIES:
                tries += 1
                self._clock.wait(self._wait_seconds(tries, answer))
            else:
                self._raise_error(endpoint, answer)

    def _send(self, endpoint: Endpoint, path: str, query: Mapping[str, str], token: Token) -> ZoomResponse:
        with self._lock:
            self.calls[endpoint.path] += 1
        base = api_url(self._configured_api_url, self._oauth_url, token.api_url)
        if base is None:
            raise UsageError("There is no API address for this ZOOM_OAUTH_URL.", "Set ZOOM_API_URL.")
        self._check_obtained_for(token, base)
        request = requests.Request("GET", f"{base}/v2{path}", params=dict(query), auth=Bearer(token.access_token))
        reply = self._connections.send(request, base, READ_SECONDS)
        logger.debug("GET %s -> %s (tracking id %s)", path, reply.status, reply.headers.get("x-zm-trackingid", "none"))
        return parse_response(reply.status, reply.headers, reply.content, self._clock.now())

    def _check_obtained_for(self, token: Token, base: str) -> None:
        """Send a token only to the host it was obtained for, even if `.env` now names another."""
        expected = token.obtained_for or api_url(None, self._oauth_url, token.api_url)
        if expected is None or origin(expected) != origin(base):
            raise SignInRequired(
                f"The sign-in was made for the API at {expected or 'another host'}, but the settings now lead to "
                f"{base}. Nothing was sent there.",
                NextStep(
                    "If you have not set ZOOM_API_URL yourself, remove it from ./.env. To read from there anyway, sign "
                    "in again: `{}`.",
                    Command("auth login"),
                ),
            )

    def _wait_seconds(self, tries: int, answer: ZoomResponse | None = None) -> float:
        asked = None if answer is None else self._retry_after_seconds(answer)
        return backoff_seconds(tries, MAX_WAIT_SECONDS, self._randomness, asked)

    def _may_wait(self, answer: ZoomResponse, rate_limited: int) -> bool:
        """Whether to wait for a rate limit once more."""
        return (
            rate_limited + 1 < MAX_RATE_LIMITED_TRIES and self._retry_after_seconds(answer) <= MAX_RETRY_AFTER_SECONDS
        )

    def _retry_after_seconds(self, answer: ZoomResponse) -> float:
        """How long Zoom asks to wait; 0 if it does not."""
        return answer.retry_at - self._clock.now() if answer.retry_at is not None else 0.0

    def _raise_if_daily_limit(self, label: Label) -> None:
        with self._lock:
            limit = self._daily_limits.get(label)
        if limit is not None:
            raise limit

    def _raise_error(self, endpoint: Endpoint, answer: ZoomResponse) -> NoReturn:
        too_long = (
            answer.outcome is ZoomOutcome.RATE_LIMITED and self._retry_after_seconds(answer) > MAX_RETRY_AFTER_SECONDS
        )
        if too_long or answer.outcome is ZoomOutcome.DAILY_LIMIT:
            self._raise_daily_limit(endpoint.label, answer)
        if answer.from_intermediary:
            raise Unread(f"{endpoint.path}: {answer.message}", self._address_advice())
        has_id = "{" in endpoint.path
        if self._configured_api_url is not None and (
            answer.unknown_path or (answer.outcome is ZoomOutcome.NOT_FOUND and not has_id)
        ):
            raise Refused(f"{endpoint.path}: {answer.message}", self._address_advice())
        raise _error(endpoint, answer)

    def _raise_daily_limit(self, label: Label, answer: ZoomResponse) -> NoReturn:
        """Stop all calls with this rate-limit label for the rest of the run."""
        now = self._clock.now()
        clears_at = answer.retry_at if answer.retry_at is not None and answer.retry_at > now else None
        if answer.outcome is ZoomOutcome.DAILY_LIMIT:
            message = f"Zoom's daily limit for {label.value} calls is used up."
        else:
            message = (
                f"Zoom refuses {label.value} calls for now and asks to wait "
                f"{self._retry_after_seconds(answer) / 60:.0f} minutes ({answer.message})."
            )
        limit = DailyLimitReached(
            message,
            NextStep("Run `{}` again after it clears.", Command("collect")),
            milliseconds(clears_at or next_utc_midnight(now)),
        )
        with self._lock:
            self._daily_limits[label] = limit
        raise limit

    def _address_advice(self) -> str:
        """What to do if something other than the API answers."""
        if self._configured_api_url is not None:
            return (
                f"ZOOM_API_URL is {self._configured_api_url}: set it to the address of the API itself, such as "
                "https://api.zoom.us. If it is right, check the proxy (HTTPS_PROXY) and whether this network requires "
                "a sign-in."
            )
        return (
            f"Check the proxy (HTTPS_PROXY), and open {self._oauth_url} in a browser on this network: it may require a "
            "sign-in first."
        )


def _path(endpoint: Endpoint, ids: Mapping[str, str]) -> str:
    if not {".", ".."}.isdisjoint(ids.values()):  # they would lead to another address (RFC 3986 §5.2.4)
        raise Unread(f"{endpoint.path} cannot be called with a dot as id")
    return endpoint.path_for(ids)


def total_records(body: JsonObject) -> int | None:
    """How many rows a page announces for the whole list; None without a valid number."""
    total = body.get("total_records")
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None


def _unusable(endpoint: Endpoint, body: JsonObject) -> str | None:
    """Why a 200 answer cannot be used: it is empty, or its list is missing or not a list of objects. None if it can."""
    if endpoint.rows is None:
        return None if body else f"Zoom's answer to {endpoint.path} is empty"
    rows = body.get(endpoint.rows)
    if rows is None and (not endpoint.rows_required or total_records(body) == 0):
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return f"Zoom's answer to {endpoint.path} has no list of objects named {endpoint.rows}"
    return None


def _raise_unreachable(path: str, failure: requests.RequestException, tries: int) -> NoReturn:
    cause = type(failure).__name__
    if isinstance(failure, requests.ConnectionError | requests.Timeout):
        raise Unread(
            f"no answer to {path} after {tries} tries ({cause})",
            "Check the network, HTTPS_PROXY and REQUESTS_CA_BUNDLE, then run the command again.",
        ) from None
    raise Unread(f"the answer to {path} was cut off {tries} times ({cause})", _TRY_LATER) from None


_ERRORS: Mapping[ZoomOutcome, type[CollectorError]] = {
    ZoomOutcome.NOT_LICENSED: NotLicensed,
    ZoomOutcome.NOT_FOUND: DeletedMeanwhile,
    ZoomOutcome.NOT_APPLICABLE: NotApplicable,
    ZoomOutcome.PAGE_TOKEN_EXPIRED: RestartListing,
}


def _error(endpoint: Endpoint, answer: ZoomResponse) -> CollectorError:
    match answer.outcome:
        case ZoomOutcome.TOKEN_REFUSED:
            return SignInRequired(
                f"Zoom refused the token, and a new one as well ({answer.message})",
                NextStep(
                    "Check in the Zoom App Marketplace (Manage) that the app still exists and is active. If you signed "
                    "in with the browser, sign in again: `{}`.",
                    Command("auth login"),
                ),
            )
        case ZoomOutcome.SCOPE_MISSING:
            return Denied(
                f"the token lacks a scope ({answer.message})",
                endpoint.scopes.how_to_get(None),
                answer.scopes or endpoint.scopes.advice,
            )
        case ZoomOutcome.PRIVILEGE_MISSING:
            return Denied(
                f"Zoom says: {answer.message}",
                f"Give the role of the administrator who installed the app the privilege {endpoint.privilege}.",
            )
        case (
            ZoomOutcome.NOT_LICENSED
            | ZoomOutcome.NOT_FOUND
            | ZoomOutcome.NOT_APPLICABLE
            | ZoomOutcome.PAGE_TOKEN_EXPIRED
        ):
            return _ERRORS[answer.outcome](f"Zoom says: {answer.message}")
        case ZoomOutcome.REFUSED:
            return Refused(f"{endpoint.path}: {answer.message}")
        case ZoomOutcome.RATE_LIMITED:
            return Unread(
                f"{endpoint.path} met Zoom's rate limit {MAX_RATE_LIMITED_TRIES} times ({answer.message})",
                "Check ZOOM_PLAN, and lower ZOOM_RATE_SHARE if other apps use the same account. Then run the command "
                "again.",
            )
        case ZoomOutcome.TRY_AGAIN:
            return Unread(f"{endpoint.path} failed {MAX_TRIES} times: {answer.message}", _TRY_LATER)
        case _:
            return Unread(f"{endpoint.path}: {answer.message}", _UNEXPECTED)
