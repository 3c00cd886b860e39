"""How results are printed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from collector.cli.plain_text import printable as printable
from collector.cli.plain_text import printable_lines as printable_lines

_UNBROKEN = 10_000


class _Cleaned(Console):
    """Whatever is printed, in lines, tables and bars: what it quotes from outside cannot steer the terminal."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(printable_lines(text, indent=""), **options)


def console() -> Console:
    """Standard output as it is now, as wide as the terminal allows; names from Zoom are never taken for markup."""
    return _console(stderr=False)


def error_console() -> Console:
    """Standard error, for progress and failures."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    """Lines are broken for a terminal only, or where COLUMNS asks for it: a file is searched, a command is copied."""
    made = _Cleaned(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not made.is_terminal and not os.environ.get("COLUMNS"):
        made.width = _UNBROKEN
    return made


def print_json(value: Mapping[str, object] | Sequence[object]) -> None:
    """A value as indented JSON on standard output; what could steer a terminal is escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    click.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))


def moment(milliseconds: int | float) -> str:
    """Milliseconds since 1970 as `2026-11-23 18:04:05 UTC`."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):  # Zoom may name any time to come back at
        return "a time beyond the calendar"
