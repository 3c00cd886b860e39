"""Whether it is this server that answers."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redirect_server import probe

from collector.errors import UsageError
from collector.settings.redirect_address import Address
from tests.sandbox.client import MovableClock

from .conftest import ENVIRONMENT
from .visitor import INSTANCE, free_port, listening, new_flow, running


def address_at(port: int, host: str = "localhost") -> Address:
    return Address.of(f"http://{host}:{port}/redirect")


class _Impostor(http.server.BaseHTTPRequestHandler):
    body = b"403 Forbidden, AirTunes"

    def do_GET(self) -> None:
        self.send_response(403)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def impostor(port: int, body: bytes) -> Iterator[None]:
    handler = type("Impostor", (_Impostor,), {"body": body})
    server = http.server.HTTPServer(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("body", [b"403 Forbidden", b"{}", b"[]", b'{"instance":"another"}', b""])
def test_an_impostor_is_told(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    address = address_at(free_port())
    monkeypatch.setattr(probe, "_addresses", lambda _: ["127.0.0.1"])
    with impostor(address.port, body), pytest.raises(UsageError) as failure:
        probe.probe(address, INSTANCE)
    assert failure.value.message.startswith(f"Another program answers localhost:{address.port} at 127.0.0.1")
    assert "ZOOM_REDIRECT_URI=" in failure.value.next_step


def test_a_silent_impostor(monkeypatch: pytest.MonkeyPatch) -> None:
    address = address_at(free_port())
    monkeypatch.setattr(probe, "_SECONDS", 0.05)
    monkeypatch.setattr(probe, "_addresses", lambda _: ["127.0.0.1"])
    with listening(socket.AF_INET, "127.0.0.1", address.port), pytest.raises(UsageError, match="Another program"):
        probe.probe(address, INSTANCE)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_it_is_us(home: Path, clock: MovableClock, host: str) -> None:
    environment = {**ENVIRONMENT, "ZOOM_REDIRECT_URI": f"http://{host}:{free_port()}/redirect"}
    flow = new_flow(environment, home, clock)
    with running(flow):
        assert probe.probe(flow.address, INSTANCE) == []
        with pytest.raises(UsageError, match="Another program"):
            probe.probe(flow.address, "another instance")


def test_an_address_at_which_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_addresses", lambda _: ["::1"])
    assert probe.probe(address_at(free_port()), INSTANCE) == ["::1"]


def test_a_name_without_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert probe.probe(address_at(free_port()), INSTANCE) == []
