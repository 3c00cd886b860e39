"""What a fault does to an answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from collector.clock import Clock
from collector.sandbox import errors
from collector.sandbox.endpoints import Endpoint
from collector.sandbox.fault import Fault, FaultKind
from collector.sandbox.limits import RateLimits
from collector.sandbox.responses import HTML_TYPE, SandboxResponse, json_bytes

_PAGE = b"<!DOCTYPE html><html><head><title>%s</title></head><body><center>cloudflare</center></body></html>"
_ELSEWHERE = "https://another-region.invalid"
_ANYWHERE: tuple[FaultKind, ...] = ("dropped_body", "truncated", "wrong_types")


def replacement_response(fault: Fault, path: str, limits: RateLimits, clock: Clock) -> SandboxResponse | None:
    """The answer that replaces that of the endpoint, if the fault gives one.

    Raises ConnectionResetError for "reset" and ZoomError for Zoom's own errors.
    """
    if fault.kind == "reset":
        raise ConnectionResetError
    if fault.kind == "slow":
        clock.wait(fault.delay)
    if fault.kind == "status_500":
        raise errors.internal_error()
    if fault.kind in ("qps_429", "daily_429"):
        daily = fault.kind == "daily_429"
        headers = limits.refusal_headers(daily)
        if fault.retry_after:
            headers["Retry-After"] = fault.retry_after
        raise errors.daily_limit(headers) if daily else errors.per_second_limit(headers)
    if fault.kind == "redirect":
        return SandboxResponse(302, b"", {"Location": f"{_ELSEWHERE}{path}"}, HTML_TYPE)
    if fault.kind == "status_502_html":
        return SandboxResponse(502, _PAGE % b"502 Bad Gateway", content_type=HTML_TYPE)
    if fault.kind == "html_200":
        return SandboxResponse(200, _PAGE % b"Just a moment", content_type=HTML_TYPE)
    return None


def raise_refusal(fault: Fault, endpoint: Endpoint, item_id: str, account_id: str) -> None:
    """Raise the ZoomError with which the REST API refuses the request because of the fault, if it does."""
    refusals = {
        "unauthorized": errors.invalid_token(),
        "expired_page_token": errors.bad_page_token(),
        "missing_scope": errors.missing_scopes(endpoint.granular, granular=True),
        "missing_privilege": errors.missing_privilege(endpoint.area),
        "not_licensed": errors.paid_accounts_only(account_id),
        "vanished_404": endpoint.gone(item_id),
    }
    if fault.kind in refusals:
        raise refusals[fault.kind]


def corrupt_body(fault: Fault, answer: SandboxResponse) -> SandboxResponse:
    """Corrupt an answer of any kind, if the fault does that."""
    if fault.kind == "dropped_body":
        return replace(answer, dropped=True)
    if fault.kind == "truncated":
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    if fault.kind == "wrong_types":
        return replace(answer, body=json_bytes(["unexpected"]))
    return answer


def corrupt_list(
    fault: Fault, answer: SandboxResponse, rows: str, sent_token: str, token_for_same_page: Callable[[], str]
) -> SandboxResponse:
    """Corrupt a good answer of the REST API.

    `rows` is the key of the rows of a list answer, "" for other answers, which list faults do not change.
    `token_for_same_page` returns a token for the requested page.
    """
    if answer.status != 200 or not rows or fault.kind in _ANYWHERE:
        return corrupt_body(fault, answer)
    document: dict[str, Any] = json.loads(answer.body)
    if fault.kind == "repeated_token":
        document["next_page_token"] = sent_token
    elif fault.kind == "empty_page_with_token":
        document.update({rows: [], "next_page_token": token_for_same_page()})
    else:
        document[rows] = _corrupted_rows(fault, document[rows])
    return replace(answer, body=json_bytes(document))


def _corrupted_rows(fault: Fault, listed: list[Any]) -> list[Any]:
    if fault.kind == "wrong_rows":
        return ["unexpected" for _ in listed]
    if fault.kind == "duplicated_rows":
        return [*listed[:1], *listed]
    if fault.kind == "missing_rows":
        return listed[1:]
    return listed
