"""`collector changes`: what changed between two runs."""

from __future__ import annotations

import click

from collector.cli.changes_output import print_changes
from collector.cli.options import common_options, example, options
from collector.cli.query_options import chosen_format, named_day
from collector.cli.query_output import FORMATS
from collector.query.changes import AREAS, compared_runs
from collector.query.changes import changes as compared
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import Store


@click.command(epilog=example("collector changes --since 2026-11-20 --of roles"))
@click.option(
    "--since",
    callback=named_day,
    metavar="RUN|DATE",
    help="Compare with this run, or with the graph at the end of this day (UTC); default: the run before.",
)
@click.option("--until", callback=named_day, metavar="RUN|DATE", help="The later run or day; default: the newest run.")
@click.option(
    "--of", "of", multiple=True, type=click.Choice(AREAS), help="Only changes of these; may be repeated. Default: all."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="How to print the changes; default: table on a terminal, else json. csv has a row for each entity.",
)
@common_options
@click.pass_context
def changes(
    context: click.Context, since: str | None, until: str | None, of: tuple[str, ...], format_: str | None
) -> None:
    """Show what changed since the run before.

    Who came and went, who joined and left which group and role, and each value before and after: of users, groups and
    roles themselves, and of their settings, locks and privileges. Equal changes are one line.

    Only what both runs have read is called a change. What may be one is listed apart, and what one of the runs did not
    read is said on standard error, and in JSON by "notCompared".

    Exit codes: 0 compared, also if nothing changed, 2 there are no two such runs, 1 it failed, 130 interrupted.
    """
    given = options(context)
    wanted = chosen_format(given, format_)
    schema = graph_schema(all_resources())
    with Store.open_existing(given.settings().profile.store_path) as store:
        found = compared(store, schema, *compared_runs(store, since, until), of or AREAS)
    print_changes(found, wanted)
