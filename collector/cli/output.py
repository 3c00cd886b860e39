"""How results are printed."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

import click
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from collector.cli.plain_text import printable_lines

_NO_WRAP_WIDTH = 10_000
_NOTHING = ("", "-", "0")
_INDENT = "  "


class _SafeConsole(Console):
    """Prints no control characters, in lines, tables and bars: names from outside cannot control the terminal."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(printable_lines(text, indent=""), **options)


def console() -> Console:
    """Standard output, as wide as the terminal; names from Zoom are never read as markup."""
    return _console(stderr=False)


def error_console() -> Console:
    """Standard error, for progress and failures."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    """Wraps lines only on a terminal or if COLUMNS is set, so that files can be searched and commands copied."""
    made = _SafeConsole(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not made.is_terminal and not os.environ.get("COLUMNS"):
        made.width = _NO_WRAP_WIDTH
    return made


def print_json(value: Mapping[str, object] | Sequence[object]) -> None:
    """Print a value as indented JSON, with control characters escaped."""
    click.echo(to_json(value, indent=2))


def to_json(value: object, indent: int | None = None) -> str:
    """A value as JSON, with control characters escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def format_time(milliseconds: int | float) -> str:
    """Milliseconds since 1970 as `2026-11-23 18:04:05 UTC`."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):  # a Retry-After of Zoom's may be any number
        return "a time beyond the calendar"


def print_table(out: Console, table: Table) -> None:
    """Print the table if it fits, else a paragraph for each row: the first cell, then the others that are not zero."""
    if Measurement.get(out, out.options.update(max_width=_NO_WRAP_WIDTH), table).maximum <= out.width:
        out.print(table)
        return
    headings = [_inside_a_line(str(column.header)) for column in table.columns]
    rows = zip(*(column.cells for column in table.columns), strict=True)
    for row, (name, *cells) in zip(table.rows, rows, strict=True):
        out.print(name, style=row.style)
        cells = [f"{heading} {cell}" for heading, cell in zip(headings[1:], cells, strict=True) if cell not in _NOTHING]
        paragraph = textwrap.fill(
            ", ".join(cells) or "nothing",
            out.width,
            initial_indent=_INDENT,
            subsequent_indent=_INDENT,
            break_on_hyphens=False,
        )
        out.print(paragraph, style=row.style)


def _inside_a_line(heading: str) -> str:
    """A heading in lower case; the name of a property (`isAdmin`) stays as it is."""
    return heading.lower() if heading[:1].isupper() else heading
