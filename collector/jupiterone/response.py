"""What an answer of JupiterOne's means, without I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from collector.intermediaries import describe_non_json, describe_redirect
from collector.model.graph import JsonObject
from collector.redaction import one_line
from collector.retries import retry_after_seconds

JOB_NOT_AWAITING_UPLOADS = "JOB_NOT_AWAITING_UPLOADS"
"""The code for a job that has ended, or is being finalized (JupiterOne SDK, synchronization client)."""
TOO_LARGE = "RequestEntityTooLargeException"
"""The code for a body that is too large (JupiterOne SDK, `isRequestUploadTooLargeError`)."""

_MAX_MESSAGE_LENGTH = 500
_REQUEST_ID_HEADERS = ("x-amzn-requestid", "apigw-requestid", "x-request-id")


class JupiterOneOutcome(Enum):
    """What to do next."""

    OK = auto()
    RATE_LIMITED = auto()
    FAILED = auto()
    """JupiterOne failed, or the answer is not JSON: the work may be done or not."""
    REFUSED = auto()


@dataclass(frozen=True)
class JupiterOneResponse:
    """A parsed answer.

    `code` and `message` come from the error envelope; `wait_seconds` is how long JupiterOne asks to wait; `request_id`
    is for JupiterOne's support. `from_intermediary`: something else than JupiterOne's API answered, so the address or
    the network is to be checked.
    """

    kind: JupiterOneOutcome
    status: int
    body: JsonObject = field(default_factory=dict)
    code: str | None = None
    message: str = ""
    wait_seconds: float | None = None
    request_id: str | None = None
    from_intermediary: bool = False

    @property
    def too_large(self) -> bool:
        """Whether a smaller body would have been accepted."""
        return says_too_large(self.status, self.code)

    @property
    def job_ended(self) -> bool:
        """Whether the job accepts no more uploads."""
        return self.code == JOB_NOT_AWAITING_UPLOADS

    @property
    def described(self) -> str:
        """The answer for people: `500 INTERNAL: it broke (request id 7)`."""
        words = [str(self.status), *([self.code] if self.code not in (None, str(self.status)) else [])]
        text = " ".join(words) + (f": {self.message}" if self.message else "")
        return f"{text} (request id {self.request_id})" if self.request_id else text


def says_too_large(status: int | None, code: str | None) -> bool:
    """Whether a refusal with this status and code is about the size of the body."""
    return status == 413 or code == TOO_LARGE


def parse_response(status: int, headers: Mapping[str, str], content: bytes, now: float) -> JupiterOneResponse:
    """The meaning of an answer; `now` is in seconds since 1970, `headers` look up names whatever their case.

    Errors come as `{"error": {"code", "message"}}` (JupiterOne SDK, synchronization client), as GraphQL's `errors`,
    or as `{"message"}` from the gateway. GraphQL reports some rate limits with HTTP 200. For a body that is too large,
    or a job that has ended, the code counts, whatever the status.
    """
    body = _json_object(content)
    code, message = _error(body or {})
    request_id = next((headers[name] for name in _REQUEST_ID_HEADERS if name in headers), None)
    if code in (TOO_LARGE, JOB_NOT_AWAITING_UPLOADS):
        kind = JupiterOneOutcome.REFUSED
    elif status == 429 or (status == 200 and code is None and _is_rate_limit(body or {})):
        kind = JupiterOneOutcome.RATE_LIMITED
    elif status >= 500 or status == 408 or (200 <= status < 300 and body is None):
        kind = JupiterOneOutcome.FAILED
    elif 200 <= status < 300:
        kind = JupiterOneOutcome.OK
    else:
        kind = JupiterOneOutcome.REFUSED
    from_intermediary = 300 <= status < 400 or (
        body is None and status < 500 and kind is not JupiterOneOutcome.RATE_LIMITED
    )
    if 300 <= status < 400:
        message = f"the address {describe_redirect(status, headers)}"
    elif body is None:
        message = describe_non_json(status, headers, content)
    return JupiterOneResponse(
        kind, status, body or {}, code, message, _wait_seconds(kind, headers, now), request_id, from_intermediary
    )


def _wait_seconds(kind: JupiterOneOutcome, headers: Mapping[str, str], now: float) -> float | None:
    """How many seconds JupiterOne asks to wait, if it does: `Retry-After`, else after a rate limit `RateLimit-Reset`.

    `RateLimit-Reset` is also sent without a rate limit (JupiterOne docs, "GraphQL API rate limiting").
    """
    names = ("Retry-After", "RateLimit-Reset") if kind is JupiterOneOutcome.RATE_LIMITED else ("Retry-After",)
    for name in names:
        asked = retry_after_seconds(headers.get(name), now)
        if asked is not None:
            return asked
    return None


def _json_object(content: bytes) -> JsonObject | None:
    """The object; an empty body, with which some calls answer, is an empty object."""
    if not content.strip():
        return {}
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _error(body: JsonObject) -> tuple[str | None, str]:
    error = body.get("error")
    if isinstance(error, Mapping):
        code, message = error.get("code"), error.get("message")
    else:
        code, message = body.get("code"), error if isinstance(error, str) else body.get("message")
    return (one_line(str(code)) if code else None), (one_line(str(message))[:_MAX_MESSAGE_LENGTH] if message else "")


def _is_rate_limit(body: JsonObject) -> bool:
    errors = body.get("errors")
    return isinstance(errors, list) and any(
        isinstance(error, Mapping) and re.search(r"\b429\b", str(error.get("message"))) for error in errors
    )
