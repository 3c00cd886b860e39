"""Asking before something is deleted."""

from __future__ import annotations

import sys

import click

from collector.cli.output import error_console
from collector.cli.plain_text import printable
from collector.cli.wrapping import say, wrapped
from collector.errors import UsageError


def require_confirmation(question: str) -> None:
    """Go on only after a yes. Raises UsageError where there is no terminal to ask on, click's Exit (0) for a no."""
    if not sys.stdin.isatty():
        raise UsageError(
            "This deletes data and there is no terminal to confirm it on.",
            "Run with --yes to skip the question.",
        )
    confirm(question)


def confirm(question: str) -> None:
    """Go on only after a yes. A no is an answer, not a failure: it ends the command with 0."""
    if not click.confirm(wrapped(printable(question), error_console().width), err=True):
        say("Nothing was changed.", err=True)
        raise click.exceptions.Exit(0)
