"""Around the browser: beginning, exchanging the code, keeping, refreshing, revoking, forgetting."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests

from collector import private_files
from collector.auth import OAuthClient, SignInTokenSource, TokenFile, signin
from collector.auth.configured import oauth_client, token_file, token_source
from collector.auth.token_errors import Refusal
from collector.collect.account import collect_account
from collector.collect.clients import zoom_client
from collector.collect.progress import NoProgress
from collector.errors import (
    CollectorError,
    NewerVersion,
    OtherAccount,
    SignInRequired,
    StorageFailed,
    TokenEndpointFailed,
    UsageError,
)
from collector.redaction import Secret
from collector.resources import account as account_resource
from collector.resources import missing_scopes
from collector.sandbox import Sandbox, generate_account
from collector.settings import read_settings

OAUTH_URL = "https://zoom.example"
TOKEN_URL = f"{OAUTH_URL}/oauth/token"
REVOKE_URL = f"{OAUTH_URL}/oauth/revoke"
API_URL = "https://api.zoom.example"
ME_URL = f"{API_URL}/v2/users/me"
REDIRECT_URI = "http://localhost:5000/redirect"
CLIENT = OAuthClient("client-id-1234", Secret("canary-secret"), OAUTH_URL)
ADA = {"id": "user-1", "email": "ada@example.com", "account_id": "account-1"}


class Clock:
    """Waiting gives way to other threads and moves the hands only when a test does."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        time.sleep(0.001)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path) -> TokenFile:
    return TokenFile(tmp_path / "home" / "default", "default")


@pytest.fixture
def attempt():
    return signin.start_authorization(CLIENT, REDIRECT_URI, 1_800_000_000.0)


def answer(**changed: object) -> dict[str, object]:
    return {
        "access_token": "canary-access",
        "refresh_token": "canary-refresh",
        "token_type": "bearer",
        "expires_in": 3600,
        "scope": "user:read:admin group:read:admin role:read:admin",
        "api_url": "https://api.zoom.us",
    } | changed


def exchange(attempt, clock, code: str = "canary-code") -> signin.SignIn:
    return signin.exchange_code(CLIENT, attempt, code, clock, random.Random(7), api_url=API_URL)


@pytest.fixture
def granted(requests_mock, attempt, clock):
    """A sign-in of Ada's that nobody has kept yet; keywords replace what Zoom says of her."""

    def grant(**user: object) -> signin.SignIn:
        requests_mock.post(TOKEN_URL, json=answer())
        requests_mock.get(ME_URL, json=ADA | user)
        return exchange(attempt, clock)

    return grant


