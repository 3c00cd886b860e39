"""Tables that can be read on a narrow terminal, too."""

from __future__ import annotations

import textwrap

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

_WIDE = 10_000
_NOTHING = ("", "-", "0")
_INDENT = "  "


def print_table(out: Console, table: Table) -> None:
    """The table, if all of it fits; else a paragraph a row: its first cell, and below what else it holds but zeros."""
    if Measurement.get(out, out.options.update(max_width=_WIDE), table).maximum <= out.width:
        out.print(table)
        return
    headings = [str(column.header).lower() for column in table.columns]
    rows = zip(*(column.cells for column in table.columns), strict=True)
    for row, (name, *cells) in zip(table.rows, rows, strict=True):
        out.print(name, style=row.style)
        told = [f"{heading} {cell}" for heading, cell in zip(headings[1:], cells, strict=True) if cell not in _NOTHING]
        paragraph = textwrap.fill(
            ", ".join(told) or "nothing", out.width, initial_indent=_INDENT, subsequent_indent=_INDENT
        )
        out.print(paragraph, style=row.style)
