"""How this program is called from a fresh shell, where nothing is activated."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def own_command(folder: Path | None = None) -> str:
    """`/path/.venv/bin/collector`, or the same seen from `folder` where it lies below it; ready to be pasted."""
    program = Path(sys.executable).with_name("collector")
    if not program.exists():
        return "collector"
    if folder is not None and program.is_relative_to(folder):
        program = program.relative_to(folder)
    return shlex.quote(str(program))