def test_an_attempt_asks_for_a_code_with_state_and_s256():
    attempt = signin.start_authorization(CLIENT, REDIRECT_URI, 5.0)
    parts = urlsplit(attempt.authorization_url)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.code_verifier.encode()).digest())
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{OAUTH_URL}/oauth/authorize"
    assert dict(parse_qsl(parts.query)) == {
        "response_type": "code",
        "client_id": "client-id-1234",
        "redirect_uri": REDIRECT_URI,
        "state": attempt.state,
        "code_challenge": challenge.rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    assert (attempt.redirect_uri, attempt.started_at) == (REDIRECT_URI, 5.0)
    assert 43 <= len(attempt.code_verifier) <= 128
    assert attempt.state not in repr(attempt)
    assert attempt.code_verifier not in repr(attempt)


def test_no_two_attempts_are_alike():
    attempts = [signin.start_authorization(CLIENT, REDIRECT_URI, 0.0) for _ in range(1000)]
    assert len({attempt.state for attempt in attempts}) == len({attempt.code_verifier for attempt in attempts}) == 1000
    assert {len(attempt.state) for attempt in attempts} == {43}


def test_a_code_becomes_a_sign_in(requests_mock, attempt, clock):
    posts = requests_mock.post(TOKEN_URL, json=answer())
    asked = requests_mock.get(ME_URL, json=ADA | {"first_name": "Ada"})
    sign_in = exchange(attempt, clock)
    assert {name: values[0] for name, values in parse_qs(posts.last_request.text).items()} == {
        "grant_type": "authorization_code",
        "code": "canary-code",
        "redirect_uri": REDIRECT_URI,
        "code_verifier": attempt.code_verifier,
    }
    assert asked.last_request.headers["Authorization"] == "Bearer canary-access"
    assert not asked.last_request.allow_redirects
    assert sign_in.account == ADA
    assert sign_in.scopes == {"user:read:admin", "group:read:admin", "role:read:admin"}
    assert missing_scopes(sign_in.scopes) == ()
    document = sign_in.document
    assert (document.grant, document.client_hash) == ("authorization_code", CLIENT.hash())
    assert (document.access_token, document.refresh_token) == ("canary-access", "canary-refresh")
    assert (document.obtained_at, document.expires_at) == (clock.now(), clock.now() + 3600)
    assert "canary" not in repr(sign_in)


def test_missing_scopes_are_named_by_step_and_do_not_hinder(requests_mock, attempt, clock):
    requests_mock.post(TOKEN_URL, json=answer(scope="user:read:user:admin user:read:list_users:admin role:read:admin"))
    requests_mock.get(ME_URL, json=ADA)
    missing = missing_scopes(exchange(attempt, clock).scopes)
    assert ("fetch-groups", "group:read:admin", "group:read:list_groups:admin") in missing
    assert ("fetch-users", "user:read:admin", "user:read:settings:admin") in missing
    assert {step for step, _, _ in missing}.isdisjoint({"fetch-account", "fetch-roles"})


def test_unknown_scopes_are_not_missing(requests_mock, attempt, clock):
    body = answer()
    del body["scope"]
    requests_mock.post(TOKEN_URL, json=body)
    requests_mock.get(ME_URL, json=ADA)
    sign_in = exchange(attempt, clock)
    assert (sign_in.scopes, missing_scopes(sign_in.scopes)) == (None, ())


@pytest.mark.parametrize(
    "me",
    [
        {"status_code": 401, "json": {"code": 124}},
        {"status_code": 302, "headers": {"Location": "https://elsewhere.example"}},
        {"text": "<html>"},
        {"json": ["not an object"]},
        {"json": {"id": 7}},
        {"exc": requests.ReadTimeout},
        {"text": "[" * 200_000},
        {"content": gzip.compress(b" " * 40_000_000 + b"{}"), "headers": {"Content-Encoding": "gzip"}},
    ],
)
def test_a_sign_in_is_good_without_knowing_whose_it_is(requests_mock, attempt, clock, me):
    requests_mock.post(TOKEN_URL, json=answer())
    requests_mock.get(ME_URL, [me])
    sign_in = exchange(attempt, clock)
    assert (sign_in.account, sign_in.document.access_token) == (None, "canary-access")


def test_the_token_goes_to_zooms_own_hosts_only(requests_mock, attempt, clock):
    requests_mock.post(TOKEN_URL, json=answer(api_url="https://evil.example"))
    sign_in = signin.exchange_code(CLIENT, attempt, "code", clock, random.Random(7))
    assert sign_in.account is None
    assert [request.url for request in requests_mock.request_history] == [TOKEN_URL]
    asked = requests_mock.get("https://eu.api.zoom.us/v2/users/me", json=ADA)
    requests_mock.post(TOKEN_URL, json=answer(api_url="https://eu.api.zoom.us"))
    assert signin.exchange_code(CLIENT, attempt, "code", clock, random.Random(7)).account == ADA
    assert asked.call_count == 1


@pytest.mark.parametrize(
    ("status", "error", "reason", "kind"),
    [
        (400, "invalid_request", "Invalid authorization code canary-code", "code"),
        (400, "invalid_request", "Code is expired", "code"),
        (400, "invalid_grant", "", "code"),
        (400, "invalid_grant", "Invalid code_verifier.", "pkce"),
        (400, "invalid_client", "Invalid client_id or client_secret", "credentials"),
        (401, "", "", "credentials"),
        (400, "invalid_request", "Redirect URI mismatch.", "redirect"),
        (400, "invalid_request", "The app has been disabled", "app"),
        (400, "invalid_request", "Token owner does not exist", "app"),
        (400, "unsupported_grant_type", "unsupported grant type", "app type"),
        (400, "unauthorized_client", "", "app type"),
        (400, "invalid_request", "Account does not enabled the OAuth app type", "app type"),
        (418, "teapot", "", "other"),
    ],
)
def test_refusals_say_what_they_are_about(requests_mock, attempt, clock, status, error, reason, kind):
    posts = requests_mock.post(TOKEN_URL, status_code=status, json={"error": error, "reason": reason})
    refusal = exchange(attempt, clock)
    assert isinstance(refusal, Refusal)
    assert refusal.kind == kind
    assert refusal.zoom_message == (reason.replace("canary-code", "***") or error or f"HTTP {status}")
    assert posts.call_count == 1


@pytest.mark.parametrize(
    ("response", "cause"),
    [
        ({"exc": requests.ReadTimeout}, "no connection"),
        ({"exc": requests.ConnectTimeout}, "no connection"),
        ({"status_code": 500}, "server error"),
        ({"status_code": 429, "headers": {"Retry-After": "30"}}, "server error"),
        ({"text": "<html>"}, "foreign answer"),
        ({"status_code": 301, "headers": {"Location": "/"}}, "foreign answer"),
        ({"json": {}}, "malformed answer"),
    ],
)
def test_failures_have_names(requests_mock, attempt, clock, response, cause):
    posts = requests_mock.post(TOKEN_URL, [response])
    with pytest.raises(TokenEndpointFailed) as failure:
        exchange(attempt, clock)
    assert failure.value.cause == cause
    assert posts.call_count == (2 if response.get("exc") is requests.ConnectTimeout else 1)


def test_what_is_kept_is_on_the_disk(granted, file, clock):
    sign_in = granted()
    signin.save(sign_in, file, clock)
    assert file.load() == sign_in.document
    assert file.load().account == ADA


def test_signing_in_again_follows_what_was_there(granted, file, clock):
    signin.save(granted(), file, clock)
    fields = json.loads(file.path.read_bytes()) | {"generation": 7, "note": "kept", "reauth": {"reason": "x"}}
    file.path.write_text(json.dumps(fields))
    signin.save(granted(id="user-2", email="grace@example.com"), file, clock)
    document = file.load()
    assert (document.generation, document.others, document.reauth) == (8, {"note": "kept"}, None)
    assert document.account["email"] == "grace@example.com"


@pytest.mark.parametrize(
    "other",
    [
        {"id": "user-9", "email": "eve@example.com", "account_id": "account-2"},
        {"id": "user-9", "email": None, "account_id": None},
    ],
)
def test_another_account_is_kept_only_when_said_so(granted, file, clock, other):
    signin.save(granted(), file, clock)
    sign_in = granted(**other)
    with pytest.raises(OtherAccount, match=r"ada@example\.com") as failure:
        signin.save(sign_in, file, clock)
    assert failure.value.before == ADA
    assert failure.value.now == sign_in.account
    assert "--profile" in failure.value.next_step
    assert file.load().account == ADA
    signin.save(sign_in, file, clock, replace=True)
    assert file.load().account == sign_in.account


def test_who_is_unknown_is_not_another(granted, file, clock):
    sign_in = granted()
    unknown = replace(sign_in, account=None, document=replace(sign_in.document, account=None))
    signin.save(unknown, file, clock)
    signin.save(sign_in, file, clock)
    signin.save(unknown, file, clock)
    assert file.load().generation == 3


def test_a_server_to_server_token_gives_way(granted, file, clock):
    sign_in = granted()
    with file.locked(clock):
        file.save(replace(sign_in.document, grant="account_credentials", account={"id": "x"}, generation=0))
    signin.save(sign_in, file, clock)
    assert file.load() == sign_in.document


def test_a_damaged_file_is_replaced(granted, file, clock, caplog):
    sign_in = granted()
    signin.save(sign_in, file, clock)
    file.path.write_bytes(b"cut")
    signin.save(sign_in, file, clock)
    assert file.load() == sign_in.document
    assert "is damaged" in caplog.text


def test_a_newer_file_is_left_untouched(granted, file, clock):
    sign_in = granted()
    signin.save(sign_in, file, clock)
    file.path.write_bytes(b'{"version": 2}')
    with pytest.raises(NewerVersion):
        signin.save(sign_in, file, clock)
    assert file.path.read_bytes() == b'{"version": 2}'


def test_a_disk_that_refuses_is_told_with_its_reason(granted, file, clock, monkeypatch):
    sign_in = granted()
    signin.save(sign_in, file, clock)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_files.os, "replace", refuse)
    monkeypatch.setattr(private_files.Path, "unlink", refuse)
    monkeypatch.setattr(private_files.Path, "mkdir", refuse)
    for work in (lambda: signin.save(sign_in, file, clock), lambda: signin.forget(file, clock)):
        with pytest.raises(StorageFailed, match="No space left on device") as failure:
            work()
        assert failure.value.__context__.errno == 28


