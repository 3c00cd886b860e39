"""The only caller of Zoom's token endpoint (RFC 6749 §3.2, RFC 7009; Zoom: "Using OAuth 2.0").

Authlib builds the request and authenticates the client. Answers are read here: Authlib drops Zoom's `reason`, accepts
any JSON object as a token, never retries, and its automatic refresh lets two threads use the same refresh token.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session
from urllib3.exceptions import LocationValueError, MaxRetryError

from collector.auth.oauth_client import OAuthClient
from collector.auth.token_errors import Refusal
from collector.auth.token_response import TokenResponse
from collector.clock import Clock
from collector.connections import Reply, read_body
from collector.deferred_signals import signals_delivered
from collector.errors import TokenEndpointFailed, UsageError
from collector.intermediaries import describe_non_json, describe_redirect
from collector.redaction import one_line
from collector.retries import backoff_seconds, retry_after_seconds

_TIMEOUT = (5, 30)
"""Seconds to connect and seconds between two bytes of the answer."""

_MAX_RETRIES = 3

_MAX_WAIT = 60.0
"""Seconds. A longer Retry-After is reported, not waited for."""

_MAX_RETRY_AFTER = 86400.0
"""Seconds. A Retry-After of more than a day counts as a day."""

_REASONS = ("reason", "error_description", "errorMessage")
"""Fields in which Zoom has put its message so far, the usual one first."""

_MAX_REASON_LENGTH = 300

_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (LocationValueError, "the address, or that of the proxy, cannot be called"),
    (requests.exceptions.InvalidURL, "the address, or that of the proxy, cannot be called"),
    (requests.exceptions.ProxyError, "the proxy did not let the request through"),
    (requests.exceptions.SSLError, "the encrypted connection failed, often over an unknown certificate"),
    (requests.Timeout, "no answer in time"),
    (requests.ConnectionError, "no connection"),
    (requests.RequestException, "the answer could not be read"),
)


_NEVER_SENT = (
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    LocationValueError,
)


_Ask = Callable[[OAuth2Session], requests.Response]


@dataclass(frozen=True)
class _RetryPolicy:
    """How often a request is repeated at most, and how often it is sent when Zoom may have processed it.

    `after_answers`: whether it is also repeated after an unusable answer.
    """

    max_retries: int
    max_sends: int
    after_answers: bool = True


_ANY_TIME = _RetryPolicy(max_retries=_MAX_RETRIES, max_sends=1 + _MAX_RETRIES)
_ONCE = _RetryPolicy(max_retries=1, max_sends=1, after_answers=False)
_RETRY_POLICIES = {"refresh_token": _RetryPolicy(max_retries=_MAX_RETRIES, max_sends=2)}
"""A refresh token is for one use too, but Zoom has been seen to accept it again for a short time."""


class _Session(OAuth2Session):  # type: ignore[misc]  # Authlib comes without types
    """Authlib's session, which returns the answer unparsed."""

    def parse_response_token(self, response: requests.Response) -> requests.Response:
        return response


