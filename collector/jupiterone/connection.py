"""One request: signed, retried where that helps, else an error that says what to do."""

from __future__ import annotations

import gzip as gzip_format
import json as json_format
import logging
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from collector.clock import Clock
from collector.connections import INVALID_ADDRESS, Connections, Reply, never_sent
from collector.errors import AccessRefused, RequestFailed
from collector.jupiterone.response import JupiterOneOutcome, JupiterOneResponse, parse_response
from collector.jupiterone.signing import Anonymous, ApiKey
from collector.model.graph import JsonObject
from collector.redaction import Secret
from collector.retries import backoff_seconds

logger = logging.getLogger("collector.jupiterone")

CONNECT_SECONDS = 20.0
"""urllib3 applies it to writing a body, too; a full batch, compressed, has some 500 KB."""
READ_SECONDS = 60.0
MAX_TRIES = 5
"""How often a request is sent when no usable answer comes back (5xx, time-out, broken connection, not JSON)."""
MAX_RATE_LIMITED_TRIES = 8
MAX_WAIT_SECONDS = 120.0
"""JupiterOne's rate limits are counted over one or two minutes."""
_CHECK_ADDRESSES = (
    "Check JUPITERONE_API_BASE_URL and JUPITERONE_GRAPHQL_URL (unset they are those of JupiterOne's US region), then "
    "the proxy (HTTPS_PROXY), and whether this network requires a sign-in first."
)
_LATER = "Run the command again later; if it keeps failing, send JupiterOne's support this message."
_NEXT_STEP = (
    "Check the network, HTTPS_PROXY, REQUESTS_CA_BUNDLE, JUPITERONE_API_BASE_URL and JUPITERONE_GRAPHQL_URL, then run "
    "the command again."
)

_UNEXPECTED = (
    "If JUPITERONE_API_BASE_URL or JUPITERONE_GRAPHQL_URL is set, check it; else please report it with the output of "
    "the same command with -v."
)

OnLostResponse = Callable[[], JsonObject | None]
"""Called after each wait once an answer was lost: the answer, if the work is done; None to send the request again."""


Expected = Callable[[JsonObject], bool]
"""Whether an answer belongs to the request. Any other came from something in between and counts as lost."""


@dataclass(frozen=True)
class Access:
    """Account, key and addresses; the latter depend on the account's region (`us` or `eu`)."""

    account: str
    api_key: Secret
    api_url: str = "https://api.us.jupiterone.io"
    graphql_url: str = "https://graphql.us.jupiterone.io"

    @property
    def host(self) -> str:
        """The host of the REST API, with its port if it has one."""
        return urlsplit(self.api_url).netloc


@dataclass(frozen=True)
class _Request:
    method: str
    url: str
    name: str
    """For messages and logs; without host and query."""
    auth: AuthBase
    body: bytes | None = None
    gzip: bool = False
    correlation_id: str | None = None
    expected: Expected | None = None

    @property
    def title(self) -> str:
        correlation = f" (correlation id {self.correlation_id})" if self.correlation_id else ""
        return f"{self.method} {self.name}{correlation}"