def test_forgetting_leaves_nothing_that_is_secret(granted, file, clock):
    signin.forget(file, clock)
    signin.save(granted(), file, clock)
    signin.forget(file, clock)
    assert [path.name for path in file.path.parent.iterdir()] == ["token.lock"]


def revoke(file, clock, client=CLIENT) -> None:
    signin.revoke(client, file, clock, random.Random(7))


def test_revoking_ends_it_there_and_here(granted, file, clock, requests_mock):
    posts = requests_mock.post(REVOKE_URL, json={"status": "success"})
    signin.save(granted(), file, clock)
    revoke(file, clock)
    assert parse_qs(posts.last_request.text)["token"] == ["canary-access"]
    assert file.load() is None


def test_an_access_token_that_has_ended_is_refreshed_to_be_revoked(granted, file, clock, requests_mock):
    posts = requests_mock.post(REVOKE_URL, json={"status": "success"})
    signin.save(granted(), file, clock)
    clock.time += 7200
    requests_mock.post(TOKEN_URL, json=answer(access_token="later"))
    revoke(file, clock)
    assert parse_qs(posts.last_request.text)["token"] == ["later"]
    assert file.load() is None


def test_what_zoom_no_longer_knows_is_forgotten(granted, file, clock, requests_mock):
    posts = requests_mock.post(
        REVOKE_URL, status_code=400, json={"error": "invalid_request", "reason": "Invalid token"}
    )
    signin.save(granted(), file, clock)
    revoke(file, clock)
    assert file.load() is None
    signin.save(granted(), file, clock)
    clock.time += 7200
    requests_mock.post(TOKEN_URL, status_code=400, json={"error": "invalid_grant"})
    revoke(file, clock)
    assert (file.load(), posts.call_count) == (None, 2)


