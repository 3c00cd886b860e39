"""Speaks to Zoom: one GET at a time, paced, tried again where that helps, failing by name where it does not."""

from __future__ import annotations

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NoReturn

import requests
from requests.auth import AuthBase

from collector.auth import Token, TokenSource
from collector.clock import Clock
from collector.connections import NO_ADDRESS, Connections
from collector.errors import (
    CollectorError,
    DailyLimitReached,
    Denied,
    NotApplicable,
    NotLicensed,
    PageTokenExpired,
    SignInRequired,
    Unreachable,
    Unread,
    UsageError,
    Vanished,
)
from collector.model.graph import JsonObject
from collector.retries import wait_seconds
from collector.zoom.answer import Answer, Kind, next_utc_midnight, understand
from collector.zoom.endpoint import NO_PARAMS, Endpoint, Label
from collector.zoom.hosts import api_url
from collector.zoom.pacing import Pacer

logger = logging.getLogger("collector.zoom")

READ_SECONDS = 30.0
MOST_TRIES = 5
"""How often a call is sent when Zoom fails (5xx, time-out, broken connection, something that is not JSON)."""
MOST_RATE_LIMITED_TRIES = 8
LONGEST_WAIT_SECONDS = 30.0


class ZoomClient:
    """GETs from the API over kept-alive connections; safe to share between threads.

    `calls` counts requests sent, by endpoint path.
    """

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
        """Whether any answer at all has come back yet."""
        return self._connections.reached

    @property
    def daily_limit(self) -> DailyLimitReached | None:
        """The daily limit met on the way that clears last, if any."""
        with self._lock:
            limits = list(self._daily_limits.values())
        return max(limits, key=lambda limit: limit.clears_at, default=None)

    def get(
        self, endpoint: Endpoint, ids: Mapping[str, str] = NO_PARAMS, params: Mapping[str, str] = NO_PARAMS
    ) -> JsonObject:
        """The JSON object the endpoint answers with.

        `ids` fill the placeholders of the path. Raises a ReadingError by what stood in the way, DailyLimitReached,
        SignInRequired, or Interrupted.
        """
        path = endpoint.path_for(ids)
        query = {**endpoint.params, **params}
        renewed = False
        tries = rate_limited = 0
        while True:
            self._refuse_past_daily_limit(endpoint.label)
            self._pacer.wait_turn(endpoint.label)
            token = self._tokens.token()
            try:
                answer = self._send(endpoint, path, query, token)
            except NO_ADDRESS as failure:
                raise Unreachable(
                    f"{endpoint.path} was not asked: Zoom's address, or that of the proxy, cannot be called "
                    f"({type(failure).__name__})",
                    "Check ZOOM_API_URL and HTTPS_PROXY, then run the command again.",
                ) from None
            except requests.RequestException as failure:
                tries += 1
                if tries >= MOST_TRIES:
                    _give_up_unreached(endpoint.path, failure, tries)
                self._clock.wait(self._wait_seconds(tries))
                continue
            if answer.kind is Kind.OK and answer.body is not None:
                problem = _unusable(endpoint, answer.body)
                if problem is None:
                    return answer.body
                answer = Answer(Kind.TRY_AGAIN, problem)
            if answer.kind is Kind.TOKEN_REFUSED and not renewed:
                renewed = True
                self._tokens.renew(token)
            elif answer.kind is Kind.RATE_LIMITED and rate_limited + 1 < MOST_RATE_LIMITED_TRIES:
                rate_limited += 1
                self._pacer.pause(endpoint.label, self._wait_seconds(rate_limited, answer))
            elif answer.kind is Kind.TRY_AGAIN and tries + 1 < MOST_TRIES:
                tries += 1
                self._clock.wait(self._wait_seconds(tries, answer))
            else:
                self._fail(endpoint, answer)

    def _send(self, endpoint: Endpoint, path: str, query: Mapping[str, str], token: Token) -> Answer:
        with self._lock:
            self.calls[endpoint.path] += 1
        base = api_url(self._configured_api_url, self._oauth_url, token.api_url)
        if base is None:
            raise UsageError("There is no API address for this ZOOM_OAUTH_URL.", "Set ZOOM_API_URL.")
        request = requests.Request("GET", f"{base}/v2{path}", params=dict(query), auth=Bearer(token.access_token))
        reply = self._connections.send(request, base, READ_SECONDS)
        logger.debug("GET %s -> %s (tracking id %s)", path, reply.status, reply.headers.get("x-zm-trackingid", "none"))
        return understand(reply.status, reply.headers, reply.content, self._clock.now())

    def _wait_seconds(self, tries: int, answer: Answer | None = None) -> float:
        asked = answer.retry_at - self._clock.now() if answer is not None and answer.retry_at is not None else None
        return wait_seconds(tries, LONGEST_WAIT_SECONDS, self._randomness, asked)

    def _refuse_past_daily_limit(self, label: Label) -> None:
        with self._lock:
            limit = self._daily_limits.get(label)
        if limit is not None:
            raise limit

    def _fail(self, endpoint: Endpoint, answer: Answer) -> NoReturn:
        if answer.kind is Kind.DAILY_LIMIT:
            now = self._clock.now()
            announced = answer.retry_at if answer.retry_at is not None and answer.retry_at > now else None
            limit = DailyLimitReached(
                f"Zoom's daily limit for {endpoint.label.value} calls is used up.",
                "Run `collector collect` again after it clears.",
                announced or next_utc_midnight(now),
            )
            with self._lock:
                self._daily_limits[endpoint.label] = limit
            raise limit
        raise _failure(endpoint, answer)


