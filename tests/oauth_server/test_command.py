"""`python oauth-server` with its options and exit codes."""

from __future__ import annotations

import errno
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from redirect_server import command
from redirect_server.sandbox_mode import not_in_rehearsal
from redirect_server.shutdown import Shutdown

from collector.auth import OAuthClient, StoredToken, TokenFile
from collector.auth.stored_token import SIGN_IN_GRANT
from collector.clock import SystemClock
from collector.errors import ExitCode, SignInRequired
from collector.redaction import Secret
from collector.resources import missing_scopes
from collector.sandbox import GRANULAR_SCOPES, Sandbox, generate_account
from tests.auth.rotation import Rotation, serving
from tests.served import add_kiosks

from .conftest import ENVIRONMENT
from .visitor import csrf_in, free_port, listening, refuse

ROOT = Path(__file__).resolve().parents[2]
KEY = "k" * 22


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working directory without any setting; signal handlers and logging are put back."""
    for name in [name for name in os.environ if name.startswith("ZOOM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ZOOM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("redirect_server.access_keys._new_key", lambda: KEY)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    earlier = signal.getsignal(signal.SIGTERM)
    names = ("redirect_server", "collector", "authlib", "urllib3", "waitress.queue")
    levels = {name: logging.getLogger(name).level for name in names}
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield tmp_path
    signal.signal(signal.SIGTERM, earlier)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET are not set"),
        ({"ZOOM_CLIENT_SECRET": "x"}, "ZOOM_CLIENT_ID is not set"),
        ({"ZOOM_CLIENT_ID": "c", "ZOOM_CLIENT_SECRET": "s", "ZOOM_ACCOUNT_ID": "a"}, "Server-to-Server"),
        ({"ZOOM_CLIENT_ID": "your_client_id"}, "placeholder"),
        ({"ZOOM_CLIENT_ID": "c", "ZOOM_REDIRECT_URI": "http://example.com/x"}, "ZOOM_REDIRECT_URI must be"),
        ({"ZOOM_CLIENT_ID": "c", "ZOOM_ACCESS_TOKEN": "t"}, "ZOOM_ACCESS_TOKEN is set"),
    ],
)
def test_settings_that_cannot_be(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: dict[str, str],
    words: str,
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert command.run(["--once"]) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert words in said
    assert "Next: " in said


def test_wrong_use_and_help(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["--nonsense"]) == ExitCode.USAGE
    assert command.run(["--help"]) == ExitCode.COMPLETE
    assert "--sandbox" in capsys.readouterr().out
    assert command.run(["--profile", "Not a name"]) == ExitCode.USAGE


def sign_in_when_it_is_there(port: int, zoom: Callable[[str], str], last_page: bool = True) -> threading.Thread:
    """A person who connects as soon as the server answers."""

    def connect() -> None:
        with requests.Session() as browser:
            browser.trust_env = False
            while True:
                try:
                    browser.get(f"http://127.0.0.1:{port}/?key={KEY}", timeout=60)
                    break
                except requests.ConnectionError:
                    pass
            started = browser.get(f"http://127.0.0.1:{port}/install", allow_redirects=False, timeout=60)
            browser.get(zoom(started.headers["Location"]), allow_redirects=last_page, timeout=60)

    thread = threading.Thread(target=connect)
    thread.start()
    return thread


def test_once(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    uri = f"http://127.0.0.1:{port}/redirect"
    zoom = Sandbox(generate_account(users=3, groups=1, custom_roles=0, seed=7), redirect_uris=(uri,))
    monkeypatch.setattr("redirect_server.shutdown._DELAY_SECONDS", 0.0)
    with zoom.serve() as url:
        for name, value in zoom.browser_environment(url).items():
            monkeypatch.setenv(name, value)
        person = sign_in_when_it_is_there(port, zoom.consent)
        assert command.run(["--once", "--no-browser", "--profile", "second", "-v"]) == ExitCode.COMPLETE
        person.join(60)
    assert (place / "home" / "second" / "token.json").exists()
    said = capsys.readouterr()
    assert f"Open http://127.0.0.1:{port}/?key={KEY} to connect Zoom." in said.out
    assert f"Connected as {zoom.account.owner.email} (account {zoom.account.id}): the sign-in is saved in" in said.err
    with listening(socket.AF_INET, "127.0.0.1", port), listening(socket.AF_INET6, "::1", port):
        pass  # both ports are free again


def test_the_sandbox(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    monkeypatch.setenv("ZOOM_REDIRECT_URI", f"http://127.0.0.1:{port}/redirect")
    monkeypatch.setattr("redirect_server.shutdown._DELAY_SECONDS", 0.0)
    person = sign_in_when_it_is_there(port, lambda url: Sandbox.consent(None, url))  # type: ignore[arg-type]
    assert command.run(["--sandbox", "--once"]) == ExitCode.COMPLETE
    person.join(60)
    assert "a made-up Zoom account" in capsys.readouterr().out
    assert not (place / "home").exists()


def test_what_the_sandbox_lacks_is_said_and_its_scopes_are_not_missed(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_kiosks(monkeypatch)
    assert missing_scopes(GRANULAR_SCOPES) == (("fetch-kiosks", "kiosk:read:admin", "kiosk:read:list_kiosks:admin"),)
    assert missing_scopes(GRANULAR_SCOPES, not_in_rehearsal()) == ()
    monkeypatch.setenv("ZOOM_REDIRECT_URI", f"http://127.0.0.1:{free_port()}/redirect")
    monkeypatch.setattr("redirect_server.shutdown.ONCE_SECONDS", 0.0)
    assert command.run(["--sandbox", "--once"]) == ExitCode.SIGN_IN
    assert "Not in the sandbox: /kiosks." in capsys.readouterr().out


def test_what_is_announced(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    opened: list[str] = []

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Shutdown, "wait", interrupted)
    monkeypatch.setattr(command, "probe", lambda *_: ["::1"])
    monkeypatch.setattr(command, "open_browser", opened.append)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    refuse(monkeypatch, {"::1": errno.EADDRNOTAVAIL})
    port = free_port()
    for name, value in {**ENVIRONMENT, "ZOOM_REDIRECT_URI": f"http://localhost:{port}/redirect"}.items():
        monkeypatch.setenv(name, value)
    for name in ("SSH_CONNECTION", "SSH_TTY", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    assert command.run([]) == ExitCode.INTERRUPTED
    assert opened == [f"http://localhost:{port}/?key={KEY}"]
    said = capsys.readouterr()
    assert "has no ::1; continuing without it" in said.err
    assert "Nothing answers for localhost at ::1" in said.err
    assert "Ctrl-C stops the server" in said.out
    assert "Server stopped." in said.err


def test_over_ssh(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def wait_for_the_terminal(_: object) -> None:
        for thread in threading.enumerate():
            if thread.name == "terminal":
                thread.join(5)

    monkeypatch.setattr(Shutdown, "wait", wait_for_the_terminal)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    reading, writing = os.pipe()
    os.close(writing)
    monkeypatch.setattr(sys.stdin, "fileno", lambda: reading, raising=False)
    port = free_port()
    for name, value in {**ENVIRONMENT, "ZOOM_REDIRECT_URI": f"http://localhost:{port}/redirect"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 5555 10.0.0.2 22")
    assert command.run([]) == ExitCode.COMPLETE
    os.close(reading)
    said = capsys.readouterr().out
    assert f"ssh -L {port}:127.0.0.1:{port}" in said
    assert "https://zoom.us/oauth/authorize?" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_as_a_process(place: Path, number: signal.Signals) -> None:
    port = free_port()
    environment = {**os.environ, "ZOOM_REDIRECT_URI": f"http://localhost:{port}/redirect", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "oauth-server"), "--sandbox", "--no-browser"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(3)]
    opened = rf"Open http://localhost:{port}/\?key=[\w-]{{22}} to connect Zoom\.\n"
    assert [line for line in lines if re.fullmatch(opened, line)]
    assert requests.get(f"http://127.0.0.1:{port}/health", timeout=60).json()["ok"] is True
    second = subprocess.run(
        [sys.executable, str(ROOT / "oauth-server"), "--sandbox"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == ExitCode.USAGE
    assert f"127.0.0.1:{port} is taken by " in second.stderr
    assert "Traceback" not in second.stderr
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED, said
    assert "Traceback" not in said


def test_a_sign_in_whose_last_page_was_never_opened_is_one(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def in_vain(self: Shutdown) -> None:
        person.join(60)
        raise SignInRequired("Nobody has signed in within 10 minutes.")

    port = free_port()
    uri = f"http://127.0.0.1:{port}/redirect"
    zoom = Sandbox(generate_account(users=3, groups=1, custom_roles=0, seed=7), redirect_uris=(uri,))
    monkeypatch.setattr(Shutdown, "wait", in_vain)
    with zoom.serve() as url:
        for name, value in zoom.browser_environment(url).items():
            monkeypatch.setenv(name, value)
        person = sign_in_when_it_is_there(port, zoom.consent, last_page=False)
        assert command.run(["--once", "--no-browser"]) == ExitCode.COMPLETE
    assert (place / "home" / "default" / "token.json").exists()


def test_a_request_to_stop_waits_for_a_refresh(place: Path) -> None:
    stopped, asked = threading.Event(), threading.Event()

    def slowly() -> None:
        asked.set()
        assert stopped.wait(60)

    rotation = Rotation()
    rotation.before_answering = slowly
    port = free_port()
    with serving() as serve:
        url = serve(rotation)
        client = OAuthClient("client-id-1234", Secret("client-secret"), url)
        file = TokenFile(place / "home" / "default", "default")
        now = time.time()
        scope = "user:read:user:admin"
        with file.locked(SystemClock()):
            file.save(
                StoredToken(SIGN_IN_GRANT, client.hash(), "token-0", scope, None, now, now + 3600, rotation.latest)
            )
        settings = {"ZOOM_CLIENT_SECRET": "client-secret", "ZOOM_OAUTH_URL": url, "ZOOM_API_URL": url}
        settings["ZOOM_REDIRECT_URI"] = f"http://127.0.0.1:{port}/redirect"
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "oauth-server"), "--no-browser"],
            env={**os.environ, **settings, "ZOOM_CLIENT_ID": "client-id-1234", "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        _, address, *_ = process.stdout.readline().split()
        home = f"http://127.0.0.1:{port}"
        browser = requests.Session()
        browser.get(address, timeout=60)
        form = {"csrf": csrf_in(browser.get(f"{home}/paste", timeout=60).text)}

        def press() -> None:
            with suppress(requests.RequestException):
                browser.post(f"{home}/refresh", data=form, headers={"Origin": home}, timeout=60)

        person = threading.Thread(target=press)
        person.start()
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        stopped.set()
        _, said = process.communicate(timeout=60)
        person.join(60)
    assert process.returncode == ExitCode.INTERRUPTED, said
    stored = file.load()
    assert stored is not None
    assert stored.refresh_token == rotation.latest == "refresh-1"