@pytest.mark.parametrize(
    ("response", "failure"),
    [
        ({"exc": requests.ReadTimeout}, TokenEndpointFailed),
        ({"status_code": 503}, TokenEndpointFailed),
        ({"status_code": 400, "json": {"error": "invalid_client"}}, UsageError),
    ],
)
def test_what_could_not_be_revoked_is_kept(granted, file, clock, requests_mock, response, failure):
    requests_mock.post(REVOKE_URL, [response])
    sign_in = granted()
    signin.save(sign_in, file, clock)
    with pytest.raises(failure):
        revoke(file, clock)
    assert file.load() == sign_in.document


def test_there_must_be_something_of_ours_to_revoke(granted, file, clock, requests_mock):
    posts = requests_mock.post(REVOKE_URL, json={})
    with pytest.raises(SignInRequired, match="Nobody has signed in"):
        revoke(file, clock)
    signin.save(granted(), file, clock)
    with pytest.raises(SignInRequired, match="another app"):
        revoke(file, clock, replace(CLIENT, client_id="other"))
    file.path.write_bytes(b"cut")
    with pytest.raises(SignInRequired, match="damaged"):
        revoke(file, clock)
    assert posts.call_count == 0


def test_a_sign_out_that_comes_first_is_no_trouble(granted, file, clock, requests_mock, monkeypatch):
    signin.save(granted(), file, clock)
    monkeypatch.setattr(SignInTokenSource, "token", lambda _: signin.forget(file, clock))
    revoke(file, clock)
    assert file.load() is None


