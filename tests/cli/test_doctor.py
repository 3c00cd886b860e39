"""`collector doctor`: one line a check, and how to fix what is wrong."""

from __future__ import annotations

import importlib
import json
import time
from pathlib import Path

import pytest

from collector.sandbox import GRANULAR_SCOPES, Account, Fault, Sandbox
from collector.sandbox.errors import ZoomError
from tests.fakes import FakeClock

from .conftest import Command, served

DOCTOR = importlib.import_module("collector.cli.doctor")  # in the package the name is the command's

LEAST_PRIVILEGE = """
Least privilege, to copy:
  classic scopes:   group:read:admin role:read:admin user:read:admin
  granular scopes:  group:read:list_groups:admin group:read:list_members:admin role:read:list_members:admin \
role:read:list_roles:admin role:read:role:admin user:read:list_users:admin user:read:settings:admin \
user:read:user:admin
  role privileges:  Group:Read Role:Read User:Read

Optional, in addition:
  classic scopes:   account:read:admin
  granular scopes:  account:read:lock_settings:master account:read:managed_domains:master \
account:read:settings:admin account:read:trusted_domains:master group:read:lock_settings:admin \
group:read:settings:admin
  role privileges:  AccountSetting:Read
"""


def levels(text: str) -> dict[str, set[str]]:
    """Level → the subjects that have it."""
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        level, _, rest = line.partition(" ")
        if level in ("ok", "warning", "failure"):
            found.setdefault(level, set()).add(rest.strip().partition(":")[0])
    return found


def test_all_is_well(collector: Command, zoom: Sandbox, tmp_path: Path) -> None:
    outcome = collector("doctor")
    assert outcome.code == 0
    assert outcome.err == ""
    first = outcome.out.splitlines()[0]
    assert first == (
        "ok       configuration: profile 'default', Server-to-Server (ZOOM_ACCOUNT_ID), plan unlimited, rate share 0.8"
    )
    assert levels(outcome.out) == {
        "ok": {
            "configuration",
            "files",
            "network",
            "clock",
            "token",
            "account",
            "scope for /users/me",
            "scope for /users",
            "scope for /users/{userId}",
            "scope for /users/{userId}/settings",
            "scope for /groups",
            "scope for /groups/{groupId}/members",
            "scope for /roles",
            "scope for /roles/{roleId}",
            "scope for /roles/{roleId}/members",
            "optional scope for /accounts/me/settings",
            "optional scope for /accounts/me/lock_settings",
            "optional scope for /accounts/me/managed_domains",
            "optional scope for /accounts/me/trusted_domains",
            "optional scope for /groups/{groupId}/settings",
            "optional scope for /groups/{groupId}/lock_settings",
            "JupiterOne",
        }
    }
    assert outcome.out.count("scope for ") == 15
    assert outcome.out.endswith(LEAST_PRIVILEGE)


def test_json(collector: Command, zoom: Sandbox) -> None:
    report = json.loads(collector("doctor", "--json").out)
    assert report["findings"][0]["subject"] == "configuration"
    assert {finding["level"] for finding in report["findings"]} == {"ok"}
    assert report["leastPrivilege"]["privileges"] == ["Group:Read", "Role:Read", "User:Read"]
    assert report["optionalPrivilege"]["privileges"] == ["AccountSetting:Read"]


def test_without_credentials_it_still_says_what_to_give_the_app(collector: Command) -> None:
    outcome = collector("doctor")
    assert outcome.code == 2
    assert outcome.out.startswith("failure  configuration: No Zoom credentials are configured.\n         Fix: Set ")
    assert outcome.out.endswith(LEAST_PRIVILEGE)


