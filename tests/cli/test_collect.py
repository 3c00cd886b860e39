"""`collector collect`: what it prints, writes and returns."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from collector.cli.output import format_time
from collector.cli.progress import ProgressBars, ProgressLines, progress_for
from collector.model.step import Step, StepResult, StepStatus
from collector.sandbox import GRANULAR_SCOPES, Account, Fault, Sandbox

from .conftest import Command, served, words


def test_a_complete_run(collector: Command, zoom: Sandbox, work: Path) -> None:
    outcome = collector("collect")
    assert outcome.code == 0
    assert [line.split()[:4] for line in outcome.out.splitlines()[:10]] == [
        ["Step", "Status", "Count", "Calls"],
        ["fetch-users", "complete", "8", "27"],
        ["fetch-account", "complete", "1", "10"],
        ["build-account-and-user-relationship", "complete", "8", "0"],
        ["fetch-groups", "complete", "3", "19"],
        ["build-user-and-group-relationship", "complete", "5", "3"],
        ["build-account-and-group-relationship", "complete", "3", "0"],
        ["fetch-roles", "complete", "5", "6"],
        ["build-user-and-role-relationship", "complete", "8", "4"],
        ["build-account-and-role-relationship", "complete", "5", "0"],
    ]
    assert f"17 entities and 29 relationships in {work / '.j1-integration'}\n" in outcome.out
    (told,) = re.findall("^Next: (collector show user .+@example.com)$", outcome.out, re.MULTILINE)
    assert collector(*told.split()[1:]).code == 0
    assert "Not read completely" not in outcome.out
    assert outcome.err.splitlines()[:2] == ["Fetch Users ...", "Fetch Account ..."]
    assert (work / ".j1-integration" / "summary.json").is_file()


def test_what_was_denied_is_shown_with_the_scope_to_add(
    collector: Command, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes = GRANULAR_SCOPES - {"group:read:list_members:admin"}
    with served(Sandbox(account, scopes=scopes), monkeypatch):
        outcome = collector("collect")
    assert outcome.code == 3
    said = words(outcome.out)
    assert "zoom_group_has_user (build-user-and-group-relationship) denied, 0 read: the token lacks the scope" in said
    assert "Next: Add group:read:admin (classic app) or group:read:list_members:admin (granular app)" in said
    assert "JupiterOne will delete nothing of these types: zoom_group_has_user" in said
    assert "Next: fix what is incomplete (above), then run `collector collect` again" in said


def test_documents_that_are_missing_show_in_the_table(
    collector: Command, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(Sandbox(account, scopes=GRANULAR_SCOPES - {"user:read:settings:admin"}), monkeypatch):
        outcome = collector("collect")
    assert outcome.code == 3
    assert outcome.out.splitlines()[1].split()[:3] == ["fetch-users", "incomplete", "details"]
    assert "settings (fetch-users) denied, 0 read, 6 missing: the token lacks the scope" in words(outcome.out)


def test_a_daily_limit_says_when_to_come_back(collector: Command, zoom: Sandbox, work: Path) -> None:
    zoom.faults.add(Fault("daily_429", "/groups", times=None))
    outcome = collector("collect")
    assert outcome.code == 75
    assert re.search(
        r"Next: run `collector collect` again after \d{4}-\d\d-\d\d 00:00:00 UTC, when Zoom's limit clears\.",
        words(outcome.out),
    )
    assert (work / ".j1-integration" / "summary.json").is_file()


def test_a_time_beyond_the_calendar() -> None:
    """Zoom's Retry-After may be any number."""
    assert format_time(1e18) == "a time beyond the calendar"


@pytest.mark.parametrize("arguments", [("--json", "collect"), ("collect", "--json")])
def test_json(collector: Command, zoom: Sandbox, work: Path, arguments: tuple[str, ...]) -> None:
    outcome = collector(*arguments)
    assert outcome.code == 0
    summary = json.loads(outcome.out)
    assert (summary["exitCode"], summary["entities"], summary["relationships"]) == (0, 17, 29)
    assert summary["output"] == str(work / ".j1-integration")
    assert summary["partialTypes"] == []
    assert summary["steps"][0]["id"] == "fetch-users"
    assert summary["steps"][0]["counts"] == {"zoom_user": 8}
    assert [entry["reading"] for entry in summary["coverage"]][:2] == ["users?status=active", "users?status=inactive"]


@pytest.mark.parametrize("steps", [("--step", "fetch-groups"), ("--step=fetch-groups,fetch-account",)])
def test_chosen_steps(collector: Command, zoom: Sandbox, steps: tuple[str, ...]) -> None:
    outcome = collector("collect", *steps)
    assert outcome.code == 0
    assert zoom.calls.count("/v2/groups") == 1
    assert zoom.calls.count("/v2/users") == 0
    assert "Skipped by choice: fetch-users" in words(outcome.out)


@pytest.mark.parametrize("step", ["fetch-meetings", "", ",", "fetch-users,"])
def test_an_unknown_step_is_wrong_use(collector: Command, zoom: Sandbox, work: Path, step: str) -> None:
    outcome = collector("collect", "--step", step)
    assert outcome.code == 2
    assert outcome.err.startswith("Error: There is no step ")
    assert "Next: The steps are: fetch-account, fetch-users, " in outcome.err
    assert zoom.calls.count() == 0
    assert list(work.iterdir()) == []


