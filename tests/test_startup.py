"""What a start imports; Ctrl-C while it does: quiet, and exit code 130."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from collector import __main__ as program
from collector.cli import cli, run
from collector.sandbox import Sandbox
from tests.collect.conftest import people

ROOT = Path(__file__).parent.parent
SLOW = """
import time
print("importing", flush=True)
time.sleep(30)
"""
COMMANDS = [
    [sys.executable, "-m", "collector", "--version"],
    [sys.executable, "-c", f"from {program.__name__} import main; main()"],  # as the installed script does
    [sys.executable, str(ROOT / "oauth-server"), "--help"],
    [sys.executable, str(ROOT / "oauth-server" / "redirect_server"), "--help"],  # as the wheel has it
]


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """A first import that takes very long, instead of click's."""
    (tmp_path / "click.py").write_text(SLOW)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}


def _heed_ctrl_c() -> None:
    """Though the suite may run where it is ignored, as in the background of a script."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("command", COMMANDS, ids=["module", "script", "oauth-server", "redirect_server"])
def test_ctrl_c_while_importing(command: list[str], environment: Mapping[str, str], tmp_path: Path) -> None:
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_ctrl_c,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "importing\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")


@pytest.mark.parametrize("planted", ["click.py", "collector/__init__.py"])
@pytest.mark.parametrize("program", ["collector", "oauth-server", "oauth-server/redirect_server"])
def test_modules_of_the_working_folder_are_not_run(tmp_path: Path, program: str, planted: str) -> None:
    file = tmp_path / planted
    file.parent.mkdir(exist_ok=True)
    file.write_text("raise SystemExit('planted')")
    script = [str(Path(sys.executable).with_name("collector")), "--version"]
    command = script if program == "collector" else [sys.executable, str(ROOT / program), "--help"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_nothing_tells_people_to_run_it_as_a_module() -> None:
    """Python then looks for modules in the working folder first."""
    places = [
        ROOT / name for name in ("Makefile", ".env.example", "README.md", ".ci", "docs", "collector", "oauth-server")
    ]
    files = [file for place in places for file in ([place] if place.is_file() else place.rglob("*")) if file.is_file()]
    telling = {str(file.relative_to(ROOT)) for file in files if b"-m collector" in file.read_bytes()}
    assert {name for name in telling if "__pycache__" not in name} == {"collector/__main__.py"}


SLOW_TO_IMPORT = ("requests", "flask", "authlib", "graphql", "collector.sandbox", "collector.auth")
LOADED = f"""
import sys
from collector.cli import run
code = run(sys.argv[1:])
print(code, [name for name in {SLOW_TO_IMPORT} if name in sys.modules], file=sys.stderr)
"""


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """The environment of a profile that has been collected."""
    sandbox = Sandbox(people())
    monkeypatch.chdir(tmp_path)
    with sandbox.serve() as url:
        settings = {**sandbox.environment(url), "ZOOM_HOME": str(tmp_path / "home"), "no_proxy": "127.0.0.1"}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        assert run(["collect"]) == 0
    return {**os.environ, **settings}


@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["status"], ["status", "--json"], ["show", "account"], ["show", "--help"]],
    ids=" ".join,
)
def test_what_asks_nobody_imports_nothing_that_asks(
    arguments: list[str], collected: Mapping[str, str], tmp_path: Path
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        cwd=tmp_path,
        env=collected,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.stderr == "0 []\n"


def test_a_verb_is_called_as_it_is_listed() -> None:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        assert command.name == name
