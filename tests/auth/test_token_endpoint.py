"""The token endpoint: the request, the checks of the answer, and what is tried again."""

from __future__ import annotations

import base64
import random
from urllib.parse import parse_qs

import pytest
import requests
from requests_mock import ANY
from urllib3.exceptions import MaxRetryError, ProtocolError

from collector import connections
from collector.auth.oauth_client import OAuthClient
from collector.auth.token_endpoint import TokenEndpoint
from collector.auth.token_errors import Refusal
from collector.auth.token_response import TokenResponse
from collector.errors import CollectionFailed, Interrupted, TokenEndpointFailed, UsageError
from collector.redaction import Secret

from .conftest import OAUTH_URL, TOKEN_URL, answer


@pytest.fixture
def endpoint(clock):
    return TokenEndpoint(OAuthClient("client-id-1234", Secret("client-secret"), OAUTH_URL), clock, random.Random(7))


def ask(endpoint: TokenEndpoint) -> TokenResponse:
    return endpoint.request("account_credentials", account_id="account-id")


def test_parameters_travel_in_the_body_and_the_app_in_a_basic_header(endpoint, zoom):
    ask(endpoint)
    request = zoom.last_request
    assert request.url == TOKEN_URL
    assert request.qs == {}
    assert parse_qs(request.text) == {"grant_type": ["account_credentials"], "account_id": ["account-id"]}
    credentials = base64.b64encode(b"client-id-1234:client-secret").decode()
    assert request.headers["Authorization"] == f"Basic {credentials}"
    assert request.timeout == (5, 30)
    assert not request.allow_redirects


ASKING = [ask, lambda endpoint: endpoint.revoke("token")]


@pytest.mark.parametrize("asking", ASKING)
def test_bodies_are_read_within_bounds(endpoint, requests_mock, monkeypatch, asking):
    monkeypatch.setattr(connections, "MAX_BYTES", 1000)
    requests_mock.post(ANY, text='{"access_token": "' + "x" * 2000 + '"}')
    with pytest.raises(TokenEndpointFailed, match="could not be read"):
        asking(endpoint)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, '{"expires_in": ' + "9" * 10_000 + "}"])
def test_json_without_end_is_no_answer(endpoint, requests_mock, text):
    requests_mock.post(TOKEN_URL, text=text)
    with pytest.raises(TokenEndpointFailed, match="something that is not a JSON object"):
        ask(endpoint)


def test_netrc_is_not_read(endpoint, zoom, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine zoom.example login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    ask(endpoint)
    scheme, _, credentials = zoom.last_request.headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(credentials)) == ("Basic", b"client-id-1234:client-secret")


def test_a_proxy_no_computer_can_have_is_told(endpoint, clock, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://a..b:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(TokenEndpointFailed, match="the address, or that of the proxy, cannot be called") as failure:
        ask(endpoint)
    assert "HTTPS_PROXY" in failure.value.next_step
    assert not failure.value.may_have_been_processed


def test_credentials_that_cannot_be_sent_are_refused_before_sending(clock, zoom):
    client = OAuthClient("client-id-1234", Secret("client…secret"), OAUTH_URL)
    endpoint = TokenEndpoint(client, clock, random.Random(7))
    with pytest.raises(UsageError, match="ZOOM_CLIENT_SECRET") as refusal:
        ask(endpoint)
    assert "client…secret" not in str(refusal.value)
    assert not zoom.called


def test_a_good_answer(endpoint, requests_mock):
    requests_mock.post(TOKEN_URL, json=answer(1, token_type="Bearer", surprise=1))
    given = ask(endpoint)
    assert given == TokenResponse(
        "token-1", 3600, "user:read:user:admin group:read:list_groups:admin", "https://api.zoom.us"
    )
    assert "token-1" not in repr(given)


@pytest.mark.parametrize("missing", ["scope", "api_url", "expires_in"])
def test_optional_fields_may_be_missing(endpoint, requests_mock, missing):
    body = answer(1)
    del body[missing]
    requests_mock.post(TOKEN_URL, json=body)
    given = ask(endpoint)
    assert getattr(given, missing) == {"scope": None, "api_url": None, "expires_in": 3600}[missing]


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [(3599, 3599), ("3599", 3599), (3599.0, 3599), (1, 1)]
    + [(junk, 3600) for junk in (0, -1, "abc", None, True, 1.5, [], {}, "", 10**9, "1e3", " 60")],
)
def test_life_of_the_token(endpoint, requests_mock, expires_in, seconds):
    requests_mock.post(TOKEN_URL, json=answer(1, expires_in=expires_in))
    assert ask(endpoint).expires_in == seconds


