"""`collector auth`: what it prints, and with which exit code it ends."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from collector.auth.configured import token_file, token_source
from collector.cli import run
from collector.clock import SystemClock
from collector.collect.clients import zoom_client
from collector.errors import ExitCode
from collector.resources import all_resources
from collector.sandbox import Sandbox, generate_account
from collector.settings import NAMES, Settings, read_settings, redirect_address
from collector.upkeep import doctor

from .conftest import sign_in


@pytest.fixture(scope="module")
def served():
    sandbox = Sandbox(generate_account(users=3, groups=1, custom_roles=0, seed=7))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        with sandbox.serve() as url:
            yield sandbox, url


@pytest.fixture
def sandbox(served) -> Sandbox:
    sandbox, _ = served
    sandbox.set_app_state("active")
    return sandbox


@pytest.fixture
def configure(served, monkeypatch, tmp_path):
    """Sets the configuration, the browser sign-in's unless names say otherwise, and gives the settings."""
    sandbox, url = served
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    base = {**sandbox.browser_environment(url), "ZOOM_HOME": str(tmp_path / "home")}

    def set_names(**names: str | None) -> Settings:
        for name, value in {**base, **names}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        return read_settings({**{k: v for k, v in {**base, **names}.items() if v is not None}}, tmp_path)

    return set_names


@pytest.fixture
def settings(configure) -> Settings:
    return configure()


def age(settings: Settings, **fields: object) -> None:
    """Change fields of the stored sign-in."""
    path = token_file(settings.profile).path
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_status_of_nobody(settings, capsys):
    assert run(["auth", "status"]) == 4
    printed = capsys.readouterr().out
    assert 'Nobody has signed in to the profile "default".' in printed
    assert "Run `collector auth login`" in printed
    assert run(["--json", "auth", "status"]) == 4
    assert json.loads(capsys.readouterr().out)["state"] == "none"


def test_status_of_a_sign_in(settings, sandbox, capsys):
    sign_in(sandbox, settings)
    asked = sandbox.calls.count()
    assert run(["auth", "status"]) == 0
    printed = capsys.readouterr().out
    assert "State:    signed in" in printed
    assert sandbox.account.owner.email in printed
    assert str(token_file(settings.profile).path) in printed
    assert "Missing" not in printed
    assert run(["auth", "status", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["profile"], report["source"], report["usable"], report["state"]) == (
        "default",
        "browser",
        True,
        "usable",
    )
    assert report["account"]["account_id"] == sandbox.account.id
    assert (report["missingScopes"], report["reason"]) == ([], "")
    assert report["expiresAt"] - report["obtainedAt"] in (3_599_000, 3_600_000)
    assert sandbox.calls.count() == asked


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"expires_at": 1.0, "obtained_at": 0.0}, 0, "signed in"),
        ({"expires_at": 1.0, "obtained_at": 0.0, "refresh_token": None}, 4, "no refresh token"),
        ({"reauth": {"reason": "Zoom refused it.", "at": 1}}, 4, "Zoom refused it."),
        ({"client_hash": "other"}, 4, "belongs to another app"),
        ({"version": 2}, 4, "version 2"),
        ({"access_token": None}, 4, "damaged"),
        ({"scope": "user:read:user:admin"}, 0, "Missing:  group:read:admin (classic) or group:read:list_groups:admin"),
    ],
)
def test_status_is_0_only_if_a_collection_could_start(settings, sandbox, capsys, fields, code, words):
    sign_in(sandbox, settings)
    age(settings, **fields)
    assert run(["auth", "status"]) == code
    assert words in capsys.readouterr().out


def test_status_of_other_sources(configure, served, capsys):
    sandbox, url = served
    configure(ZOOM_ACCESS_TOKEN="canary-token")
    assert run(["auth", "status"]) == 0
    assert "used as it is" in (printed := capsys.readouterr().out)
    assert "canary" not in printed
    configure(**sandbox.environment(url), ZOOM_ACCESS_TOKEN=None)
    assert run(["auth", "status"]) == 0
    assert "the app signs in by itself" in capsys.readouterr().out
    configure(ZOOM_CLIENT_ID=None, ZOOM_CLIENT_SECRET=None, ZOOM_ACCOUNT_ID=None)
    assert run(["auth", "status"]) == 4
    assert "ZOOM_CLIENT_ID is not set" in capsys.readouterr().out


