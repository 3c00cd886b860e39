"""`collector demo`: the main job without a Zoom account, and without touching anything of anybody's."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from collector.own_command import own_command
from collector.questions.library import load_questions
from tests.served import add_kiosks

from .conftest import Command, configure
from .processes import ended


def test_it_collects_shows_and_uploads_twice(collector: Command, work: Path, tmp_path: Path) -> None:
    (work / ".env").write_text("ZOOM_ACCESS_TOKEN=mine\n")
    outcome = collector("demo", "--users", "40")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == "Signed in to a sandbox Zoom account as olive.owner.0@example.com."
    assert [line.split()[:3] for line in lines[3:5]] == [
        ["fetch-users", "complete", "40"],
        ["fetch-account", "complete", "1"],
    ]
    assert "not granted" not in outcome.out.casefold()
    assert (lines[4].split()[3], lines[6].split()[:4]) == ("10", ["fetch-groups", "complete", "6", "37"])
    assert "$ collector show user olive.owner.0@example.com" in lines
    assert any(line.startswith("Olive Owner  zoom_user:") for line in lines)
    blocks = [text.splitlines() for text in outcome.out.split("\n\n")]
    uploads = next(number for number, block in enumerate(blocks) if block[0] == "$ collector sync")
    first, second, arrived = blocks[uploads : uploads + 3]
    assert first[:2] == ["$ collector sync", "JupiterOne says:"]
    assert first[2] == "  entities: 52 created, 0 updated, 0 deleted, 0 errors"
    assert second == [
        "$ collector sync  # once more",
        "JupiterOne says:",
        "  entities: 0 created, 0 updated, 0 deleted, 0 errors",
        "  relationships: 0 created, 0 updated, 0 deleted, 0 errors",
    ]
    assert arrived[0] == "The sandbox JupiterOne now holds:"
    counts = dict(line.split() for line in arrived[1:])
    assert (counts["zoom_account"], counts["zoom_user"], counts["zoom_account_has_user"]) == ("1", "40", "40")
    entities = ("zoom_account", "zoom_group", "zoom_role", "zoom_user")
    assert sum(int(counts.pop(type_)) for type_ in entities) == 52
    assert f"  relationships: {sum(map(int, counts.values()))} created, 0" in first[3]
    *_, answers, written, _ = blocks
    assert "$ collector questions run" in lines
    assert written[0] == "$ collector report"
    assert answers[0].split() == ["Question", "Bad", "Not", "known", "Good", "Listed", "Read", "Id"]
    assert len(answers[1:6]) == min(5, len(load_questions()))
    assert lines[-2] == f"The graph of this demo is in {work / 'demo' / '.j1-integration'}"

    day = blocks[[block[0].partition(":")[0] for block in blocks].index("A day passes") :]
    assert [block[0].partition(" (")[0] for block in day[1:5]] == [
        "$ collector collect",
        "$ collector alerts check",
        "HIGH: a new administrator",
        "MEDIUM: the waiting room is off",
    ]
    assert day[3][1].endswith("isAdmin: no → yes; Role: Admin")
    assert day[4][1].endswith("meetingSecurityWaitingRoom: yes → no")

    assert sorted(path.name for path in work.iterdir()) == [".env", "demo"]
    assert sorted(path.name for path in (work / "demo").iterdir()) == [".j1-integration", "home", "zoom-report.html"]
    assert not (tmp_path / "home").exists()


def test_a_second_time_as_json_whatever_is_configured(collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is a proxy of the system an obstacle."""
    assert collector("demo", "--users", "10").code == 0
    configure(
        monkeypatch,
        {
            "ZOOM_ACCESS_TOKEN": "mine",
            "ZOOM_PLAN": "nonsense",
            "ZOOM_PROFILE": "NONSENSE",
            "JUPITERONE_API_KEY": "CANARY of mine",
            "JUPITERONE_API_BASE_URL": "http://jupiterone.example",
            **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9"),
        },
    )
    monkeypatch.delenv("no_proxy")
    outcome = collector("demo", "--users", "12", "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["steps"][0]["counts"] == {"zoom_user": 12}


def test_what_the_sandbox_does_not_serve_is_left_out(collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    add_kiosks(monkeypatch)
    outcome = collector("demo", "--users", "10")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert "Not in the sandbox: fetch-kiosks, build-account-and-kiosk-relationship" in lines
    assert "JupiterOne will delete nothing of these types: zoom_account_has_kiosk, zoom_kiosk" in lines
    assert "Not read completely" not in outcome.out


def test_it_ends_with_a_command_that_works_in_a_fresh_shell(collector: Command, work: Path) -> None:
    last = collector("demo", "--users", "10").out.splitlines()[-1]
    assert last.startswith("Next: ZOOM_HOME=demo/home ")
    (work / ".env").write_text("ZOOM_PROFILE=mine\n")
    shell = subprocess.run(
        ["/bin/sh", "-c", last.removeprefix("Next: ")],
        cwd=work,
        env={"PATH": "/usr/bin:/bin", "HOME": str(work)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shell.stdout.startswith("Olive Owner  zoom_user:")
    assert shell.stderr == ""


def test_from_the_clones_folder_that_command_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "a clone" / ".venv" / "bin" / "collector"
    monkeypatch.setattr("sys.executable", str(program.with_name("python")))
    assert own_command() == "collector"  # wherever it may be found
    program.parent.mkdir(parents=True)
    program.touch()
    assert own_command(tmp_path / "a clone") == ".venv/bin/collector"
    assert own_command(tmp_path / "elsewhere") == own_command() == f"'{program}'"


def test_nothing_is_left_in_the_folder_of_temporary_files(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    code, _, _ = ended("demo", "--users", "10", cwd=work, settings={"TMPDIR": str(tmp_path / "tmp")})
    assert code == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_lies_where_the_demo_keeps_its_profile_is_left_alone(collector: Command, work: Path) -> None:
    mine = work / "demo" / "home" / "mine"
    mine.parent.mkdir(parents=True)
    mine.touch()
    outcome = collector("demo", "--users", "10")
    assert outcome.code == 2
    assert outcome.err == (
        f"Error: {mine.parent} exists and was not created by the demo.\nNext: Run the demo in another folder.\n"
    )
    assert mine.exists()


def test_a_file_where_the_folder_should_be(collector: Command, work: Path) -> None:
    (work / "demo").write_text("mine")
    outcome = collector("demo", "--users", "10")
    assert outcome.code == 2
    assert outcome.err.endswith("Next: Run the demo in another folder.\n")
    assert (work / "demo").read_text() == "mine"


def test_without_the_sign_in_page(collector: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("collector.settings.redirect_address.SERVER_FOLDER", tmp_path / "nowhere")
    outcome = collector("demo", "--users", "10")
    assert outcome.code == 2
    assert outcome.err == (
        f"Error: The sign-in page is missing: {tmp_path / 'nowhere'}.\n"
        "Next: Install the collector again: the sign-in page is part of it.\n"
    )


def test_a_sign_in_that_does_not_come_about(
    collector: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "__main__.py").write_text("raise SystemExit('there is no port')")
    monkeypatch.setattr("collector.settings.redirect_address.SERVER_FOLDER", tmp_path)
    outcome = collector("demo", "--users", "10")
    assert outcome.code == 1
    assert outcome.err == (
        "Error: The demo could not sign in to its sandbox: there is no port.\nNext: Run `collector demo` again.\n"
    )
