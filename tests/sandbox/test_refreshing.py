"""POST /oauth/token with a refresh token: rotation, lifetimes, the end of an authorization."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from collector.sandbox import Account, Sandbox

from .client import MovableClock
from .sign_in import DEAD, SigningIn

DAY = 24 * 3600


@pytest.fixture
def signing_in(sandbox: Sandbox) -> SigningIn:
    return SigningIn(sandbox)


def test_every_refresh_gives_a_new_pair(signing_in: SigningIn) -> None:
    first = signing_in.sign_in()
    second = signing_in.refreshed(first["refresh_token"])
    third = signing_in.refreshed(second["refresh_token"])
    assert second.keys() == first.keys()
    assert (second["scope"], second["expires_in"], second["token_type"]) == (first["scope"], 3599, "bearer")
    assert len({answer["refresh_token"] for answer in (first, second, third)}) == 3
    assert len({answer["access_token"] for answer in (first, second, third)}) == 3


def test_access_tokens_live_on_after_a_refresh(signing_in: SigningIn, clock: MovableClock) -> None:
    first = signing_in.sign_in()
    clock.wait(3000)
    second = signing_in.refreshed(first["refresh_token"])
    assert {signing_in.me(answer["access_token"]).status_code for answer in (first, second)} == {200}
    clock.wait(600)
    assert [signing_in.me(answer["access_token"]).status_code for answer in (first, second)] == [401, 200]


def test_a_used_refresh_token_is_dead_at_once(signing_in: SigningIn) -> None:
    first = signing_in.sign_in()
    second = signing_in.refreshed(first["refresh_token"])
    again = signing_in.refresh(first["refresh_token"])
    assert (again.status_code, again.json) == (400, DEAD)
    assert signing_in.refresh(second["refresh_token"]).status_code == 200


def test_one_of_many_refreshes_at_once_succeeds(signing_in: SigningIn, sandbox: Sandbox) -> None:
    token = signing_in.sign_in()["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: SigningIn(sandbox).refresh(token).status_code, range(32)))
    assert sorted(answers) == [200] + [400] * 31


def test_with_grace_a_used_refresh_token_works_a_while(account: Account, clock: MovableClock) -> None:
    signing_in = SigningIn(Sandbox(account, rotation="grace", grace=30.0, clock=clock))
    first = signing_in.sign_in()["refresh_token"]
    second = signing_in.refreshed(first)["refresh_token"]
    clock.wait(29)
    third = signing_in.refreshed(first)["refresh_token"]
    clock.wait(1)
    assert signing_in.refresh(first).json == DEAD
    assert {signing_in.refresh(token).status_code for token in (second, third)} == {200}


def test_trying_a_used_refresh_token_can_end_the_family(account: Account, clock: MovableClock) -> None:
    sandbox = Sandbox(account, rotation="family_revoke", clock=clock)
    signing_in = SigningIn(sandbox)
    first = signing_in.sign_in()
    second = signing_in.refreshed(first["refresh_token"])
    assert signing_in.refresh(first["refresh_token"]).json == DEAD
    assert signing_in.refresh(second["refresh_token"]).json == DEAD
    assert signing_in.me(second["access_token"]).status_code == 401
    assert not sandbox.installed


def test_a_refresh_token_lives_ninety_days_from_its_issue(signing_in: SigningIn, clock: MovableClock) -> None:
    token = signing_in.sign_in()["refresh_token"]
    clock.wait(90 * DAY - 1)
    token = signing_in.refreshed(token)["refresh_token"]
    clock.wait(90 * DAY)
    answer = signing_in.refresh(token)
    assert (answer.status_code, answer.json) == (400, DEAD)


@pytest.mark.parametrize("token", [None, "", "made-up"])
def test_an_unknown_refresh_token(signing_in: SigningIn, token: str | None) -> None:
    answer = signing_in.refresh(token)
    assert (answer.status_code, answer.json) == (400, DEAD)


def test_an_access_token_is_no_refresh_token(signing_in: SigningIn) -> None:
    answer = signing_in.sign_in()
    assert signing_in.refresh(answer["access_token"]).json == DEAD
    assert signing_in.me(answer["refresh_token"]).status_code == 401


def test_the_client_must_be_right(signing_in: SigningIn) -> None:
    token = signing_in.sign_in()["refresh_token"]
    form: dict[str, str | None] = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "another"}
    answer = signing_in.post("/oauth/token", form, named=False)
    assert answer.json == {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
    assert signing_in.refresh(token).status_code == 200


def test_parameters_may_be_in_the_query(sandbox: Sandbox, account: Account) -> None:
    for server, status in ((sandbox, 200), (Sandbox(account, strict_body=True), 400)):
        signing_in = SigningIn(server)
        query = {"grant_type": "refresh_token", "refresh_token": signing_in.sign_in()["refresh_token"]}
        client = server.app.test_client()
        basic = (server.client_id, server.client_secret)
        assert client.post("/oauth/token", query_string=query, auth=basic).status_code == status


def test_a_user_who_left_cannot_refresh(signing_in: SigningIn, sandbox: Sandbox, account: Account) -> None:
    sandbox.browser_user = account.add_user("admin@example.com", role_id="1")
    token = signing_in.sign_in()["refresh_token"]
    account.remove_user(sandbox.browser_user.id)
    assert signing_in.refresh(token).json == DEAD


def test_access_tokens_can_be_revoked_alone(signing_in: SigningIn, sandbox: Sandbox) -> None:
    answer = signing_in.sign_in()
    sandbox.revoke_tokens()
    assert signing_in.me(answer["access_token"]).status_code == 401
    renewed = signing_in.refreshed(answer["refresh_token"])
    assert signing_in.me(renewed["access_token"]).status_code == 200


def test_the_user_can_remove_the_app_at_zoom(signing_in: SigningIn, sandbox: Sandbox) -> None:
    answer, other = signing_in.sign_in(), sandbox.issue_token()
    sandbox.uninstall()
    assert not sandbox.installed
    assert signing_in.me(answer["access_token"]).status_code == 401
    assert signing_in.refresh(answer["refresh_token"]).json == DEAD
    assert signing_in.me(other).status_code == 200
    assert signing_in.me(signing_in.sign_in()["access_token"]).status_code == 200


def test_refreshes_are_counted_granted_or_not(signing_in: SigningIn, sandbox: Sandbox) -> None:
    assert sandbox.refreshes == 0
    token = signing_in.sign_in()["refresh_token"]
    signing_in.refreshed(token)
    signing_in.refresh(token)
    assert sandbox.refreshes == 2
    assert sandbox.calls.count("/oauth/token") == 3
    assert sandbox.calls.count("/oauth/token", 200, "refresh_token") == 1
    assert sandbox.calls.count("/oauth/token", grant="authorization_code") == 1
    assert [call.grant for call in sandbox.calls.latest] == ["", "authorization_code", "refresh_token", "refresh_token"]