def test_status_can_ask_zoom(settings, sandbox, capsys):
    assert run(["auth", "status", "--check"]) == 4
    sign_in(sandbox, settings)
    assert run(["auth", "status", "--check"]) == 0
    assert "Zoom:     accepts the token" in capsys.readouterr().out
    sandbox.uninstall()
    assert run(["auth", "status", "--check", "--json"]) == 4
    assert "no longer valid" in json.loads(capsys.readouterr().out)["zoom"]


def test_an_answer_that_cannot_be_had_is_a_failure(settings, sandbox, capsys):
    granted = sign_in(sandbox, settings)
    sandbox.denied_privileges.add("User:Read")
    try:
        assert run(["auth", "status", "--check"]) == 1
    finally:
        sandbox.denied_privileges.clear()
    assert "User:Read" in (printed := capsys.readouterr().out) or "Zoom says" in printed
    assert "\nNext:     Give the role " in printed
    assert granted.document.access_token not in printed


@pytest.mark.parametrize("path", ["/elsewhere", "/v2/users"])
def test_an_address_that_is_not_the_api_is_named_with_its_setting(settings, served, sandbox, configure, capsys, path):
    address = f"{served[1]}{path}"
    configure(ZOOM_ACCESS_TOKEN=sandbox.issue_token(), ZOOM_API_URL=address)
    assert run(["auth", "status", "--check"]) == 1
    assert f"\nNext:     ZOOM_API_URL is {address}: " in capsys.readouterr().out


def test_refresh(settings, sandbox, capsys):
    sign_in(sandbox, settings)
    before = token_file(settings.profile).load()
    assert run(["auth", "refresh"]) == 0
    assert 'profile "default" has a new access token' in capsys.readouterr().out
    after = token_file(settings.profile).load()
    assert (after.generation, after.access_token != before.access_token) == (2, True)


def test_refresh_of_other_sources(configure, served, capsys):
    sandbox, url = served
    configure()
    assert run(["auth", "refresh"]) == 4
    configure(ZOOM_ACCESS_TOKEN="canary-token")
    assert run(["auth", "refresh"]) == 2
    assert "never renewed" in capsys.readouterr().err
    settings = configure(**sandbox.environment(url), ZOOM_ACCESS_TOKEN=None)
    assert run(["auth", "refresh"]) == 0
    first = token_file(settings.profile).load().access_token
    assert run(["auth", "refresh"]) == 0
    assert token_file(settings.profile).load().access_token != first


