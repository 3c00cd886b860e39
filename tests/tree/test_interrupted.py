"""Killed or failing at any file-system call, a writer leaves the old tree or the new one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each interrupted writer is a forked process")
@pytest.mark.parametrize("interruption", ["kill", "fail"])
def test_the_tree_is_whole_after(interruption: str, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", f"{__package__}.interrupt_every_call", tmp_path, interruption],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 40  # calls interrupted
