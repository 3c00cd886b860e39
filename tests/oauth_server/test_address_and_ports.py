"""What follows from ZOOM_REDIRECT_URI, loopback sockets, and ports that are taken."""

from __future__ import annotations

import errno
import re
import socket
import sys

import pytest
from redirect_server import ports

from collector.errors import UsageError
from collector.settings.redirect_address import Address

from .visitor import free_port, listening, refuse


def address_at(port: int, host: str = "localhost") -> Address:
    return Address.of(f"http://{host}:{port}/redirect")


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("https://localhost:5000/redirect", "begin with http://"),
        ("http://example.com:5000/redirect", "its host must be"),
        ("http://0.0.0.0:5000/redirect", "its host must be"),
        ("http://user@localhost:5000/redirect", "its host must be"),
        ("http://localhost/redirect", "its host must be"),
        ("http://localhost:/redirect", "its port must be"),
        ("http://localhost:0/redirect", "its port must be"),
        ("http://localhost:99999/redirect", "not a web address"),
        ("http://[localhost:5000/redirect", "not a web address"),
        ("http://localhost:5000", "plain path"),
        ("http://localhost:5000/", "plain path"),
        ("http://localhost:5000/a?b=c", "plain path"),
        ("http://localhost:5000/<x>", "plain path"),
        ("http://localhost:5000/install", "something else"),
    ],
)
def test_addresses_that_cannot_be_served(uri: str, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)) as failure:
        Address.of(uri)
    assert "http://127.0.0.1:5000/redirect" in failure.value.next_step


def test_sockets_are_on_loopback_only() -> None:
    port = free_port()
    bound = ports.bind(address_at(port))
    assert [held.getsockname()[:2] for held in bound.sockets] == [("127.0.0.1", port), ("::1", port)]
    assert bound.missing is None
    with pytest.raises(OSError, match=r"refused|unreachable"), socket.socket() as outside:
        outside.connect((_own_address(), port))
    for held in bound.sockets:
        held.close()


def _own_address() -> str:
    """An address of this computer that is not the loopback one, where it has any."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probing:
        try:
            probing.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.3"
        found: str = probing.getsockname()[0]
        return found


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_taken_port_is_told(family: socket.AddressFamily, host: str) -> None:
    port = free_port()
    with listening(family, host, port), pytest.raises(UsageError) as failure:
        ports.bind(address_at(port))
    assert re.match(rf"\[?{host}\]?:{port} is taken by another program\.", failure.value.message)
    assert f"1. in .env:                      ZOOM_REDIRECT_URI=http://127.0.0.1:{port + 1}/redirect" in (
        failure.value.next_step
    )
    assert f"2. in the Zoom App Marketplace:  http://127.0.0.1:{port + 1}/redirect" in failure.value.next_step


def test_the_last_port_has_one_before_it() -> None:
    assert ":65534/" in ports.free_port_advice(address_at(65535))


def test_a_mac_is_told_about_airplay(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ports.macos_hint(5000) == ""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "AirPlay Receiver" in ports.macos_hint(5000)
    assert ports.macos_hint(5001) == ""


def test_without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, {"::1": errno.EADDRNOTAVAIL})
    bound = ports.bind(address_at(free_port()))
    assert (len(bound.sockets), bound.missing) == (1, "::1")
    bound.sockets[0].close()


def test_without_any_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, {"127.0.0.1": errno.EAFNOSUPPORT, "::1": errno.EAFNOSUPPORT})
    with pytest.raises(UsageError, match="no loopback network"):
        ports.bind(address_at(free_port()))


def test_a_port_that_needs_privileges(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, {"::1": errno.EACCES})
    port = free_port()
    with pytest.raises(UsageError, match=r"cannot be used: Permission denied"):
        ports.bind(address_at(port))
    refuse(monkeypatch, {})
    with listening(socket.AF_INET, "127.0.0.1", port):
        pass  # it has been let go of
