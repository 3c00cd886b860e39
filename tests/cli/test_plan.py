"""`collector plan`: what it prints and returns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.cli.plan import duration
from collector.sandbox import GRANULAR_SCOPES, Account, Fault, Sandbox

from .conftest import Command, served, words


def rows(text: str) -> Iterator[list[str]]:
    yield from (line.split() for line in text.splitlines() if line.strip())


def test_a_plan_of_everything(collector: Command, zoom: Sandbox) -> None:
    outcome = collector("plan")
    assert outcome.code == 0
    assert list(rows(outcome.out))[:27] == [
        ["Step", "Runs", "Calls"],
        ["fetch-users", "yes", "27"],
        ["fetch-account", "yes", "10"],
        ["build-account-and-user-relationship", "yes", "0"],
        ["fetch-groups", "yes", "19"],
        ["build-user-and-group-relationship", "yes", "3"],
        ["build-account-and-group-relationship", "yes", "0"],
        ["fetch-roles", "yes", "6"],
        ["build-user-and-role-relationship", "yes", "4"],
        ["build-account-and-role-relationship", "yes", "0"],
        ["Endpoint", "Label", "Calls"],
        ["/users", "Medium", "3"],
        ["/users/{userId}/settings", "Medium", "24"],
        ["/users/me", "Light", "1"],
        ["/accounts/me/settings", "Medium", "5"],
        ["/accounts/me/lock_settings", "Medium", "2"],
        ["/accounts/me/managed_domains", "Light", "1"],
        ["/accounts/me/trusted_domains", "Light", "1"],
        ["/groups", "Medium", "1"],
        ["/groups/{groupId}/settings", "Medium", "12"],
        ["/groups/{groupId}/lock_settings", "Medium", "6"],
        ["/groups/{groupId}/members", "Medium", "3"],
        ["/roles", "Medium", "1"],
        ["/roles/{roleId}", "Light", "5"],
        ["/roles/{roleId}/members", "Medium", "4"],
        ["All", "light", "calls", "Light", "8"],
        ["All", "medium", "calls", "Medium", "61"],
    ]
    assert "All calls 69" in words(outcome.out)
    assert "At ZOOM_PLAN=unlimited: no rate limit." in outcome.out
    assert "Planning took 6 calls." in outcome.out


def test_nothing_is_written_but_the_token(collector: Command, zoom: Sandbox, work: Path, tmp_path: Path) -> None:
    assert collector("plan").code == 0
    assert list(work.iterdir()) == []
    assert sorted(path.name for path in (tmp_path / "home" / "default").iterdir()) == ["token.json", "token.lock"]


def test_json(collector: Command, zoom: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOOM_PLAN", "pro")
    monkeypatch.setenv("ZOOM_RATE_SHARE", "0.5")
    plan = json.loads(collector("plan", "--json", "--settings", "security").out)
    assert (plan["exitCode"], plan["calls"], plan["callsMade"]) == (0, 55, 6)
    assert (plan["zoomPlan"], plan["zoomPlanGiven"], plan["rateShare"]) == ("pro", True, 0.5)
    assert plan["seconds"] == plan["secondsByPlan"]["pro"] == pytest.approx((8 / 30 + 47 / 20) / 0.975 / 0.5)
    assert plan["secondsByPlan"]["unlimited"] is None
    assert plan["labels"] == {"Light": 8, "Medium": 47}
    assert {"path": "/users/{userId}/settings", "label": "Medium", "calls": 18} in plan["endpoints"]
    assert plan["steps"][0] == {
        "id": "fetch-users",
        "runs": True,
        "status": "complete",
        "calls": 21,
        "notes": [],
    }
    left_out = ("settings", "account_settings", "account_locks", "group_settings", "group_locks")
    assert [(gap["reading"], gap["status"]) for gap in plan["gaps"]] == [(name, "skipped") for name in left_out]


def test_what_would_be_denied_is_shown_with_the_scope_to_add(
    collector: Command, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes = GRANULAR_SCOPES - {"group:read:list_groups:admin", "user:read:settings:admin"}
    with served(Sandbox(account, scopes=scopes), monkeypatch):
        outcome = collector("plan")
    assert outcome.code == 3
    assert list(rows(outcome.out))[1] == ["fetch-users", "in", "part", "3"]
    assert list(rows(outcome.out))[4] == ["fetch-groups", "denied", "0"]
    said = words(outcome.out)
    assert "groups (fetch-groups) denied: the token lacks the scope for /groups Next: Add group:read:admin" in said
    assert (
        "zoom_group_has_user (build-user-and-group-relationship) denied: depends on fetch-groups, which is not "
        "read" in said
    )
    assert "meeting_security (fetch-users) denied: the token lacks the scope for /users/{userId}/settings" in said


def test_what_is_left_out_by_choice_is_named(collector: Command, zoom: Sandbox) -> None:
    outcome = collector("plan", "--step", "fetch-users,fetch-account", "--settings", "none")
    assert outcome.code == 0
    said = words(outcome.out)
    assert "Skipped by choice: settings, meeting_authentication, recording_authentication, meeting_security," in said
    assert "fetch-groups, build-user-and-group-relationship" in said
    assert "All calls 4 " in said
    assert zoom.calls.count("/v2/groups") == 0


@pytest.mark.parametrize("arguments", [("--step", "fetch-meetings"), ("--step", ""), ("--settings", "some")])
def test_wrong_use(collector: Command, zoom: Sandbox, arguments: tuple[str, ...]) -> None:
    outcome = collector("plan", *arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert "Error: " in outcome.err
    assert zoom.calls.count() == 0


def test_a_daily_limit_says_when_to_come_back(collector: Command, zoom: Sandbox) -> None:
    zoom.faults.add(Fault("daily_429", "/groups", times=None))
    outcome = collector("plan")
    assert (outcome.code, outcome.out) == (75, "")
    assert outcome.err.startswith("Error: Zoom's daily limit for Medium calls is used up.\n")
    assert re.search(r"Next: Run `collector plan` again after \d{4}-\d\d-\d\d 00:00:00 UTC\.", outcome.err)


class TestTime:
    @pytest.fixture
    def account(self) -> Account:
        account = Account(seed=2)
        account.add_user("olive@example.com", "Olive", "Owner", role_id="0")
        for number in range(299):
            account.add_user(f"user.{number}@example.com")
        return account

    def test_an_assumed_plan_is_shown_with_what_business_would_take(
        self, collector: Command, zoom: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """1,207 documents and 6 lists at 15.6 a second, and 6 light calls; at Business's 46.8 a third of that."""
        monkeypatch.delenv("ZOOM_PLAN")
        monkeypatch.setenv("ZOOM_RATE_SHARE", "0.4")
        said = words(collector("plan").out)
        assert "At ZOOM_PLAN=pro and ZOOM_RATE_SHARE=0.4: 3 minutes." in said
        assert "ZOOM_PLAN is not set; Pro limits are assumed." in said
        assert "ZOOM_PLAN=business takes 53 seconds." in said

    def test_a_given_plan_is_taken_as_it_is(
        self, collector: Command, zoom: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ZOOM_PLAN", "business")
        said = words(collector("plan", "--settings", "none").out)
        assert "At ZOOM_PLAN=business and ZOOM_RATE_SHARE=0.8: 1 second." in said
        assert "assumed" not in said


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.2, "1 second"),
        (41.5, "42 seconds"),
        (90, "90 seconds"),
        (91, "2 minutes"),
        (39.4 * 60, "39 minutes"),
        (3600, "1 hour"),
        (6.53 * 3600, "6 hours 32 minutes"),
        (3599, "1 hour"),
        (1e7, "2,777 hours 47 minutes"),
    ],
)
def test_times_in_words(seconds: float, told: str) -> None:
    assert duration(seconds) == told
