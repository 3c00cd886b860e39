"""Secrets in, nothing out: what the sandbox serves as secrets is searched for in all the collector leaves behind."""

from __future__ import annotations

import importlib
import json
import logging
import os
import random
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from collector.cli import run
from collector.collect.account import collect_account
from collector.collect.progress import NoProgress
from collector.errors import CollectorError
from collector.sandbox import CANARY, PMI_CANARY, Account, Fault, Sandbox, generate_account, manage_centrally
from collector.sandbox.fault import FaultKind
from collector.sandbox.profiles import PROFILES
from collector.settings import NAMES, read_settings
from tests.canaries import everything_said_by, files_with_canaries, found_in
from tests.cli.processes import started
from tests.fakes import BlockedCall, FakeClock


class StoppableClock(FakeClock):
    def stop(self) -> None:
        raise AssertionError("nobody stops these runs")


@pytest.fixture
def account() -> Iterator[Account]:
    """A centrally managed account in which every kind of secret occurs."""
    account = generate_account(users=8, groups=3, custom_roles=2, seed=7)
    manage_centrally(account)
    for profile in PROFILES:
        account.add_user(f"{profile}@example.com", profile=profile)
    levels = account.levels
    bypass = [{"id": account.owner.id, "email": f"{CANARY}-BYPASS@example.com"}]
    levels.change({"security.signin_with_sso.sso_bypass_users": bypass})
    with (  # in every document: one with a text nobody has described yet
        patch.object(levels, "settings", _with_a_secret(levels.settings)),
        patch.object(levels, "locks", _with_a_secret(levels.locks)),
    ):
        yield account


