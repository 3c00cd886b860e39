"""Questions before something is deleted."""

from __future__ import annotations

import sys

import click

from collector.cli.output import error_console
from collector.cli.plain_text import printable
from collector.cli.wrapping import say, wrapped
from collector.errors import UsageError


def require_confirmation(question: str) -> None:
    """Ask before deleting. Raises UsageError without a terminal, click's Exit (0) if the answer is no."""
    if not sys.stdin.isatty():
        raise UsageError(
            "This deletes data and there is no terminal to confirm it on.",
            "Run with --yes to skip the question.",
        )
    confirm(question)


def confirm(question: str) -> None:
    """Ask. A no is an answer and not a failure: the command exits with 0."""
    if not click.confirm(wrapped(printable(question), error_console().width), err=True):
        say("Nothing was changed.", err=True)
        raise click.exceptions.Exit(0)
