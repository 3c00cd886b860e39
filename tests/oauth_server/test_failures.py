"""Every failure is a page: status, title, what happened, the next step, a code; and never a secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import requests_mock
from redirect_server.problem_pages import Explainer
from redirect_server.problems import Problem

from collector import private_files
from collector.auth import OAuthClient
from collector.auth.token_errors import SIGN_IN_AGAIN
from collector.errors import SignInRequired
from collector.settings import read_settings
from collector.settings.redirect_address import Address
from tests.sandbox.client import MovableClock
from tests.served import declare_everything

from .all_problems import SECRET, all_problems
from .conftest import ANSWER, ME_URL, REVOKE_URL, TOKEN_URL, answer_to
from .visitor import Visitor, title_of

NewVisitor = Callable[..., Visitor]
CASES = sorted(all_problems(Path("/nowhere")))
LOST = requests.ConnectionError("no connection")


@pytest.mark.parametrize("case", CASES)
def test_each_is_a_whole_page(case: str, visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = all_problems(tmp_path)[case]
    monkeypatch.setattr(visitor.flow, "handle_callback", lambda *_: problem)
    answer = visitor.get("/redirect?state=x")
    html = answer.text
    assert answer.status_code == problem.status >= 400
    assert title_of(html) == problem.title
    assert f"<title>{problem.title.replace(chr(39), '&#39;')} – " in html
    assert problem.happened.endswith(".")
    assert all(problem.advice)
    assert problem.action or problem.commands or case == "prefetch"
    assert html.count('<svg class="sign warn"') + html.count('<svg class="sign bad"') == 1
    assert html.count("autofocus") == (1 if problem.action else 0)
    assert re.search(rf"Error code <code>{re.escape(problem.code)}</code>", html)
    assert re.fullmatch(r"[a-z0-9-]+", problem.code)
    assert "`" not in html
    assert html.count("<h1>") == html.count("<main>") == html.count("<header>") == html.count("<footer>") == 1
    assert '<html lang="en">' in html
    assert "<script" not in html
    assert SECRET not in html


def test_codes_are_told_apart(tmp_path: Path) -> None:
    by_code: dict[str, set[str]] = {}
    for problem in all_problems(tmp_path).values():
        by_code.setdefault(problem.code, set()).add(problem.title)
    assert [code for code, titles in by_code.items() if len(titles) > 1] == []


@pytest.mark.parametrize(("profile", "named"), [("default", ""), ("work", " --profile work")])
def test_a_page_names_the_profile_in_a_command(tmp_path: Path, profile: str, named: str) -> None:
    settings = read_settings({"ZOOM_CLIENT_ID": "client-1234", "ZOOM_HOME": str(tmp_path)}, tmp_path, profile)
    address = Address.of(settings.redirect_uri)
    explain = Explainer(settings.profile, OAuthClient("client-1234", None, "https://zoom.us"), address)
    problem = explain.refresh(SignInRequired("Zoom no longer accepts this sign-in.", SIGN_IN_AGAIN))
    assert problem.advice == (f"Run `collector{named} auth login`.",)


def refused(reason: str, error: str) -> dict[str, Any]:
    """An answer of Zoom's token endpoint."""
    return {"status_code": 400, "json": {"reason": reason, "error": error}}


EXCHANGES: list[tuple[dict[str, Any], int, str]] = [
    (
        refused("Invalid authorization code x", "invalid_request"),
        400,
        "code-refused",
    ),
    (refused("Code is expired", "invalid_request"), 400, "code-refused"),
    (refused("", "invalid_grant"), 400, "code-refused"),
    (
        refused("code_verifier wrong", "invalid_grant"),
        400,
        "verifier-refused",
    ),
    (
        refused("Invalid client_id or client_secret", "invalid_client"),
        502,
        "credentials",
    ),
    ({"status_code": 401, "text": ""}, 502, "credentials"),
    (
        refused("Redirect URI mismatch.", "invalid_request"),
        502,
        "redirect-mismatch",
    ),
    (refused("The app has been disabled", "invalid_request"), 502, "app-off"),
    (refused("Token owner no longer exists", "x"), 502, "app-off"),
    (refused("unsupported grant type", "unsupported_grant_type"), 502, "app-type"),
    (refused("", "unauthorized_client"), 502, "app-type"),
    (refused("Not today", "something"), 502, "refused"),
    ({"exc": LOST}, 504, "no-connection"),
    ({"exc": requests.exceptions.SSLError("certificate")}, 504, "no-connection"),
    ({"exc": requests.exceptions.ProxyError("proxy")}, 504, "no-connection"),
    ({"exc": requests.ReadTimeout("slow")}, 504, "no-connection"),
    ({"status_code": 500, "text": "<h1>sorry</h1>", "headers": {"x-zm-trackingid": "WEB_1a2b"}}, 502, "zoom-trouble"),
    ({"status_code": 503, "text": "", "headers": {"Retry-After": "120"}}, 503, "zoom-trouble"),
    ({"status_code": 429, "text": ""}, 502, "zoom-trouble"),
    ({"text": "<html>Sign in to the hotel's network</html>"}, 502, "foreign-answer"),
    ({"status_code": 302, "headers": {"Location": "https://hotel.example/"}}, 502, "foreign-answer"),
    ({"json": {}}, 502, "malformed-answer"),
    ({"json": {**ANSWER, "token_type": "mac"}}, 502, "malformed-answer"),
    ({"json": {"status": False, "errorCode": 4700, "errorMessage": "Invalid"}}, 502, "refused"),
]