def _with_a_secret(document: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    return lambda option, *group: {
        **document(option, *group),
        "future": {"note": f"{CANARY}-FUTURE", "passcode": f"{CANARY}-FUTURE"},
    }


@pytest.fixture
def gate() -> BlockedCall:
    return BlockedCall()


@pytest.fixture
def zoom(
    account: Account,
    gate: BlockedCall,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Sandbox]:
    """A sandbox that also sends settings nobody has described yet; everything is logged."""
    sandbox = Sandbox(account, future_fields=True, clock=gate)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for module in ("collector.cli.collect", "collector.cli.doctor"):
        monkeypatch.setattr(importlib.import_module(module), "SystemClock", StoppableClock)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    level = logging.getLogger("collector").level
    with sandbox.serve() as url, caplog.at_level(logging.DEBUG):
        for name, value in {**sandbox.environment(url), "ZOOM_HOME": str(tmp_path / "home")}.items():
            monkeypatch.setenv(name, value)
        yield sandbox
        gate.open.set()
    logging.getLogger("collector").setLevel(level)


Said = Callable[..., tuple[int, str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Said:
    """Runs `collector`; gives the exit code and everything printed and logged since the last one."""

    def command(*arguments: str) -> tuple[int, str]:
        caplog.clear()
        code = run(arguments)
        for thread in threading.enumerate():
            if thread.name.startswith("reader-"):  # a call under way when the run gave up; a process would just end
                thread.join(timeout=60)
        captured = capsys.readouterr()
        return code, captured.out + captured.err + caplog.text

    return command


def assert_only_the_token_file_holds_one(tmp_path: Path) -> None:
    assert files_with_canaries(tmp_path) == {"token.json"}
    assert b"CANARY-SECRET" not in (tmp_path / "home" / "default" / "token.json").read_bytes()


ACCOUNT_SECRETS = {
    "ACCOUNT-STREAM-KEY",
    "ACCOUNT-PIN",
    "ARCHIVE@",
    "ARCHIVE-USER",
    "ARCHIVE-PASSCODE",
    "ARCHIVE-TOKEN",
}


def test_there_is_something_to_find(zoom: Sandbox, account: Account) -> None:
    client, headers = zoom.app.test_client(), {"Authorization": f"Bearer {zoom.issue_token()}"}
    served = [client.get(f"/v2/users/{user.id}/settings", headers=headers).text for user in account.users]
    served += [client.get(path, headers=headers).text for path in ("/v2/users", "/v2/users/me")]
    text = "\n".join(served)
    assert CANARY in text
    assert f'"pmi":{PMI_CANARY}' in text
    assert "CANARY-FUTURE" in text
    assert CANARY in zoom.client_secret
    assert found_in(f'"pmi":{PMI_CANARY}00001,') != []


def test_what_is_set_above_the_user_holds_secrets_and_is_read(zoom: Sandbox, said: Said, account: Account) -> None:
    client, headers = zoom.app.test_client(), {"Authorization": f"Bearer {zoom.issue_token()}"}
    assert said("collect")[0] == 0
    assert zoom.calls.count("/v2/accounts/<account_id>/settings", 200) == 5
    assert zoom.calls.count("/v2/accounts/<account_id>/lock_settings", 200) == 2
    assert zoom.calls.count("/v2/groups/<group_id>/settings", 200) == 4 * len(account.groups)
    assert zoom.calls.count("/v2/groups/<group_id>/lock_settings", 200) == 2 * len(account.groups)
    group = f"/v2/groups/{account.groups[0].id}"
    for path, secrets in (
        ("/v2/accounts/me/settings", {*ACCOUNT_SECRETS, "FUTURE"}),
        ("/v2/accounts/me/settings?option=security", {"BYPASS", "FUTURE"}),
        ("/v2/accounts/me/lock_settings", {"FUTURE"}),
        (f"{group}/settings", {"GROUP-STREAM-KEY", "GROUP-PIN", "FUTURE"}),
        (f"{group}/settings?option=meeting_security", {"FUTURE"}),
        (f"{group}/lock_settings?option=meeting_security", {"FUTURE"}),
    ):
        text = client.get(path, headers=headers).text
        assert {secret for secret in secrets if f"{CANARY}-{secret}" in text} == secrets


@pytest.mark.parametrize("arguments", [("collect",), ("collect", "-v"), ("collect", "--json")])
def test_a_collection(zoom: Sandbox, said: Said, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, text = said(*arguments)
    assert code == 0
    assert "GET /users/me -> 200" in text
    assert found_in(text) == []
    assert_only_the_token_file_holds_one(tmp_path)


def test_settings_nobody_described_yet_keep_no_text(zoom: Sandbox, said: Said, tmp_path: Path) -> None:
    said("collect")
    summary = json.loads((tmp_path / "work" / ".j1-integration" / "summary.json").read_bytes())
    unknown = {setting["path"]: setting["kept"] for setting in summary["metadata"]["unknownSettings"]}
    assert unknown == {
        "feature.future_note": False,
        "future.note": False,
        "future.passcode": False,
        "in_meeting.future_canvas_enabled": True,
        "locked.future.note": False,
        "locked.future.passcode": False,
    }
    _, text = said("show", "user", "assistant@example.com")
    assert "inMeetingFutureCanvasEnabled: yes" in text
    assert "futureNote" not in text


def test_the_journal_of_the_store(zoom: Sandbox, said: Said, account: Account, tmp_path: Path) -> None:
    said("collect")
    path = tmp_path / "home" / "default" / "graph.db"
    account.update_user(account.owner.id, first_name="Olivia")
    with closing(sqlite3.connect(path)) as reader:  # keeps the journal from being folded into the file
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM run").fetchone()
        said("collect")
        assert path.with_name("graph.db-wal").stat().st_size > 0
        assert_only_the_token_file_holds_one(tmp_path)


def test_people_asked_for_one_by_one(zoom: Sandbox, said: Said, account: Account, tmp_path: Path) -> None:
    """The answer about one user holds more secrets than the list: the personal meeting address with its passcode."""
    said("collect")
    forgotten = account.owner
    real = account.users_with_status
    with patch.object(account, "users_with_status", lambda status: [u for u in real(status) if u != forgotten]):
        code, text = said("collect", "-v")
    assert code == 0
    assert zoom.calls.count("/v2/users/<user_id>", 200) == 1
    assert found_in(text) == []
    assert_only_the_token_file_holds_one(tmp_path)


FAULTS: list[tuple[FaultKind, str]] = [
    ("status_500", "/users/*/settings"),
    ("status_502_html", "/users"),
    ("html_200", "/groups"),
    ("redirect", "/roles"),
    ("daily_429", "/groups/*/members"),
    ("qps_429", "/users"),
    ("reset", "/users/*/settings"),
    ("wrong_types", "/accounts/me/settings"),
    ("truncated", "/groups/*/settings"),
    ("dropped_body", "/users/me"),
    ("truncated", "/users/*/settings"),
    ("wrong_types", "/users/*/settings"),
    ("wrong_rows", "/users"),
    ("unauthorized", "/groups"),
    ("revoked", "/users/*/settings"),
    ("missing_scope", "/users/*/settings"),
    ("vanished_404", "/users/*/settings"),
    ("html_200", "/oauth/token"),
    ("reset", "/oauth/token"),
]


@pytest.mark.parametrize(("kind", "path"), FAULTS)
def test_when_something_always_goes_wrong(
    zoom: Sandbox, said: Said, tmp_path: Path, kind: FaultKind, path: str
) -> None:
    zoom.faults.add(Fault(kind, path, times=None))
    _, text = said("collect", "-v")
    assert found_in(text) == []
    assert files_with_canaries(tmp_path) <= {"token.json"}


def test_when_everything_goes_wrong_once(zoom: Sandbox, said: Said, tmp_path: Path) -> None:
    zoom.faults.add(*(Fault(kind, path) for kind, path in FAULTS if kind != "daily_429"))
    code, text = said("collect", "-v")
    assert code == 3
    assert found_in(text) == []
    assert_only_the_token_file_holds_one(tmp_path)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"ZOOM_CLIENT_SECRET": f"{CANARY}-wrong"}, None),
        ({"ZOOM_ACCESS_TOKEN": f"{CANARY}-token"}, None),
        ({"ZOOM_CLIENT_SECRET": f"{CANARY} with blanks"}, None),
        ({"ZOOM_CLIENT_SECRET": f"{CANARY}…"}, None),
        ({}, Fault("reset", times=None)),
        ({}, Fault("unauthorized", "/groups", times=None)),
        ({}, Fault("status_500", "/oauth/token", times=None)),
        ({}, Fault("html_200", "/oauth/token", times=None)),
        ({"ZOOM_API_URL": f"http://127.0.0.1:9/?pwd={CANARY}"}, None),
    ],
)
def test_failures_say_nothing(
    zoom: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changed: dict[str, str], fault: Fault | None
) -> None:
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    if fault is not None:
        zoom.faults.add(fault)
    with pytest.raises(CollectorError) as failure:
        collect_account(
            read_settings(os.environ, tmp_path),
            clock=FakeClock(),
            randomness=random.Random(7),
            progress=NoProgress(),
            folder=tmp_path / "work",
        )
    assert found_in(everything_said_by(failure.value) + failure.value.next_step) == []


