"""How employees beside Zoom's users are printed."""

from __future__ import annotations

import csv
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import click
from rich.console import Console
from rich.table import Table

from collector.cli.options import render
from collector.cli.output import console, format_time, print_json, print_table, to_json
from collector.cli.plain_text import printable
from collector.cli.query_output import csv_cell, table_cell
from collector.cli.wrapping import print_wrapped, say
from collector.next_steps import Command, NextStep
from collector.query.employee_file import Employee
from collector.query.employees import EMPLOYEE_ID, EmployeeComparison, Match, ZoomUser

_MAX_ROWS = 20
_IN_WORDS = {"email": "e-mail", "username": "user name", "employeeId": "employee id"}
_STATUSES = {"inactive": "deactivated in Zoom", "pending": "invited, not yet accepted"}
_COLUMNS = ("finding", "name", "email", "status", "row", "employeeEmail", "matchedBy", "employeeId", "differs")


def print_comparison(compared: EmployeeComparison, format_: str) -> None:
    """Print the result; warnings go to standard error, and into JSON."""
    match format_:
        case "json":
            print_json(_to_json(compared))
        case "jsonl":
            for row in _rows(compared):
                click.echo(to_json({name: value for name, value in row.items() if value is not None}))
        case "csv":
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(_COLUMNS)
            for row in _rows(compared):
                writer.writerow([csv_cell(row.get(name)) for name in _COLUMNS])
        case _:
            _print_text(console(), compared)
    for warning in compared.warnings:
        say(f"Warning: {printable(warning)}", err=True)


def _rows(compared: EmployeeComparison) -> Iterator[dict[str, object]]:
    """A row for each finding, in the order of the table."""
    for match in compared.matches:
        yield _match_row("matched", match)
    for user in compared.only_in_zoom:
        yield {"finding": "only in Zoom", **_user_row(user)}
    for employee in compared.not_found:
        yield {"finding": _not_found(compared), **_employee_row(employee)}
    for matches in compared.several_users:
        yield from (_match_row("several users", match) for match in matches)
    for matches in compared.several_rows:
        yield from (_match_row("several rows", match) for match in matches)
    for near in compared.near_misses:
        yield {"finding": "near miss", **_user_row(near.user), **_employee_row(near.employee), "differs": near.differs}


def _match_row(finding: str, match: Match) -> dict[str, object]:
    by_id = match.user.employee_id if EMPLOYEE_ID in match.by else None
    matched = {"matchedBy": list(match.by), "employeeId": by_id}
    return {"finding": finding, **_user_row(match.user), **_employee_row(match.employee), **matched}


def _user_row(user: ZoomUser) -> dict[str, object]:
    return {"name": user.name, "email": user.email or None, "status": user.status or None}


def _employee_row(employee: Employee) -> dict[str, object]:
    return {"row": employee.row, "employeeEmail": _address(employee) or None}


def _address(employee: Employee) -> str:
    return next(iter((*employee.emails, *employee.usernames)), "")


def _not_found(compared: EmployeeComparison) -> str:
    """Where not all users were read, a row may be one that was not."""
    return "without Zoom" if compared.complete else "not found"


