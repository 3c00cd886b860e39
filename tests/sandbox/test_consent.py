"""/oauth/authorize: who is shown the consent page, and where Allow and Decline lead."""

from __future__ import annotations

import html

import pytest

from collector.sandbox import CLASSIC_SCOPES, GRANULAR_SCOPES, Account, Sandbox

from .sign_in import CHALLENGE, SigningIn, sent_back_with


@pytest.fixture
def signing_in(sandbox: Sandbox) -> SigningIn:
    return SigningIn(sandbox)


@pytest.mark.parametrize("scopes", [CLASSIC_SCOPES, GRANULAR_SCOPES])
def test_shows_who_asks_whom_for_what(account: Account, scopes: frozenset[str]) -> None:
    page = SigningIn(Sandbox(account, scopes=scopes)).page()
    assert page.status_code == 200
    assert page.content_type == "text/html;charset=UTF-8"
    assert "<h1>Allow Sandbox app to use your Zoom account?</h1>" in page.text
    assert f"Signed in as {account.owner.display_name} ({account.owner.email}), account Sandbox." in page.text
    assert all(f"<code>{scope}</code>" in page.text for scope in scopes)
    assert '<button class="main" name="decision" value="allow">Allow</button>' in page.text
    assert '<button name="decision" value="decline">Decline</button>' in page.text


def test_the_page_needs_nothing_from_elsewhere_and_no_script(signing_in: SigningIn) -> None:
    page = signing_in.page()
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("; form-action 'self' http:; base-uri 'none'; frame-ancestors 'none'")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert '<html lang="en">' in page.text
    for absent in ("<script", "src=", "<link", "@import", "url("):
        assert absent not in page.text


def test_what_was_sent_is_escaped(signing_in: SigningIn) -> None:
    evil = '"><script>alert(1)</script>'
    pages = [signing_in.page(state=evil), signing_in.page(redirect_uri=evil)]
    assert [page.status_code for page in pages] == [200, 400]
    for page in pages:
        assert "<script" not in page.text
        assert html.escape("><script>") in page.text


def test_allow_sends_the_browser_back_with_a_code(signing_in: SigningIn) -> None:
    answer = signing_in.decide("allow", state="a b&c=ü")
    location = answer.headers["Location"]
    assert answer.status_code == 302
    assert location.startswith("http://localhost:5000/redirect?code=CANARY-CODE-")
    assert location.endswith("&state=a+b%26c%3D%C3%BC")


def test_decline_sends_the_browser_back_without_one(signing_in: SigningIn) -> None:
    answer = signing_in.decide("decline")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "http://localhost:5000/redirect?error=access_denied&state=opaque"


def test_decline_may_be_the_end_of_it(account: Account) -> None:
    answer = SigningIn(Sandbox(account, decline_redirects=False)).decide("decline")
    assert answer.status_code == 200
    assert "<h1>You declined</h1>" in answer.text
    assert "form-action 'none'" in answer.headers["Content-Security-Policy"]


def test_no_state_comes_back_where_none_was_sent(signing_in: SigningIn) -> None:
    assert sent_back_with(signing_in.decide("allow", state=None).headers["Location"]).keys() == {"code"}


def test_a_query_of_the_redirect_address_is_kept(account: Account) -> None:
    redirect = "https://app.example.com/back?tenant=7"
    signing_in = SigningIn(Sandbox(account, redirect_uris=[redirect]))
    location = signing_in.decide("decline", redirect_uri=redirect).headers["Location"]
    assert location == "https://app.example.com/back?tenant=7&error=access_denied&state=opaque"
    assert "form-action 'self' https:;" in signing_in.page(redirect_uri=redirect).headers["Content-Security-Policy"]


@pytest.mark.parametrize("scope", ["user:read:user:admin", "no such scope", "", "a,b"])
def test_the_scope_parameter_changes_nothing(signing_in: SigningIn, scope: str) -> None:
    page = signing_in.page(scope=scope)
    assert page.status_code == 200
    assert page.text == signing_in.page().text


REDIRECTS = [
    "http://localhost:5000/Redirect",
    "http://localhost:5000/redirect/",
    "http://LOCALHOST:5000/redirect",
    "http://localhost:5001/redirect",
    "https://localhost:5000/redirect",
    "http://localhost:5000/redirect?x=1",
    "http://127.0.0.1:5001/redirect",
    "http://[::1]:5000/redirect",
    "http://[",
]


