"""The redirect server as the collector knows it: a program beside the package that is started, never imported."""

from __future__ import annotations

import sys
from pathlib import Path

import collector
from collector.errors import UsageError

NAME = "zoom-collector-auth"
"""What it calls itself at /health."""

_BESIDE = Path(collector.__file__).resolve().parent.parent
_CHECKOUT = _BESIDE / "oauth-server"
FOLDER = _CHECKOUT if _CHECKOUT.is_dir() else _BESIDE / "redirect_server"
"""The program's folder: in a checkout of the project, else where it is installed."""


def command(*options: str) -> list[str]:
    """The command line that starts it. Raises UsageError where it is not there.

    Not `python -m redirect_server`, which would look for it in the working folder first.
    """
    if not (FOLDER / "__main__.py").is_file():
        raise UsageError(
            f"The sign-in page is not here: {FOLDER}.",
            "Install the collector again: it brings the sign-in page along.",
        )
    return [sys.executable, str(FOLDER), *options]
