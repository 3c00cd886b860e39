"""What a fault does to an answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from collector.clock import Clock
from collector.sandbox import errors
from collector.sandbox.answers import HTML_TYPE, Answer, as_json
from collector.sandbox.endpoints import Endpoint
from collector.sandbox.fault import Fault, FaultKind
from collector.sandbox.limits import RateLimits

_PAGE = b"<!DOCTYPE html><html><head><title>%s</title></head><body><center>cloudflare</center></body></html>"
_ELSEWHERE = "https://another-region.invalid"
_ANYWHERE: tuple[FaultKind, ...] = ("dropped_body", "truncated", "wrong_types")


def instead_of_answer(fault: Fault, path: str, limits: RateLimits, clock: Clock) -> Answer | None:
    """What comes without the request being looked at; None when it is to be answered.

    Raises ConnectionResetError for "reset" and ZoomError for what Zoom says itself.
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
        return Answer(302, b"", {"Location": f"{_ELSEWHERE}{path}"}, HTML_TYPE)
    if fault.kind == "status_502_html":
        return Answer(502, _PAGE % b"502 Bad Gateway", content_type=HTML_TYPE)
    if fault.kind == "html_200":
        return Answer(200, _PAGE % b"Just a moment", content_type=HTML_TYPE)
    return None


def refuse(fault: Fault, endpoint: Endpoint, item_id: str, account_id: str) -> None:
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


def spoil(fault: Fault, answer: Answer) -> Answer:
    """An answer of any kind made bad, if the fault is of those that fit any."""
    if fault.kind == "dropped_body":
        return replace(answer, dropped=True)
    if fault.kind == "truncated":
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    if fault.kind == "wrong_types":
        return replace(answer, body=as_json(["unexpected"]))
    return answer


def disturb(fault: Fault, answer: Answer, rows: str, sent_token: str, same_page_again: Callable[[], str]) -> Answer:
    """A good answer of the REST API made bad.

    `rows` is the key of the rows of a list answer, "" for other answers, which faults of lists leave alone.
    `same_page_again` gives a token for the page that was asked for.
    """
    if answer.status != 200 or not rows or fault.kind in _ANYWHERE:
        return spoil(fault, answer)
    document: dict[str, Any] = json.loads(answer.body)
    if fault.kind == "repeated_token":
        document["next_page_token"] = sent_token
    elif fault.kind == "empty_page_with_token":
        document.update({rows: [], "next_page_token": same_page_again()})
    else:
        document[rows] = _disturbed_rows(fault, document[rows])
    return replace(answer, body=as_json(document))


def _disturbed_rows(fault: Fault, listed: list[Any]) -> list[Any]:
    if fault.kind == "wrong_rows":
        return ["unexpected" for _ in listed]
    if fault.kind == "duplicated_rows":
        return [*listed[:1], *listed]
    if fault.kind == "missing_rows":
        return listed[1:]
    return listed