@pytest.mark.parametrize("redirect_uri", REDIRECTS)
def test_the_redirect_address_must_be_registered_to_the_letter(signing_in: SigningIn, redirect_uri: str) -> None:
    for answer in (signing_in.page(redirect_uri=redirect_uri), signing_in.decide("allow", redirect_uri=redirect_uri)):
        assert answer.status_code == 400
        assert f"<p>Invalid redirect: {redirect_uri} (4,700)</p>" in answer.text
        assert "Location" not in answer.headers


def test_redirect_addresses_can_be_registered_later(sandbox: Sandbox, signing_in: SigningIn) -> None:
    sandbox.redirect_uris = ["http://127.0.0.1:9/redirect"]
    assert signing_in.page(redirect_uri="http://127.0.0.1:9/redirect").status_code == 200
    assert signing_in.page().status_code == 400


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "unknown"}, "Invalid client_id: (4,700)"),
        ({"client_id": None}, "Invalid client_id: (4,700)"),
        ({"redirect_uri": None}, "Invalid redirect:  (4,700)"),
        ({"response_type": "token"}, "Invalid response_type: (4,700)"),
        ({"response_type": None}, "Invalid response_type: (4,700)"),
        ({"code_challenge_method": "S512"}, "Invalid code_challenge: (4,700)"),
        ({"code_challenge": "short"}, "Invalid code_challenge: (4,700)"),
        ({"code_challenge": CHALLENGE + "="}, "Invalid code_challenge: (4,700)"),
    ],
)
def test_what_is_wrong_is_said_on_a_page_of_zooms(
    signing_in: SigningIn, changes: dict[str, str | None], words: str
) -> None:
    page = signing_in.page(**changes)
    assert page.status_code == 400
    assert f"<p>{words}</p>" in page.text
    assert "<form" not in page.text


def test_a_disabled_app_is_refused(sandbox: Sandbox, signing_in: SigningIn) -> None:
    sandbox.set_app_state("disabled")
    page = signing_in.page()
    assert page.status_code == 400
    assert "<p>The app has been disabled (4,717)</p>" in page.text


def test_a_public_client_must_use_pkce(account: Account) -> None:
    signing_in = SigningIn(Sandbox(account, public_client=True))
    assert signing_in.page().status_code == 200
    page = signing_in.page(code_challenge=None)
    assert page.status_code == 400
    assert "<p>Invalid code_challenge: (4,700)</p>" in page.text


@pytest.mark.parametrize(
    ("redirect_uri", "status"),
    [
        ("http://127.0.0.1:61234/redirect", 200),
        ("http://127.0.0.1/redirect", 400),
        ("http://127.0.0.1:61234/Redirect", 400),
        ("http://127.0.0.1:61234@example.com/redirect", 400),
        ("http://localhost:61234/redirect", 400),
        ("http://[", 400),
    ],
)
def test_for_public_clients_any_port_of_the_loopback_address_will_do(
    account: Account, redirect_uri: str, status: int
) -> None:
    signing_in = SigningIn(Sandbox(account, public_client=True))
    assert signing_in.page(redirect_uri=redirect_uri).status_code == status


def test_somebody_else_can_sit_at_the_browser(sandbox: Sandbox, account: Account, signing_in: SigningIn) -> None:
    other = account.users_with_status("active")[3]
    assert sandbox.browser_user == account.owner
    sandbox.browser_user = other
    assert f"({other.email})" in signing_in.page().text
    me = signing_in.me(signing_in.sign_in()["access_token"])
    assert me.json is not None
    assert me.json["email"] == other.email


def test_requests_are_recorded(sandbox: Sandbox, signing_in: SigningIn) -> None:
    signing_in.page()
    signing_in.decide("allow")
    signing_in.page(client_id="unknown")
    recorded = [(call.method, call.template, call.status) for call in sandbox.calls.latest]
    path = "/oauth/authorize"
    assert recorded == [("GET", path, 200), ("POST", path, 302), ("GET", path, 400)]
    assert sandbox.calls.count(path) == 3
