"""`collector list`: users, groups or roles as a table, with the columns that are wanted."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import click

from collector.cli.options import common_options, example, options
from collector.cli.query_options import chosen_format, format_option, run_options, timeout_option
from collector.cli.query_output import print_answer
from collector.clock import SystemClock
from collector.errors import UsageError
from collector.query.lists import ListRequest, RelatedNames, list_entities
from collector.resources import all_resources, groups, roles, users
from collector.resources.graph_schema import graph_schema
from collector.store import Store

_MAX_NAMES = 20
_MAX_TABLE_ROWS = 1000
_LICENCES = {1: "Basic", 2: "Licensed", 3: "on-premises", 4: "no meetings licence", 99: "none"}
_USER, _GROUP, _ROLE = (resource.RESOURCE.entity.type for resource in (users, groups, roles))
_MEMBER_NAMES = ("email", "name")


@dataclass(frozen=True)
class Listed:
    """What can be listed: its `_type`, the columns if none are named, and those that come from relationships."""

    type: str
    columns: tuple[str, ...]
    related: Mapping[str, RelatedNames]


LISTED = {
    "users": Listed(
        _USER,
        ("name", "email", "status", "type", "isAdmin", "roles", "groups", "lastLoginTime"),
        {"roles": RelatedNames("ASSIGNED", _ROLE, ("name",)), "groups": RelatedNames("HAS", _GROUP, ("name",))},
    ),
    "groups": Listed(_GROUP, ("name", "totalMembers", "id"), {"members": RelatedNames("HAS", _USER, _MEMBER_NAMES)}),
    "roles": Listed(
        _ROLE,
        ("name", "admin", "systemRole", "totalMembers", "description"),
        {"members": RelatedNames("ASSIGNED", _USER, _MEMBER_NAMES)},
    ),
}


@click.command("list", epilog=example("collector list users --where 'isAdmin = true' --sort -lastLoginTime"))
@click.argument("what", type=click.Choice(list(LISTED)), metavar="users|groups|roles")
@click.option("--columns", metavar="A,B,…", help="Show these: properties, and roles, groups or members.")
@click.option("--where", metavar="CONDITION", help="Only those of which this holds: J1QL, as after WITH.")
@click.option("--sort", metavar="COLUMN[,-COLUMN]", help="Sort by these, with - descending; default: the first column.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    help=f"At most this many rows, 0: all; default: {_MAX_TABLE_ROWS:,} in a table, else all.",
)
@format_option
@run_options("Ask the graph")
@timeout_option
@common_options
@click.pass_context
def list_(
    context: click.Context,
    what: str,
    columns: str | None,
    where: str | None,
    sort: str | None,
    limit: int | None,
    format_: str | None,
    run: int | None,
    at: str | None,
    timeout: float,
) -> None:
    """List users, groups or roles, with the columns you choose.

    Answers from the graph on this computer. Columns are properties (docs/jupiterone.md lists them), and what
    relationships lead to: roles and groups of users, members of groups and roles.

    \b
      collector list users --columns name,email,recordingLocalRecording --where 'type = 2'
      collector list groups --columns name,members
      collector list roles --where 'admin = true AND systemRole = false'

    What was not read completely is said on standard error, and in JSON by "complete" and "warnings".

    Exit codes: 0 answered, 2 a column or the condition is refused, 1 it failed or took too long, 130 interrupted.
    """
    given, listed = options(context), LISTED[what]
    wanted = chosen_format(given, format_) or ("table" if sys.stdout.isatty() else "json")
    request = ListRequest(
        listed.type,
        listed.columns if columns is None else _names("--columns", columns),
        listed.related,
        where=where,
        sort=() if sort is None else _names("--sort", sort),
        run=run,
        at=at,
        limit=limit if limit is not None else _MAX_TABLE_ROWS if wanted == "table" else 0,
        timeout=timeout,
    )
    with Store.open_existing(given.settings().profile.store_path) as store:
        answer = list_entities(store, graph_schema(all_resources()), request, SystemClock())
        if wanted == "table":
            licence = answer.columns.index("type") if what == "users" and "type" in answer.columns else None
            answer.rows = _for_people(answer.rows, licence)
        print_answer(answer, wanted)


def _names(option: str, text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if "" in names:
        raise UsageError(f"{option} {text!r} names an empty column.", "Separate columns with one comma: name,email.")
    return names


def _for_people(rows: Iterator[object], licence: int | None) -> Iterator[object]:
    """The rows of a table: a user's `type` in words, and of many names the first."""
    for row in rows:
        assert isinstance(row, list)  # noqa: S101 - a list has columns
        cells = [_first_names(value) if isinstance(value, list) else value for value in row]
        if licence is not None:
            cells[licence] = _licence(cells[licence])
        yield cells


def _licence(type_: object) -> object:
    return f"{type_} {_LICENCES[type_]}" if isinstance(type_, int) and type_ in _LICENCES else type_


def _first_names(names: list[object]) -> object:
    if len(names) <= _MAX_NAMES:
        return names
    return f"{', '.join(map(str, names[:_MAX_NAMES]))} and {len(names) - _MAX_NAMES:,} more"
