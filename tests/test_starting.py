"""Ctrl-C while a program is still being imported: quiet, and exit code 130."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from collector import __main__ as program

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
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "")


@pytest.mark.parametrize("planted", ["click.py", "requests.py", "collector/__init__.py", "json.py", "sitecustomize.py"])
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