def test_without_credentials(collector: Command, work: Path, tmp_path: Path) -> None:
    outcome = collector("collect")
    assert outcome.code == 2
    assert outcome.err == (
        "Error: No Zoom credentials are configured.\n"
        "Next: Set ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET of your app in ./.env and sign in with `collector auth "
        "login`; or with ZOOM_ACCOUNT_ID those of a Server-to-Server app; or ZOOM_ACCESS_TOKEN. See .env.example. "
        "To see the collector without a Zoom account: `collector demo`.\n"
    )
    assert not (tmp_path / "home").exists()


def test_a_folder_of_somebody_elses_is_found_out_before_anything_is_read(
    collector: Command, zoom: Sandbox, work: Path
) -> None:
    (work / ".j1-integration").mkdir()
    (work / ".j1-integration" / "thesis.txt").write_text("mine")
    outcome = collector("collect")
    assert outcome.code == 2
    assert "contains something other than a tree" in outcome.err
    assert zoom.calls.count() == 0
    assert (work / ".j1-integration" / "thesis.txt").read_text() == "mine"


def test_profiles_are_apart(collector: Command, zoom: Sandbox, tmp_path: Path) -> None:
    assert collector("--profile", "one", "collect").code == 0
    assert collector("collect", "--profile", "two").code == 0
    assert sorted(path.name for path in (tmp_path / "home").iterdir()) == ["one", "two"]


def test_what_zoom_sends_cannot_steer_the_terminal(collector: Command, zoom: Sandbox, account: Account) -> None:
    account.change_settings(account.owner.id, {"in_meeting.evil\x1b[2J\x9b31m\u202e": True})
    outcome = collector("collect")
    assert outcome.code == 0
    assert "1 unknown settings; booleans and measures are kept:" in outcome.out
    assert "in_meeting.evil�[2J�31m�" in outcome.out
    assert [c for c in outcome.out if not c.isprintable() and c != "\n"] == []


class TestProgress:
    STEP = Step("fetch-users", "Fetch Users", ("zoom_user",))

    def drawn(self, *, terminal: bool) -> str:
        console = Console(file=io.StringIO(), force_terminal=terminal, width=100, _environ={})
        with progress_for(console) as progress:
            progress.started(self.STEP)
            progress.expect(self.STEP, 4000)
            progress.advance(self.STEP, 2500)
            progress.ended(StepResult(self.STEP, StepStatus.SUCCESS))
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    def test_a_bar_a_step_on_a_terminal(self) -> None:
        drawn = self.drawn(terminal=True)
        assert "Fetch Users" in drawn
        assert "2500/2500" in drawn

    def test_plain_lines_elsewhere(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.drawn(terminal=False) == ""
        assert capsys.readouterr().err == "Fetch Users ...\nFetch Users: 2,500 of 4,000 rows and documents\n"

    def test_more_than_was_expected(self, capsys: pytest.CaptureFixture[str]) -> None:
        lines = ProgressLines()
        lines.advance(self.STEP, 1003)
        assert capsys.readouterr().err == "Fetch Users: 1,003 rows and documents\n"

    def test_bars_are_for_terminals_only(self) -> None:
        assert isinstance(progress_for(Console(file=io.StringIO(), force_terminal=True, _environ={})), ProgressBars)
        assert isinstance(progress_for(Console(file=io.StringIO(), _environ={})), ProgressLines)
        dumb = Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": "dumb"})
        assert isinstance(progress_for(dumb), ProgressLines)

    def test_a_step_that_was_not_run_has_no_bar(self) -> None:
        console = Console(file=io.StringIO(), force_terminal=True, width=100, _environ={})
        with progress_for(console) as progress:
            progress.ended(StepResult(self.STEP, StepStatus.DISABLED))
        assert isinstance(console.file, io.StringIO)
        assert "Fetch Users" not in console.file.getvalue()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--max-age", "1d"), "--max-age needs --changed."),
        (("--changed", "--max-age", "soon"), "'soon' is not a duration such as 30m, 12h or 7d."),
        (("--settings", "some"), "'some' is not one of 'none', 'security', 'all'."),
    ],
)
def test_choices_that_make_no_sense_are_wrong_use(
    collector: Command, zoom: Sandbox, arguments: tuple[str, ...], told: str
) -> None:
    outcome = collector("collect", *arguments)
    assert outcome.code == 2
    assert told in outcome.err
    assert zoom.calls.count() == 0


def test_unchanged_settings_are_shown_with_their_age(collector: Command, zoom: Sandbox) -> None:
    assert collector("collect").code == 0
    zoom.calls.clear()
    outcome = collector("collect", "--changed", "--max-age", "12h")
    assert outcome.code == 0
    assert zoom.calls.count("/v2/users/<user_id>/settings") == 0
    assert "Not refreshed, by choice: settings (fetch-users) skipped, 0 read," in words(outcome.out)
    assert "unchanged since they were read (--changed)" in words(outcome.out)
