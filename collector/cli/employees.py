"""`collector employees`: an export of an HR or identity system against Zoom's users."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.employees_output import print_comparison
from collector.cli.options import common_options, example, options
from collector.cli.query_options import chosen_format, run_options
from collector.cli.query_output import FORMATS
from collector.clock import SystemClock
from collector.query.chosen_run import chosen_run
from collector.query.employee_file import read_employees
from collector.query.employees import compare_employees
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import Store


@click.command(epilog=example("collector employees export.csv"))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--email", metavar="COLUMN", help="The column with the e-mail address; default: by its usual names.")
@click.option("--id", "id_", metavar="COLUMN", help="The column with the employee id; default: by its usual names.")
@run_options("Compare the graph")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="How to print the result; default: table.")
@common_options
@click.pass_context
def employees(
    context: click.Context,
    file: Path,
    email: str | None,
    id_: str | None,
    run: int | None,
    at: str | None,
    format_: str | None,
) -> None:
    """Compare Zoom's users with a list of employees.

    FILE is an export of an HR or identity system, of those who work for you now: CSV with any usual separator and
    encoding, its columns in the first row. Users are matched by e-mail address and user name, in lower case, and by
    employee id. Shown are who is in Zoom only, employees without Zoom, people with two accounts, and addresses that
    differ a little, which are no matches. Nothing of the file is stored, logged or sent.

    Exit codes: 0 compared (whatever the result), 2 the file or its columns cannot be used, 1 it failed, 130
    interrupted.
    """
    given = options(context)
    wanted = chosen_format(given, format_) or "table"
    profile = given.settings().profile
    listed = read_employees(file, email, id_)
    with Store.open_existing(profile.store_path) as store:
        record = chosen_run(store, run, at)
        compared = compare_employees(store, graph_schema(all_resources()), record, listed, SystemClock())
    print_comparison(compared, wanted)