@pytest.mark.parametrize(
    ("junk", "fields"),
    [
        ({}, "access_token, token_type"),
        (answer(1, access_token=None), "access_token"),
        (answer(1, access_token=""), "access_token"),
        (answer(1, access_token=["token-1"]), "access_token"),
        (answer(1, access_token="line\r\nbreak"), "access_token"),
        (answer(1, token_type="mac"), "token_type"),
        (answer(1, token_type=None), "token_type"),
        (answer(1, scope=["a"], api_url=1), "scope, api_url"),
    ],
)
def test_junk_is_refused_by_the_names_of_its_fields(endpoint, requests_mock, junk, fields):
    posts = requests_mock.post(TOKEN_URL, json=junk)
    with pytest.raises(CollectionFailed, match=f"unusable fields: {fields}\\.$"):
        ask(endpoint)
    assert posts.call_count == 1


@pytest.mark.parametrize(
    ("status", "body", "error", "reason"),
    [
        (400, {"reason": "Bad Request", "error": "invalid_request"}, "invalid_request", "Bad Request"),
        (400, {"error": "invalid_grant"}, "invalid_grant", ""),
        (400, {"error": "x", "error_description": "why"}, "x", "why"),
        (200, {"status": False, "errorCode": 4700, "errorMessage": "Token empty"}, "", "Token empty"),
        (200, answer(1, error="odd"), "odd", ""),
        (400, {"error": {"nested": 1}, "reason": 7}, "", ""),
        (400, {"error": "x", "reason": "a\x1b[31mb\n\u202ec"}, "x", "a [31mb c"),
        (400, {"error": "x", "reason": "y" * 5000}, "x", "y" * 300),
        (400, {"error": "x", "reason": "client-secret of account-id"}, "x", "*** of ***"),
    ],
)
def test_a_refusal_keeps_zooms_reason_and_no_secret(endpoint, requests_mock, status, body, error, reason):
    posts = requests_mock.post(TOKEN_URL, json=body, status_code=status)
    refusal = ask(endpoint)
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.error, refusal.reason) == (status, error, reason)
    assert posts.call_count == 1


def test_401_is_a_refusal_whatever_it_says(endpoint, requests_mock):
    requests_mock.post(TOKEN_URL, text="<html>", status_code=401)
    refusal = ask(endpoint)
    assert isinstance(refusal, Refusal)
    assert refusal.zoom_message == "HTTP 401"


PASSING = [
    {"status_code": 500, "json": {"error": "server_error"}},
    {"status_code": 503, "text": "<html>"},
    {"status_code": 429, "text": "slow down"},
    {"status_code": 200, "text": "<html>sign in to this wireless network</html>"},
    {"status_code": 302, "headers": {"Location": "https://portal.example/"}},
    {"json": ["token-1"]},
    {"text": "[" * 100_000},
    {"exc": requests.exceptions.ConnectTimeout},
    {"exc": requests.exceptions.ReadTimeout},
    {"exc": requests.exceptions.ProxyError},
    {"exc": requests.exceptions.SSLError},
    {"exc": requests.exceptions.ConnectionError},
    {"exc": requests.exceptions.ChunkedEncodingError},
]


@pytest.mark.parametrize("cause", PASSING)
def test_what_may_pass_is_tried_again(endpoint, clock, requests_mock, cause):
    requests_mock.post(TOKEN_URL, [cause, cause, cause, {"json": answer(1)}])
    assert ask(endpoint).access_token == "token-1"
    first, second, third = clock.waits
    assert 1 <= first <= 1.5
    assert 2 <= second <= 3
    assert 4 <= third <= 6


@pytest.mark.parametrize("cause", PASSING)
def test_after_the_fourth_try_it_names_the_host_and_where_to_look(endpoint, requests_mock, cause):
    posts = requests_mock.post(TOKEN_URL, [cause])
    with pytest.raises(CollectionFailed, match=r"^No token from zoom\.example: .+\.$") as failure:
        ask(endpoint)
    advice = failure.value.next_step
    if "exc" in cause:
        assert "REQUESTS_CA_BUNDLE" in advice
        assert advice.endswith("ZOOM_OAUTH_URL (https://zoom.example), then run this again.")
    elif cause.get("status_code", 200) >= 429:
        assert advice == "Run this again later. Zoom's status: https://status.zoom.us"
    else:
        assert advice.startswith("ZOOM_OAUTH_URL is https://zoom.example: ")
        assert "HTTPS_PROXY" in advice
        assert "run this again" not in advice.lower()
    assert posts.call_count == 4
    assert failure.value.__context__ is None
    assert failure.value.__cause__ is None


