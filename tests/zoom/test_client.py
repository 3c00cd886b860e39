"""GETs: what is sent and logged, what is retried, and how failures are named."""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from collector import __version__
from collector.auth import EnvironmentTokenSource
from collector.errors import (
    DailyLimitReached,
    DeletedMeanwhile,
    Denied,
    NotApplicable,
    NotLicensed,
    Refused,
    RestartListing,
    SignInRequired,
    Unread,
    UsageError,
)
from collector.redaction import Secret
from collector.settings.choices import ZoomPlan
from collector.zoom.endpoint import Label
from collector.zoom.pacing import Pacer
from tests.fakes import NOON

from .conftest import API, ME, SETTINGS, USERS, Chance, Tokens

OK = {"json": {"id": "ada"}}
PER_SECOND = {
    "status_code": 429,
    "json": {"code": 429, "message": "You have reached the maximum per-second rate limit for this API."},
}
DAILY = {
    "status_code": 429,
    "json": {"code": 429, "message": "You have reached the maximum daily rate limit for this API."},
}
DEAD_TOKEN = {"status_code": 401, "json": {"code": 124, "message": "Invalid access token."}}


def refusal(status: int, code: int, message: str) -> dict[str, object]:
    return {"status_code": status, "json": {"code": code, "message": message}}


# What is sent


def test_a_call(client, requests_mock):
    requests_mock.get(f"{API}/users/me", **OK)
    assert client.get(ME) == {"id": "ada"}
    sent = requests_mock.last_request
    assert sent.method == "GET"
    assert sent.headers["User-Agent"] == f"zoom-jupiterone-collector/{__version__}"
    assert sent.headers["Authorization"] == "Bearer token-1"
    assert sent.headers["Accept"] == "application/json"
    assert sent.timeout == (5.0, 30.0)
    assert sent.body is None


def test_ids_are_percent_encoded(client, requests_mock):
    address = f"{API}/users/ada%2Bx%40example.com%2F%3Fa%23b/settings"
    requests_mock.get(address, **OK)
    client.get(SETTINGS, {"userId": "ada+x@example.com/?a#b"})
    assert requests_mock.last_request.url == f"{address}?option=meeting_security"


def test_the_endpoints_own_parameters_go_with_the_callers(client, requests_mock):
    requests_mock.get(f"{API}/users/ada/settings", **OK)
    client.get(SETTINGS, {"userId": "ada"}, {"login_type": "1&0"})
    assert requests_mock.last_request.url == f"{API}/users/ada/settings?option=meeting_security&login_type=1%260"


@pytest.mark.parametrize(
    ("arguments", "host"),
    [
        ({}, "https://api.zoom.us"),
        ({"tokens": Tokens("https://api-eu.zoom.us")}, "https://api-eu.zoom.us"),
        ({"tokens": Tokens("https://evil.example")}, "https://api.zoom.us"),
        ({"oauth_url": "https://zoomgov.com"}, "https://api.zoomgov.com"),
        ({"configured_api_url": "http://127.0.0.1:5001"}, "http://127.0.0.1:5001"),
    ],
)
def test_the_host(new_client, requests_mock, arguments, host):
    requests_mock.get(f"{host}/v2/users/me", **OK)
    assert new_client(**arguments).get(ME) == {"id": "ada"}


@pytest.mark.parametrize(
    ("announced", "obtained_for", "configured", "hosts"),
    [
        (None, None, "http://127.0.0.1:9999", ("https://api.zoom.us", "http://127.0.0.1:9999")),
        ("https://api-eu.zoom.us", None, "https://evil.example", ("https://api-eu.zoom.us", "https://evil.example")),
        ("https://api-eu.zoom.us", None, "https://api.zoom.us", ("https://api-eu.zoom.us", "https://api.zoom.us")),
        (None, "http://127.0.0.1:8765", "http://127.0.0.1:9999", ("http://127.0.0.1:8765", "http://127.0.0.1:9999")),
        (None, "http://127.0.0.1:8765", None, ("http://127.0.0.1:8765", "https://api.zoom.us")),
        (None, "https://api.zoom.us", "https://api.zoom.us:8443", ("https://api.zoom.us", "https://api.zoom.us:8443")),
    ],
)
def test_a_token_goes_to_no_other_host_than_its_own(
    new_client, requests_mock, announced, obtained_for, configured, hosts
):
    client = new_client(tokens=Tokens(announced, obtained_for), configured_api_url=configured)
    with pytest.raises(SignInRequired) as raised:
        client.get(ME)
    assert requests_mock.call_count == 0
    assert raised.value.exit_code == 4
    for host in hosts:
        assert host in raised.value.message


