"""Parsing answers: every row of Zoom's error table, and answers not from Zoom."""

from __future__ import annotations

import json

import pytest

from collector.zoom.response import ZoomOutcome, ZoomResponse, next_utc_midnight, parse_response
from tests.fakes import NOON

PER_SECOND = "You have reached the maximum per-second rate limit for this API. Try again later."
DAILY = (
    "You have reached the maximum daily rate limit for this API. "
    "Refer to the response header for details on when you can make another request."
)
HTML = b"<html><head><title>Attention Required! | Cloudflare</title></head></html>"

ERROR_TABLE = [
    (401, 124, "Invalid access token.", ZoomOutcome.TOKEN_REFUSED),
    (401, 124, "Access token is expired.", ZoomOutcome.TOKEN_REFUSED),
    (400, 124, "Access token is expired.", ZoomOutcome.TOKEN_REFUSED),
    (401, 124, "Invalid access token, not supported as query parameter string.", ZoomOutcome.TOKEN_REFUSED),
    (400, 4711, "Invalid access token, does not contain scopes:[user:read:settings:admin].", ZoomOutcome.SCOPE_MISSING),
    (400, 4711, "The wording of this message has changed.", ZoomOutcome.SCOPE_MISSING),
    (400, 4700, "Invalid access token, does not contain scopes:[role:read:admin].", ZoomOutcome.SCOPE_MISSING),
    (401, 4700, "Invalid access token, does not contain role:read:admin scope.", ZoomOutcome.SCOPE_MISSING),
    (400, 104, "Invalid access token, does not contain scopes:[phone:read:admin].", ZoomOutcome.SCOPE_MISSING),
    (400, 200, "No permission.", ZoomOutcome.PRIVILEGE_MISSING),
    (400, 200, "You do not have the permission to retrieve role information.", ZoomOutcome.PRIVILEGE_MISSING),
    (403, 200, "The user has not authorized this app's access to shared permissions.", ZoomOutcome.PRIVILEGE_MISSING),
    (400, 30055008, "No permission.", ZoomOutcome.PRIVILEGE_MISSING),
    (403, 30055008, "No permission.", ZoomOutcome.PRIVILEGE_MISSING),
    (400, 200, "Only available for paid accounts.", ZoomOutcome.NOT_LICENSED),
    (400, 200, "Only available for paid account: Zk2mAcc0untIdXyz01abcQ.", ZoomOutcome.NOT_LICENSED),
    (400, 200, "Only available for Paid or ZMP account: Zk2mAcc0untIdXyz01abcQ.", ZoomOutcome.NOT_LICENSED),
    (400, 300, "Validation Failed.", ZoomOutcome.REFUSED),
    (400, 300, "Invalid field.", ZoomOutcome.REFUSED),
    (400, 300, "The next page token is either invalid or has expired.", ZoomOutcome.PAGE_TOKEN_EXPIRED),
    (400, 1000, "You can not access settings of users that are still in pending state.", ZoomOutcome.NOT_APPLICABLE),
    (400, 1120, "A valid invitation to join the Zoom account was not found.", ZoomOutcome.NOT_FOUND),
    (404, 2300, "This API endpoint is not recognized.", ZoomOutcome.REFUSED),
    (404, 1001, "User does not exist: Xq3vB7mKQyGfL0aPz8WnRw.", ZoomOutcome.NOT_FOUND),
    (400, 1010, "User not belong to this account", ZoomOutcome.NOT_FOUND),
    (400, 1010, "Group does not belong to your account.", ZoomOutcome.NOT_FOUND),
    (400, 1034, "Provided `role_id` does not exist.", ZoomOutcome.NOT_FOUND),
    (404, 2001, "Account does not exist: Zk2mAcc0untIdXyz01abcQ", ZoomOutcome.NOT_FOUND),
    (400, 2001, "Account does not exist: Zk2mAcc0untIdXyz01abcQ", ZoomOutcome.NOT_FOUND),
    (404, 4130, "A group with this gA1zK8QpTn6bVt0sYw2LxQ does not exist.", ZoomOutcome.NOT_FOUND),
    (404, 3001, "Meeting does not exist: 1.", ZoomOutcome.NOT_FOUND),
    (404, 1012, "Room not found.", ZoomOutcome.NOT_FOUND),
    (404, 404, "Not Found", ZoomOutcome.REFUSED),
    (404, None, "Not Found", ZoomOutcome.REFUSED),
    (405, 405, "Method Not Allowed", ZoomOutcome.REFUSED),
    (408, 408, "Request Timeout", ZoomOutcome.TRY_AGAIN),
    (429, 429, PER_SECOND, ZoomOutcome.RATE_LIMITED),
    (429, 4001, PER_SECOND, ZoomOutcome.RATE_LIMITED),
    (429, 429, PER_SECOND.replace("second", "minute"), ZoomOutcome.RATE_LIMITED),
    (429, 429, "Too many concurrent requests.", ZoomOutcome.RATE_LIMITED),
    (429, 429, DAILY, ZoomOutcome.DAILY_LIMIT),
    (500, 500, "Internal error", ZoomOutcome.TRY_AGAIN),
    (502, 502, "Bad Gateway", ZoomOutcome.TRY_AGAIN),
    (503, 503, "Service Unavailable", ZoomOutcome.TRY_AGAIN),
    (504, 504, "Gateway Timeout", ZoomOutcome.TRY_AGAIN),
]