def test_configuration_problems_are_listed(collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOOM_PLAN", "gold")
    monkeypatch.setenv("ZOOM_API_URL", "http://elsewhere.example")
    outcome = collector("doctor")
    assert outcome.code == 2
    assert outcome.out.splitlines()[:3] == [
        "failure  configuration: The configuration has problems:",
        "  - ZOOM_PLAN must be one of free, pro, business, unlimited, not 'gold'.",
        "  - ZOOM_API_URL must be an https address (plain http on this computer only), without query.",
    ]


def test_a_wrong_secret(collector: Command, zoom: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOOM_CLIENT_SECRET", "something-else")
    outcome = collector("doctor")
    assert outcome.code == 2
    assert levels(outcome.out)["failure"] == {"token"}
    assert "Fix: Check ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET against App Credentials" in outcome.out
    assert "something-else" not in outcome.out


def test_a_missing_scope(collector: Command, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(Sandbox(account, scopes=GRANULAR_SCOPES - {"role:read:role:admin"}), monkeypatch):
        outcome = collector("doctor")
    assert outcome.code == 3
    assert levels(outcome.out)["failure"] == {"scope for /roles/{roleId}"}
    assert (
        "failure  scope for /roles/{roleId}: missing, needed by fetch-roles\n"
        "         Fix: Add role:read:admin (classic app) or role:read:role:admin (granular app) in the Zoom "
        "Marketplace.\n"
    ) in outcome.out


def test_a_token_from_the_environment(collector: Command, zoom: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOOM_ACCESS_TOKEN", zoom.issue_token())
    outcome = collector("doctor")
    assert outcome.code == 0
    assert "token: available; its scopes are unknown, so every step will be tried" in outcome.out
    assert len(levels(outcome.out)["warning"]) == 9


def test_a_token_that_is_no_good_any_more(collector: Command, zoom: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOOM_ACCESS_TOKEN", zoom.issue_token())
    zoom.revoke_tokens()
    outcome = collector("doctor")
    assert outcome.code == 4
    assert levels(outcome.out)["failure"] == {"account"}
    assert "Fix: Put a new access token into ZOOM_ACCESS_TOKEN" in outcome.out


def test_a_missing_privilege(collector: Command, zoom: Sandbox) -> None:
    zoom.denied_privileges.add("User:Read")
    outcome = collector("doctor")
    assert outcome.code == 3
    assert levels(outcome.out)["failure"] == {"account"}
    assert "the privilege User:Read" in outcome.out


@pytest.mark.parametrize(("name", "mode", "wanted"), [("graph.db", 0o644, "600"), (".", 0o755, "700")])
def test_files_others_can_read(
    collector: Command, zoom: Sandbox, tmp_path: Path, name: str, mode: int, wanted: str
) -> None:
    assert collector("collect").code == 0
    path = tmp_path / "home" / "default" / name
    path.chmod(mode)
    outcome = collector("doctor")
    assert outcome.code == 0
    assert (
        f"warning  files: {path} can be read by others (mode {mode:o})\n         Fix: chmod {wanted} {path}\n"
    ) in outcome.out


def test_a_clock_that_is_wrong(collector: Command, zoom: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DOCTOR, "SystemClock", lambda: FakeClock(time.time() - 3600))
    outcome = collector("doctor")
    assert outcome.code == 0
    assert "warning  clock: This computer's clock differs by 3" in outcome.out
    assert "Fix: Turn on time synchronization; tokens expire by this clock." in outcome.out


def test_nobody_answers(collector: Command, zoom: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DOCTOR, "SystemClock", FakeClock)
    for name in ("ZOOM_OAUTH_URL", "ZOOM_API_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    outcome = collector("doctor")
    assert outcome.code == 1
    assert levels(outcome.out)["failure"] == {"network", "token"}
    assert "http://127.0.0.1:9 cannot be reached (ConnectionError)" in outcome.out


@pytest.mark.parametrize("status", [400, 404, 409])
def test_a_refusal_without_a_name_still_says_what_to_do(
    collector: Command, zoom: Sandbox, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr("collector.sandbox.errors.missing_privilege", lambda _: ZoomError(status, 300, "No."))
    zoom.faults.add(Fault("missing_privilege", "/users/me"))
    outcome = collector("doctor")
    assert outcome.code == 3
    account = outcome.out.splitlines().index(next(line for line in outcome.out.splitlines() if "account:" in line))
    assert outcome.out.splitlines()[account + 1].strip().startswith("Fix: ")
