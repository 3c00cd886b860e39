"""The one place that speaks to Zoom's token endpoint (RFC 6749 §3.2; Zoom: "Using OAuth 2.0").

Authlib builds the request and authenticates the client. What it would do with the answer is done here: it
drops Zoom's `reason`, takes any JSON object for a token, never retries, and its automatic refresh lets two
threads spend the same refresh token.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session

from collector.auth.refusals import TokenRefused
from collector.auth.token_answer import TokenAnswer
from collector.clock import Clock
from collector.errors import CollectionFailed, UsageError
from collector.redaction import Secret

_TIMEOUT = (5, 30)
"""Seconds to connect and seconds between two bytes of the answer."""

_BACKOFF = (1.0, 2.0, 4.0)
"""Seconds before the second, third and fourth try, each with up to half as much again."""

_LONGEST_WAIT = 60.0
"""Seconds. A longer Retry-After is told, not waited for."""

_REASONS = ("reason", "error_description", "errorMessage")
"""Where Zoom has put its words so far, the usual place first."""

_LONGEST_REASON = 300

_TROUBLES: tuple[tuple[type[requests.RequestException], str], ...] = (
    (requests.exceptions.ProxyError, "the proxy did not let the request through"),
    (requests.exceptions.SSLError, "the encrypted connection failed, often over an unknown certificate"),
    (requests.Timeout, "no answer in time"),
    (requests.ConnectionError, "no connection"),
    (requests.RequestException, "the answer could not be read"),
)


class _Unanswered(CollectionFailed):
    """No usable answer came, but the next try may get one. `wait`: seconds the endpoint asked for, or 0."""

    def __init__(self, message: str, next_step: str = "", wait: float = 0.0) -> None:
        super().__init__(message, next_step)
        self.wait = wait


class _TokenSession(OAuth2Session):  # type: ignore[misc]  # Authlib comes without types
    """Authlib's session; the answer is handed back as it came."""

    def parse_response_token(self, response: requests.Response) -> requests.Response:
        return response


class TokenEndpoint:
    """`{oauth_url}/oauth/token` for one app. Safe to share between threads."""

    def __init__(
        self, client_id: str, client_secret: Secret, oauth_url: str, clock: Clock, randomness: random.Random
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._url = f"{oauth_url.rstrip('/')}/oauth/token"
        self._clock = clock
        self._randomness = randomness

    def request(self, grant_type: str, **parameters: str) -> TokenAnswer:
        """Ask for a token: the grant and its parameters go into the form body, the app into a Basic header.

        Failures that may pass (no connection, 429, 5xx, no JSON) are tried again up to three times.

        Raises TokenRefused when Zoom says no, CollectionFailed when it gives no usable answer, UsageError for
        credentials that cannot be ones, Interrupted when stopped while waiting.
        """
        # RFC 6749 appendix A.1 and A.2: visible ASCII. A secret copied with its ellipsis ends here.
        if not (self._client_id + self._client_secret.reveal()).isascii():
            raise UsageError(
                "ZOOM_CLIENT_ID or ZOOM_CLIENT_SECRET holds a character that no Zoom credential has.",
                "Copy both again from the app's page in the Zoom App Marketplace.",
            )
        backoffs = iter(_BACKOFF)
        while True:
            try:
                return self._try(grant_type, parameters)
            except _Unanswered as failure:
                unanswered = failure
            backoff = next(backoffs, None)
            if backoff is None or unanswered.wait > _LONGEST_WAIT:
                raise unanswered
            self._clock.wait(max(unanswered.wait, backoff + self._randomness.uniform(0, backoff / 2)))

    def _try(self, grant_type: str, parameters: Mapping[str, str]) -> TokenAnswer:
        try:
            with _TokenSession(self._client_id, self._client_secret.reveal()) as session:
                # A redirect would carry the credentials to a place nobody configured.
                response = session.fetch_token(
                    self._url, grant_type=grant_type, allow_redirects=False, timeout=_TIMEOUT, **parameters
                )
        except requests.RequestException as failure:
            trouble = next(words for kind, words in _TROUBLES if isinstance(failure, kind))
        else:
            return self._read(response, secrets=(self._client_secret.reveal(), *parameters.values()))
        # Not chained: the exceptions of requests carry the request, credentials included.
        raise self._unanswered(trouble)

    def _read(self, response: requests.Response, secrets: Iterable[str]) -> TokenAnswer:
        status = response.status_code
        if status == 429 or status >= 500:
            wait = self._retry_after(response.headers.get("Retry-After", ""))
            asked = f"; it asks to wait {wait:.0f} s" if wait > _LONGEST_WAIT else ""
            raise self._unanswered(f"it answered HTTP {status}{asked}", wait)
        answer = _json_object(response)
        if status == 401:
            answer = answer or {}
        if answer is None:
            raise self._unanswered(f"it answered HTTP {status} with something else than a JSON object")
        # Zoom's older errors come with status 200 and an errorCode.
        if status >= 300 or answer.get("error") or answer.get("errorCode"):
            error = _plain(answer.get("error"), secrets)
            texts = (_plain(answer.get(name), secrets) for name in _REASONS)
            raise TokenRefused(status, error, next(filter(None, texts), ""))
        return TokenAnswer.from_json(answer)

    def _unanswered(self, trouble: str, wait: float = 0.0) -> _Unanswered:
        host = urlsplit(self._url).netloc.rpartition("@")[2]
        return _Unanswered(
            f"No token from {host}: {trouble}.",
            "Check the network, the proxy (HTTPS_PROXY) and the certificates (REQUESTS_CA_BUNDLE), then run "
            "this again. How Zoom itself is doing: https://status.zoom.us",
            wait,
        )

    def _retry_after(self, header: str) -> float:
        """Seconds to wait, from seconds or a date (RFC 9110 §10.2.3); 0 when there is nothing usable."""
        if header.isdecimal():
            return float(header)
        try:
            return parsedate_to_datetime(header).timestamp() - self._clock.now()
        except ValueError:
            return 0.0


def _json_object(response: requests.Response) -> dict[str, object] | None:
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _plain(text: object, secrets: Iterable[str]) -> str:
    """Zoom's text without our secrets and without characters that steer a terminal, at most 300 of them."""
    if not isinstance(text, str):
        return ""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:_LONGEST_REASON]