class TokenEndpoint:
    """`{oauth_url}/oauth/token` and `{oauth_url}/oauth/revoke` for one app. Safe to share between threads."""

    def __init__(self, client: OAuthClient, clock: Clock, randomness: random.Random) -> None:
        self._client = client
        self._base = f"{client.oauth_url.rstrip('/')}/oauth"
        self._clock = clock
        self._randomness = randomness

    def request(self, grant_type: str, *, single_use: bool = False, **parameters: str) -> TokenResponse | Refusal:
        """Ask for a token: the grant and its parameters go into the form body, the app into a Basic header.

        A public client sends its id in the body (RFC 6749 §3.2.1). No connection, 429, 5xx and answers that are not
        JSON are retried up to three times, but a request that Zoom may have processed is sent only once more for a
        refresh token. `single_use`, for authorization codes: one retry, and only without a connection.

        Returns a Refusal when Zoom says no. Raises TokenEndpointFailed when it gives no usable answer, UsageError for
        malformed credentials, Interrupted when stopped while waiting.
        """

        def ask(session: OAuth2Session) -> requests.Response:
            answer: requests.Response = session.fetch_token(
                f"{self._base}/token",
                grant_type=grant_type,
                allow_redirects=False,
                timeout=_TIMEOUT,
                stream=True,
                **parameters,
            )
            return answer

        policy = _ONCE if single_use else _RETRY_POLICIES.get(grant_type, _ANY_TIME)
        answer = self._repeat(ask, policy, tuple(parameters.values()))
        return answer if isinstance(answer, Refusal) else TokenResponse.from_json(answer)

    def revoke(self, token: str) -> Refusal | None:
        """End the authorization this access or refresh token belongs to (RFC 7009 §2.1).

        Returns a Refusal when Zoom says no; raises as `request` does. Zoom also removes the app from the user's
        installed apps.
        """

        def ask(session: OAuth2Session) -> requests.Response:
            answer: requests.Response = session.revoke_token(
                f"{self._base}/revoke", token, allow_redirects=False, timeout=_TIMEOUT, stream=True
            )
            return answer

        # Only the status counts (RFC 7009 §2.2); Zoom adds {"status": "success"}.
        answer = self._repeat(ask, _ANY_TIME, (token,), body_needed=False)
        return answer if isinstance(answer, Refusal) else None

    def _repeat(
        self, ask: _Ask, policy: _RetryPolicy, secrets: tuple[str, ...], body_needed: bool = True
    ) -> dict[str, object] | Refusal:
        """The answer's JSON object, or Zoom's refusal, retried as the policy says."""
        lost_response = ""
        sends_left = policy.max_sends
        for tries in range(1, policy.max_retries + 2):
            try:
                answer = self._try(ask, secrets, body_needed)
                return replace(answer, lost_response=lost_response) if isinstance(answer, Refusal) else answer
            except TokenEndpointFailed as failure:
                if failure.may_have_been_processed:
                    lost_response = failure.words
                    sends_left -= 1
                answered = failure.cause != "no connection" and not policy.after_answers
                if tries > policy.max_retries or sends_left < 1 or answered or failure.wait > _MAX_WAIT:
                    raise
                wait = backoff_seconds(tries, _MAX_WAIT, self._randomness, failure.wait)
            # No request is in flight, so no answer can be lost.
            with signals_delivered():
                self._clock.wait(wait)
        raise AssertionError("the last try answers or raises")

    def _try(self, ask: _Ask, secrets: tuple[str, ...], body_needed: bool) -> dict[str, object] | Refusal:
        try:
            with self._session() as session:
                # Redirects are not followed: they would send the credentials to an address that is not configured.
                response = ask(session)
                reply = Reply(response.status_code, response.headers, read_body(response, self._clock))
        except (requests.RequestException, LocationValueError) as failure:
            words = next(words for kind, words in _CAUSES if isinstance(failure, kind))
            sent = _was_sent(failure)
        else:
            return self._read(reply, secrets, body_needed)
        # Not chained: the exceptions of requests carry the request, credentials included.
        raise TokenEndpointFailed(
            self._message(words),
            "Check the network, the proxy (HTTPS_PROXY), the certificates (REQUESTS_CA_BUNDLE) and ZOOM_OAUTH_URL "
            f"({self._client.oauth_url}), then run this again.",
            "no connection",
            words,
            may_have_been_processed=sent,
        )

    def _session(self) -> OAuth2Session:
        secret = self._client.client_secret
        # RFC 6749 appendix A.1 and A.2: visible ASCII. A secret copied with an ellipsis is not.
        if not (self._client.client_id + (secret.reveal() if secret else "")).isascii():
            raise UsageError(
                "ZOOM_CLIENT_ID or ZOOM_CLIENT_SECRET contains a character that no Zoom credential has.",
                "Copy both again from the app's page in the Zoom App Marketplace.",
            )
        if secret is None:
            return _Session(self._client.client_id, token_endpoint_auth_method="none")  # noqa: S106 - a method
        return _Session(self._client.client_id, secret.reveal())

    def _read(self, reply: Reply, secrets: tuple[str, ...], body_needed: bool) -> dict[str, object] | Refusal:
        status = reply.status
        if 300 <= status < 400:
            raise self._foreign(describe_redirect(status, reply.headers), acted=False)
        answer = _json_object(reply.content)
        if status == 429 or status >= 500:
            raise self._unavailable(reply, answer)
        if status == 401 or (status == 200 and not body_needed):
            answer = answer or {}
        if answer is None:
            came = describe_non_json(status, reply.headers, reply.content)
            raise self._foreign(f"answered HTTP {status} with {came}", acted=True)
        # Zoom's older errors come with status 200 and an errorCode.
        if status >= 400 or answer.get("error") or answer.get("errorCode"):
            if self._client.client_secret is not None:
                secrets = (self._client.client_secret.reveal(), *secrets)
            error = _sanitized(answer.get("error"), secrets)
            texts = (_sanitized(answer.get(name), secrets) for name in _REASONS)
            return Refusal(status, error, next(filter(None, texts), ""))
        return answer

    def _unavailable(self, reply: Reply, answer: dict[str, object] | None) -> TokenEndpointFailed:
        status = reply.status
        wait = min(retry_after_seconds(reply.headers.get("Retry-After"), self._clock.now()) or 0.0, _MAX_RETRY_AFTER)
        words = f"it answered HTTP {status}"
        if answer is None and reply.content:
            words += f" with {describe_non_json(status, reply.headers, reply.content)}"
        asked = f"; it asks to wait {wait:.0f} s" if wait > _MAX_WAIT else ""
        when = f"in {wait:.0f} seconds" if wait > _MAX_WAIT else "later"
        return TokenEndpointFailed(
            self._message(f"{words}{asked}"),
            f"Run this again {when}. Zoom's status: https://status.zoom.us",
            "server error",
            words,
            may_have_been_processed=status != 429,  # one request too many was not carried out (RFC 6585 §4)
            wait=wait,
            tracking_id=_sanitized(reply.headers.get("x-zm-trackingid"), ()),
        )

    def _foreign(self, did: str, *, acted: bool) -> TokenEndpointFailed:
        """Not a token endpoint answered. `acted`: whether Zoom may still have processed the request."""
        return TokenEndpointFailed(
            self._message(f"it {did}"),
            f"ZOOM_OAUTH_URL is {self._client.oauth_url}: Zoom's own is https://zoom.us, for Zoom for Government "
            "https://zoomgov.com. If it is right, check the proxy (HTTPS_PROXY), and open that address in a browser "
            "on this network: the network may require a sign-in first.",
            "foreign answer",
            f"it {did}",
            may_have_been_processed=acted,
        )

    def _message(self, words: str) -> str:
        host = urlsplit(self._client.oauth_url).netloc.rpartition("@")[2]
        return f"No token from {host}: {words}."


def _was_sent(failure: Exception) -> bool:
    """Whether the request may have reached Zoom. urllib3 raises MaxRetryError before anything is sent."""
    return not (isinstance(failure, _NEVER_SENT) or (failure.args and isinstance(failure.args[0], MaxRetryError)))


def _json_object(content: bytes) -> dict[str, object] | None:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _sanitized(text: object, secrets: Iterable[str]) -> str:
    """Zoom's text without secrets or control characters, at most 300 characters."""
    if not isinstance(text, str):
        return ""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return one_line(text)[:_MAX_REASON_LENGTH]
