"""`collector sandbox`: a local Zoom, a local JupiterOne and the .env lines to use them."""

from __future__ import annotations

import json
import signal
import socket
from importlib import import_module
from pathlib import Path

import pytest

from tests.served import add_kiosks

from .conftest import Command
from .processes import ended, started


def test_its_lines_are_a_dot_env_that_works(work: Path, collector: Command) -> None:
    with started("sandbox", "--users", "12", "--port", "0", cwd=work) as sandbox:
        assert sandbox.stdout is not None
        lines = [sandbox.stdout.readline() for _ in range(11)]
        assert lines[0] == "# A sandbox is running; put these lines into ./.env, then: collector collect\n"
        assert [line.partition("=")[0] for line in lines[1:]] == [
            "ZOOM_OAUTH_URL",
            "ZOOM_API_URL",
            "ZOOM_ACCOUNT_ID",
            "ZOOM_CLIENT_ID",
            "ZOOM_CLIENT_SECRET",
            "ZOOM_PLAN",
            "JUPITERONE_ACCOUNT",
            "JUPITERONE_API_KEY",
            "JUPITERONE_API_BASE_URL",
            "JUPITERONE_GRAPHQL_URL",
        ]
        (work / ".env").write_text("".join(lines))
        assert collector("collect").code == 0
        assert "lockedInMeetingFileTransfer: yes" in collector("show", "account").out
        assert collector("instance", "create", "--account-name", "Sandbox").code == 0
        assert collector("sync").code == 0
        shown = collector("instance", "show")
        assert "COMPLETED, ended " in shown.out

        sandbox.send_signal(signal.SIGINT)
        out, err = sandbox.communicate(timeout=60)
    assert sandbox.returncode == 0
    assert out == ""
    assert err.endswith("# Press Ctrl-C to stop.\nSandbox stopped.\n")


def test_the_next_day(work: Path, collector: Command) -> None:
    """The same people, of whom some have changed: what it takes to try `changes` and `alerts check`."""
    for day in ([], ["--next-day"]):
        with started("sandbox", "--users", "40", "--port", "0", *day, cwd=work) as sandbox:
            assert sandbox.stdout is not None
            (work / ".env").write_text("".join(sandbox.stdout.readline() for _ in range(11)))
            assert collector("collect").code == 0
            sandbox.send_signal(signal.SIGINT)
            sandbox.communicate(timeout=30)
    changes = json.loads(collector("changes", "--json").out)["changes"]
    assert {change["change"] for change in changes} == {"changed", "joined", "left", "went"}
    assert "a new administrator" in collector("alerts", "check").out


def test_a_collection_is_to_leave_out_what_it_does_not_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    verb = import_module("collector.cli.sandbox")
    assert verb._only_what_it_serves() == ""
    add_kiosks(monkeypatch)
    option, steps = verb._only_what_it_serves().split()
    assert option == "--step"
    assert "fetch-roles" in steps.split(",")
    assert "kiosk" not in steps


def test_a_port_that_is_taken(collector: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        outcome = collector("sandbox", "--users", "3", "--port", str(port))
    assert outcome.code == 2
    assert outcome.err == (
        f"Error: The sandbox cannot listen on port {port}: Address already in use.\n"
        "Next: Choose another port with --port; 0 picks free ones.\n"
    )


def test_verbose_logs_every_call_without_a_secret(work: Path) -> None:
    with started("sandbox", "--users", "3", "--port", "0", cwd=work) as sandbox:
        assert sandbox.stdout is not None
        lines = [sandbox.stdout.readline() for _ in range(11)]
        (work / ".env").write_text("".join(lines))
        for arguments in (("-v", "collect"), ("collect", "-v")):
            code, _, err = ended(*arguments, cwd=work)
            assert code == 0
            assert "DEBUG collector.zoom: GET /users/me -> 200 (tracking id v=2.0;clid=us06;rid=WEB_" in err
            assert "CANARY" not in err
        code, _, err = ended("collect", cwd=work)
        assert code == 0
        assert "DEBUG" not in err
