"""Other users of the same computer: they reach the port, but have not seen the address in the terminal."""

from __future__ import annotations

import http.client
import re
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests_mock
from redirect_server.access_keys import AccessKeys
from redirect_server.browsers import MAX_BROWSERS

from tests.sandbox.client import MovableClock

from .conftest import ENVIRONMENT, answer_to
from .test_protection import HOME, OWN_PAGE
from .test_states import code_of
from .visitor import Visitor, csrf_in, free_port, new_flow, running


def routes(visitor: Visitor) -> list[tuple[str, str]]:
    rules = visitor.client.application.url_map.iter_rules()
    return sorted((method, rule.rule) for rule in rules for method in rule.methods or ())


def test_every_route_but_two_wants_the_cookie(signed_in: Visitor, zoom_us: requests_mock.Mocker) -> None:
    assert len(routes(signed_in)) > 15
    for method, path in routes(signed_in):
        if path in ("/health", "/redirect"):
            continue
        for cookie in (None, "c" * 43, "short"):
            stranger = signed_in.stranger()
            if cookie:
                stranger.client.set_cookie("zoom_auth_5000", cookie, domain="localhost")
            answer = stranger.client.open(path, method=method, base_url=HOME, headers=OWN_PAGE)
            assert answer.status_code == 403, (method, path)
            assert "Set-Cookie" not in answer.headers
            assert "ada@example.com" not in answer.text
    page = signed_in.stranger().get("/")
    assert code_of(page.text) == "not-let-in"
    assert "The address in its terminal" in page.text
    assert zoom_us.call_count == 0
    assert signed_in.flow.stored().state == "usable"


def test_health_is_for_everybody(visitor: Visitor) -> None:
    assert visitor.stranger().get("/health").json == visitor.get("/health").json


def test_the_address_lets_one_browser_in(visitor: Visitor) -> None:
    address = visitor.access_keys.address
    assert visitor.access_keys.address == address
    first, second = visitor.stranger(), visitor.stranger()
    answer = first.open(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert re.match(r"zoom_auth_5000=[\w-]{43}; HttpOnly; Path=/; SameSite=Lax", answer.headers["Set-Cookie"])
    assert first.get("/").status_code == 200
    assert first.open(address).headers["Location"] == "/"  # a reload
    assert first.get("/").status_code == 200
    assert second.open(address).status_code == 403
    assert visitor.get("/").status_code == 200


def test_an_address_used_twice_signs_out_both_browsers(visitor: Visitor) -> None:
    """It may have been read in the list of processes, and used before its owner could."""
    address = visitor.access_keys.address
    thief, owner = visitor.stranger(), visitor.stranger()
    assert thief.open(address).status_code == 303
    for _ in range(3):
        assert owner.open(address).status_code == 403
    assert thief.get("/").status_code == 403
    (said,) = visitor.said
    assert said == f"That address was already used. Open {visitor.access_keys.address} instead; it works once."
    assert owner.open(visitor.access_keys.address).status_code == 303
    assert thief.open(address).status_code == 403
    assert owner.get("/").status_code == 200
    assert len(visitor.said) == 1


@pytest.mark.parametrize("key", ["", "k" * 22, "k" * 21, "k" * 5000, "ü" * 22, "%00", "../x"])
def test_other_keys_open_nothing(visitor: Visitor, key: str) -> None:
    assert visitor.stranger().get(f"/?key={key}").status_code in (403, 414)
    assert visitor.said == []


def test_looking_whether_it_is_there_does_not_use_it_up(visitor: Visitor) -> None:
    address = visitor.access_keys.address.removeprefix(HOME)
    stranger = visitor.stranger()
    assert stranger.client.head(address, base_url=HOME).status_code == 403
    assert stranger.get(address, Sec_Purpose="prefetch").status_code == 503
    image = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"}
    assert stranger.get(address, **image).status_code == 403
    assert stranger.get(f"/status?{address.partition('?')[2]}").status_code == 403
    assert stranger.get(address).status_code == 303


def test_the_cookie_changes_at_sign_in(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    callback = answer_to(visitor.start())
    before = visitor.client.get_cookie("zoom_auth_5000", domain="localhost")
    assert before is not None
    form = csrf_in(visitor.get("/paste").text)
    assert visitor.come_back(callback).headers["Location"] == "/done"
    after = visitor.client.get_cookie("zoom_auth_5000", domain="localhost")
    assert after is not None
    assert after.value != before.value
    assert "Connected as ada@example.com" in re.sub("<[^>]+>", "", visitor.get("/done").text)
    earlier = visitor.stranger()
    earlier.client.set_cookie("zoom_auth_5000", before.value, domain="localhost")
    assert [earlier.get(path).status_code for path in ("/", "/done", "/status")] == [403, 403, 403]
    assert earlier.post("/forget", form, confirmed="yes").status_code == 403
    assert visitor.come_back(callback).status_code == 200  # a reload says so again


def test_an_address_that_comes_again_after_the_sign_in_puts_out_the_same_browser(
    visitor: Visitor, zoom_us: requests_mock.Mocker
) -> None:
    address = visitor.access_keys.address
    thief = visitor.stranger()
    thief.open(address)
    assert thief.come_back(answer_to(thief.start())).status_code == 303
    assert visitor.stranger().open(address).status_code == 403
    assert thief.get("/").status_code == 403


def test_sign_ins_of_strangers_do_not_push_out_the_owners(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    callback = answer_to(visitor.start())
    for number in range(2 * MAX_BROWSERS):
        stranger = visitor.stranger()
        assert stranger.get("/install").status_code == 403
        assert stranger.get("/paste").status_code == 403
        assert stranger.get(f"/redirect?code=x&state=state-{number}").status_code == 400
    assert visitor.come_back(callback).status_code == 303


def test_who_has_signed_in_is_logged(
    visitor: Visitor, zoom_us: requests_mock.Mocker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "redirect_server")
    visitor.come_back(answer_to(visitor.start()))
    assert "Connected as ada@example.com (account account-1): the sign-in is saved in" in caplog.text


@pytest.mark.parametrize(
    "begun", [b"", b"GET / HT", b"POST /paste HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1"]
)
def test_half_open_connections_do_not_lock_the_owner_out(home: Path, clock: MovableClock, begun: bytes) -> None:
    port = free_port()
    environment = {**ENVIRONMENT, "ZOOM_REDIRECT_URI": f"http://127.0.0.1:{port}/redirect"}
    with running(new_flow(environment, home, clock)) as address, ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)).sendall(begun)
        for path in ("/health", address.partition(str(port))[2]):
            owner = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            owner.request("GET", path)
            assert owner.getresponse().status in (200, 303)
            owner.close()


def test_keys_cannot_be_guessed() -> None:
    keys = {AccessKeys(HOME, lambda _: None).address for _ in range(1000)}
    assert len(keys) == 1000
    assert all(len(key.partition("=")[2]) == 22 for key in keys)
