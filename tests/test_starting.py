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
]


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """A first import that takes very long, instead of click's."""
    (tmp_path / "click.py").write_text(SLOW)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}


def _heed_ctrl_c() -> None:
    """Though the suite may run where it is ignored, as in the background of a script."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("command", COMMANDS, ids=["module", "script", "oauth-server"])
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
