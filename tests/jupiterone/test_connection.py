"""One request: what is sent, what is compressed, and how it fails by name."""

from __future__ import annotations

import gzip
import random

import pytest

from collector import __version__
from collector.errors import AccessRefused, RequestFailed, UsageError
from collector.jupiterone.connection import Access, JupiterOne
from collector.redaction import Secret

from .conftest import API, GRAPHQL, KEY

JOBS = f"{API}/persister/synchronization/jobs"
OK = {"json": {"job": {"id": "7"}}}


def post(client, **keywords):
    return client.post("/persister/synchronization/jobs", {"source": "api", "scope": "é"}, **keywords)


# What is sent


def test_a_post(client, requests_mock):
    requests_mock.post(JOBS, **OK)
    assert post(client, correlation_id="c-1") == {"job": {"id": "7"}}
    sent = requests_mock.last_request
    assert sent.body == '{"source":"api","scope":"é"}'.encode()
    assert sent.timeout == (20.0, 60.0)
    wanted = {
        "Authorization": f"Bearer {KEY}",
        "JupiterOne-Account": "j1dev",
        "LifeOmic-Account": "j1dev",
        "JupiterOne-Correlation-Id": "c-1",
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": f"zoom-jupiterone-collector/{__version__}",
    }
    assert {name: sent.headers.get(name) for name in wanted} == wanted
    assert "Content-Encoding" not in sent.headers


def test_other_regions_and_a_base_address_with_a_slash(clock, requests_mock):
    requests_mock.get("https://api.eu.jupiterone.io/persister/synchronization/jobs/7", **OK)
    access = Access("j1dev", Secret(KEY), "https://api.eu.jupiterone.io/", "https://graphql.eu.jupiterone.io")
    assert JupiterOne(access, clock, random.Random(1)).get("/persister/synchronization/jobs/7") == OK["json"]


