"""Asking before something is deleted."""

from __future__ import annotations

import sys

import click

from collector.cli.output import printable
from collector.errors import UsageError


def ask_first(question: str) -> None:
    """Go on only after a yes. Raises UsageError where there is no terminal to ask on, click.Abort for a no."""
    if not sys.stdin.isatty():
        raise UsageError(
            "This deletes things, and there is no terminal to ask on first.",
            "Say --yes to have it done without a question.",
        )
    click.confirm(printable(question), abort=True, err=True)
