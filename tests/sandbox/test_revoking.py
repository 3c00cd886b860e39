"""POST /oauth/revoke."""

from __future__ import annotations

import pytest

from collector.sandbox import Account, Sandbox

from .sign_in import DEAD, SigningIn

UNKNOWN = {"reason": "Invalid token", "error": "invalid_request"}


@pytest.fixture
def signing_in(sandbox: Sandbox) -> SigningIn:
    return SigningIn(sandbox)


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_ends_the_authorization_and_removes_the_app(signing_in: SigningIn, sandbox: Sandbox, name: str) -> None:
    first = signing_in.sign_in()
    second = signing_in.refreshed(first["refresh_token"])
    answer = signing_in.revoke(second[name])
    assert (answer.status_code, answer.json) == (200, {"status": "success"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert not sandbox.installed
    assert {signing_in.me(pair["access_token"]).status_code for pair in (first, second)} == {401}
    assert signing_in.refresh(second["refresh_token"]).json == DEAD


def test_an_access_token_of_before_the_refresh_will_do(signing_in: SigningIn, sandbox: Sandbox) -> None:
    first = signing_in.sign_in()
    signing_in.refreshed(first["refresh_token"])
    assert signing_in.revoke(first["access_token"]).status_code == 200
    assert not sandbox.installed


def test_leaves_the_authorizations_of_others_alone(signing_in: SigningIn, sandbox: Sandbox, account: Account) -> None:
    first = signing_in.sign_in()
    sandbox.browser_user = account.users_with_status("active")[3]
    second = signing_in.sign_in()
    signing_in.revoke(second["access_token"])
    assert sandbox.installed
    assert signing_in.me(first["access_token"]).status_code == 200
    assert signing_in.refresh(first["refresh_token"]).status_code == 200


def test_a_token_of_another_grant_is_revoked_alone(signing_in: SigningIn, sandbox: Sandbox) -> None:
    answer, other, third = signing_in.sign_in(), sandbox.issue_token(), sandbox.issue_token()
    assert signing_in.revoke(other).json == {"status": "success"}
    assert signing_in.me(other).status_code == 401
    assert {signing_in.me(token).status_code for token in (third, answer["access_token"])} == {200}


@pytest.mark.parametrize("token", [None, "", "made-up"])
def test_an_unknown_token(signing_in: SigningIn, token: str | None) -> None:
    answer = signing_in.revoke(token)
    assert (answer.status_code, answer.json) == (400, UNKNOWN)


def test_dead_tokens_are_unknown(signing_in: SigningIn) -> None:
    first = signing_in.sign_in()
    second = signing_in.refreshed(first["refresh_token"])
    assert signing_in.revoke(first["refresh_token"]).json == UNKNOWN
    assert signing_in.revoke(second["access_token"]).status_code == 200
    for token in (second["access_token"], second["refresh_token"]):
        assert signing_in.revoke(token).json == UNKNOWN


def test_the_token_may_be_in_the_query(signing_in: SigningIn, sandbox: Sandbox) -> None:
    query = {"token": signing_in.sign_in()["access_token"]}
    basic = (sandbox.client_id, sandbox.client_secret)
    answer = sandbox.app.test_client().post("/oauth/revoke", query_string=query, auth=basic)
    assert answer.json == {"status": "success"}


def test_the_client_must_be_right(signing_in: SigningIn, sandbox: Sandbox) -> None:
    token = signing_in.sign_in()["access_token"]
    answer = signing_in.post("/oauth/revoke", {"token": token}, named=False)
    assert (answer.status_code, answer.json) == (400, {"reason": "Bad Request", "error": "invalid_request"})
    answer = sandbox.app.test_client().post("/oauth/revoke", data={"token": token}, auth=(sandbox.client_id, "no"))
    assert answer.json == {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
    assert sandbox.installed


def test_a_public_client_names_itself_in_the_body(account: Account) -> None:
    signing_in = SigningIn(Sandbox(account, public_client=True))
    assert signing_in.revoke(signing_in.sign_in()["access_token"]).json == {"status": "success"}


def test_requests_are_recorded(signing_in: SigningIn, sandbox: Sandbox) -> None:
    signing_in.revoke(signing_in.sign_in()["access_token"])
    signing_in.revoke("made-up")
    assert [sandbox.calls.count("/oauth/revoke", status) for status in (200, 400, None)] == [1, 1, 2]