def test_netrc_is_left_alone(client, requests_mock, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.us.jupiterone.io login me password stolen\nmachine s3.example login me password x\n")
    monkeypatch.setenv("NETRC", str(netrc))
    requests_mock.post(JOBS, **OK)
    requests_mock.get("https://s3.example/result", **OK)
    post(client)
    client.fetch("https://s3.example/result")
    assert requests_mock.request_history[0].headers["Authorization"] == f"Bearer {KEY}"
    assert not {"Authorization", "JupiterOne-Account"} & requests_mock.last_request.headers.keys()


@pytest.mark.parametrize("key", ["", "two words", "sche\u00efn", "line\n"])
def test_a_key_that_cannot_be_one_is_a_wrong_setting(clock, key):
    with pytest.raises(UsageError, match="JUPITERONE_API_KEY is empty or has"):
        JupiterOne(Access("j1dev", Secret(key)), clock, random.Random(1))


# What is compressed


def test_bodies_are_compressed_where_asked(client, requests_mock):
    requests_mock.post(JOBS, **OK)
    post(client, gzip=True)
    assert requests_mock.last_request.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(requests_mock.last_request.body) == '{"source":"api","scope":"é"}'.encode()


@pytest.mark.parametrize("status", [400, 415])
def test_a_server_that_does_not_take_gzip_is_asked_only_once(client, requests_mock, status):
    requests_mock.post(JOBS, [{"status_code": status, "json": {}}, OK, OK])
    post(client, gzip=True)
    post(client, gzip=True)
    encodings = [sent.headers.get("Content-Encoding") for sent in requests_mock.request_history]
    assert encodings == ["gzip", None, None]


def test_a_body_that_is_wrong_either_way_says_nothing_about_gzip(client, requests_mock):
    wrong = {"status_code": 400, "json": {"error": {"code": "BAD", "message": "no _key"}}}
    requests_mock.post(JOBS, [wrong, wrong, OK])
    with pytest.raises(RequestFailed, match="400 BAD: no _key"):
        post(client, gzip=True)
    post(client, gzip=True)
    assert requests_mock.last_request.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("code", ["JOB_NOT_AWAITING_UPLOADS", "RequestEntityTooLargeException"])
def test_what_is_not_about_the_encoding_is_not_sent_again(client, requests_mock, code):
    requests_mock.post(JOBS, status_code=400, json={"error": {"code": code, "message": ""}})
    with pytest.raises(RequestFailed):
        post(client, gzip=True)
    assert requests_mock.call_count == 1


# How it fails


@pytest.mark.parametrize(
    ("answer", "failure", "said", "next_step", "exit_code"),
    [
        ({"status_code": 401, "json": {}}, AccessRefused, "with 401", "Check JUPITERONE_API_KEY, JUPITERONE_ACC", 2),
        ({"status_code": 403, "json": {}}, AccessRefused, "with 403", "permitted to do", 2),
        ({"status_code": 413, "text": "x"}, RequestFailed, "with 413", "", 1),
        (
            {"status_code": 400, "json": {"error": {"code": "RequestEntityTooLargeException", "message": "m"}}},
            RequestFailed,
            "with 400 RequestEntityTooLargeException: m.",
            "",
            1,
        ),
        (
            {"status_code": 404, "json": {"message": "nothing here"}},
            RequestFailed,
            "with 404: nothing here.",
            "report",
            1,
        ),
        (
            {"status_code": 301, "headers": {"Location": "https://elsewhere.example/?key=CANARY"}},
            RequestFailed,
            "with 301: the address redirects to elsewhere.example (HTTP 301), which is not followed.",
            "JUPITERONE_GRAPHQL_URL",
            1,
        ),
        ({"status_code": 403, "text": "<html>No entry"}, RequestFailed, "403: HTML instead of JSON", "HTTPS_PROXY", 1),
        ({"status_code": 404, "text": "<?xml version='1.0'?>"}, RequestFailed, "XML instead of JSON", "HTTPS_PROXY", 1),
    ],
)
def test_how_a_refusal_is_reported(client, requests_mock, answer, failure, said, next_step, exit_code):
    requests_mock.post(JOBS, **answer)
    with pytest.raises(failure) as raised:
        post(client)
    assert type(raised.value) is failure
    assert said in raised.value.message
    assert next_step in raised.value.next_step
    assert raised.value.exit_code == exit_code
    assert "CANARY" not in raised.value.message
    assert requests_mock.call_count == 1


def test_a_refusal_of_a_result_says_nothing_about_the_key(client, requests_mock):
    requests_mock.get("https://s3.example/result?signature=abc", status_code=403, text="<Error>expired</Error>")
    with pytest.raises(RequestFailed, match="GET of a query's result with 403") as failure:
        client.fetch("https://s3.example/result?signature=abc")
    assert failure.value.next_step == "Run the command again."


@pytest.mark.parametrize(
    "url",
    ["http://a..b/", f"https://{'a' * 64}.example/", "http://[::1", "http://a:99999/", "ftp://a/", "somewhere", ""],
)
def test_a_result_at_an_address_that_cannot_be_called(client, clock, url):
    with pytest.raises(RequestFailed) as failure:
        client.fetch(url)
    assert failure.value.message.startswith(
        "JupiterOne: GET of a query's result was not sent: its address, or the proxy's, is not valid ("
    )
    assert "HTTPS_PROXY" in failure.value.next_step
    assert clock.waits == []


@pytest.mark.parametrize("on_lost_response", [None, lambda: {"found": "another"}])
def test_an_address_that_cannot_be_called_leaves_no_doubt(clock, on_lost_response):
    client = JupiterOne(Access("j1dev", Secret(KEY), "https://api.eu..jupiterone.io"), clock, random.Random(1))
    with pytest.raises(RequestFailed, match="POST /persister/synchronization/jobs was not sent"):
        post(client, on_lost_response=on_lost_response)
    assert clock.waits == []


def test_graphql_goes_to_its_own_address(client, requests_mock):
    requests_mock.post(GRAPHQL, json={"data": {}})
    assert client.post_graphql({"query": "{ x }"}) == {"data": {}}
    assert requests_mock.last_request.headers["Authorization"] == f"Bearer {KEY}"
