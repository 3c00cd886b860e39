"""What the shell offers after a Tab."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from collector.cli import cli
from collector.resources import all_resources, steps

STEPS = [step.id for step in steps(all_resources())]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two profiles, and a file beside them; configured by `./.env`."""
    for name in ("acme", "emea"):
        (tmp_path / "home" / name).mkdir(parents=True)
    (tmp_path / "home" / "acme.txt").touch()
    (tmp_path / ".env").write_text(f"ZOOM_HOME={tmp_path / 'home'}\n")
    (tmp_path / ".env").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZOOM_HOME", raising=False)
    return tmp_path / "home"


def offered(*words: str) -> list[str]:
    """What can stand in the place of the last word."""
    complete = ShellComplete(cli, {}, "collector", "_COLLECTOR_COMPLETE")
    return [item.value for item in complete.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize("verb", ["collect", "plan", "run"])
@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        ("", STEPS),
        ("fetch-u", ["fetch-users"]),
        ("fetch-users,fetch-r", ["fetch-users,fetch-roles"]),
        ("nothing", []),
    ],
)
def test_steps(verb: str, begun: str, expected: list[str]) -> None:
    assert offered(verb, "--step", begun) == expected


@pytest.mark.parametrize("verb", [[], ["collect"], ["auth", "login"], ["show", "user"]])
@pytest.mark.parametrize(("begun", "expected"), [("", ["acme", "emea"]), ("a", ["acme"]), ("x", [])])
def test_profiles(home: Path, verb: list[str], begun: str, expected: list[str]) -> None:
    assert offered(*verb, "--profile", begun) == expected


@pytest.mark.parametrize(
    "dotenv", ["ZOOM_PLAN=none\n", "ZOOM_HOME=/dev/null\n", "ZOOM_HOME=nowhere\n", "ZOOM_PROFILE=../x\n", "\0"]
)
def test_a_configuration_that_cannot_be_used_offers_nothing_and_says_nothing(
    home: Path, dotenv: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path(".env").write_text(dotenv)
    assert offered("collect", "--profile", "") == []
    assert capfd.readouterr() == ("", "")


def test_the_program_answers_the_shell(home: Path) -> None:
    asked = {"_COLLECTOR_COMPLETE": "bash_complete", "COMP_WORDS": "collector status --profile e", "COMP_CWORD": "3"}
    ended = subprocess.run(
        [Path(sys.executable).with_name("collector")],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "plain,emea\n", "")