def asked(status: int, body: object, **headers: str) -> ZoomResponse:
    """Parse an answer with this JSON body at noon; `_` in header names becomes `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return parse_response(status, named, json.dumps(body).encode(), NOON)


def error(code: int | None, message: str) -> dict[str, object]:
    return {"code": code, "message": message} if code is not None else {"message": message}


@pytest.mark.parametrize(("status", "code", "message", "outcome"), ERROR_TABLE)
def test_the_error_table(status, code, message, outcome):
    assert asked(status, error(code, message)).outcome is outcome


def test_a_good_answer_is_its_body():
    assert asked(200, {"id": "ada"}) == ZoomResponse(ZoomOutcome.OK, body={"id": "ada"})
    assert asked(200, {}) == ZoomResponse(ZoomOutcome.OK, body={})


def test_errors_that_come_with_200() -> None:
    assert asked(200, {**error(200, "No permission."), "extra": 1}).outcome is ZoomOutcome.PRIVILEGE_MISSING
    old_style = asked(200, {"status": False, "errorCode": 4700, "errorMessage": "Invalid something", "result": None})
    assert old_style.outcome is ZoomOutcome.UNUSABLE
    assert old_style.message == "Zoom answered HTTP 200, code 4700: Invalid something"


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"code": "200", "message": "No permission."}, ZoomOutcome.PRIVILEGE_MISSING),
        ({"code": "1001", "message": "User does not exist: ada."}, ZoomOutcome.NOT_FOUND),
        ({"code": "124", "message": "Invalid access token."}, ZoomOutcome.TOKEN_REFUSED),
        ({"errorCode": "200", "errorMessage": "No permission."}, ZoomOutcome.PRIVILEGE_MISSING),
        ({"errorCode": 1001, "errorMessage": "User does not exist: ada."}, ZoomOutcome.NOT_FOUND),
    ],
)
def test_codes_sent_as_text_are_codes(status, body, outcome):
    assert asked(status, body).outcome is outcome


@pytest.mark.parametrize("code", ["ACCESS_DENIED", "NotFound", "1e3", "-1", ""])
def test_an_error_with_a_text_as_code_is_refused(code):
    assert asked(200, {"code": code, "message": "Sorry"}).outcome is ZoomOutcome.UNUSABLE
    assert asked(404, {"code": code, "message": "Sorry"}).outcome is ZoomOutcome.REFUSED


def test_zooms_words_are_passed_on_without_embedded_secrets():
    answer = asked(400, error(200, "No permission for https://zoom.us/j/1?pwd=open&x=1"))
    assert answer == ZoomResponse(ZoomOutcome.PRIVILEGE_MISSING, "No permission for https://zoom.us/j/1?pwd=***&x=1")


def test_long_messages_are_cut():
    assert len(asked(400, error(200, "no" * 1000)).message) == 300


@pytest.mark.parametrize(
    ("message", "scopes"),
    [
        ("does not contain scopes:[role:read:admin].", ("role:read:admin",)),
        (
            "Invalid access token, does not contain scopes:[user:read:settings:admin, user:read:settings].",
            ("user:read:settings:admin", "user:read:settings"),
        ),
        ("Invalid access token, does not contain role:read:admin scope.", ("role:read:admin",)),
        ("Invalid access token, does not contain scopes:[].", ()),
        ("Invalid access token, does not contain the scope.", ()),
    ],
)
def test_the_scopes_zoom_names_as_missing(message, scopes):
    answer = asked(400, error(4711, message))
    assert (answer.outcome, answer.scopes) == (ZoomOutcome.SCOPE_MISSING, scopes)


@pytest.mark.parametrize(
    ("code", "message", "outcome"),
    [
        (200, "Only available for paid accounts.", ZoomOutcome.NOT_LICENSED),
        (200, "No permission.", ZoomOutcome.PRIVILEGE_MISSING),
        (300, "The next page token is either invalid or has expired.", ZoomOutcome.PAGE_TOKEN_EXPIRED),
        (1001, "User does not exist: ada.", ZoomOutcome.NOT_FOUND),
        (124, "Invalid access token.", ZoomOutcome.TOKEN_REFUSED),
    ],
)
def test_several_errors_come_under_http_200(code, message, outcome):
    assert asked(200, error(code, message)).outcome is outcome


def test_a_document_with_a_code_is_ok():
    assert asked(200, {"code": 1, "message": "hello", "users": []}).outcome is ZoomOutcome.OK


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, ZoomOutcome.TRY_AGAIN),
        (401, ZoomOutcome.TOKEN_REFUSED),
        (403, ZoomOutcome.TRY_AGAIN),
        (404, ZoomOutcome.TRY_AGAIN),
        (429, ZoomOutcome.RATE_LIMITED),
        (502, ZoomOutcome.TRY_AGAIN),
        (503, ZoomOutcome.TRY_AGAIN),
    ],
)
def test_html_comes_from_something_in_between(status, outcome):
    """A page with status 404 does not mean that a user was deleted."""
    assert parse_response(status, {}, HTML, NOON).outcome is outcome


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"users": [{"id": "Xq3',
        b'["a list"]',
        b'"a text"',
        b"null",
        b"17",
        b"\xff\xfe\x00",
        b'{"share": NaN}',
        b'{"share": -Infinity}',
        b'{"share": 1e999}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=lambda content: content[:24].decode("latin-1"),
)
def test_anything_but_a_json_object_is_retried(content):
    answer = parse_response(200, {}, content, NOON)
    assert answer == ZoomResponse(
        ZoomOutcome.TRY_AGAIN, "Zoom's API answered HTTP 200 with something that is not a JSON object"
    )


@pytest.mark.parametrize(
    ("status", "content_type", "content", "page"),
    [
        (200, "text/html", HTML, "HTML"),
        (404, "", b"\xef\xbb\xbf \n<!DOCTYPE HTML PUBLIC><html>", "HTML"),
        (403, "text/html; charset=utf-8", b"<!-- blocked --><p>No.", "HTML"),
        (200, "application/xhtml+xml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "HTML"),
        (403, "application/xml", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "XML"),
        (404, "text/xml", b"<Error/>", "XML"),
        (502, "text/html", b"<h1>Bad Gateway</h1>", "HTML"),
    ],
)
def test_a_page_instead_of_json_names_its_likely_sender(status, content_type, content, page):
    answer = parse_response(status, {"content-type": content_type}, content, NOON)
    sender = "something in front of it" if status == 502 else "a sign-in page of this network"
    assert answer == ZoomResponse(
        ZoomOutcome.TRY_AGAIN,
        f"Zoom's API answered HTTP {status} with {page} instead of JSON: {sender} or a proxy in between likely "
        "answered in its place",
        from_intermediary=status != 502,
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://acme.zoom.us/signin?token=CANARY#CANARY", "to acme.zoom.us"),
        ("https://user:CANARY@portal.example:8443/CANARY", "to portal.example"),
        ("//cdn.example/x", "to cdn.example"),
        ("/signin?CANARY", "to another page of the same host"),
        ("https://[broken", "elsewhere"),
        ("https://evil\x1b[2J.example/", "elsewhere"),
        ("", "elsewhere"),
    ],
)
def test_only_the_host_of_a_redirect_is_shown(status, location, target):
    assert parse_response(status, {"Location": location}, b"", NOON) == ZoomResponse(
        ZoomOutcome.UNUSABLE,
        f"the address of Zoom's API redirects {target} (HTTP {status}), which is not followed",
        from_intermediary=True,
    )


@pytest.mark.parametrize(
    ("errors", "errors_shown"),
    [
        ([{"field": "page_size", "message": "Must be at most 300."}], "(page_size: Must be at most 300.)"),
        (
            [{"field": "a", "message": "No.", "field_value": "CANARY"}, {"message": "Nor this."}, "Whatever."],
            "(a: No.; Nor this.; Whatever.)",
        ),
        (
            [{"field": "x", "message": "https://zoom.us/j/1?pwd=CANARY is no."}],
            "(x: https://zoom.us/j/1?pwd=*** is no.)",
        ),
        ([{"field": 7, "message": None}, 7, None, {}], ""),
        ({"field": "x"}, ""),
        ("x", ""),
    ],
)
def test_errors_of_single_fields_are_shown(errors, errors_shown):
    answer = asked(400, {"code": 300, "message": "Validation Failed.", "errors": errors})
    assert answer.message == f"Zoom answered HTTP 400, code 300: Validation Failed. {errors_shown}".strip()


@pytest.mark.parametrize("body", [{"code": [1], "message": {"a": 1}}, {"code": {}, "message": None}, {"code": "Odd"}])
def test_errors_of_the_wrong_types_are_refusals(body):
    assert asked(400, body).outcome is ZoomOutcome.REFUSED


@pytest.mark.parametrize(
    ("headers", "message", "outcome", "retry_at"),
    [
        ({"Retry_After": "7"}, PER_SECOND, ZoomOutcome.RATE_LIMITED, NOON + 7),
        ({"Retry_After": "60"}, PER_SECOND, ZoomOutcome.RATE_LIMITED, NOON + 60),
        ({"Retry_After": "61"}, PER_SECOND, ZoomOutcome.RATE_LIMITED, NOON + 61),
        ({"Retry_After": "600"}, "Slow down.", ZoomOutcome.RATE_LIMITED, NOON + 600),
        ({"Retry_After": "7200"}, "Too many requests.", ZoomOutcome.RATE_LIMITED, NOON + 7200),
        ({"Retry_After": "43200", "X_RateLimit_Type": "QPS"}, "Slow down.", ZoomOutcome.RATE_LIMITED, NOON + 12 * 3600),
        ({"Retry_After": "43200"}, PER_SECOND, ZoomOutcome.RATE_LIMITED, NOON + 12 * 3600),
        ({"Retry_After": "2026-11-24T00:00:00Z"}, "Slow down.", ZoomOutcome.DAILY_LIMIT, NOON + 12 * 3600),
        ({"Retry_After": "604801"}, PER_SECOND, ZoomOutcome.RATE_LIMITED, None),
        ({"Retry_After": "soon"}, PER_SECOND, ZoomOutcome.RATE_LIMITED, None),
        ({"X_RateLimit_Type": "QPS"}, PER_SECOND, ZoomOutcome.RATE_LIMITED, None),
        ({"x_ratelimit_type": "Daily-limit"}, "Slow down.", ZoomOutcome.DAILY_LIMIT, None),
        (
            {"X_RATELIMIT_TYPE": "DAILY", "RETRY_AFTER": "2026-11-24T00:00:00Z"},
            DAILY,
            ZoomOutcome.DAILY_LIMIT,
            NOON + 12 * 3600,
        ),
    ],
)
def test_headers_and_message_tell_the_limits_apart(headers, message, outcome, retry_at):
    answer = asked(429, error(429, message), **headers)
    assert (answer.outcome, answer.retry_at) == (outcome, retry_at)


def test_the_headers_of_a_429_count_without_json_too():
    headers = {"X-RateLimit-Type": "Daily-limit", "Retry-After": "2026-11-24T00:00:00Z"}
    answer = parse_response(429, headers, HTML, NOON)
    assert (answer.outcome, answer.retry_at) == (ZoomOutcome.DAILY_LIMIT, NOON + 12 * 3600)


@pytest.mark.parametrize("content", [b'{"code": 503, "message": "Maintenance"}', HTML])
def test_a_failure_with_retry_after(content):
    answer = parse_response(503, {"Retry-After": "9"}, content, NOON)
    assert (answer.outcome, answer.retry_at) == (ZoomOutcome.TRY_AGAIN, NOON + 9)


@pytest.mark.parametrize(
    ("now", "midnight"),
    [(NOON, NOON + 12 * 3600), (NOON - 12 * 3600, NOON + 12 * 3600), (NOON + 12 * 3600 - 1, NOON + 12 * 3600)],
)
def test_daily_limits_reset_at_midnight_utc(now, midnight):
    assert next_utc_midnight(now) == midnight


def test_half_surrogate_pairs_become_the_replacement_character_wherever_they_stand():
    content = rb'{"code":3000,"message":"cut \ud83d"}'
    assert parse_response(400, {}, content, NOON).message == "Zoom answered HTTP 400, code 3000: cut \ufffd"
    content = rb'{"id":"a\udc00","na\ud83dme":["\ud83d","\ud83d\ude00"]}'
    assert parse_response(200, {}, content, NOON).body == {"id": "a\ufffd", "na\ufffdme": ["\ufffd", "\U0001f600"]}
