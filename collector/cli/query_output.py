"""How the answer to a query is printed: a table, JSON, JSON Lines or CSV, row by row where the format allows it."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click
from rich.table import Table

from collector.cli.output import console, print_table, to_json
from collector.cli.plain_text import is_printable, printable, printable_lines
from collector.cli.wrapping import say
from collector.errors import UsageError
from collector.query.csv_cells import not_a_formula
from collector.query.j1ql import Answer, Explanation, written

FORMATS = ("table", "json", "jsonl", "csv")
_ENTITY_COLUMNS = ("_type", "displayName", "_key")


def print_answer(answer: Answer, format_: str | None) -> None:
    """Print the answer, by default as a table on a terminal and as JSON elsewhere; warnings go to standard error."""
    chosen = format_ or ("table" if sys.stdout.isatty() and answer.edges is None else "json")
    if answer.edges is not None and chosen != "json":
        raise UsageError(
            f"RETURN TREE cannot be printed as {chosen}.", "Print it with `--format json`, or return properties."
        )
    printers: Mapping[str, Callable[[Answer], None]] = {
        "table": _print_table,
        "json": _print_json,
        "jsonl": _print_lines,
        "csv": _print_csv,
    }
    printers[chosen](answer)
    for warning in answer.warnings:
        say(f"Warning: {printable(warning)}", err=True)


def print_explanation(explanation: Explanation) -> None:
    """Print what was understood, and the SQL with its parameters."""
    click.echo("Understood:")
    click.echo(f"  {printable_lines(written(explanation.query))}")
    click.echo(f"Graph: as it was after run {explanation.run}")
    click.echo("SQL:")
    for statement in (*explanation.statement.preparation, explanation.statement.sql):
        click.echo(f"{statement};")
    click.echo("Parameters:")
    for name, value in explanation.statement.parameters.items():
        click.echo(f"  :{name} = {to_json(value)}")


def _print_json(answer: Answer) -> None:
    is_tree = answer.edges is not None
    click.echo("{" + ('"vertices": [' if is_tree else f'"columns": {to_json(answer.columns)}, "rows": ['), nl=False)
    for number, row in enumerate(answer.rows):
        click.echo(f"{',' if number else ''}\n{to_json(row)}", nl=False)
    if is_tree:
        click.echo('\n], "edges": [', nl=False)
        for number, edge in enumerate(answer.edges or ()):
            click.echo(f"{',' if number else ''}\n{to_json(edge)}", nl=False)
    click.echo(f'\n], "complete": {to_json(answer.complete)}, "warnings": {to_json(answer.warnings)}}}')


def _print_lines(answer: Answer) -> None:
    for row in answer.rows:
        click.echo(to_json(dict(zip(answer.columns, row, strict=True)) if isinstance(row, list) else row))


def _columns(answer: Answer) -> tuple[str, ...]:
    return answer.columns or _ENTITY_COLUMNS


def _cells(answer: Answer) -> Iterator[list[Any]]:
    """The rows; of an entity, what names it."""
    for row in answer.rows:
        yield row if isinstance(row, list) else [row.get(name) for name in _ENTITY_COLUMNS]  # type: ignore[attr-defined]


def _print_csv(answer: Answer) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([csv_cell(name) for name in _columns(answer)])
    for row in _cells(answer):
        writer.writerow([csv_cell(value) for value in row])
    if not answer.columns:
        answer.warnings.append("Only what names an entity is printed: RETURN its properties, or use `--format jsonl`.")


def _print_table(answer: Answer) -> None:
    table = Table(box=None, pad_edge=False)
    for name in _columns(answer):
        table.add_column(printable(name))
    for row in _cells(answer):
        table.add_row(*(table_cell(value) for value in row))
    count = table.row_count
    if count:
        print_table(console(), table)
    say(f"{count:,} row{'' if count == 1 else 's'}", err=True)


def table_cell(value: object) -> str:
    """A value as text that controls no terminal."""
    return printable(_text(value))


def csv_cell(value: object) -> object:
    """A value as a cell that no spreadsheet computes, and that controls no terminal."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = _text(value)
    text = "".join(each if is_printable(each) or each in "\t\n" else "�" for each in text)
    return not_a_formula(text)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return str(value.get("displayName") or value.get("_key"))
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value)
    return to_json(value)