@pytest.mark.parametrize(
    ("came", "reason"),
    [
        (
            {"status_code": 301, "headers": {"Location": "https://portal.example/?code=CANARY"}, "json": answer(1)},
            "it redirects to portal.example (HTTP 301), which is not followed",
        ),
        (
            {"status_code": 404, "text": "<html>CANARY"},
            "it answered HTTP 404 with HTML instead of JSON: a sign-in page of this network or a proxy in between "
            "likely answered in its place",
        ),
        ({"status_code": 404, "text": ""}, "it answered HTTP 404 with something that is not a JSON object"),
        (
            {"status_code": 502, "text": "<html>CANARY"},
            "it answered HTTP 502 with HTML instead of JSON: something in front of it or a proxy in between likely "
            "answered in its place",
        ),
        ({"status_code": 503, "text": ""}, "it answered HTTP 503"),
    ],
)
def test_an_answer_without_a_token_is_described(endpoint, requests_mock, came, reason):
    requests_mock.post(TOKEN_URL, [came])
    with pytest.raises(CollectionFailed) as failure:
        ask(endpoint)
    assert failure.value.message == f"No token from zoom.example: {reason}."
    assert "CANARY" not in failure.value.next_step


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ("30", 30),
        ("60", 60),
        ("Fri, 15 Jan 2027 08:00:20 GMT", 20),
        ("soon", 1),
        ("-5", 1),
        ("", 1),
        (f"Fri, 15 Jan 2027 08:00:20 +{'9' * 20}", 1),
    ],
)
def test_retry_after_is_honoured(endpoint, clock, requests_mock, header, waited):
    too_many = {"status_code": 429, "headers": {"Retry-After": header}}
    requests_mock.post(TOKEN_URL, [too_many, {"json": answer(1)}])
    ask(endpoint)
    assert waited <= clock.waits[0] <= waited * 1.5


def test_a_long_retry_after_is_told_not_waited_for(endpoint, clock, requests_mock):
    posts = requests_mock.post(TOKEN_URL, status_code=429, headers={"Retry-After": "600"})
    with pytest.raises(CollectionFailed, match="HTTP 429; it asks to wait 600 s") as failure:
        ask(endpoint)
    assert failure.value.next_step.startswith("Run this again in 600 seconds.")
    assert posts.call_count == 1
    assert clock.waits == []


def test_a_request_to_stop_ends_the_waiting(endpoint, clock, requests_mock, monkeypatch):
    def stop(_: float) -> None:
        raise Interrupted("stopped")

    monkeypatch.setattr(clock, "wait", stop)
    posts = requests_mock.post(TOKEN_URL, status_code=500)
    with pytest.raises(Interrupted):
        ask(endpoint)
    assert posts.call_count == 1


def test_credentials_in_the_address_are_not_shown(clock, requests_mock):
    requests_mock.post(ANY, status_code=500)
    client = OAuthClient("id", Secret("secret"), "https://u:hidden@zoom.example")
    endpoint = TokenEndpoint(client, clock, random.Random(7))
    with pytest.raises(CollectionFailed) as failure:
        ask(endpoint)
    assert "hidden" not in str(failure.value)


def test_a_public_client_names_itself_in_the_body(clock, zoom):
    endpoint = TokenEndpoint(OAuthClient("client-id-1234", None, OAUTH_URL), clock, random.Random(7))
    ask(endpoint)
    assert parse_qs(zoom.last_request.text)["client_id"] == ["client-id-1234"]
    assert "Authorization" not in zoom.last_request.headers


def test_a_refresh_token_comes_with_the_answer(endpoint, requests_mock):
    requests_mock.post(TOKEN_URL, json=answer(1, refresh_token="refresh-1"))
    given = ask(endpoint)
    assert given.refresh_token == "refresh-1"
    assert "refresh-1" not in repr(given)
    requests_mock.post(TOKEN_URL, json=answer(1, refresh_token="line\nbreak"))
    with pytest.raises(TokenEndpointFailed, match=r"unusable fields: refresh_token\."):
        ask(endpoint)


