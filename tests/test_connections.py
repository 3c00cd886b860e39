"""Connections are shared, keep no cookies, and bodies are read within bounds of time and size."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
import urllib3
from requests.adapters import BaseAdapter

from collector import connections
from collector.connections import INVALID_ADDRESS, MAX_SECONDS, USER_AGENT, Bearer, Connections, read_body
from collector.sandbox.server import serving
from tests.fakes import FakeClock
from tests.wsgi_adapter import ADDRESS, session_with

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Dripping(io.BytesIO):
    """Gives a byte at a time, each after `seconds`."""

    def __init__(self, content: bytes, clock: FakeClock, seconds: float) -> None:
        super().__init__(content)
        self._clock = clock
        self._seconds = seconds

    def read(self, _: int | None = -1) -> bytes:
        self._clock.wait(self._seconds)
        return super().read(1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def response() -> Callable[[io.BytesIO], requests.Response]:
    def make(raw: io.BytesIO) -> requests.Response:
        made = requests.Response()
        made.raw = raw
        return made

    return make


def test_a_body_is_read_whole(response: Callable[[io.BytesIO], requests.Response], clock: FakeClock) -> None:
    content = bytes(range(256)) * 1000
    assert read_body(response(io.BytesIO(content)), clock) == content


def test_a_slow_body_is_read_whole(response: Callable[[io.BytesIO], requests.Response], clock: FakeClock) -> None:
    assert read_body(response(Dripping(b"{}", clock, MAX_SECONDS / 4)), clock) == b"{}"


def test_a_body_that_drips_on_and_on_is_given_up(
    response: Callable[[io.BytesIO], requests.Response], clock: FakeClock
) -> None:
    raw = Dripping(b"x" * 10_000, clock, 20.0)
    with pytest.raises(requests.ReadTimeout, match="not whole after 120 seconds"):
        read_body(response(raw), clock)


def test_a_huge_body_is_given_up(
    response: Callable[[io.BytesIO], requests.Response], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MAX_BYTES", 100_000)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="more than 100000 bytes"):
        read_body(response(io.BytesIO(bytes(1_000_000))), clock)


class Answering(BaseAdapter):
    """Notes what is asked, and answers `{}` with a cookie once the gate, if there is one, is passed by all."""

    def __init__(self, gate: threading.Barrier | None = None) -> None:
        super().__init__()
        self.asked: list[requests.PreparedRequest] = []
        self._gate = gate

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        self.asked.append(request)
        if self._gate is not None:
            self._gate.wait(timeout=60)
        response = requests.Response()
        response.status_code, response.url, response.request = 200, str(request.url), request
        response.headers["Set-Cookie"] = "a=b"
        response.raw = io.BytesIO(b"{}")
        return response

    def close(self) -> None:
        pass


class Sessions:
    """Makes sessions over one transport, and counts them."""

    def __init__(self, adapter: BaseAdapter) -> None:
        self.made: list[requests.Session] = []
        self._adapter = adapter

    def __call__(self) -> requests.Session:
        self.made.append(session_with(self._adapter))
        return self.made[-1]


def test_a_session_serves_one_caller_after_the_other(clock: FakeClock) -> None:
    adapter = Answering()
    sessions = Sessions(adapter)
    connections = Connections(clock, sessions)
    assert not connections.reached
    for _ in range(3):
        reply = connections.send(requests.Request("GET", f"{ADDRESS}/x"), ADDRESS, 30)
        assert (reply.status, reply.content) == (200, b"{}")
    assert (len(sessions.made), connections.reached) == (1, True)
    assert {request.headers["User-Agent"] for request in adapter.asked} == {USER_AGENT}


def test_callers_at_once_have_a_session_each(clock: FakeClock) -> None:
    sessions = Sessions(Answering(threading.Barrier(4)))
    connections = Connections(clock, sessions)
    request = requests.Request("GET", f"{ADDRESS}/x")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: connections.send(request, ADDRESS, 30), range(4)))
    assert len(sessions.made) == 4


def test_neither_netrc_nor_cookies_are_sent(clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password CANARY\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    received: list[tuple[str | None, str | None]] = []

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        received.append((environ.get("HTTP_AUTHORIZATION"), environ.get("HTTP_COOKIE")))
        start_response("200 OK", [("Set-Cookie", "session=1; Path=/"), ("Content-Length", "2")])
        return [b"{}"]

    with serving(answer, 0) as url:
        connections = Connections(clock)
        for auth in (Bearer("token-1"), Bearer("token-1"), None):
            connections.send(requests.Request("GET", f"{url}/x", auth=auth), url, 30)
    assert received == [("Bearer token-1", None), ("Bearer token-1", None), (None, None)]


def test_what_a_request_brings_wins(clock: FakeClock) -> None:
    adapter = Answering()
    request = requests.Request("GET", f"{ADDRESS}/x", {"Accept": "text/plain"})
    Connections(clock, Sessions(adapter)).send(request, ADDRESS, 30)
    assert adapter.asked[0].headers["Accept"] == "text/plain"


BESIDE_THE_POINT = "https://zoom.example"


@pytest.mark.parametrize(
    ("base", "environment"),
    [
        ("http://a..b", {}),
        (f"http://{'a' * 64}.example", {}),
        ("http://[::1", {}),
        ("http://[::1", {"no_proxy": "elsewhere.example", "https_proxy": "http://proxy.example"}),
        ("http://zoom.example:99999", {"no_proxy": "elsewhere.example"}),
        ("zoom.example", {}),
        ("ftp://zoom.example", {}),
        (BESIDE_THE_POINT, {"https_proxy": "http://a..b:3128"}),
        (BESIDE_THE_POINT, {"https_proxy": "http://[::1"}),
    ],
)
def test_an_address_that_cannot_be_called_fails_by_name(
    base: str, environment: dict[str, str], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    connections = Connections(clock)
    for _ in range(2):
        with pytest.raises(INVALID_ADDRESS):
            connections.send(requests.Request("GET", f"{base}/x"), base, 30)
    assert not connections.reached


class Failing(Answering):
    """Lets something past that requests should have made its own."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self._failure = failure

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        raise self._failure


@pytest.mark.parametrize(
    ("failure", "bad_address"),
    [
        (urllib3.exceptions.LocationParseError("a..b"), True),
        (UnicodeError("label empty or too long"), True),
        (urllib3.exceptions.HTTPError("something"), False),
    ],
)
def test_what_gets_past_requests_fails_by_name(failure: Exception, bad_address: bool, clock: FakeClock) -> None:
    with pytest.raises(requests.RequestException) as raised:
        Connections(clock, Sessions(Failing(failure))).send(requests.Request("GET", f"{ADDRESS}/x"), ADDRESS, 30)
    assert isinstance(raised.value, INVALID_ADDRESS) is bad_address