def _to_json(compared: EmployeeComparison) -> dict[str, object]:
    def without_finding(rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
        return [{name: value for name, value in row.items() if name != "finding" and value is not None} for row in rows]

    not_found = without_finding(_employee_row(employee) for employee in compared.not_found)
    return {
        "run": compared.record.id,
        "file": {
            "path": str(compared.file.path),
            "rows": len(compared.file.employees),
            "columns": {what: list(names) for what, names in compared.file.columns.items()},
        },
        "matched": without_finding(_match_row("", match) for match in compared.matches),
        "onlyInZoom": without_finding(_user_row(user) for user in compared.only_in_zoom),
        "withoutZoom": not_found if compared.complete else None,
        "notFound": None if compared.complete else not_found,
        "severalUsers": [without_finding(_match_row("", each) for each in group) for group in compared.several_users],
        "severalRows": [without_finding(_match_row("", each) for each in group) for group in compared.several_rows],
        "nearMisses": without_finding(row for row in _rows(compared) if row["finding"] == "near miss"),
        "complete": compared.complete,
        "warnings": list(compared.warnings),
    }


# -- text ------------------------------------------------------------------------------------------------------------


def _print_text(out: Console, compared: EmployeeComparison) -> None:
    record, file = compared.record, compared.file
    print_wrapped(out, f"Zoom's users as run {record.id} read them, until {format_time(record.ended_at)}")
    columns = ", ".join(f"{name} ({_IN_WORDS[what]})" for what, names in file.columns.items() for name in names)
    print_wrapped(out, printable(f"{file.path}: {_many(len(file.employees), 'row')}, by {columns}"))

    users = {match.user.key: match for match in compared.matches}
    by = Counter(" and ".join(_IN_WORDS[what] for what in match.by) for match in users.values())
    _heading(out, "Matched", len(users), ", ".join(f"{number:,} by {what}" for what, number in by.most_common()))
    unusual = [match for match in users.values() if match.user.status in _STATUSES]
    if unusual:
        out.print(f"of these not active in Zoom: {len(unusual):,}")
    _table(
        out,
        compared,
        ("Name", "E-mail", "Status", "Row"),
        [[*_named(match.user), _STATUSES[match.user.status], match.employee.row] for match in unusual],
    )

    left = "" if compared.complete else "some may no longer be in Zoom"
    _heading(out, "Only in Zoom (left the company?)", len(compared.only_in_zoom), left)
    active_first = sorted(compared.only_in_zoom, key=lambda user: user.status != "active")
    rows = [[*_named(user), _STATUSES.get(user.status, user.status)] for user in active_first]
    _table(out, compared, ("Name", "E-mail", "Status"), rows)

    title = "Employees without Zoom" if compared.complete else "Employees not found among the users that were read"
    _heading(out, title, len(compared.not_found))
    _table(out, compared, ("Row", "E-mail"), [[each.row, _address(each)] for each in compared.not_found])

    for title, groups in (
        ("Several Zoom users for one employee", compared.several_users),
        ("Several rows for one Zoom user", compared.several_rows),
    ):
        if groups:
            _heading(out, title, len(groups))
            _table(out, compared, ("Row", "Name", "E-mail", "Status", "Matched by"), list(_grouped(groups)))
    if compared.near_misses:
        _heading(out, "Near misses, which are not matched", len(compared.near_misses))
        misses: list[list[object]] = [
            [near.user.email, near.employee.row, _address(near.employee), near.differs] for near in compared.near_misses
        ]
        _table(out, compared, ("In Zoom", "Row", "In the file", "Differs in"), misses)


def _grouped(groups: Sequence[Sequence[Match]]) -> Iterator[list[object]]:
    for group in groups:
        for match in group:
            status = _STATUSES.get(match.user.status, match.user.status)
            yield [match.employee.row, *_named(match.user), status, ", ".join(_IN_WORDS[what] for what in match.by)]


def _named(user: ZoomUser) -> tuple[str, str]:
    return user.name, user.email


def _heading(out: Console, title: str, number: int, more: str = "") -> None:
    out.print()
    print_wrapped(out, f"{title}: {number:,}{f' ({more})' if more else ''}")


def _table(
    out: Console, compared: EmployeeComparison, headings: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """The first rows, and how to see the others."""
    if not rows:
        return
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right" if heading == "Row" else "left")
    for row in rows[:_MAX_ROWS]:
        table.add_row(*(table_cell(value) for value in row))
    print_table(out, table)
    if len(rows) > _MAX_ROWS:
        command = Command("employees", f"{shlex.quote(str(compared.file.path))} --format csv")
        print_wrapped(out, render(NextStep(f"and {len(rows) - _MAX_ROWS:,} more: `{{}}` prints all", command)))


def _many(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"
