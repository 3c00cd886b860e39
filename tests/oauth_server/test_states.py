"""Attempts: one time, ten minutes, bound to the browser, a bounded number of them."""

from __future__ import annotations

import errno
import os
from urllib.parse import parse_qs, urlsplit

import pytest
import requests_mock
from redirect_server.browsers import MAX_BROWSERS, MAX_PENDING, BrowserSessions, InvalidState, new_browser_id

from collector import private_files
from collector.auth.signin import Attempt
from tests.sandbox.client import MovableClock

from .conftest import ADA, ANSWER, ME_URL, TOKEN_URL, answer_to
from .visitor import Visitor, title_of


def code_of(html: str) -> str:
    return html.partition("Error code <code>")[2].partition("<")[0]


def test_a_foreign_state_is_neither_taken_nor_used_up(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    callback = answer_to(visitor.start())
    stranger = visitor.another()
    stranger.start()
    answer = stranger.come_back(callback)
    assert (answer.status_code, code_of(answer.text)) == (400, "sign-in-unknown")
    assert zoom_us.call_count == 0
    assert visitor.come_back(callback).status_code == 303


def test_without_a_cookie_there_is_no_sign_in(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    answer = visitor.another().come_back(answer_to(visitor.start()))
    assert code_of(answer.text) == "sign-in-unknown"
    assert zoom_us.call_count == 0


def test_the_other_name_is_told_precisely(visitor: Visitor) -> None:
    callback = urlsplit(answer_to(visitor.start()))
    answer = visitor.client.get(f"{callback.path}?{callback.query}", base_url="http://127.0.0.1:5000")
    assert "You are at 127.0.0.1:5000, but" in answer.text
    assert "finished at localhost:5000" in answer.text


@pytest.mark.parametrize(("seconds", "code"), [(600, ""), (601, "sign-in-expired"), (3601, "sign-in-unknown")])
def test_ten_minutes(
    visitor: Visitor, zoom_us: requests_mock.Mocker, clock: MovableClock, seconds: float, code: str
) -> None:
    callback = answer_to(visitor.start())
    clock.wait(seconds)
    assert code_of(visitor.come_back(callback).text) == code
    assert zoom_us.called == (not code)


def test_a_clock_that_was_set_back(visitor: Visitor, zoom_us: requests_mock.Mocker, clock: MovableClock) -> None:
    callback = answer_to(visitor.start())
    clock.wait(-3600)
    assert code_of(visitor.come_back(callback).text) == "sign-in-unknown"


def test_a_state_is_good_once(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    zoom_us.post(TOKEN_URL, status_code=400, json={"error": "invalid_grant"})
    callback = answer_to(visitor.start())
    assert code_of(visitor.come_back(callback).text) == "code-refused"
    assert code_of(visitor.come_back(callback).text) == "sign-in-used"
    assert zoom_us.call_count == 1


def test_an_error_uses_the_state_up(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    at_zoom = visitor.start()
    assert code_of(visitor.come_back(answer_to(at_zoom, error="access_denied", code="x")).text) == "denied"
    assert code_of(visitor.come_back(answer_to(at_zoom)).text) == "sign-in-used"
    assert zoom_us.call_count == 0


def test_two_tabs_in_any_order(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    first, second = answer_to(visitor.start()), answer_to(visitor.start())
    assert visitor.come_back(second).status_code == 303
    assert visitor.come_back(first).status_code == 303


def test_the_ninth_tab_drops_the_first(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    callbacks = [answer_to(visitor.start()) for _ in range(MAX_PENDING + 1)]
    assert code_of(visitor.come_back(callbacks[0]).text) == "sign-in-unknown"
    assert visitor.come_back(callbacks[1]).status_code == 303


def test_the_cookie_stays_small(visitor: Visitor) -> None:
    for _ in range(200):
        visitor.start()
    cookie = visitor.client.get_cookie("zoom_auth_5000", domain="localhost")
    assert cookie is not None
    assert len(cookie.value) == 43


def test_the_least_recently_seen_browser_is_forgotten() -> None:
    browsers = BrowserSessions()
    attempts = [
        Attempt(f"state-{number}", "verifier", "http://x", 0.0, "http://y") for number in range(MAX_BROWSERS + 1)
    ]
    ids = [new_browser_id() for _ in attempts]
    for browser_id, attempt in zip(ids, attempts, strict=True):
        browsers.add(browser_id, attempt)
    assert browsers.take(ids[0], "state-0", 1.0) is InvalidState.UNKNOWN
    assert browsers.take(ids[1], "state-1", 1.0) is attempts[1]


def test_used_states_are_remembered_to_an_extent() -> None:
    browsers = BrowserSessions()
    for number in range(300):
        browsers.add("browser", Attempt(f"state-{number}", "v", "http://x", 0.0, "http://y"))
        browsers.take("browser", f"state-{number}", 1.0)
    assert browsers.take("browser", "state-299", 1.0) is InvalidState.USED
    assert browsers.take("browser", "state-0", 1.0) is InvalidState.UNKNOWN


def test_a_restarted_server_knows_nothing(new_visitor, zoom_us: requests_mock.Mocker) -> None:
    callback = answer_to(new_visitor().start())
    assert code_of(new_visitor().come_back(callback).text) == "sign-in-unknown"


def test_looking_uses_nothing_up(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    callback = answer_to(visitor.start())
    parts = urlsplit(callback)
    for _ in range(3):
        looked = visitor.client.head(f"{parts.path}?{parts.query}", base_url=visitor.home)
        assert (looked.status_code, looked.data) == (200, b"")
    for headers in ({"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}):
        assert (
            visitor.client.get(f"{parts.path}?{parts.query}", base_url=visitor.home, headers=headers).status_code == 503
        )
    for path in ("/install", "/paste"):
        assert visitor.client.head(path, base_url=visitor.home).status_code == 200
    assert visitor.come_back(callback).status_code == 303


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "nothing-sent"),
        ("code=abc", "started-by-zoom"),
        ("code=abc&state=", "started-by-zoom"),
        ("error=access_denied&error_description=%3Cscript%3E", "not-started-here"),
        ("state=unknown&code=abc", "sign-in-unknown"),
        ("code=a&code=b&state=s", "duplicate-parameters"),
        ("state=s&state=t", "duplicate-parameters"),
        ("&".join(f"p{number}=1" for number in range(40)), "duplicate-parameters"),
        ("x=" + "y" * 9000, "address-too-long"),
    ],
)
def test_queries_that_lead_nowhere(visitor: Visitor, zoom_us: requests_mock.Mocker, query: str, code: str) -> None:
    answer = visitor.get(f"/redirect?{query}")
    assert code_of(answer.text) == code
    assert zoom_us.call_count == 0
    assert "access_denied" not in answer.text


@pytest.mark.parametrize("code", ["", "with blank", "%00", "ü", "%0d%0aSet-Cookie:x", "x" * 2049])
def test_codes_that_cannot_be_ones(visitor: Visitor, zoom_us: requests_mock.Mocker, code: str) -> None:
    (state,) = parse_qs(urlsplit(visitor.start()).query)["state"]
    answer = visitor.get(f"/redirect?code={code}&state={state}")
    assert (answer.status_code, code_of(answer.text)) == (400, "code-malformed")
    assert zoom_us.call_count == 0


@pytest.mark.parametrize("error", ["invalid_scope", "server_error", "temporarily_unavailable", "<b>unheard-of</b>"])
def test_errors_of_zooms(visitor: Visitor, error: str) -> None:
    answer = visitor.come_back(answer_to(visitor.start(), error=error))
    assert answer.status_code == 400
    assert "<b>" not in answer.text
    assert title_of(answer.text)


def test_done_belongs_to_the_browser_that_signed_in(signed_in: Visitor) -> None:
    assert signed_in.get("/done").status_code == 200
    assert signed_in.get("/done").status_code == 200
    assert signed_in.another().get("/done").headers["Location"] == "/"


def test_pasting(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    page = visitor.get("/paste").text
    assert "https://zoom.us/oauth/authorize?" in page
    (attempt,) = visitor.flow.browsers.get(
        visitor.client.get_cookie("zoom_auth_5000", domain="localhost").value
    ).attempts.values()
    callback = answer_to(attempt.authorization_url)
    assert (
        code_of(visitor.post("/paste", address="http://localhost:5000/redirect?code=a&state=b").text)
        == "sign-in-unknown"
    )
    assert code_of(visitor.post("/paste", address="").text) == "nothing-sent"
    assert code_of(visitor.another().post("/paste", address=callback).text) == "sign-in-unknown"
    half = len(callback) // 2
    assert visitor.post("/paste", address=f"  {callback[:half]}\n{callback[half:]}#_ ").headers["Location"] == "/done"


def test_pasting_the_query_alone(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    callback = answer_to(visitor.start())
    assert visitor.post("/paste", address=urlsplit(callback).query).headers["Location"] == "/done"


def test_a_reload_after_a_refusal_is_not_taken_for_a_connection(
    signed_in: Visitor, zoom_us: requests_mock.Mocker
) -> None:
    callback = answer_to(signed_in.start(), error="access_denied")
    for code in ("denied", "sign-in-used"):
        with signed_in.come_back(callback) as page:
            assert code_of(page.text) == code
    assert signed_in.delivered == []


def test_a_reload_does_not_hide_what_waits_for_a_decision(signed_in: Visitor, zoom_us: requests_mock.Mocker) -> None:
    zoom_us.get(ME_URL, json={**ADA, "id": "eve-id", "account_id": "account-2"})
    callback = answer_to(signed_in.start())
    for _ in range(2):
        with signed_in.come_back(callback) as page:
            assert code_of(page.text) == "other-account"
    assert signed_in.delivered == []
    assert signed_in.post("/keep", replace="yes").headers["Location"] == "/done"


def test_a_sign_in_that_waited_does_not_replace_a_later_one(
    visitor: Visitor, zoom_us: requests_mock.Mocker, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        callback = answer_to(visitor.start())
        broken.setattr(private_files.os, "replace", full)
        assert visitor.come_back(callback).status_code == 507
    clock.wait(60)
    zoom_us.post(TOKEN_URL, json={**ANSWER, "access_token": "later-token"})
    other = visitor.another()
    assert other.come_back(answer_to(other.start())).status_code == 303
    assert visitor.post("/keep").headers["Location"] == "/done"
    document = visitor.flow.file.load()
    assert document is not None
    assert document.access_token == "later-token"