def test_refresh_says_when_nothing_could_be_kept(configure, served, capsys, tmp_path):
    sandbox, url = served
    (tmp_path / "file").touch()
    configure(**sandbox.environment(url), ZOOM_HOME=str(tmp_path / "file" / "home"))
    assert run(["auth", "refresh"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("could not be saved") == captured.err.count("\n") - 1 == 1


def test_refresh_leaves_a_browser_sign_in_alone(configure, sandbox, served, capsys):
    _, url = served
    settings = configure()
    sign_in(sandbox, settings)
    before = token_file(settings.profile).path.read_bytes()
    configure(**sandbox.environment(url))
    assert run(["auth", "refresh"]) == 2
    assert "holds a browser sign-in" in capsys.readouterr().err
    assert token_file(settings.profile).path.read_bytes() == before


def test_token_prints_the_token_alone(settings, sandbox, capsys):
    granted = sign_in(sandbox, settings)
    assert run(["auth", "token"]) == 0
    assert capsys.readouterr().out == f"{granted.document.access_token}\n"


def test_token_is_not_for_a_terminal(settings, sandbox, capsys, monkeypatch):
    granted = sign_in(sandbox, settings)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert run(["auth", "token"]) == 2
    captured = capsys.readouterr()
    assert granted.document.access_token not in captured.out + captured.err
    assert "--show" in captured.err
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert run(["auth", "token", "--show"]) == 0
    assert granted.document.access_token in capsys.readouterr().out


def test_logout_says_that_nothing_is_revoked(settings, sandbox, capsys):
    assert run(["auth", "logout"]) == 0
    assert "holds no token" in capsys.readouterr().out
    sign_in(sandbox, settings)
    assert run(["auth", "logout"]) == 0
    assert "not revoked at Zoom" in capsys.readouterr().out
    assert token_file(settings.profile).load() is None
    assert sandbox.installed


def test_logout_of_a_server_to_server_app_says_how_to_end_its_token(configure, served, capsys):
    sandbox, url = served
    settings = configure(**sandbox.environment(url))
    assert run(["auth", "refresh"]) == 0
    capsys.readouterr()
    assert run(["auth", "logout"]) == 0
    assert capsys.readouterr().out == (
        f"Removed {token_file(settings.profile).path}.\n"
        "Nothing is revoked: the token of the Server-to-Server app expires within an hour. To end it now, "
        "deactivate the app in Zoom's Marketplace.\n"
    )


def test_logout_mentions_the_token_in_the_environment(configure, capsys):
    configure(ZOOM_ACCESS_TOKEN="canary-token")
    assert run(["auth", "logout"]) == 0
    assert "ZOOM_ACCESS_TOKEN is still set" in capsys.readouterr().out


def test_revoke_says_that_the_app_is_removed(settings, sandbox, capsys):
    sign_in(sandbox, settings)
    assert run(["auth", "revoke"]) == 0
    assert "also removed the app" in capsys.readouterr().out
    assert token_file(settings.profile).load() is None
    assert not sandbox.installed


def test_revoke_asks_a_person_first(settings, sandbox, capsys, monkeypatch):
    sign_in(sandbox, settings)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    assert run(["auth", "revoke"]) == 0
    assert capsys.readouterr().err == "Nothing was changed.\n"
    assert sandbox.installed
    assert run(["auth", "revoke", "--yes"]) == 0
    assert not sandbox.installed


@pytest.mark.parametrize("verb", ["login", "revoke"])
def test_signing_in_is_refused_where_it_would_change_nothing(configure, served, capsys, verb):
    sandbox, url = served
    configure(ZOOM_ACCESS_TOKEN="canary-token")
    assert run(["auth", verb]) == 2
    assert "Unset ZOOM_ACCESS_TOKEN first." in capsys.readouterr().err
    configure(**sandbox.environment(url), ZOOM_ACCESS_TOKEN=None)
    assert run(["auth", verb]) == 2
    assert "unset ZOOM_ACCOUNT_ID" in capsys.readouterr().err
    configure(ZOOM_CLIENT_ID=None, ZOOM_CLIENT_SECRET=None, ZOOM_ACCOUNT_ID=None)
    assert run(["auth", verb]) == 2
    assert "Set ZOOM_CLIENT_ID" in capsys.readouterr().err


PROGRAM = """
import os, sys
print(*sys.argv[1:], flush=True)
if {signal}:
    os.kill(os.getpid(), {signal})
sys.exit({code})
"""


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Puts a program in the place of the redirect server."""

    def put(code: int = 0, signal: int = 0) -> None:
        folder = tmp_path / "oauth-server"
        folder.mkdir(exist_ok=True)
        (folder / "__main__.py").write_text(PROGRAM.format(code=code, signal=signal))
        monkeypatch.setattr(redirect_address, "SERVER_FOLDER", folder)

    return put


@pytest.mark.parametrize(("code", "number", "expected"), [(0, 0, 0), (4, 0, 4), (130, 0, 130), (0, 15, 130)])
def test_login_ends_as_the_redirect_server_ends(settings, program, code, number, expected):
    program(code, number)
    assert run(["auth", "login"]) == expected


def test_login_passes_on_what_was_given(settings, program, capfd):
    program()
    run(["-v", "--profile", "work", "auth", "login", "--no-browser"])
    assert capfd.readouterr().out.split() == ["--once", "--profile", "work", "--no-browser", "-v"]
    run(["auth", "login"])
    assert capfd.readouterr().out.split() == ["--once"]


def test_ctrl_c_is_left_to_the_redirect_server(settings, program, monkeypatch):
    program(130)
    wait, times = subprocess.Popen.wait, []

    def interrupted(process: subprocess.Popen[bytes]) -> int:
        times.append(1)
        if len(times) < 3:
            raise KeyboardInterrupt
        return wait(process)

    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    assert run(["auth", "login"]) == 130
    assert len(times) == 3


def test_login_without_the_redirect_server(settings, monkeypatch, tmp_path, capsys):
    assert Path(__file__).resolve().parents[2] / "oauth-server" == redirect_address.SERVER_FOLDER
    monkeypatch.setattr(redirect_address, "SERVER_FOLDER", tmp_path / "missing")
    assert run(["auth", "login"]) == 2
    assert "Install the collector again" in capsys.readouterr().err


def findings(settings: Settings) -> dict[str, doctor.Finding]:
    clock, randomness = SystemClock(), random.Random(7)
    tokens = token_source(settings, clock, randomness)
    client = zoom_client(settings, tokens, clock, randomness)
    found = doctor.run_checks(settings, tokens, client, all_resources(), clock, randomness)
    return {finding.subject: finding for finding in found}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_doctor_on_a_sign_in(configure, sandbox):
    settings = configure(ZOOM_REDIRECT_URI=f"http://127.0.0.1:{free_port()}/redirect")
    found = findings(settings)
    assert "sign-in with the browser" in found["configuration"].message
    assert "with a secret" in found["client"].message
    assert sandbox.client_id not in found["client"].message
    assert (found["sign-in"].level, found["token"].level) == (doctor.Level.WARNING, doctor.Level.FAILURE)
    assert (found["token"].exit_code, "auth login" in found["token"].fix) == (4, True)
    assert "its port is free" in found["redirect address"].message
    sandbox.redirect_uris.append(settings.redirect_uri)
    sign_in(sandbox, settings)
    found = findings(settings)
    assert found["sign-in"].level is doctor.Level.OK
    assert sandbox.account.owner.email in found["sign-in"].message
    assert {finding.level for finding in found.values()} == {doctor.Level.OK}


@pytest.mark.parametrize(
    ("body", "level", "words"),
    [
        (b'{"ok": true, "app": "zoom-collector-auth"}', doctor.Level.OK, "is running"),
        (b'{"app": "other"}', doctor.Level.WARNING, "another program"),
        (b"<html>", doctor.Level.WARNING, "another program"),
    ],
)
def test_doctor_on_a_port_that_is_taken(configure, body, level, words):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    settings = configure(ZOOM_REDIRECT_URI=f"http://127.0.0.1:{server.server_port}/redirect")
    clock, randomness = SystemClock(), random.Random(7)
    tokens = token_source(settings, clock, randomness)
    findings = doctor.run_checks(settings, tokens, None, (), clock, randomness)
    found = next(finding for finding in findings if finding.subject == "redirect address")
    thread.join()
    server.server_close()
    assert (found.level, words in found.message) == (level, True)


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://localhost:5000/redirect",
        "http://example.com:5000/x",
        "http://127.0.0.2:5000/redirect",
        "http://localhost:5000/done",
        "http://[x",
    ],
)
def test_doctor_on_a_redirect_address_that_cannot_be_served(configure, redirect_uri):
    found = findings(replace(configure(), redirect_uri=redirect_uri))["redirect address"]
    assert (found.level, found.exit_code) == (doctor.Level.FAILURE, 2)
    assert "127.0.0.1:5000" in found.fix


def test_a_request_to_stop_is_passed_on(tmp_path):
    program = "import sys, time; print('ready', flush=True); time.sleep(60)"
    script = f"import sys; from collector.cli.auth import _run; sys.exit(_run([sys.executable, '-c', {program!r}]))"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
        process.terminate()
        assert process.wait(60) == ExitCode.INTERRUPTED
        assert process.stdout.read() == ""  # ends only when the program that was run has ended too