class Bearer(AuthBase):
    """Sets the header itself, so that requests never looks for credentials elsewhere (netrc)."""

    def __init__(self, access_token: str) -> None:
        self._access_token = access_token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._access_token}"
        return request


def _unusable(endpoint: Endpoint, body: JsonObject) -> str | None:
    """Why a 200 answer cannot be used, if so: it says nothing, or its list is missing or is not a list of objects."""
    if endpoint.rows is None:
        return None if body else f"Zoom's answer to {endpoint.path} is empty"
    rows = body.get(endpoint.rows)
    if rows is None and not endpoint.rows_required:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return f"Zoom's answer to {endpoint.path} holds no list of objects named {endpoint.rows}"
    return None


def _give_up_unreached(path: str, failure: requests.RequestException, tries: int) -> NoReturn:
    cause = type(failure).__name__
    if isinstance(failure, requests.ConnectionError | requests.Timeout):
        raise Unreachable(
            f"no answer to {path} after {tries} tries ({cause})",
            "Check the network, HTTPS_PROXY and REQUESTS_CA_BUNDLE, then run the command again.",
        ) from None
    raise Unread(f"the answer to {path} broke off {tries} times ({cause})") from None


def _failure(endpoint: Endpoint, answer: Answer) -> CollectorError:
    match answer.kind:
        case Kind.TOKEN_REFUSED:
            return SignInRequired(
                f"Zoom refused the token, also after a new one was asked for ({answer.message})",
                "Check with `collector doctor` whether the app is still active and installed.",
            )
        case Kind.SCOPE_MISSING:
            return Denied(
                f"the token lacks a scope ({answer.message})",
                endpoint.scopes.how_to_add,
                answer.scopes or endpoint.scopes.advice,
            )
        case Kind.PRIVILEGE_MISSING:
            return Denied(
                f"Zoom says: {answer.message}",
                f"Give the role of the administrator who installed the app the privilege {endpoint.privilege}.",
            )
        case Kind.NOT_LICENSED:
            return NotLicensed(f"Zoom says: {answer.message}")
        case Kind.VANISHED:
            return Vanished(f"Zoom says: {answer.message}")
        case Kind.NOT_APPLICABLE:
            return NotApplicable(f"Zoom says: {answer.message}")
        case Kind.PAGE_TOKEN_EXPIRED:
            return PageTokenExpired(f"Zoom says: {answer.message}")
        case Kind.RATE_LIMITED:
            return Unread(f"{endpoint.path} was refused {MOST_RATE_LIMITED_TRIES} times for Zoom's per-second limit")
        case Kind.TRY_AGAIN:
            return Unread(f"{endpoint.path} failed {MOST_TRIES} times: {answer.message}")
        case _:
            return Unread(f"{endpoint.path}: {answer.message}")
