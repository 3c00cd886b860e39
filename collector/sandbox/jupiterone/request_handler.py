"""Handles every request: faults, key and body before the answer, the record after it."""

from __future__ import annotations

import gzip
import hmac
import json
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Response, request

from collector.clock import Clock
from collector.sandbox.jupiterone import errors
from collector.sandbox.jupiterone.errors import ApiError
from collector.sandbox.jupiterone.faults import Fault, Faults
from collector.sandbox.jupiterone.identifiers import Identifiers


class Request(NamedTuple):
    """One request and its answer.

    `operation` as in `Fault`, "" for unknown paths. `status` is 0 where the connection was dropped. `size`: bytes of
    the body as it came, `gzipped` or not. `correlation_id`, `account`: of the headers, "" without one; the newer header
    of the account comes before the older.
    """

    method: str
    path: str
    operation: str
    status: int
    size: int
    gzipped: bool
    correlation_id: str
    account: str


class Requests:
    """The latest 10,000 requests. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: deque[Request] = deque(maxlen=10_000)

    def add(self, request: Request) -> None:
        with self._lock:
            self._latest.append(request)

    @property
    def latest(self) -> list[Request]:
        """Oldest first."""
        with self._lock:
            return list(self._latest)


ACCOUNT_HEADERS = ("JupiterOne-Account", "LifeOmic-Account")
CORRELATION_HEADER = "JupiterOne-Correlation-Id"

_GZIPPED_UPLOADS = ("entities", "relationships")
_JSON = "application/json"
_PAGE = (
    b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
)

Json = Any
"""Any JSON value."""


@dataclass(frozen=True)
class JupiterOneSandboxResponse:
    status: int
    body: bytes
    content_type: str = _JSON

    @classmethod
    def of(cls, document: Json, status: int = 200) -> JupiterOneSandboxResponse:
        return cls(status, json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())


@dataclass(frozen=True)
class RequestChecks:
    """Checks key, account and body. `largest_body`: bytes, before and after decompression."""

    account: str
    api_key: str
    accepts_gzip: bool
    largest_body: int

    def authorize(self) -> None:
        """Raise ApiError unless the key is good and every account header names the account."""
        if not hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {self.api_key}"):
            raise errors.unauthorized()
        named = {request.headers[name] for name in ACCOUNT_HEADERS if name in request.headers}
        if named != {self.account}:
            raise errors.forbidden()

    def body(self, operation: str) -> Json:
        """The JSON of the request, {} without a body. Raises ApiError."""
        raw = self._decompressed(request.get_data(), operation)
        if not raw:
            return {}
        try:
            return json.loads(raw)
        except ValueError:
            raise errors.invalid("The body is not valid JSON.", "INVALID_JSON") from None

    def _decompressed(self, raw: bytes, operation: str) -> bytes:
        if len(raw) > self.largest_body:
            raise errors.TooLarge
        encoding = request.headers.get("Content-Encoding", "identity").lower()
        if encoding == "identity":
            return raw
        if encoding != "gzip" or not self.accepts_gzip or operation not in _GZIPPED_UPLOADS:
            raise errors.encoding_not_supported(encoding)
        try:
            plain = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error):
            raise errors.invalid("The body is not valid gzip.", "INVALID_GZIP") from None
        if len(plain) > self.largest_body:
            raise errors.TooLarge
        return plain


@dataclass(frozen=True)
class RequestHandler:
    checks: RequestChecks
    faults: Faults
    requests: Requests
    identifiers: Identifiers
    clock: Clock

    def respond(
        self,
        operation: str,
        produce: Callable[[Fault | None], JupiterOneSandboxResponse],
        refusal: Callable[[ApiError], Json],
    ) -> Response:
        """Answer the current request.

        `produce` returns the answer, and handles the fault it is given, or raises ApiError, which `refusal` turns into
        a document.
        """
        fault = self.faults.next_fault(request.path, operation)
        try:
            answer = self._answer(fault, produce, refusal)
            if fault is not None and fault.kind == "lost_answer":
                raise ConnectionResetError
        except ConnectionResetError:
            self._record(operation, 0)
            raise
        return self._send(operation, answer, fault)

    def _answer(
        self,
        fault: Fault | None,
        produce: Callable[[Fault | None], JupiterOneSandboxResponse],
        refusal: Callable[[ApiError], Json],
    ) -> tuple[JupiterOneSandboxResponse, dict[str, str]]:
        try:
            if fault is not None:
                self._raise_fault(fault)
                if fault.kind == "status_502_html":
                    return JupiterOneSandboxResponse(502, _PAGE, "text/html"), {}
            return produce(fault), {}
        except ApiError as error:
            return JupiterOneSandboxResponse.of(refusal(error), error.status), dict(error.headers)

    def _raise_fault(self, fault: Fault) -> None:
        """Raise ConnectionResetError or ApiError for faults that prevent processing."""
        if fault.kind == "reset":
            raise ConnectionResetError
        if fault.kind == "slow":
            self.clock.wait(fault.delay)
        limits = {
            "RateLimit-Limit": "60",
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": fault.rate_limit_reset,
            "Retry-After": fault.retry_after,
        }
        refusals: dict[str, ApiError] = {
            "status_500": errors.unexpected(),
            "status_503": errors.unexpected(503),
            "qps_429": errors.too_many_requests({name: value for name, value in limits.items() if value}),
            "too_large_413": errors.TooLarge(),
            "too_large_code": errors.too_large_for_the_persister(),
            "unauthorized": errors.unauthorized(),
            "forbidden": errors.forbidden(),
        }
        if fault.kind in refusals:
            raise refusals[fault.kind]

    def _send(
        self, operation: str, answered: tuple[JupiterOneSandboxResponse, dict[str, str]], fault: Fault | None
    ) -> Response:
        answer, headers = answered
        self._record(operation, answer.status)
        body = answer.body
        if fault is not None and fault.kind == "truncated":
            body = body[: len(body) // 2]
        response = Response(body, answer.status, headers, content_type=answer.content_type)
        response.headers["x-amzn-RequestId"] = self.identifiers.new()
        if fault is not None and fault.kind == "dropped_body":
            response.response = _half_of(body)
        return response

    def _record(self, operation: str, status: int) -> None:
        headers = request.headers
        account = next((headers[name] for name in ACCOUNT_HEADERS if name in headers), "")
        gzipped = headers.get("Content-Encoding", "").lower() == "gzip"
        self.requests.add(
            Request(
                method=request.method,
                path=request.path,
                operation=operation,
                status=status,
                size=len(request.get_data()),
                gzipped=gzipped,
                correlation_id=headers.get(CORRELATION_HEADER, ""),
                account=account,
            )
        )


def _half_of(body: bytes) -> Iterator[bytes]:
    """Half of the body, then the connection is closed."""
    yield body[: len(body) // 2]
    raise ConnectionResetError
