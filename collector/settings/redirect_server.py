"""The redirect server as the collector knows it: a program beside the package that is started, never imported."""

from __future__ import annotations

import sys
from pathlib import Path

import collector
from collector.errors import UsageError

NAME = "zoom-collector-auth"
"""What it calls itself at /health."""

FOLDER = Path(collector.__file__).resolve().parent.parent / "oauth-server"


def command(*options: str) -> list[str]:
    """The command line that starts it. Raises UsageError outside a checkout of the project."""
    if not (FOLDER / "__main__.py").is_file():
        raise UsageError(
            f"The sign-in page is not here: {FOLDER}.",
            "Run this from a checkout of the project, which has the folder oauth-server.",
        )
    return [sys.executable, str(FOLDER), *options]
