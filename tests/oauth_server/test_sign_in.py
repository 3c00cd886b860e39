"""From the button to the token on disk, against the embedded Zoom on a socket."""

from __future__ import annotations

import base64
import hashlib
import stat
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from redirect_server import views
from redirect_server.flow import SignInFlow

from collector.auth import SignInTokenSource
from collector.auth.configured import token_source
from collector.own_command import own_command
from collector.sandbox import Account, NotRedirected, Sandbox, generate_account
from tests.sandbox.client import MovableClock

from .visitor import Visitor, free_port, new_flow, running, title_of

NewFlow = Callable[..., SignInFlow]
BOTH_HOSTS = pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
KINDS = pytest.mark.parametrize("public", [False, True], ids=["with a secret", "public client"])


def parameters_of(url: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


@BOTH_HOSTS
@KINDS
def test_connects(account: Account, clock: MovableClock, flow_of: NewFlow, host: str, public: bool) -> None:
    uri = f"http://{host}:5000/redirect"
    zoom = Sandbox(account, clock=clock, redirect_uris=(uri,), public_client=public)
    with zoom.serve() as url:
        flow = flow_of(zoom, url)
        visitor = Visitor(flow)
        at_zoom = visitor.start()
        asked = parameters_of(at_zoom)
        assert asked.keys() == {
            "response_type",
            "client_id",
            "redirect_uri",
            "state",
            "code_challenge",
            "code_challenge_method",
        }
        assert (asked["redirect_uri"], asked["code_challenge_method"]) == (uri, "S256")
        assert len(asked["state"]) >= 22
        assert len(asked["code_challenge"]) == 43

        back = visitor.come_back(zoom.consent(at_zoom))
        assert (back.status_code, back.headers["Location"]) == (303, "/done")
        assert back.data == b""
        done = visitor.get("/done")
        assert title_of(done.text) == f"Connected as {account.owner.email}"
        assert "<code>collector collect" in done.text
        assert str(flow.file.path) in done.text.replace("<wbr>", "")
        done.close()
        assert visitor.delivered == ["done"]

        assert stat.S_IMODE(flow.file.path.stat().st_mode) == 0o600
        tokens = token_source(flow.settings, clock, flow._randomness)
        assert isinstance(tokens, SignInTokenSource)
        headers = {"Authorization": f"Bearer {tokens.token().access_token}"}
        assert requests.get(f"{url}/v2/users/me", headers=headers, timeout=60).json()["id"] == account.owner.id
        assert zoom.calls.count("/oauth/token") == 1


def test_a_rehearsal_ends_with_a_command_that_works_after_it(account: Account, flow_of: NewFlow) -> None:
    flow = flow_of(Sandbox(account), "http://127.0.0.1:1")
    assert views.command(flow, is_sandbox=False).endswith("collector collect")
    assert views.command(flow, is_sandbox=True) == f"{own_command()} demo"


def test_on_sockets_and_both_families(account: Account, clock: MovableClock, flow_of: NewFlow) -> None:
    zoom = Sandbox(account, clock=clock, redirect_uris=(f"http://127.0.0.1:{free_port()}/redirect",))
    with zoom.serve() as url, running(flow_of(zoom, url)) as address, requests.Session() as browser:
        browser.trust_env = False
        home = browser.get(address, timeout=60).url
        started = browser.get(f"{home}install", allow_redirects=False, timeout=60)
        done = browser.get(zoom.consent(started.headers["Location"]), timeout=60)
        assert done.url == f"{home}done"
        assert title_of(done.text) == f"Connected as {account.owner.email}"
        for host in ("localhost", "127.0.0.1", "[::1]"):
            assert browser.get(home.replace("127.0.0.1", host) + "health", timeout=60).json()["ok"]
        assert browser.get(f"{home}status", timeout=60).json()["authenticated"]


def test_every_attempt_is_its_own(visitor: Visitor) -> None:
    asked = [parameters_of(visitor.start()) for _ in range(50)]
    assert len({attempt["state"] for attempt in asked}) == 50
    assert len({attempt["code_challenge"] for attempt in asked}) == 50


def test_the_challenge_is_that_of_the_verifier(visitor: Visitor) -> None:
    attempt = visitor.flow.start_sign_in("browser")
    assert not hasattr(attempt, "code")
    digest = hashlib.sha256(attempt.code_verifier.encode()).digest()  # type: ignore[union-attr]
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert parameters_of(attempt.authorization_url)["code_challenge"] == challenge  # type: ignore[union-attr]


def test_a_code_is_used_once(account: Account, clock: MovableClock, flow_of: NewFlow) -> None:
    zoom = Sandbox(account, clock=clock)
    with zoom.serve() as url:
        visitor = Visitor(flow_of(zoom, url))
        callback = zoom.consent(visitor.start())
        assert visitor.come_back(callback).status_code == 303
        again = visitor.come_back(callback)
        assert again.status_code == 200
        assert title_of(again.text) == f"Already connected as {account.owner.email}"
        code, state = (parameters_of(callback)[name] for name in ("code", "state"))
        fresh = parameters_of(visitor.start())["state"]
        assert fresh != state
        replayed = visitor.get(f"/redirect?code={code}&state={fresh}")
        assert (replayed.status_code, title_of(replayed.text)) == (400, "Zoom no longer accepts this code")
        assert code not in replayed.text
        assert zoom.calls.count("/oauth/token") == 2


def test_an_old_code(account: Account, clock: MovableClock, flow_of: NewFlow) -> None:
    zoom = Sandbox(account, clock=clock)
    with zoom.serve() as url:
        visitor = Visitor(flow_of(zoom, url))
        callback = zoom.consent(visitor.start())
        clock.wait(301)
        answer = visitor.come_back(callback)
        assert (answer.status_code, title_of(answer.text)) == (400, "Zoom no longer accepts this code")


def test_declining(account: Account, clock: MovableClock, flow_of: NewFlow) -> None:
    zoom = Sandbox(account, clock=clock)
    with zoom.serve() as url:
        visitor = Visitor(flow_of(zoom, url))
        answer = visitor.come_back(zoom.consent(visitor.start(), allow=False))
        assert (answer.status_code, title_of(answer.text)) == (403, "You chose not to connect")
        assert zoom.calls.count("/oauth/token") == 0
        assert visitor.flow.stored().state == "none"


def test_a_redirect_address_zoom_does_not_know(account: Account, clock: MovableClock, flow_of: NewFlow) -> None:
    zoom = Sandbox(account, clock=clock)
    with zoom.serve() as url:
        visitor = Visitor(flow_of(zoom, url, ZOOM_REDIRECT_URI="http://localhost:5000/Redirect"))
        with pytest.raises(NotRedirected, match=r"4,700"):
            zoom.consent(visitor.start())
        page = visitor.get("/").text
        assert "If Zoom says “Invalid redirect (4,700)”" in page
        assert "http://localhost:5000/Redirect" in page
        assert "ZOOM_REDIRECT_URI=http://127.0.0.1:5000/Redirect" in page


def test_added_in_the_marketplace(account: Account, clock: MovableClock, flow_of: NewFlow) -> None:
    zoom = Sandbox(account, clock=clock)
    with zoom.serve() as url:
        visitor = Visitor(flow_of(zoom, url))
        answer = visitor.come_back(zoom.marketplace_add_url("http://localhost:5000/redirect"))
        assert (answer.status_code, title_of(answer.text)) == (400, "One more click: the sign-in has to start here")
        assert 'href="/install"' in answer.text
        assert zoom.calls.count("/oauth/token") == 0


def test_a_wrong_secret_and_a_disabled_app(account: Account, clock: MovableClock, flow_of: NewFlow) -> None:
    zoom = Sandbox(account, clock=clock)
    with zoom.serve() as url:
        visitor = Visitor(flow_of(zoom, url, ZOOM_CLIENT_SECRET="mistyped"))
        answer = visitor.come_back(zoom.consent(visitor.start()))
        assert (answer.status_code, title_of(answer.text)) == (502, "Zoom rejected the app credentials")
        assert "mistyped" not in answer.text
        assert f"…{zoom.client_id[-4:]}" in answer.text
        assert zoom.client_id not in answer.text
        visitor = Visitor(flow_of(zoom, url))
        callback = zoom.consent(visitor.start())
        zoom.set_app_state("disabled")
        answer = visitor.come_back(callback)
        assert (answer.status_code, title_of(answer.text)) == (502, "The app is deactivated at Zoom")


def test_refresh_and_revoke(account: Account, clock: MovableClock, flow_of: NewFlow) -> None:
    zoom = Sandbox(account, clock=clock)
    with zoom.serve() as url:
        visitor = Visitor(flow_of(zoom, url))
        visitor.come_back(zoom.consent(visitor.start()))
        before = visitor.flow.file.load()
        answer = visitor.post("/refresh")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        assert "The access token was refreshed." in visitor.get("/").text
        assert "The access token was refreshed." not in visitor.get("/").text
        after = visitor.flow.file.load()
        assert before is not None
        assert after is not None
        assert after.refresh_token != before.refresh_token
        asked = visitor.post("/revoke")
        assert (asked.status_code, title_of(asked.text)) == (200, "Disconnect from Zoom?")
        assert "removes the app from the account" in asked.text
        assert zoom.installed
        assert visitor.post("/revoke", confirmed="yes").status_code == 303
        assert not zoom.installed
        assert not visitor.flow.file.path.exists()
        assert "Disconnected." in visitor.get("/").text


def test_another_account(account: Account, clock: MovableClock, flow_of: NewFlow) -> None:
    other = generate_account(users=3, groups=1, custom_roles=0, seed=8)
    for zoom, decision in ((Sandbox(account, clock=clock), None), (Sandbox(other, clock=clock), "keep")):
        with zoom.serve() as url:
            visitor = Visitor(flow_of(zoom, url))
            answer = visitor.come_back(zoom.consent(visitor.start()))
            if decision is None:
                assert answer.status_code == 303
                continue
            assert (answer.status_code, title_of(answer.text)) == (409, "This is another Zoom account than before")
            assert account.owner.email in answer.text
            assert other.owner.email in answer.text
            stored = visitor.flow.stored().account
            assert stored is not None
            assert stored["email"] == account.owner.email
            assert visitor.another().post("/keep", replace="yes").status_code == 409
            kept = visitor.post("/keep", replace="yes")
            assert (kept.status_code, kept.headers["Location"]) == (303, "/done")
            assert title_of(visitor.get("/done").text) == f"Connected as {other.owner.email}"


def test_with_the_other_names_of_this_computer(home, clock: MovableClock) -> None:
    flow = new_flow({"ZOOM_CLIENT_ID": "client", "ZOOM_REDIRECT_URI": "http://[::1]:5000/cb/"}, home, clock)
    assert flow.address.home == "http://[::1]:5000/"
    visitor = Visitor(flow)
    assert visitor.get("/").status_code == 200
    elsewhere = visitor.client.get("/", base_url="http://localhost:5000")
    assert elsewhere.headers["Location"] == "http://[::1]:5000/"