def test_looking_at_it(zoom: Sandbox, said: Said, account: Account) -> None:
    said("collect")
    for arguments in (
        ("doctor", "-v"),
        ("doctor", "--json"),
        ("show", "account"),
        ("show", "account", "--json"),
        ("show", "group", account.groups[0].name, "--json"),
        ("show", "role", "Helpdesk"),
        *(("show", "user", user.email) for user in account.users),
        *(("show", "user", user.email, "--json") for user in account.users[-4:]),
    ):
        code, text = said(*arguments)
        assert code == 0, arguments
        assert found_in(text) == [], arguments


def test_the_demo(zoom: Sandbox, said: Said, tmp_path: Path) -> None:
    code, text = said("demo", "--users", "60", "-v")
    assert code == 0
    assert found_in(text) == []
    assert files_with_canaries(tmp_path) == {"token.json"}


@pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps to look at processes with")
def test_the_arguments_of_the_process(zoom: Sandbox, gate: BlockedCall, tmp_path: Path) -> None:
    zoom.faults.add(Fault("slow", "/groups"))
    with started("collect", cwd=tmp_path / "work") as process:
        assert gate.reached.wait(timeout=60)
        arguments = subprocess.run(
            ["ps", "-ww", "-o", "args=", "-p", str(process.pid)], capture_output=True, text=True, check=True
        ).stdout
        gate.open.set()
        out, err = process.communicate(timeout=60)
    assert arguments.split()[-1] == "collect"
    assert found_in(arguments + out + err) == []