def test_a_disk_that_does_not_let_go(granted, file, clock, requests_mock, monkeypatch):
    requests_mock.post(REVOKE_URL, json={})
    signin.save(granted(), file, clock)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(private_files.Path, "unlink", refuse)
    with pytest.raises(StorageFailed, match="could not be removed"):
        revoke(file, clock)


@pytest.mark.parametrize(
    "response",
    [
        {"status_code": 400, "json": {"error": "x", "reason": "canary-code canary-secret"}},
        {"status_code": 500, "text": "canary-code"},
        {"json": {"access_token": "canary-access", "token_type": "canary-access"}},
        {"exc": requests.ConnectionError("canary-code")},
        {"json": answer()},
    ],
)
def test_no_canary_gets_out(requests_mock, attempt, clock, caplog, response):
    caplog.set_level(logging.DEBUG)
    requests_mock.post(TOKEN_URL, [response])
    requests_mock.get(ME_URL, text="canary-access")
    said = ""
    try:
        said += repr(exchange(attempt, clock))
    except CollectorError as failure:
        said += f"{failure!r} {failure.message} {failure.next_step} {vars(failure)} {failure.__context__!r}"
    assert "canary" not in said + caplog.text
    assert attempt.code_verifier not in said + caplog.text
    assert attempt.state not in said + caplog.text


@pytest.mark.parametrize("public", [False, True])
def test_after_signing_in_whatever_runs_an_hour_later_refreshes_once(tmp_path, clock, monkeypatch, public):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    sandbox = Sandbox(generate_account(users=3, groups=1, custom_roles=0, seed=7), public_client=public, clock=clock)
    with sandbox.serve() as url:
        settings = read_settings({**sandbox.browser_environment(url), "ZOOM_HOME": str(tmp_path)}, tmp_path)
        client, randomness = oauth_client(settings), random.Random(7)
        assert client.is_public is public
        attempt = signin.start_authorization(client, settings.redirect_uri, clock.now())
        answered = dict(parse_qsl(urlsplit(sandbox.consent(attempt.authorization_url)).query))
        assert answered["state"] == attempt.state
        sign_in = signin.exchange_code(client, attempt, answered["code"], clock, randomness, api_url=settings.api_url)
        assert sign_in.account["email"] == sandbox.account.owner.email
        assert missing_scopes(sign_in.scopes) == ()
        signin.save(sign_in, token_file(settings.profile), clock)

        def clients(count: int):
            sources = [token_source(settings, clock, randomness) for _ in range(count)]
            return [zoom_client(settings, source, clock, randomness) for source in sources]

        def ask(zoom) -> str | None:
            return account_resource.account_id(zoom.get(account_resource.RESOURCE.listing))

        def collect() -> int | None:
            collected = collect_account(
                settings, clock=clock, randomness=randomness, progress=NoProgress(), folder=tmp_path
            )
            return collected.record.exit_code

        running = clients(3)
        with ThreadPoolExecutor(12) as pool:
            collecting = pool.submit(collect)
            assert set(pool.map(ask, running * 4)) == {sandbox.account.id}
            assert collecting.result() == 0
            assert sandbox.refreshes == 0
            clock.time += 3600
            collecting = pool.submit(collect)
            assert set(pool.map(ask, (running + clients(3)) * 4)) == {sandbox.account.id}
            assert collecting.result() == 0
        assert sandbox.refreshes == 1
        signin.revoke(client, token_file(settings.profile), clock, randomness)
        assert not sandbox.installed
        with pytest.raises(SignInRequired):
            token_source(settings, clock, randomness).token()
