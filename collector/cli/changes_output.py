"""How changes are printed: a table, JSON, JSON Lines or CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain

import click
from rich.console import Console
from rich.table import Table

from collector.cli.output import console, format_time, print_table, to_json
from collector.cli.plain_text import printable
from collector.cli.query_output import csv_cell
from collector.cli.wrapping import print_wrapped, say
from collector.model.graph import PropertyValue
from collector.query.change_texts import what_happened, without_repeats
from collector.query.changes import Change, Changes
from collector.query.why import value_text
from collector.store import RunRecord

_NAMED_IN_FULL = 5
_FIRST_NAMES = 3
_MAX_VALUES = 20
_MAX_TEXT = 60
_COLUMNS = ("change", "certain", "type", "key", "name", "of", "ofName", "property", "old", "new")
_Row = tuple[str, str, int, str]
"""What happened, the value before and after, how many and who."""


def print_changes(found: Changes, format_: str | None) -> None:
    """Print the changes, by default as a table on a terminal and as JSON elsewhere; gaps go to standard error."""
    printers: Mapping[str, Callable[[Changes], None]] = {
        "table": _print_table,
        "json": _print_json,
        "jsonl": _print_lines,
        "csv": _print_csv,
    }
    printers[format_ or ("table" if sys.stdout.isatty() else "json")](found)
    for sentence in found.not_compared:
        say(f"Not compared: {printable(sentence)}", err=True)


def _print_json(found: Changes) -> None:
    click.echo(f'{{"since": {to_json(_run(found.since))}, "until": {to_json(_run(found.until))}', nl=False)
    for name, some in (("changes", found.changes), ("uncertain", found.uncertain)):
        click.echo(f', "{name}": [', nl=False)
        for number, change in enumerate(some):
            click.echo(f"{',' if number else ''}\n{to_json(_to_json(change))}", nl=False)
        click.echo("\n]", nl=False)
    click.echo(f', "notCompared": {to_json(found.not_compared)}, "complete": {to_json(found.complete)}}}')


def _print_lines(found: Changes) -> None:
    for change in chain(found.changes, found.uncertain):
        click.echo(to_json(_to_json(change)))


def _run(record: RunRecord) -> dict[str, int]:
    return {"run": record.id, "endedAt": record.ended_at}


def _to_json(change: Change) -> dict[str, object]:
    """What concerns a kind of change; a value that is undefined is null."""
    shown: dict[str, object] = {"change": change.kind.value, "certain": change.kind.is_certain, "type": change.type}
    if change.of is not None:
        shown["of"] = {"key": change.of.key, "name": change.of.name}
    if change.property:
        shown |= {"part": change.part, "property": change.property, "old": change.old, "new": change.new}
    if change.invitations:
        shown["invitations"] = change.invitations
    who = [{"key": each.key, "name": each.name} for each in change.who]
    return {**shown, "count": len(who), "who": who}


def _print_csv(found: Changes) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for change in chain(found.changes, found.uncertain):
        of = ("", "") if change.of is None else (change.of.key, change.of.name)
        values = (change.property, change.old, change.new)
        for each in change.who:
            cells = (change.kind.value, change.kind.is_certain, change.type, each.key, each.name, *of, *values)
            writer.writerow([csv_cell(cell) for cell in cells])


def _print_table(found: Changes) -> None:
    out = console()
    print_wrapped(out, f"{_when('From', found.since)}\n{_when('to', found.until)}")
    _print_rows(out, "", _rows(found.changes, found.left_behind))
    _print_rows(
        out,
        "These may have changed; one of the runs did not read them, or Zoom did not send them:",
        _rows(found.uncertain, found.left_behind),
    )
    if not found.changes:
        print_wrapped(out, f"\nNothing changed{'' if found.complete else ', as far as both runs have read'}.")


def _when(word: str, record: RunRecord) -> str:
    return f"{word} run {record.id} ({format_time(record.ended_at)})"


def _print_rows(out: Console, title: str, rows: list[_Row]) -> None:
    if not rows:
        return
    print_wrapped(out, f"\n{title}" if title else "")
    table = Table(box=None, pad_edge=False)
    table.add_column("What")
    table.add_column("Value")
    table.add_column("Count", justify="right")
    table.add_column("Who")
    for what, value, count, who in rows:
        table.add_row(printable(what), printable(value), f"{count:,}", printable(who))
    print_table(out, table)


def _rows(changes: Sequence[Change], left_behind: Collection[str]) -> list[_Row]:
    distinct = list(without_repeats(changes, left_behind))
    rows: list[_Row] = []
    values: dict[str, int] = {}
    left_out: dict[str, int] = {}
    for change, properties in distinct:
        what = what_happened(change, change.of.name if change.of else ", ".join(properties))
        values[what] = values.get(what, 0) + 1
        if values[what] > _MAX_VALUES:
            left_out[what] = left_out.get(what, 0) + len(change.who)
        else:
            rows.append((what, _value(change), len(change.who), _who(change)))
    rows += [(what, "other values; `--format json` has all", count, "") for what, count in left_out.items()]
    return rows


def _value(change: Change) -> str:
    if not change.property:
        return ""
    old, new = change.old, change.new
    if isinstance(old, list) and isinstance(new, list):
        added, removed = ([str(each) for each in one if each not in other] for one, other in ((new, old), (old, new)))
        said = [f"{word} {', '.join(names)}" for word, names in (("added", added), ("removed", removed)) if names]
        return _cut("; ".join(said) or "in another order")
    return f"{_text(old)} → {_text(new)}"


def _text(value: PropertyValue) -> str:
    return "undefined" if value is None else _cut(value_text(value))


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"


def _who(change: Change) -> str:
    if len(change.who) <= _NAMED_IN_FULL:
        return ", ".join(each.name for each in change.who)
    first = ", ".join(each.name for each in change.who[:_FIRST_NAMES])
    return f"{first} and {len(change.who) - _FIRST_NAMES:,} more"
