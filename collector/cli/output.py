"""How results and failures are printed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

import click
from rich.console import Console

from collector.errors import CollectorError


def console() -> Console:
    """Standard output as it is now, as wide as the terminal allows; names from Zoom are never taken for markup."""
    return Console(markup=False, highlight=False, soft_wrap=False, emoji=False)


def error_console() -> Console:
    """Standard error, for progress and failures."""
    return Console(stderr=True, markup=False, highlight=False, emoji=False)


def show_error(failure: CollectorError) -> None:
    """What happened, and what to do next."""
    click.echo(f"Error: {failure.message}", err=True)
    if failure.next_step:
        click.echo(f"Next: {failure.next_step}", err=True)


def print_json(value: Mapping[str, object] | Sequence[object]) -> None:
    """A value as indented JSON on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def moment(milliseconds: int | float) -> str:
    """Milliseconds since 1970 as `2026-11-23 18:04:05 UTC`."""
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def printable(text: str) -> str:
    """A text from outside without control characters, which could steer a terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
