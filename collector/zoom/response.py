"""Parses an answer of Zoom's API: a pure function from status, headers and body to an outcome.

Zoom's errors differ from what HTTP suggests: a missing scope is a 400, code 200 inside a 400 means "no permission",
some errors come with HTTP 200, and the edge answers in HTML (Zoom API reference, error definitions).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum, auto

from collector.intermediaries import describe_non_json, describe_redirect, markup_kind
from collector.model.graph import JsonObject
from collector.redaction import mask_urls, one_line
from collector.retries import retry_after_seconds

_SCOPE_MESSAGE = re.compile(r"does not contain .*scope", re.IGNORECASE)
_SCOPE_LIST = re.compile(r"scopes?:\s*\[([^\]]*)\]", re.IGNORECASE)
_CLASSIC_SCOPE = re.compile(r"does not contain (\S+:\S+) scope", re.IGNORECASE)
_PAID_ONLY = re.compile(r"only available for", re.IGNORECASE)
_NOT_FOUND_CODES = frozenset({1001, 1010, 1034, 1120, 2001, 4130})
_UNKNOWN_PATH_CODES = frozenset({404, 2300})
"""Codes of a 404 about the path, not about the entity."""
_NO_DOCUMENT_CODES = frozenset({1000})
_NO_PERMISSION_CODES = frozenset({200, 30055008})
_SCOPE_CODE = 4711
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
"""Half of a surrogate pair, left when a text is cut by length; it has no UTF-8 form (RFC 8259 §8.2)."""
_SHORT_LIMIT = re.compile(r"per[- ](?:second|minute)|concurrent", re.IGNORECASE)
_ABOUT_MIDNIGHT = 60.0
_MAX_RETRY_AFTER_SECONDS = 7 * 86400.0
_MAX_MESSAGE_LENGTH = 300


class ZoomOutcome(Enum):
    """What to do about an answer."""

    OK = auto()
    TOKEN_REFUSED = auto()
    SCOPE_MISSING = auto()
    PRIVILEGE_MISSING = auto()
    NOT_LICENSED = auto()
    NOT_FOUND = auto()
    NOT_APPLICABLE = auto()
    PAGE_TOKEN_EXPIRED = auto()
    REFUSED = auto()
    RATE_LIMITED = auto()
    DAILY_LIMIT = auto()
    TRY_AGAIN = auto()
    UNUSABLE = auto()


@dataclass(frozen=True)
class ZoomResponse:
    """An answer and what it means.

    `body`: the JSON object of an OK answer, otherwise None. `message`: Zoom's words or ours, at most 300 characters.
    `scopes`: named by Zoom as missing. `retry_at`: in seconds since 1970, if Zoom says when to retry.
    `from_intermediary`: something other than the API answered, such as a proxy. `unknown_path`: the API does not know
    the path.
    """

    outcome: ZoomOutcome
    message: str = ""
    body: JsonObject | None = None
    scopes: tuple[str, ...] = ()
    retry_at: float | None = None
    from_intermediary: bool = False
    unknown_path: bool = False


def parse_response(status: int, headers: Mapping[str, str], content: bytes, now: float) -> ZoomResponse:
    """Parse an answer. `headers` are looked up in any case; `now`: seconds since 1970."""
    if 300 <= status < 400:
        return ZoomResponse(
            ZoomOutcome.UNUSABLE,
            f"the address of Zoom's API {describe_redirect(status, headers)}",
            from_intermediary=True,
        )
    body = _json_object(content)
    if body is None:
        return _without_json(status, headers, content, now)
    if status == 200 and not _is_error(body):
        return ZoomResponse(ZoomOutcome.OK, body=body)
    return _error(status, headers, body, now)


def next_utc_midnight(now: float) -> float:
    """When Zoom resets its daily limits, in seconds since 1970."""
    today = datetime.fromtimestamp(now, timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=1)).timestamp()


def _json_object(content: bytes) -> JsonObject | None:
    try:
        text = content.decode(json.detect_encoding(content))
        body = _parse(text)
        if _ESCAPED_SURROGATE.search(text):
            whole = json.dumps(body, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            body = _parse(whole)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _parse(text: str) -> object:
    return json.loads(text, parse_float=_finite, parse_constant=_finite)


def _finite(number: str) -> float:
    """JSON has neither NaN nor infinities (RFC 8259 §6), but Python's parser accepts them."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number} is not a JSON number")
    return value


def _without_json(status: int, headers: Mapping[str, str], content: bytes, now: float) -> ZoomResponse:
    """An answer that is likely not from the API, so its status says nothing about the entity."""
    if status == 401:
        return ZoomResponse(ZoomOutcome.TOKEN_REFUSED, "Zoom refused the token (HTTP 401)")
    if status == 429:
        return _limited(headers, "Zoom's rate limit was reached (HTTP 429)", now)
    message = f"Zoom's API answered HTTP {status} with {describe_non_json(status, headers, content)}"
    from_intermediary = status < 500 and markup_kind(headers, content) is not None
    return ZoomResponse(
        ZoomOutcome.TRY_AGAIN, message, retry_at=_retry_at(headers, now), from_intermediary=from_intermediary
    )


