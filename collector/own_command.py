"""How to call this program from a fresh shell, with no virtual environment activated."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def own_command(folder: Path | None = None) -> str:
    """`/path/.venv/bin/collector`, relative to `folder` if it is inside it; quoted for a shell."""
    program = Path(sys.executable).with_name("collector")
    if not program.exists():
        return "collector"
    if folder is not None and program.is_relative_to(folder):
        program = program.relative_to(folder)
    return shlex.quote(str(program))