def real_connection_error() -> requests.ConnectionError:
    """As requests raises it when nobody listens."""
    return requests.ConnectionError(MaxRetryError(None, TOKEN_URL, OSError("refused")))


NEVER_SENT = [requests.ConnectTimeout(), requests.exceptions.ProxyError(), real_connection_error()]
MAYBE_SENT = [
    {"exc": requests.ReadTimeout},
    {"exc": requests.ConnectionError(ProtocolError("Connection aborted."))},
    {"exc": requests.exceptions.ChunkedEncodingError},
    {"status_code": 502},
    {"text": "<html>"},
]


def use_code(endpoint: TokenEndpoint) -> TokenResponse:
    return endpoint.request("authorization_code", single_use=True, code="the-code")


@pytest.mark.parametrize("cause", NEVER_SENT)
def test_a_code_is_sent_again_once_when_there_was_no_connection(endpoint, requests_mock, cause):
    posts = requests_mock.post(TOKEN_URL, [{"exc": cause}, {"json": answer(1)}])
    assert use_code(endpoint).access_token == "token-1"
    requests_mock.post(TOKEN_URL, exc=cause)
    with pytest.raises(TokenEndpointFailed) as failure:
        use_code(endpoint)
    assert not failure.value.may_have_been_processed
    assert posts.call_count == 2


@pytest.mark.parametrize("cause", [*MAYBE_SENT, {"status_code": 429}])
def test_a_code_that_may_have_arrived_is_never_sent_again(endpoint, clock, requests_mock, cause):
    posts = requests_mock.post(TOKEN_URL, [cause])
    with pytest.raises(TokenEndpointFailed):
        use_code(endpoint)
    assert (posts.call_count, clock.waits) == (1, [])


@pytest.mark.parametrize("cause", MAYBE_SENT)
def test_a_refresh_token_that_may_have_arrived_is_sent_once_more(endpoint, requests_mock, cause):
    posts = requests_mock.post(TOKEN_URL, [cause])
    with pytest.raises(TokenEndpointFailed) as failure:
        endpoint.request("refresh_token", refresh_token="refresh-0")
    assert failure.value.may_have_been_processed
    assert posts.call_count == 2
    requests_mock.post(TOKEN_URL, [cause, {"status_code": 400, "json": {"error": "invalid_grant"}}])
    refusal = endpoint.request("refresh_token", refresh_token="refresh-0")
    assert isinstance(refusal, Refusal)
    assert refusal.lost_response == failure.value.words


def test_trouble_tells_how_long_to_wait_and_what_to_quote(endpoint, requests_mock):
    headers = {"Retry-After": "120", "x-zm-trackingid": "WEB_1"}
    requests_mock.post(TOKEN_URL, status_code=503, headers=headers)
    with pytest.raises(TokenEndpointFailed) as failure:
        use_code(endpoint)
    assert (failure.value.cause, failure.value.wait, failure.value.tracking_id) == ("server error", 120, "WEB_1")
    requests_mock.post(TOKEN_URL, status_code=503)
    with pytest.raises(TokenEndpointFailed) as failure:
        use_code(endpoint)
    assert failure.value.wait == 0


REVOKE_URL = f"{OAUTH_URL}/oauth/revoke"


@pytest.mark.parametrize("body", [{"json": {"status": "success"}}, {"text": ""}])
def test_revoking(endpoint, requests_mock, body):
    posts = requests_mock.post(REVOKE_URL, [{"status_code": 503}, body])
    endpoint.revoke("token-1")
    assert parse_qs(posts.last_request.text)["token"] == ["token-1"]
    assert posts.last_request.headers["Authorization"].startswith("Basic ")
    assert posts.call_count == 2


def test_revoking_for_a_public_client(clock, requests_mock):
    posts = requests_mock.post(REVOKE_URL, json={"status": "success"})
    TokenEndpoint(OAuthClient("client-id-1234", None, OAUTH_URL), clock, random.Random(7)).revoke("token-1")
    assert parse_qs(posts.last_request.text) == {"token": ["token-1"], "client_id": ["client-id-1234"]}


def test_a_refused_revocation_keeps_the_token_to_itself(endpoint, requests_mock):
    requests_mock.post(
        REVOKE_URL, status_code=400, json={"error": "invalid_request", "reason": "Invalid token token-1"}
    )
    refusal = endpoint.revoke("token-1")
    assert refusal is not None
    assert refusal.reason == "Invalid token ***"
