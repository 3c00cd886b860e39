"""A redirect server to visit: in this process with or without sockets, with a browser's manners."""

from __future__ import annotations

import html as html_module
import os
import random
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from redirect_server import ports
from redirect_server.access_keys import AccessKeys
from redirect_server.application import client_of, create_app
from redirect_server.flow import SignInFlow
from redirect_server.serving import serving
from werkzeug.test import TestResponse

from collector.clock import Clock
from collector.settings import read_settings
from collector.settings.redirect_address import Address

INSTANCE = "instance-of-this-server"


def new_flow(environment: Mapping[str, str], home: Path, clock: Clock) -> SignInFlow:
    """The flow of a configuration, with its profiles in `home`."""
    settings = read_settings({**environment, "ZOOM_HOME": str(home)}, home)
    return SignInFlow(settings, client_of(settings), Address.of(settings.redirect_uri), clock, random.Random(7))


def csrf_in(html: str) -> str:
    """The token of the first form on a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', html)
    assert found, html
    return found[1]


def title_of(html: str) -> str:
    """The page's one h1, tags and entities resolved as far as the tests need it."""
    (heading,) = re.findall(r"<h1>(.*?)</h1>", html)
    return html_module.unescape(re.sub("<[^>]+>", "", heading))


class Visitor:
    """A browser with its own cookies at one of the server's names."""

    def __init__(self, flow: SignInFlow, home: str = "", delivered: list[str] | None = None) -> None:
        self.flow = flow
        self.home = home or flow.address.home.rstrip("/")
        self.delivered = delivered if delivered is not None else []
        self.said: list[str] = []
        self.access_keys = AccessKeys(flow.address.home, self.said.append)
        app = create_app(flow, self.access_keys, INSTANCE, lambda: self.delivered.append("done"))
        self.client: FlaskClient = app.test_client()
        self.enter()

    def another(self) -> Visitor:
        """Another browser at the same server, opened with an address of its own."""
        other = self.stranger()
        other.enter()
        return other

    def stranger(self) -> Visitor:
        """A browser of somebody who has not seen the terminal."""
        other = Visitor.__new__(Visitor)
        other.__dict__.update(self.__dict__, client=self.client.application.test_client())
        return other

    def enter(self) -> None:
        """Open the address in the terminal."""
        answer = self.open(self.access_keys.address)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")

    def open(self, address: str) -> TestResponse:
        """Type an address of this server's."""
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}", base_url=self.home)

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET as a browser does it."""
        return self.client.get(path, base_url=self.home, headers=_named(headers))

    def post(self, path: str, csrf: str | None = None, **fields: str) -> TestResponse:
        """Press a button of a page this browser has been shown."""
        if csrf is None:
            csrf = self.csrf()
        headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        return self.client.post(path, base_url=self.home, headers=headers, data={"csrf": csrf, **fields})

    def start(self) -> str:
        """Press Connect; the address at Zoom the browser is sent to."""
        answer = self.get("/install")
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def come_back(self, address: str) -> TestResponse:
        """Follow Zoom's redirect."""
        parts = urlsplit(address)
        return self.get(f"{parts.path}?{parts.query}")

    def csrf(self) -> str:
        """The token in the forms of this browser's pages."""
        return csrf_in(self.get("/paste").text)


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def free_port() -> int:
    """A port that nobody holds on either loopback address, below those the system gives to outgoing connections."""
    while True:
        port = random.SystemRandom().randint(20_000, 32_000)
        try:
            with listening(socket.AF_INET, "127.0.0.1", port), listening(socket.AF_INET6, "::1", port):
                return port
        except OSError:
            continue


@contextmanager
def listening(family: socket.AddressFamily, host: str, port: int) -> Iterator[None]:
    """Hold a port."""
    with socket.socket(family) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        taken.bind((host, port))
        taken.listen()
        yield


@contextmanager
def running(flow: SignInFlow, is_sandbox: bool = False) -> Iterator[str]:
    """The server on real sockets; gives the address that lets one browser in."""
    access_keys = AccessKeys(flow.address.home, lambda _: None)
    app = create_app(flow, access_keys, INSTANCE, lambda: None, is_sandbox=is_sandbox)
    with serving(app, ports.bind(flow.address).sockets):
        yield access_keys.address


def refuse(monkeypatch: pytest.MonkeyPatch, numbers: Mapping[str, int]) -> None:
    """Let binding fail on these addresses with these error numbers."""
    original = ports._bound

    def bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
        if host in numbers:
            raise OSError(numbers[host], os.strerror(numbers[host]))
        return original(family, host, port)

    monkeypatch.setattr(ports, "_bound", bound)