class JupiterOne:
    """Requests to one account; safe to share between threads.

    Every method raises AccessRefused (401, 403), RequestFailed, or Interrupted.
    """

    def __init__(
        self,
        access: Access,
        clock: Clock,
        randomness: random.Random,
        new_session: Callable[[], requests.Session] = requests.Session,
        max_tries: int = MAX_TRIES,
    ) -> None:
        self.clock = clock
        self.randomness = randomness
        self._access = access
        self._key = _key_pattern(access.api_key)
        self._most_tries = max_tries
        self._signed = ApiKey(access.account, access.api_key)
        self._connections = Connections(clock, new_session, CONNECT_SECONDS)
        self._gzip_accepted = True

    def get(self, path: str, expected: Expected | None = None) -> JsonObject:
        """The JSON object of the answer; one that is not as `expected` counts as lost."""
        return self._call(_Request("GET", self._address(path), path, self._signed, expected=expected))

    def post(
        self,
        path: str,
        json: JsonObject | bytes,
        *,
        gzip: bool = False,
        correlation_id: str | None = None,
        expected: Expected | None = None,
        on_lost_response: OnLostResponse | None = None,
    ) -> JsonObject:
        """The JSON object of the answer; one that is not as `expected` counts as lost.

        `json` is an object, or one already encoded. With `gzip` the body is compressed as long as JupiterOne accepts
        that. `on_lost_response` is called each time the answer was lost; without it the request is sent again.
        """
        body = json if isinstance(json, bytes) else _encoded(json)
        request = _Request("POST", self._address(path), path, self._signed, body, gzip, correlation_id, expected)
        return self._call(request, on_lost_response)

    def post_graphql(self, json: JsonObject, on_lost_response: OnLostResponse | None = None) -> JsonObject:
        """The whole GraphQL answer, including `errors`."""
        request = _Request("POST", self._access.graphql_url, "to GraphQL", self._signed, _encoded(json))
        return self._call(request, on_lost_response)

    def fetch(self, url: str) -> JsonObject:
        """The JSON object at an address that JupiterOne named. It is not its API, so no credentials are sent.

        A refusal there says nothing about the key; it raises RequestFailed.
        """
        return self._call(_Request("GET", url, "of a query's result", Anonymous()))

    def _address(self, path: str) -> str:
        return f"{self._access.api_url.rstrip('/')}{path}"

    def _call(self, request: _Request, on_lost_response: OnLostResponse | None = None) -> JsonObject:
        unanswered = rate_limited = 0
        doubtful = False
        while True:
            answer: JupiterOneResponse | None = None
            try:
                answer = self._answer(request)
            except requests.RequestException as failure:
                problem = f"no answer ({type(failure).__name__})"
                doubtful = doubtful or not never_sent(failure)
            else:
                problem = answer.described
                doubtful = doubtful or answer.kind is JupiterOneOutcome.FAILED
            if answer is not None and answer.kind is JupiterOneOutcome.OK:
                return answer.body
            if (
                answer is not None
                and answer.kind is JupiterOneOutcome.RATE_LIMITED
                and rate_limited + 1 < MAX_RATE_LIMITED_TRIES
            ):
                rate_limited += 1
                self.clock.wait(self._wait_seconds(rate_limited, answer))
                continue
            if answer is not None and answer.kind is not JupiterOneOutcome.FAILED:
                raise self._refusal(request, answer)
            unanswered += 1
            if unanswered == self._most_tries and on_lost_response is None:
                raise self._unanswered(request, answer, problem)
            self.clock.wait(self._wait_seconds(unanswered, answer))
            done = on_lost_response() if on_lost_response is not None and doubtful else None
            if done is not None:
                return done
            if unanswered == self._most_tries:
                raise self._unanswered(request, answer, problem)

    def _answer(self, request: _Request) -> JupiterOneResponse:
        """One answer; a body that JupiterOne does not accept compressed is sent again uncompressed."""
        if not (request.gzip and self._gzip_accepted):
            return self._send(request, compressed=False)
        answer = self._send(request, compressed=True)
        if answer.status not in (400, 415) or answer.too_large or answer.job_ended:
            return answer
        plain = self._send(request, compressed=False)
        if plain.status not in (400, 415):
            self._gzip_accepted = False
        return plain

    def _send(self, request: _Request, *, compressed: bool) -> JupiterOneResponse:
        headers = {"Content-Type": "application/json"} if request.body is not None else {}
        if request.correlation_id is not None:
            headers["JupiterOne-Correlation-Id"] = request.correlation_id
        body = request.body
        if compressed and body is not None:
            headers["Content-Encoding"] = "gzip"
            body = gzip_format.compress(body, mtime=0)
        sent = requests.Request(request.method, request.url, headers, data=body, auth=request.auth)
        try:
            reply = self._connections.send(sent, _origin(request.url), READ_SECONDS)
        except INVALID_ADDRESS as failure:
            raise RequestFailed(
                f"JupiterOne: {request.title} was not sent: its address, or the proxy's, is not valid "
                f"({type(failure).__name__}).",
                _NEXT_STEP,
            ) from None
        answer = parse_response(reply.status, *self._without_key(reply), self.clock.now())
        if answer.kind is JupiterOneOutcome.OK and request.expected is not None and not request.expected(answer.body):
            message = answer.message or "an answer to something else"
            answer = replace(answer, kind=JupiterOneOutcome.FAILED, message=message, from_intermediary=True)
        logger.debug("%s -> %s", request.title, answer.described)
        return answer

    def _without_key(self, reply: Reply) -> tuple[Mapping[str, str], bytes]:
        """Headers and body with the API key masked, should an answer repeat it, also with JSON escapes."""
        headers = CaseInsensitiveDict({name: self._key.sub("***", value) for name, value in reply.headers.items()})
        try:
            text = reply.content.decode(json_format.detect_encoding(reply.content))
        except UnicodeDecodeError:
            return headers, reply.content.replace(self._access.api_key.reveal().encode(), b"***")
        return headers, self._key.sub("***", text).encode()

    def _wait_seconds(self, times: int, answer: JupiterOneResponse | None) -> float:
        asked = answer.wait_seconds if answer is not None else None
        return backoff_seconds(times, MAX_WAIT_SECONDS, self.randomness, asked)

    def _refusal(self, request: _Request, answer: JupiterOneResponse) -> AccessRefused | RequestFailed:
        message = f"JupiterOne answered {request.title} with {answer.described}."
        if answer.too_large:
            return RequestFailed(message, status=answer.status, code=answer.code, body=answer.body)
        if answer.from_intermediary and request.auth is self._signed:
            return RequestFailed(message, _CHECK_ADDRESSES, status=answer.status, code=answer.code, body=answer.body)
        if answer.status in (401, 403) and not answer.job_ended:
            if request.auth is not self._signed:
                return RequestFailed(message, "Run the command again.", status=answer.status)
            return AccessRefused(
                message,
                f"Check JUPITERONE_API_KEY, JUPITERONE_ACCOUNT ({self._access.account}), the region in "
                "JUPITERONE_API_BASE_URL, and what the key is permitted to do in JupiterOne.",
            )
        next_step = "Run the command again later." if answer.kind is JupiterOneOutcome.RATE_LIMITED else _UNEXPECTED
        return RequestFailed(message, next_step, status=answer.status, code=answer.code, body=answer.body)

    def _unanswered(self, request: _Request, answer: JupiterOneResponse | None, problem: str) -> RequestFailed:
        return RequestFailed(
            f"JupiterOne: {request.title} failed {self._most_tries} times, the last time with {problem}.",
            _NEXT_STEP if answer is None else _CHECK_ADDRESSES if answer.from_intermediary else _LATER,
            status=answer.status if answer is not None else None,
            code=answer.code if answer is not None else None,
            body=answer.body if answer is not None else None,
        )


def _key_pattern(secret: Secret) -> re.Pattern[str]:
    """Matches a text, also with any of its characters escaped as JSON allows (RFC 8259 §7)."""
    return re.compile("".join(rf"(?:\\?{re.escape(c)}|\\u(?i:{ord(c):04x}))" for c in secret.reveal()))


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise requests.exceptions.InvalidURL("not an address") from None
    return f"{parts.scheme}://{parts.netloc}"


def _encoded(value: JsonObject) -> bytes:
    return json_format.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
