"""Canaries in every secret; pages, headers, cookies, JSON and logs are searched for them."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests_mock
from redirect_server.log import log, log_to, traceback_summary

from collector.sandbox import CANARY, Account, Sandbox
from tests.sandbox.client import MovableClock

from .conftest import REVOKE_URL, TOKEN_URL, answer_to
from .visitor import Visitor


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the server writes at its most talkative, everything else at DEBUG."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    log_to(stream, verbose=True)
    root.setLevel(logging.DEBUG)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def everything_shown(visitor: Visitor) -> str:
    pages = [visitor.get(path) for path in ("/", "/status", "/health", "/done", "/paste", "/nowhere")]
    pages += [visitor.post(path) for path in ("/revoke", "/forget", "/refresh", "/keep")]
    return "\n".join(f"{page.headers}\n{page.text}" for page in pages)


def test_a_whole_life(account: Account, clock: MovableClock, flow_of, logged: io.StringIO) -> None:
    zoom = Sandbox(account, clock=clock)
    with zoom.serve() as url:
        visitor = Visitor(flow_of(zoom, url))
        callback = zoom.consent(visitor.start())
        query = parse_qs(urlsplit(callback).query)
        attempts = visitor.flow.browsers._browsers.values()
        (verifier,) = (attempt.code_verifier for browser in attempts for attempt in browser.attempts.values())
        answers = [visitor.come_back(callback), visitor.come_back(callback)]
        document = visitor.flow.file.load()
        assert document is not None
        shown = everything_shown(visitor) + "".join(f"{answer.headers}{answer.text}" for answer in answers)
        renewed = visitor.flow.file.load()
        assert renewed is not None
        shown += visitor.post("/revoke", confirmed="yes").text
    written = logged.getvalue()
    assert "The token has been refreshed." in written
    secrets = [query["code"][0], query["state"][0], verifier, zoom.client_secret, CANARY]
    for held in (document, renewed):
        secrets += [held.access_token, str(held.refresh_token), held.access_token[:12], str(held.refresh_token)[:12]]
    for secret in secrets:
        assert secret not in shown
        assert secret not in written


def test_failures(visitor: Visitor, zoom_us: requests_mock.Mocker, logged: io.StringIO) -> None:
    echo = "canary-of-the-code canary-of-the-client-secret"
    shown = ""
    for answer in (
        {"status_code": 400, "json": {"reason": echo, "error": "invalid_grant"}},
        {"status_code": 500, "text": echo},
        {"json": {"access_token": "canary-of-a-token", "token_type": "canary-of-a-type"}},
    ):
        zoom_us.post(TOKEN_URL, [answer])
        shown += visitor.come_back(answer_to(visitor.start())).text
    zoom_us.post(REVOKE_URL, status_code=500)
    shown += everything_shown(visitor)
    assert "canary" not in shown
    assert "canary" not in logged.getvalue()


def test_a_log_line_is_one_line_without_secrets(logged: io.StringIO) -> None:
    log.warning(
        "code=abc&state=def\ncode_verifier: 'ghi' Authorization: Basic jkl= Bearer mno.pqr {'access_token': 'stu'}"
    )
    (line,) = logged.getvalue().splitlines()
    for secret in ("abc", "def", "ghi", "jkl", "mno", "stu"):
        assert secret not in line


def test_authlib_and_urllib3_stay_quiet(logged: io.StringIO) -> None:
    for name in ("authlib.oauth2", "urllib3.connectionpool"):
        logging.getLogger(name).debug("a verifier, or a path with a query")
    assert logged.getvalue() == ""
    log_to(io.StringIO(), verbose=False)
    assert not logging.getLogger("collector.auth").isEnabledFor(logging.INFO)


def test_a_traceback_summary_leaves_the_text_out() -> None:
    with pytest.raises(ValueError, match="canary") as failure:
        raise ValueError("canary")
    assert traceback_summary(failure.value).startswith("ValueError at test_secrecy.py:")
    assert "canary" not in traceback_summary(failure.value)


def test_the_browsers_own_cookie_is_a_random_id(visitor: Visitor) -> None:
    ids = {visitor.another().get("/").headers["Set-Cookie"] for _ in range(20)}
    assert len(ids) == 20
    for chosen in ("chosen-by-somebody-else", "c" * 43):
        forged = visitor.another()
        forged.client.set_cookie("zoom_auth_5000", chosen, domain="localhost")
        assert (forged.get("/").status_code, "Set-Cookie" in forged.get("/").headers) == (403, False)
