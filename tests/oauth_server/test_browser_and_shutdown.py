"""When a browser is opened, and when the server ends."""

from __future__ import annotations

import socket
import threading
import time
import webbrowser

import pytest
from redirect_server.browser import has_browser, open_browser, tunnel
from redirect_server.formatting import relative
from redirect_server.serving import serving
from redirect_server.shutdown import ONCE_SECONDS, Shutdown
from waitress.trigger import trigger

from collector.errors import SignInRequired
from collector.settings.redirect_address import Address


def address_at(port: int, host: str = "localhost") -> Address:
    return Address.of(f"http://{host}:{port}/redirect")


@pytest.mark.parametrize(
    ("environment", "terminal", "platform", "expected"),
    [
        ({"DISPLAY": ":0"}, True, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, "linux", True),
        ({}, True, "darwin", True),
        ({}, True, "linux", False),
        ({"DISPLAY": ":0"}, False, "linux", False),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "1 2 3 4"}, True, "linux", False),
        ({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, True, "linux", False),
        ({"DISPLAY": ":0", "CI": "true"}, True, "darwin", False),
    ],
)
def test_when_a_browser_is_opened(environment: dict[str, str], terminal: bool, platform: str, expected: bool) -> None:
    assert has_browser(environment, terminal=terminal, platform=platform) is expected


def test_a_browser_that_does_not_open_is_no_error() -> None:
    def broken(_: str) -> bool:
        raise webbrowser.Error("no browser")

    assert open_browser("http://localhost:5000/", broken) is False
    assert open_browser("http://localhost:5000/", lambda url: url == "http://localhost:5000/") is True


def test_the_tunnel() -> None:
    address = address_at(5000)
    environment = {"USER": "ada", "SSH_CONNECTION": "10.0.0.1 5555 10.0.0.2 22"}
    assert tunnel(address, environment) == "ssh -L 5000:127.0.0.1:5000 ada@10.0.0.2"
    assert tunnel(address, {}) == "ssh -L 5000:127.0.0.1:5000 you@this-computer"


def test_once_ends_a_second_after_the_page() -> None:
    lingered: list[float] = []
    shutdown = Shutdown(once=True, linger=lingered.append)
    pending = threading.Thread(target=shutdown.wait)
    pending.start()
    assert lingered == []
    shutdown.page_delivered()
    shutdown.page_delivered()
    pending.join(5)
    assert lingered == [1.0]


def test_once_gives_up_after_ten_minutes() -> None:
    asked: list[float | None] = []

    def nobody(seconds: float | None) -> bool:
        asked.append(seconds)
        return False

    with pytest.raises(SignInRequired, match="within 10 minutes"):
        Shutdown(once=True, wait=nobody).wait()
    assert asked == [ONCE_SECONDS] == [600.0]


def test_otherwise_it_never_ends_by_itself() -> None:
    asked: list[float | None] = []

    def forever(seconds: float | None) -> bool:
        asked.append(seconds)
        return True

    shutdown = Shutdown(once=False, wait=forever, linger=lambda _: None)
    shutdown.page_delivered()
    shutdown.wait()
    assert asked == [None]
    assert not shutdown._delivered.is_set()


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (3599, "in 59 minutes"),
        (60, "in 1 minute"),
        (59, "in less than a minute"),
        (-59, "just now"),
        (0, "just now"),
        (-7200, "2 hours ago"),
        (-90_000, "1 day ago"),
    ],
)
def test_relative_times(seconds: float, expected: str) -> None:
    assert relative(1_000_000.0 + seconds, 1_000_000.0) == expected


def test_the_server_ends_whenever_its_thread_wakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its thread may be awake, and close everything, before the one that ends it has written to wake it."""
    original = trigger._physical_pull

    def twice(self: trigger) -> None:
        original(self)
        time.sleep(0.2)
        original(self)

    with socket.create_server(("127.0.0.1", 0)) as bound, serving(lambda *_: [], [bound]):
        monkeypatch.setattr(trigger, "_physical_pull", twice)
    assert [each.name for each in threading.enumerate() if each.name == "redirect server"] == []