def _is_error(body: JsonObject) -> bool:
    """Whether a 200 answer is an error: unlike data, errors contain no lists or objects."""
    if "errorCode" in body:
        return True
    holds_more = any(isinstance(value, dict | list) for name, value in body.items() if name != "errors")
    return isinstance(body.get("code"), int | str) and "message" in body and not holds_more


def _error(status: int, headers: Mapping[str, str], body: JsonObject, now: float) -> ZoomResponse:
    code = _code(body.get("code", body.get("errorCode")))
    text = str(body.get("message") or body.get("errorMessage") or "")
    full_text = f"{text} {_field_errors(body)}".strip()
    message = one_line(mask_urls(full_text))[:_MAX_MESSAGE_LENGTH] or f"Zoom answered HTTP {status} without a message"
    if code == _SCOPE_CODE or _SCOPE_MESSAGE.search(text):
        return ZoomResponse(ZoomOutcome.SCOPE_MISSING, message, scopes=_scopes(text))
    if status == 401 or code == 124:
        return ZoomResponse(ZoomOutcome.TOKEN_REFUSED, message)
    if status == 429:
        return _limited(headers, message, now)
    if status >= 500 or status == 408:
        return ZoomResponse(
            ZoomOutcome.TRY_AGAIN, f"Zoom answered HTTP {status}: {message}", retry_at=_retry_at(headers, now)
        )
    if code in _NO_PERMISSION_CODES or status == 403:
        return ZoomResponse(
            ZoomOutcome.NOT_LICENSED if _PAID_ONLY.search(text) else ZoomOutcome.PRIVILEGE_MISSING, message
        )
    if code in _NO_DOCUMENT_CODES:
        return ZoomResponse(ZoomOutcome.NOT_APPLICABLE, message)
    if code in _NOT_FOUND_CODES or (status == 404 and isinstance(code, int) and code not in _UNKNOWN_PATH_CODES):
        return ZoomResponse(ZoomOutcome.NOT_FOUND, message)
    if code == 300 and "next page token" in text.lower():
        return ZoomResponse(ZoomOutcome.PAGE_TOKEN_EXPIRED, message)
    outcome = ZoomOutcome.REFUSED if 400 <= status < 500 else ZoomOutcome.UNUSABLE
    return ZoomResponse(outcome, f"Zoom answered HTTP {status}, code {code}: {message}", unknown_path=status == 404)


def _code(given: object) -> int | str | None:
    """Zoom's error code: a number, even if sent as text; other texts unchanged."""
    if isinstance(given, str):
        return int(given) if re.fullmatch("[0-9]{1,9}", given) else given[:_MAX_MESSAGE_LENGTH] or None
    return given if isinstance(given, int) else None


def _field_errors(body: JsonObject) -> str:
    """Zoom's errors about single fields: `(page_size: Must be at most 300.; ...)`."""
    errors = body.get("errors")
    full_text = []
    for error in errors if isinstance(errors, list) else []:
        parts = [error.get("field"), error.get("message")] if isinstance(error, dict) else [error]
        words = ": ".join(part for part in parts if isinstance(part, str) and part)
        if words:
            full_text.append(words)
    return f"({'; '.join(full_text)})" if full_text else ""


def _scopes(text: str) -> tuple[str, ...]:
    listed = _SCOPE_LIST.search(text)
    if listed:
        return tuple(scope for scope in re.split(r"[,\s]+", listed.group(1)) if scope)
    single = _CLASSIC_SCOPE.search(text)
    return (single.group(1),) if single else ()


def _limited(headers: Mapping[str, str], message: str, now: float) -> ZoomResponse:
    """Which limit was reached. If Zoom does not say, a wait until midnight UTC means the daily one."""
    retry_at = _retry_at(headers, now)
    kind = (_header(headers, "x-ratelimit-type") or "").lower()
    until_midnight = retry_at is not None and abs(retry_at - next_utc_midnight(now)) <= _ABOUT_MIDNIGHT
    said_otherwise = bool(kind) or _SHORT_LIMIT.search(message) is not None
    daily = kind.startswith("daily") or "daily" in message.lower() or (until_midnight and not said_otherwise)
    return ZoomResponse(ZoomOutcome.DAILY_LIMIT if daily else ZoomOutcome.RATE_LIMITED, message, retry_at=retry_at)


def _retry_at(headers: Mapping[str, str], now: float) -> float | None:
    """When to retry; a time more than a week ahead is ignored."""
    asked = retry_after_seconds(_header(headers, "retry-after"), now)
    return now + asked if asked is not None and asked <= _MAX_RETRY_AFTER_SECONDS else None


def _header(headers: Mapping[str, str], wanted: str) -> str | None:
    return next((value for name, value in headers.items() if name.lower() == wanted), None)
