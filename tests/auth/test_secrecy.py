"""Canaries in every secret; exceptions, logs and representations are searched for them."""

from __future__ import annotations

import base64
import logging
import traceback
from dataclasses import replace

import pytest
import requests

from collector import private_files
from collector.auth import EnvironmentTokenSource, OAuthClient
from collector.auth.status import stored_sign_in
from collector.auth.stored_token import StoredToken
from collector.clock import SystemClock
from collector.errors import CollectorError
from collector.redaction import Secret

from .conftest import CLIENT, OAUTH_URL, TOKEN_URL, answer
from .rotation import Rotation

SECRET = "canary-of-the-client-secret"
TOKEN = "canary-of-the-access-token"
REFRESH_TOKEN = "canary-of-the-refresh-token"
BASIC = base64.b64encode(f"client-id-1234:{SECRET}".encode()).decode()


def everything_said_by(failure: BaseException) -> str:
    """The failure and all it is chained to, shown or not."""
    said = []
    while failure is not None:
        said += [*traceback.format_exception_only(failure), repr(failure), str(vars(failure))]
        failure = failure.__cause__ or failure.__context__
    return "\n".join(said)


def assert_silent(text: str) -> None:
    assert [canary for canary in (SECRET, TOKEN, REFRESH_TOKEN, BASIC) if canary in text] == []


ECHO = f"{SECRET} is wrong, not {SECRET}"
FAILURES = [
    {"status_code": 400, "json": {"error": "invalid_client", "reason": ECHO}},
    {"status_code": 400, "json": {"error": ECHO}},
    {"status_code": 401, "text": ECHO},
    {"status_code": 403, "json": {"reason": "x" * 290 + SECRET}},
    {"status_code": 500, "text": ECHO},
    {"status_code": 429, "text": ECHO, "headers": {"Retry-After": SECRET}},
    {"status_code": 302, "headers": {"Location": f"https://elsewhere.example/{SECRET}"}},
    {"text": ECHO},
    {"json": {"access_token": TOKEN, "token_type": TOKEN}},
    {"json": answer(1, access_token=TOKEN, scope=[TOKEN])},
    {"json": answer(1, access_token=TOKEN + "\n")},
    {"exc": requests.exceptions.InvalidProxyURL(f"http://user:{SECRET}@proxy")},
    {"exc": requests.exceptions.ConnectionError("no connection")},
]


@pytest.mark.parametrize("response", FAILURES)
def test_failures(new_source, requests_mock, response, caplog):
    caplog.set_level(logging.DEBUG)
    requests_mock.post(TOKEN_URL, [response])
    with pytest.raises(CollectorError) as failure:
        new_source(client_secret=Secret(SECRET)).token()
    shown = "".join(traceback.format_exception(failure.value))
    assert_silent(everything_said_by(failure.value) + shown + failure.value.next_step + caplog.text)


def test_a_token_that_cannot_be_stored(new_source, requests_mock, folder, monkeypatch, caplog):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    caplog.set_level(logging.DEBUG)
    requests_mock.post(TOKEN_URL, json=answer(1, access_token=TOKEN))
    monkeypatch.setattr(private_files.os, "replace", full)
    new_source(client_secret=Secret(SECRET)).token()
    assert "WARNING" in caplog.text
    assert_silent(caplog.text)


def test_a_damaged_file(new_source, requests_mock, folder, caplog):
    caplog.set_level(logging.DEBUG)
    requests_mock.post(TOKEN_URL, json=answer(1, access_token=TOKEN))
    new_source().token()
    path = folder / "token.json"
    path.write_bytes(path.read_bytes()[:-1])
    new_source().token()
    assert "is damaged" in caplog.text
    assert_silent(caplog.text)


def test_a_whole_life_over_the_wire(new_source, loopback_zoom, folder, caplog):
    caplog.set_level(logging.DEBUG)
    oauth_url, forms = loopback_zoom
    source = new_source(client_secret=Secret(SECRET), oauth_url=oauth_url)
    token = source.renew(source.token())
    assert token.access_token == "token-2"
    assert len(forms) == 2
    assert "/oauth/token" in caplog.text
    assert "token-1" not in caplog.text + repr(vars(source)) + repr(token)
    assert "token-2" not in caplog.text + repr(vars(source)) + repr(token)
    assert_silent(caplog.text + repr(vars(source)) + repr(vars(source._endpoint)))


def sign_in_of_canaries(sign_in, client):
    return sign_in(access_token=TOKEN, refresh_token=REFRESH_TOKEN, client_hash=client.hash())


@pytest.mark.parametrize(
    "response",
    [*FAILURES, {"status_code": 400, "json": {"error": "invalid_grant", "reason": f"{REFRESH_TOKEN} is dead"}}],
)
def test_a_sign_in_that_fails(new_signed_in, sign_in, requests_mock, file, response, caplog):
    caplog.set_level(logging.DEBUG)
    client = replace(CLIENT, client_secret=Secret(SECRET))
    sign_in_of_canaries(sign_in, client)
    requests_mock.post(TOKEN_URL, [response])
    source = new_signed_in(client=client)
    with pytest.raises(CollectorError) as failure:
        source.refresh()
    shown = "".join(traceback.format_exception(failure.value))
    assert_silent(everything_said_by(failure.value) + shown + failure.value.next_step + caplog.text)
    assert_silent(str(file.load().reauth) + str(stored_sign_in(file, client, SystemClock())))


def test_a_sign_in_over_the_wire(new_signed_in, sign_in, serve_rotation, caplog):
    caplog.set_level(logging.DEBUG)
    rotation = Rotation(strict=False)
    client = replace(CLIENT, client_secret=Secret(SECRET), oauth_url=serve_rotation(rotation))
    sign_in_of_canaries(sign_in, client)
    source = new_signed_in(client=client)
    source.refresh()
    source.renew(source.token())
    assert len(rotation.sent) == 2
    assert "/oauth/token" in caplog.text
    said = caplog.text + "".join(repr(vars(part)) for part in (source, source._renewal))
    assert_silent(said)
    assert "token-1" not in said
    assert "refresh-1" not in said


def test_representations():
    document = StoredToken("g", "c", TOKEN, None, None, 0.0, 1.0, REFRESH_TOKEN, others={"note": SECRET})
    client = OAuthClient("client-id-1234", Secret(SECRET), OAUTH_URL)
    assert_silent(f"{client} {client!r} {vars(client)} {client.hash()}")
    environment = EnvironmentTokenSource(Secret(TOKEN))
    assert_silent(f"{document} {document!r} {document.token()} {vars(environment)} {environment!r}")
