"""`collector query`: ask the graph on this computer in J1QL."""

from __future__ import annotations

import sys

import click

from collector.cli.options import common_options, example, options
from collector.cli.query_options import chosen_format, format_option, run_options, timeout_option
from collector.cli.query_output import print_answer, print_explanation
from collector.clock import SystemClock
from collector.errors import UsageError
from collector.query.j1ql import DEFAULT_LIMIT, QueryRequest, ask, explain
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import Store


@click.command(epilog=example('collector query "FIND zoom_user WITH isAdmin = true AS u RETURN u.name, u.email"'))
@click.argument("text", metavar="QUERY")
@format_option
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=DEFAULT_LIMIT,
    show_default=True,
    help="At most this many rows if the query has no LIMIT; 0: all.",
)
@click.option("--explain", "explain_", is_flag=True, help="Show what was understood and the SQL, and ask nothing.")
@run_options("Ask the graph")
@timeout_option
@common_options
@click.pass_context
def query(
    context: click.Context,
    text: str,
    format_: str | None,
    limit: int,
    run: int | None,
    at: str | None,
    explain_: bool,
    timeout: float,
) -> None:
    """Ask the collected graph a question in J1QL.

    QUERY is in JupiterOne's query language, or - to read it from standard input. It is asked of the graph on this
    computer, without the network. docs/asking.md describes the language. Some more questions:

    \b
      FIND zoom_user AS u THAT !HAS zoom_group RETURN u.name
      FIND User AS u RETURN u.status, count(u) AS users ORDER BY users DESC
      FIND zoom_group WITH name = 'Sales' THAT HAS zoom_user RETURN TREE

    What was not read completely is said on standard error, and in JSON by "complete" and "warnings".

    Exit codes: 0 answered, 2 the query is refused, 1 it failed or took too long, 130 interrupted.
    """
    given = options(context)
    wanted = chosen_format(given, format_)
    question = QueryRequest(_read(text), run=run, at=at, limit=limit, timeout=timeout)
    profile, schema, clock = given.settings().profile, graph_schema(all_resources()), SystemClock()
    with Store.open_existing(profile.store_path) as store:
        if explain_:
            print_explanation(explain(store, schema, question, clock))
            return
        print_answer(ask(store, schema, question, clock), wanted)


def _read(text: str) -> str:
    if text != "-":
        return text
    try:
        return sys.stdin.read().removeprefix("\ufeff")  # which some editors begin a file with
    except UnicodeDecodeError:
        raise UsageError("The query on standard input is not UTF-8 text.", "Save it as UTF-8.") from None
