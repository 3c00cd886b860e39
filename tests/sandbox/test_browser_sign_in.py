"""The browser sign-in on a real socket, with somebody who presses the buttons."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import requests

from collector.sandbox import Account, Fault, NotRedirected, Sandbox

from .sign_in import DEAD, VERIFIER, SigningIn, sent_back_with


def authorization_url(sandbox: Sandbox, url: str, **changes: str | None) -> str:
    return f"{url}/oauth/authorize?{urlencode(SigningIn(sandbox).parameters(**changes))}"


def post(environment: dict[str, str], form: dict[str, str]) -> requests.Response:
    basic = (environment["ZOOM_CLIENT_ID"], environment["ZOOM_CLIENT_SECRET"])
    return requests.post(f"{environment['ZOOM_OAUTH_URL']}/oauth/token", data=form, auth=basic, timeout=5)


def sign_in(sandbox: Sandbox, url: str) -> dict[str, str]:
    environment = sandbox.browser_environment(url)
    code = sent_back_with(sandbox.consent(authorization_url(sandbox, url)))["code"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": environment["ZOOM_REDIRECT_URI"],
        "code_verifier": VERIFIER,
    }
    answer = post(environment, form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_configuration_names_no_account(sandbox: Sandbox) -> None:
    assert sandbox.browser_environment("http://127.0.0.1:1") == {
        "ZOOM_OAUTH_URL": "http://127.0.0.1:1",
        "ZOOM_API_URL": "http://127.0.0.1:1",
        "ZOOM_CLIENT_ID": sandbox.client_id,
        "ZOOM_CLIENT_SECRET": sandbox.client_secret,
        "ZOOM_REDIRECT_URI": "http://localhost:5000/redirect",
        "ZOOM_PLAN": "unlimited",
    }


def test_somebody_allows_it(sandbox: Sandbox, account: Account) -> None:
    with sandbox.serve() as url:
        tokens = sign_in(sandbox, url)
        assert tokens["api_url"] == url
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        me = requests.get(f"{url}/v2/users/me", headers=headers, timeout=5)
    assert me.json()["email"] == account.owner.email


def test_whatever_was_sent_comes_back_unchanged(sandbox: Sandbox) -> None:
    state = "<\"'&=+% ü>\t→"
    with sandbox.serve() as url:
        location = sandbox.consent(authorization_url(sandbox, url, state=state))
    assert sent_back_with(location)["state"] == state


def test_somebody_declines(sandbox: Sandbox) -> None:
    with sandbox.serve() as url:
        location = sandbox.consent(authorization_url(sandbox, url), allow=False)
    assert location == "http://localhost:5000/redirect?error=access_denied&state=opaque"


def test_somebody_declines_and_the_app_never_hears_of_it(account: Account) -> None:
    sandbox = Sandbox(account, decline_redirects=False)
    with sandbox.serve() as url, pytest.raises(NotRedirected, match="You declined") as caught:
        sandbox.consent(authorization_url(sandbox, url), allow=False)
    assert caught.value.status == 200


def test_the_page_of_an_invalid_redirect_is_the_end(sandbox: Sandbox) -> None:
    with sandbox.serve() as url, pytest.raises(NotRedirected, match=r"Invalid redirect: http://x/ \(4,700\)") as caught:
        sandbox.consent(authorization_url(sandbox, url, redirect_uri="http://x/"))
    assert caught.value.status == 400
    assert [call.method for call in sandbox.calls.latest] == ["GET"]


def test_an_answer_can_be_lost_after_the_rotation(sandbox: Sandbox) -> None:
    with sandbox.serve() as url:
        environment = sandbox.browser_environment(url)
        form = {"grant_type": "refresh_token", "refresh_token": sign_in(sandbox, url)["refresh_token"]}
        sandbox.faults.add(Fault("lost_answer", "/oauth/token"))
        with pytest.raises(requests.ConnectionError, match="closed connection without response"):
            post(environment, form)
        assert post(environment, form).json() == DEAD
    assert sandbox.refreshes == 2


def test_an_answer_can_break_off(sandbox: Sandbox) -> None:
    with sandbox.serve() as url:
        environment = sandbox.browser_environment(url)
        form = {"grant_type": "refresh_token", "refresh_token": sign_in(sandbox, url)["refresh_token"]}
        sandbox.faults.add(Fault("dropped_body", "/oauth/token"))
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
            post(environment, form)
        assert post(environment, form).json() == DEAD