@pytest.mark.parametrize(
    ("obtained_for", "configured"),
    [
        (None, "https://api.zoom.us"),
        (None, "https://API.zoom.us:443/"),
        ("https://api.zoom.us", None),
        ("http://127.0.0.1:8765/", "http://127.0.0.1:8765"),
    ],
)
def test_the_same_host_however_it_is_written(new_client, requests_mock, obtained_for, configured):
    requests_mock.get(re.compile("/v2/users/me$"), **OK)
    client = new_client(tokens=Tokens(None, obtained_for), configured_api_url=configured)
    assert client.get(ME) == {"id": "ada"}


def test_without_a_host_there_is_no_call(new_client, requests_mock):
    with pytest.raises(UsageError, match="There is no API address"):
        new_client(oauth_url="http://127.0.0.1:5001").get(ME)
    assert requests_mock.call_count == 0


def test_calls_are_counted_by_path(client, requests_mock):
    requests_mock.get(f"{API}/users/me", [DEAD_TOKEN, OK])
    requests_mock.get(f"{API}/users/ada/settings", **OK)
    client.get(ME)
    client.get(SETTINGS, {"userId": "ada"})
    assert client.calls == {"/users/me": 2, "/users/{userId}/settings": 1}


@pytest.fixture
def server(monkeypatch):
    """A real server that sets a cookie and sends `/v2/users/me` elsewhere: its address and the headers it received."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    received: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received.append({"path": self.path, **self.headers})
            moved = self.path == "/v2/users/me"
            self.send_response(302 if moved else 200)
            self.send_header("Location", "/v2/elsewhere")
            self.send_header("Set-Cookie", "zm_aid=CANARY-cookie; Path=/")
            self.send_header("Content-Length", "9")
            self.end_headers()
            self.wfile.write(b'{"tsp":1}')

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()
        thread.join()


def test_redirects_are_not_followed(new_client, server):
    address, received = server
    with pytest.raises(Unread, match=r"/users/me: the address of Zoom's API redirects .* \(HTTP 302\)"):
        new_client(configured_api_url=address).get(ME)
    assert [request["path"] for request in received] == ["/v2/users/me"]


@pytest.mark.parametrize(
    "answer",
    [
        refusal(404, 404, "Not found"),
        refusal(404, 2300, "This API endpoint is not recognized."),
        refusal(404, 1001, "User does not exist: v2."),
        {"status_code": 404, "json": {"detail": "no such route"}},
    ],
)
def test_a_wrong_configured_address_names_the_setting(new_client, requests_mock, answer):
    requests_mock.get("https://gateway.example/elsewhere/v2/users/me", **answer)
    with pytest.raises(Unread, match=r"^/users/me: ") as raised:
        new_client(configured_api_url="https://gateway.example/elsewhere").get(ME)
    assert raised.value.next_step.startswith("ZOOM_API_URL is https://gateway.example/elsewhere: ")


def test_not_found_does_not_blame_the_configured_address(new_client, requests_mock):
    requests_mock.get("https://gateway.example/v2/users/ada/settings", **refusal(404, 1001, "User does not exist."))
    with pytest.raises(DeletedMeanwhile):
        new_client(configured_api_url="https://gateway.example").get(SETTINGS, {"userId": "ada"})


# What is logged


def test_the_log_holds_method_path_status_and_tracking_id_only(client, requests_mock, caplog):
    caplog.set_level(logging.DEBUG, logger="collector")
    requests_mock.get(
        f"{API}/users",
        json={"users": [], "next_page_token": "CANARY-page"},
        headers={"X-Zm-TrackingId": "v=2.0;clid=us06;rid=WEB_0123", "Set-Cookie": "CANARY-cookie"},
    )
    client.get(USERS, params={"next_page_token": "CANARY-page"})
    assert caplog.messages == ["GET /users -> 200 (tracking id v=2.0;clid=us06;rid=WEB_0123)"]


def test_a_missing_tracking_id_is_said(client, requests_mock, caplog):
    caplog.set_level(logging.DEBUG, logger="collector")
    requests_mock.get(f"{API}/users/me", [{"status_code": 502, "text": "<html>"}, OK])
    client.get(ME)
    assert caplog.messages == [
        "GET /users/me -> 502 (tracking id none)",
        "GET /users/me -> 200 (tracking id none)",
    ]


# Tokens


def test_a_refused_token_is_renewed_once(client, requests_mock):
    requests_mock.get(f"{API}/users/me", [DEAD_TOKEN, OK])
    assert client.get(ME) == {"id": "ada"}
    sent = [request.headers["Authorization"] for request in requests_mock.request_history]
    assert sent == ["Bearer token-1", "Bearer token-2"]


def test_when_the_new_token_is_refused_too_a_person_must_help(client, requests_mock, tokens):
    requests_mock.get(f"{API}/users/me", **DEAD_TOKEN)
    with pytest.raises(SignInRequired) as raised:
        client.get(ME)
    assert raised.value.message == ("Zoom refused the token, and a new one as well (Invalid access token.)")
    assert raised.value.next_step == (
        "Check in the Zoom App Marketplace (Manage) that the app still exists and is active. If you signed in with "
        "the browser, sign in again: `collector auth login`."
    )
    assert requests_mock.call_count == 2
    assert tokens.number == 2


def test_a_token_from_the_environment_is_tried_once(new_client, requests_mock):
    requests_mock.get(f"{API}/users/me", **DEAD_TOKEN)
    with pytest.raises(SignInRequired, match="ZOOM_ACCESS_TOKEN was refused"):
        new_client(tokens=EnvironmentTokenSource(Secret("pasted"))).get(ME)
    assert requests_mock.call_count == 1


def test_a_missing_scope_renews_nothing(client, requests_mock, tokens):
    requests_mock.get(
        f"{API}/users/me", **refusal(401, 4700, "Invalid access token, does not contain user:read:admin scope.")
    )
    with pytest.raises(Denied):
        client.get(ME)
    assert tokens.number == 1


# Trying again


@pytest.mark.parametrize(
    "trouble",
    [
        {"status_code": 500, "json": {"code": 500, "message": "Internal error"}},
        {"status_code": 408, "json": {"code": 408, "message": "Request Timeout"}},
        {"status_code": 502, "text": "<html>Bad Gateway</html>"},
        {"text": "<html>Just a moment...</html>"},
        {"text": '{"users": [{"id": "Xq3'},
        {"json": ["a list"]},
        {"json": {"users": "nobody"}},
        {"json": {"users": {"id": "ada"}}},
        {"json": {"users": [{"id": "ada"}, "bob"]}},
        {"json": {"users": None}},
        {"json": {"total_records": 1}},
        {"exc": requests.ConnectTimeout("CANARY")},
        {"exc": requests.ReadTimeout("CANARY")},
        {"exc": requests.ConnectionError("CANARY")},
        {"exc": requests.exceptions.ChunkedEncodingError("CANARY")},
        {"exc": requests.exceptions.ContentDecodingError("CANARY")},
    ],
    ids=str,
)
class TestTrouble:
    """Network failures are retried, five tries in all."""

    def test_that_passes(self, client, requests_mock, trouble):
        requests_mock.get(f"{API}/users", [trouble] * 4 + [{"json": {"users": [{"id": "ada"}]}}])
        assert client.get(USERS) == {"users": [{"id": "ada"}]}

    def test_that_stays(self, client, requests_mock, clock, trouble):
        requests_mock.get(f"{API}/users", [trouble])
        with pytest.raises(Unread) as raised:
            client.get(USERS)
        assert requests_mock.call_count == 5
        assert clock.waits == [1, 2, 4, 8]
        assert "/users" in raised.value.message
        assert "CANARY" not in raised.value.message + raised.value.next_step
        assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        (
            {"status_code": 503, "json": {"code": 503, "message": "Maintenance."}},
            "/users failed 5 times: Zoom answered HTTP 503: Maintenance.",
        ),
        (
            {"text": "<html>"},
            "/users: Zoom's API answered HTTP 200 with HTML instead of JSON: a sign-in page of this network or a "
            "proxy in between likely answered in its place",
        ),
        (
            {"text": "OK"},
            "/users failed 5 times: Zoom's API answered HTTP 200 with something that is not a JSON object",
        ),
        (
            {"json": {}},
            "/users failed 5 times: Zoom's answer to /users has no list of objects named users",
        ),
        (
            {"json": {"users": 7}},
            "/users failed 5 times: Zoom's answer to /users has no list of objects named users",
        ),
        (
            {"exc": requests.exceptions.ChunkedEncodingError},
            "the answer to /users was cut off 5 times (ChunkedEncodingError)",
        ),
    ],
)
def test_the_message_names_the_failure(client, requests_mock, trouble, message):
    requests_mock.get(f"{API}/users", [trouble])
    with pytest.raises(Unread) as raised:
        client.get(USERS)
    assert raised.value.message == message


def test_an_empty_document_is_a_failure(client, requests_mock):
    requests_mock.get(f"{API}/users/ada/settings", json={})
    with pytest.raises(Unread) as raised:
        client.get(SETTINGS, {"userId": "ada"})
    assert raised.value.message == (
        "/users/{userId}/settings failed 5 times: Zoom's answer to /users/{userId}/settings is empty"
    )


@pytest.mark.parametrize(
    "failure",
    [requests.ConnectionError, requests.exceptions.SSLError, requests.exceptions.ProxyError, requests.Timeout],
)
def test_no_answer_at_all(client, requests_mock, failure):
    requests_mock.get(f"{API}/users", exc=failure)
    with pytest.raises(Unread) as raised:
        client.get(USERS)
    assert raised.value.message == f"no answer to /users after 5 tries ({failure.__name__})"
    assert raised.value.next_step == (
        "Check the network, HTTPS_PROXY and REQUESTS_CA_BUNDLE, then run the command again."
    )
    assert not client.reached


def test_an_address_that_cannot_be_called_is_tried_once(new_client, clock):
    client = new_client(configured_api_url="https://a..b")
    with pytest.raises(Unread) as raised:
        client.get(USERS)
    assert (
        raised.value.message == "/users was not called: the address of Zoom or of the proxy is not valid (InvalidURL)"
    )
    assert raised.value.next_step == "Check ZOOM_API_URL and HTTPS_PROXY, then run the command again."
    assert (clock.waits, client.calls) == ([], {USERS.path: 1})


def test_any_answer_shows_that_zoom_is_there(client, requests_mock):
    requests_mock.get(f"{API}/users/me", **refusal(400, 200, "No permission."))
    with pytest.raises(Denied):
        client.get(ME)
    assert client.reached


def test_waits_differ_by_chance_and_are_bounded(new_client, requests_mock, clock):
    requests_mock.get(f"{API}/users/me", status_code=500, json={})
    with pytest.raises(Unread):
        new_client(randomness=Chance(1.0)).get(ME)
    assert clock.waits == [1.5, 3, 6, 12]


@pytest.mark.parametrize(("asked", "waited"), [("20", 20), ("600", 30), ("0", 1)])
def test_a_failing_zoom_is_given_the_time_it_asks_for(client, requests_mock, clock, asked, waited):
    requests_mock.get(f"{API}/users/me", [{"status_code": 503, "json": {}, "headers": {"Retry-After": asked}}, OK])
    client.get(ME)
    assert clock.waits == [waited]


# Rate limits


def test_a_per_second_limit_is_waited_out(client, requests_mock, clock):
    requests_mock.get(f"{API}/users/me", [PER_SECOND] * 7 + [OK])
    assert client.get(ME) == {"id": "ada"}
    assert clock.waits == [1, 2, 4, 8, 16, 30, 30]


def test_waits_for_a_per_second_limit_differ_by_chance(new_client, requests_mock, clock):
    requests_mock.get(f"{API}/users/me", [PER_SECOND] * 5 + [OK])
    new_client(randomness=Chance(1.0)).get(ME)
    assert clock.waits == [1.5, 3, 6, 12, 24]


def test_a_per_second_limit_that_stays_leaves_the_thing_unread(client, requests_mock):
    requests_mock.get(f"{API}/users/me", **PER_SECOND)
    with pytest.raises(Unread) as raised:
        client.get(ME)
    assert raised.value.message == (
        "/users/me met Zoom's rate limit 8 times (You have reached the maximum per-second rate limit for this API.)"
    )
    assert "ZOOM_RATE_SHARE" in raised.value.next_step
    assert requests_mock.call_count == 8


@pytest.mark.parametrize("asked", ["301", "600", "2026-11-23T14:00:00Z"])
def test_a_long_wait_ends_the_label(client, requests_mock, asked):
    refused = PER_SECOND | {"headers": {"Retry-After": asked}}
    requests_mock.get(f"{API}/users/me", **refused)
    with pytest.raises(DailyLimitReached) as raised:
        client.get(ME)
    minutes = {"301": 5, "600": 10}.get(asked, 120)
    assert raised.value.message == (
        f"Zoom refuses Light calls for now and asks to wait {minutes} minutes "
        "(You have reached the maximum per-second rate limit for this API.)."
    )
    assert raised.value.clears_at == (NOON + {"301": 301, "600": 600}.get(asked, 7200)) * 1000
    with pytest.raises(DailyLimitReached):
        client.get(ME)
    assert requests_mock.call_count == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"status_code": 301, "headers": {"Location": "https://portal.example/login?from=CANARY"}},
        {"status_code": 200, "text": "<html>Sign in to Hotel Wi-Fi</html>"},
        {"status_code": 403, "text": "<?xml version='1.0'?><Error/>"},
    ],
    ids=str,
)
@pytest.mark.parametrize("configured", [None, "https://zoom.example"])
def test_where_something_else_answers_the_setting_to_look_at_is_named(new_client, requests_mock, answer, configured):
    requests_mock.get(f"{configured or 'https://api.zoom.us'}/v2/users/me", **answer)
    with pytest.raises(Unread) as raised:
        new_client(configured_api_url=configured).get(ME)
    announced = raised.value.next_step
    assert ("ZOOM_API_URL is https://zoom.example" in announced) == (configured is not None)
    assert "HTTPS_PROXY" in announced
    assert "again" not in announced
    assert "CANARY" not in raised.value.message + announced


@pytest.mark.parametrize(("asked", "waited"), [("7", 7), ("45", 45), ("180", 180), ("300", 300), ("0", 1)])
def test_zoom_is_given_the_time_it_asks_for(client, requests_mock, clock, asked, waited):
    requests_mock.get(f"{API}/users/me", [PER_SECOND | {"headers": {"Retry-After": asked}}, OK])
    client.get(ME)
    assert clock.waits == [waited]


def test_a_per_second_limit_pauses_its_label_for_everybody(new_client, requests_mock, clock):
    pacer = Pacer(ZoomPlan.UNLIMITED, 1.0, clock)
    requests_mock.get(f"{API}/users", **PER_SECOND)
    client = new_client(pacer=pacer)

    def wait_but_once(seconds: float) -> None:
        raise InterruptedError

    clock.wait = wait_but_once  # stop at the first wait after the pause
    with pytest.raises(InterruptedError):
        client.get(USERS)
    with pytest.raises(InterruptedError):
        pacer.wait_turn(Label.MEDIUM)


def test_a_daily_limit_closes_its_label_and_no_other(client, requests_mock):
    requests_mock.get(f"{API}/users", **DAILY)
    requests_mock.get(f"{API}/users/ada/settings", **OK)
    requests_mock.get(f"{API}/users/me", **OK)
    assert client.daily_limit is None
    with pytest.raises(DailyLimitReached) as raised:
        client.get(USERS)
    assert raised.value.message == "Zoom's daily limit for Medium calls is used up."
    assert raised.value.clears_at == 1_795_478_400_000  # 2026-11-24T00:00:00Z, the midnight after noon
    assert client.daily_limit is raised.value
    with pytest.raises(DailyLimitReached):
        client.get(SETTINGS, {"userId": "ada"})
    assert requests_mock.call_count == 1
    assert client.get(ME) == {"id": "ada"}


@pytest.mark.parametrize(
    ("retry_after", "clears_at"),
    [
        ("2026-11-24T00:00:30Z", NOON + 12 * 3600 + 30),
        ("7200", NOON + 7200),
        ("2020-05-31T00:00:00Z", NOON + 12 * 3600),
        ("soon", NOON + 12 * 3600),
    ],
)
def test_when_a_daily_limit_clears(client, requests_mock, retry_after, clears_at):
    requests_mock.get(f"{API}/users/me", **DAILY, headers={"Retry-After": retry_after})
    with pytest.raises(DailyLimitReached) as raised:
        client.get(ME)
    assert raised.value.clears_at == clears_at * 1000


def test_of_several_daily_limits_the_last_to_clear_counts(client, requests_mock):
    requests_mock.get(f"{API}/users", **DAILY, headers={"Retry-After": "3600"})
    requests_mock.get(f"{API}/users/me", **DAILY, headers={"Retry-After": "7200"})
    for endpoint in (USERS, ME):
        with pytest.raises(DailyLimitReached):
            client.get(endpoint)
    assert client.daily_limit is not None
    assert client.daily_limit.clears_at == (NOON + 7200) * 1000


# Refusals


def test_a_missing_scope_names_what_to_add_classic_and_granular(client, requests_mock):
    requests_mock.get(
        f"{API}/users/ada/settings",
        **refusal(400, 4711, "Invalid access token, does not contain scopes:[user:read:settings:admin]."),
    )
    with pytest.raises(Denied) as raised:
        client.get(SETTINGS, {"userId": "ada"})
    assert raised.value.message == (
        "the token lacks a scope (Invalid access token, does not contain scopes:[user:read:settings:admin].)"
    )
    assert raised.value.next_step == (
        "Add user:read:admin (classic app) or user:read:settings:admin (granular app) in the Zoom Marketplace."
    )
    assert raised.value.scopes == ("user:read:settings:admin",)
    assert requests_mock.call_count == 1


def test_a_missing_scope_zoom_does_not_name(client, requests_mock):
    requests_mock.get(f"{API}/users", **refusal(400, 4711, "Invalid access token, does not contain the scope."))
    with pytest.raises(Denied) as raised:
        client.get(USERS)
    assert raised.value.scopes == ("user:read:admin", "user:read:list_users:admin")


def test_a_missing_privilege_names_the_privilege(client, requests_mock):
    requests_mock.get(f"{API}/users", **refusal(400, 200, "No permission."))
    with pytest.raises(Denied) as raised:
        client.get(USERS)
    assert raised.value.message == "Zoom says: No permission."
    assert raised.value.next_step == (
        "Give the role of the administrator who installed the app the privilege User:Read."
    )
    assert raised.value.scopes == ()


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (
            refusal(400, 200, "Only available for paid accounts."),
            NotLicensed,
            "Zoom says: Only available for paid accounts.",
        ),
        (refusal(404, 1001, "User does not exist: ada."), DeletedMeanwhile, "Zoom says: User does not exist: ada."),
        (
            refusal(400, 1000, "You can not access settings of users that are still in pending state."),
            NotApplicable,
            "Zoom says: You can not access settings of users that are still in pending state.",
        ),
        (
            refusal(400, 300, "The next page token is either invalid or has expired."),
            RestartListing,
            "Zoom says: The next page token is either invalid or has expired.",
        ),
        (
            refusal(400, 300, "Validation Failed."),
            Refused,
            "/users/{userId}/settings: Zoom answered HTTP 400, code 300: Validation Failed.",
        ),
        (
            refusal(404, 404, "Not Found"),
            Refused,
            "/users/{userId}/settings: Zoom answered HTTP 404, code 404: Not Found",
        ),
    ],
)
def test_refusals_are_named_and_not_tried_again(client, requests_mock, answer, error, message):
    requests_mock.get(f"{API}/users/ada/settings", **answer)
    with pytest.raises(error) as raised:
        client.get(SETTINGS, {"userId": "ada"})
    assert type(raised.value) is error
    assert raised.value.message == message
    assert requests_mock.call_count == 1


def test_a_list_that_may_be_missing(client, requests_mock):
    requests_mock.get(f"{API}/users", json={"total_records": 0})
    assert client.get(replace(USERS, rows_required=False)) == {"total_records": 0}