@pytest.mark.parametrize(("response", "status", "code"), EXCHANGES)
def test_what_zoom_does_instead_of_giving_a_token(
    visitor: Visitor, zoom_us: requests_mock.Mocker, response: dict[str, Any], status: int, code: str
) -> None:
    zoom_us.post(TOKEN_URL, [response])
    answer = visitor.come_back(answer_to(visitor.start()))
    assert answer.status_code == status, answer.text
    assert f"<code>{code}</code>" in answer.text
    assert "canary" not in answer.text
    assert visitor.flow.stored().state == "none"
    sent = [call for call in zoom_us.request_history if call.url == TOKEN_URL]
    assert len(sent) <= 2
    if response.get("headers", {}).get("Retry-After"):
        assert answer.headers["Retry-After"] == "120"


def test_an_account_zoom_does_not_name(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    zoom_us.get(ME_URL, status_code=500)
    assert visitor.come_back(answer_to(visitor.start())).status_code == 303
    assert title_of(visitor.get("/done").text) == "Connected as an account Zoom did not name"
    assert visitor.get("/status").json["account"] is None
    assert visitor.get("/").status_code == 200


def test_missing_scopes_are_saved_and_told(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    visitor.come_back(answer_to(visitor.start()))
    page = visitor.get("/done").text
    assert "scopes are missing" in page
    assert "fetch-groups" in page
    assert "group:read:list_groups:admin" in page
    assert visitor.flow.stored().state == "usable"


def test_optional_scopes_are_told_apart_from_missing_ones(
    visitor: Visitor, zoom_us: requests_mock.Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare_everything(monkeypatch)
    visitor.come_back(answer_to(visitor.start()))
    missing, _, optional = visitor.get("/done").text.partition("Optional scopes that are not granted (6)")
    assert "account:read:settings:admin" not in missing
    assert "account:read:settings:admin" in optional
    assert "the account&#39;s settings" in optional


def fail_to_replace(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "No space left on device" if number == 28 else "Permission denied")

    monkeypatch.setattr(private_files.os, "replace", refuse)


@pytest.mark.parametrize(("number", "status", "code"), [(28, 507, "disk-full"), (13, 500, "disk-refuses")])
def test_a_disk_that_does_not_take_it_can_be_tried_again(
    visitor: Visitor, zoom_us: requests_mock.Mocker, number: int, status: int, code: str, clock: MovableClock
) -> None:
    callback = answer_to(visitor.start())
    with pytest.MonkeyPatch.context() as patched:
        fail_to_replace(patched, number)
        answer = visitor.come_back(callback)
        assert answer.status_code == status
        assert f"<code>{code}</code>" in answer.text
        assert "Try saving again" in answer.text
        assert visitor.post("/keep").status_code == status
    clock.wait(500)
    assert visitor.post("/keep").headers["Location"] == "/done"
    assert visitor.flow.stored().state == "usable"
    assert visitor.post("/keep").status_code == 409


def test_what_waits_is_dropped_after_ten_minutes_or_on_demand(
    visitor: Visitor, zoom_us: requests_mock.Mocker, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_to_replace(monkeypatch, 28)
    visitor.come_back(answer_to(visitor.start()))
    clock.wait(601)
    assert visitor.post("/keep").status_code == 409
    visitor.come_back(answer_to(visitor.start()))
    assert visitor.post("/discard").headers["Location"] == "/"
    assert "Nothing has been changed" in visitor.get("/").text
    assert visitor.post("/keep").status_code == 409


def test_nobody_is_sent_to_zoom_when_the_disk_is_full(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_files.os, "write", full)
    answer = visitor.get("/install")
    assert (answer.status_code, title_of(answer.text)) == (507, "The sign-in cannot be saved")
    assert visitor.get("/paste").status_code == 507


def test_somebody_else_holds_the_profile(visitor: Visitor, zoom_us: requests_mock.Mocker, clock: MovableClock) -> None:
    callback = answer_to(visitor.start())
    with visitor.flow.file.locked(clock):
        assert visitor.get("/install").status_code == 302
        answer = visitor.come_back(callback)
    assert (answer.status_code, title_of(answer.text)) == (503, "Another process is changing this sign-in")
    assert visitor.post("/keep").headers["Location"] == "/done"


def test_refreshing_can_fail(signed_in: Visitor, zoom_us: requests_mock.Mocker) -> None:
    zoom_us.post(TOKEN_URL, status_code=500, text="")
    assert signed_in.post("/refresh").status_code == 502
    zoom_us.post(TOKEN_URL, status_code=400, json={"reason": "Invalid Token!", "error": "invalid_grant"})
    answer = signed_in.post("/refresh")
    assert (answer.status_code, title_of(answer.text)) == (409, "Zoom no longer renews this sign-in")
    page = signed_in.get("/").text
    assert "The earlier sign-in is not usable" in page
    assert title_of(page) == "Connect your Zoom account"
    assert signed_in.get("/status").json["needs_reauth"]


def test_refresh_without_a_refresh_token(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    zoom_us.post(TOKEN_URL, json={**ANSWER, "refresh_token": None})
    visitor.come_back(answer_to(visitor.start()))
    answer = visitor.post("/refresh")
    assert answer.status_code == 409 or visitor.flow.stored().state == "none"


def test_refreshing_twice_at_once(signed_in: Visitor, zoom_us: requests_mock.Mocker, clock: MovableClock) -> None:
    assert signed_in.post("/refresh").status_code == 303
    again = signed_in.post("/refresh")
    assert (again.status_code, again.headers["Retry-After"]) == (429, "10")
    clock.wait(10)
    assert signed_in.post("/refresh").status_code == 303


def test_disconnecting_offline_keeps_the_file(signed_in: Visitor, zoom_us: requests_mock.Mocker) -> None:
    zoom_us.post(REVOKE_URL, exc=LOST)
    answer = signed_in.post("/revoke", confirmed="yes")
    assert (answer.status_code, title_of(answer.text)) == (504, "Zoom has not ended the sign-in")
    assert signed_in.flow.stored().state == "usable"
    assert signed_in.post("/forget").status_code == 200
    assert signed_in.flow.stored().state == "usable"
    assert signed_in.post("/forget", confirmed="yes").status_code == 303
    assert signed_in.flow.stored().state == "none"


def test_forgetting_can_fail(signed_in: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    csrf = signed_in.csrf()
    monkeypatch.setattr(Path, "unlink", refuse)
    assert signed_in.post("/forget", csrf, confirmed="yes").status_code == 500


def test_a_refusal_as_json(visitor: Visitor) -> None:
    csrf = visitor.csrf()
    headers = {"Origin": visitor.home, "Accept": "application/json"}
    answer = visitor.client.post("/refresh", base_url=visitor.home, headers=headers, data={"csrf": csrf})
    assert answer.status_code == 409
    assert answer.json["error"] == "sign-in-again"


def test_success_as_json(signed_in: Visitor, zoom_us: requests_mock.Mocker) -> None:
    headers = {"Origin": signed_in.home, "Accept": "application/json"}
    csrf = signed_in.csrf()
    answer = signed_in.client.post("/refresh", base_url=signed_in.home, headers=headers, data={"csrf": csrf})
    assert (answer.status_code, answer.json) == (200, {"ok": True})


def test_the_token_of_the_environment_wins(new_visitor: NewVisitor) -> None:
    visitor = new_visitor(ZOOM_ACCESS_TOKEN="canary-of-the-environment")
    for path in ("/install", "/paste"):
        answer = visitor.get(path)
        assert (answer.status_code, title_of(answer.text)) == (409, "The token comes from the environment")
    home = visitor.get("/").text
    assert "ZOOM_ACCESS_TOKEN is set" in home
    assert 'href="/install"' not in home
    assert visitor.get("/status").json == {"authenticated": True, "profile": "default", "source": "environment"}
    assert "canary" not in home


def test_something_nobody_thought_of(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: object) -> Problem:
        raise ZeroDivisionError("canary-in-an-exception")

    monkeypatch.setattr(visitor.flow, "handle_callback", break_down)
    answer = visitor.get("/redirect?state=x")
    assert (answer.status_code, title_of(answer.text)) == (500, "Something went wrong in this server")
    (incident,) = re.findall(r"unexpected-([0-9a-f]{6})", answer.text)
    assert f"{incident}: ZeroDivisionError at" in caplog.text
    assert "canary" not in caplog.text + answer.text


@pytest.mark.parametrize(
    ("header", "status", "expected"),
    [("9" * 400, 503, "86400"), ("Mon, 01 Jan 2001 00:00:00 GMT", 502, None), ("0", 502, None), ("7", 503, "7")],
)
def test_what_zoom_may_ask_to_wait(
    visitor: Visitor, zoom_us: requests_mock.Mocker, header: str, status: int, expected: str | None
) -> None:
    zoom_us.post(TOKEN_URL, status_code=503, headers={"Retry-After": header})
    page = visitor.come_back(answer_to(visitor.start()))
    assert (page.status_code, page.headers.get("Retry-After")) == (status, expected)
    assert "Zoom is having trouble" in page.text
