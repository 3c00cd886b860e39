"""What an answer means: what to do next, how long to wait, what to say."""

from __future__ import annotations

import pytest
from requests.structures import CaseInsensitiveDict

from collector.jupiterone.response import JupiterOneOutcome, parse_response
from tests.fakes import NOON


def meaning(status, content=b"{}", **headers):
    return parse_response(
        status, CaseInsensitiveDict({name.replace("_", "-"): value for name, value in headers.items()}), content, NOON
    )


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (200, b'{"job": {}}', JupiterOneOutcome.OK),
        (200, b"", JupiterOneOutcome.OK),
        (204, b"", JupiterOneOutcome.OK),
        (200, b"<html>", JupiterOneOutcome.FAILED),
        (200, b"[1]", JupiterOneOutcome.FAILED),
        (200, b'{"job', JupiterOneOutcome.FAILED),
        (302, b"", JupiterOneOutcome.REFUSED),
        (400, b'{"error": {"code": "X", "message": "no"}}', JupiterOneOutcome.REFUSED),
        (401, b"{}", JupiterOneOutcome.REFUSED),
        (404, b"<html>", JupiterOneOutcome.REFUSED),
        (408, b"", JupiterOneOutcome.FAILED),
        (413, b"", JupiterOneOutcome.REFUSED),
        (429, b"{}", JupiterOneOutcome.RATE_LIMITED),
        (500, b"{}", JupiterOneOutcome.FAILED),
        (502, b"<html>", JupiterOneOutcome.FAILED),
        (200, b'{"errors": [{"message": "Request failed with status code 429"}]}', JupiterOneOutcome.RATE_LIMITED),
        (200, b'{"errors": [{"message": "no instance 14290"}]}', JupiterOneOutcome.OK),
    ],
)
def test_what_to_do_next(status, content, kind):
    assert meaning(status, content).kind is kind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "7"}, 7),
        ({"Retry_After": "Mon, 23 Nov 2026 12:01:00 GMT"}, 60),
        ({"RateLimit_Reset": "42"}, 42),
        ({"RateLimit_Reset": str(int(NOON) + 30)}, 30),
        ({"Retry_After": "3", "RateLimit_Reset": "42"}, 3),
        ({"Retry_After": "soon", "RateLimit_Reset": "42"}, 42),
        ({"Retry_After": "soon"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_after_a_rate_limit(headers, seconds):
    assert meaning(429, **headers).wait_seconds == seconds


def test_a_reset_that_every_answer_carries_says_nothing_about_a_failure():
    assert meaning(503, RateLimit_Reset="60").wait_seconds is None
    assert meaning(503, Retry_After="9", RateLimit_Reset="60").wait_seconds == 9


PAGE = "HTML instead of JSON: a sign-in page of this network or a proxy in between likely answered in its place"


@pytest.mark.parametrize(
    ("status", "content", "said"),
    [
        (400, b'{"error": {"code": "BAD", "message": "it is bad"}}', "400 BAD: it is bad (request id r-1)"),
        (413, b'{"message": "Request Too Long"}', "413: Request Too Long (request id r-1)"),
        (500, b'{"error": "it broke"}', "500: it broke (request id r-1)"),
        (200, b"<html>", f"200: {PAGE} (request id r-1)"),
        (404, b"<html>", f"404: {PAGE} (request id r-1)"),
        (200, b"[]", "200: something that is not a JSON object (request id r-1)"),
        (404, b'{"error": {"code": "404", "message": "Not Found"}}', "404: Not Found (request id r-1)"),
    ],
)
def test_what_is_said(status, content, said):
    assert meaning(status, content, x_amzn_requestid="r-1").described == said


def test_a_long_message_is_cut():
    assert len(meaning(500, b'{"message": "%s"}' % (b"x" * 9000)).described) < 600


@pytest.mark.parametrize(
    ("status", "content", "too_large"),
    [
        (413, b"", True),
        (400, b'{"error": {"code": "RequestEntityTooLargeException", "message": ""}}', True),
        (400, b'{"error": {"code": "BAD", "message": ""}}', False),
    ],
)
def test_too_large(status, content, too_large):
    assert meaning(status, content).too_large is too_large
