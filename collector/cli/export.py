"""`collector export`: the graph as files for other tools."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from collector.cli.options import example, options, options_without_json
from collector.cli.output import console, print_table
from collector.cli.plain_text import printable
from collector.cli.query_options import run_options
from collector.cli.signals import interrupted_by_sigterm
from collector.cli.wrapping import say
from collector.query.export_files import FORMATS
from collector.query.exports import INDEX, ExportReport, export_graph
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import Store


@click.command(epilog=example("collector export zoom-graph --format parquet"))
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="csv",
    show_default=True,
    help="How the files are written. Parquet needs the package pyarrow.",
)
@run_options("The graph")
@options_without_json
@click.pass_context
def export(context: click.Context, folder: Path, format_: str, run: int | None, at: str | None) -> None:
    """Export the collected graph to files: one for each type.

    FOLDER is created, or an earlier export in it is replaced; a folder with anything else in it is refused. It gets the
    whole export or stays as it was. export.json in it lists the files, their columns, and what was not read
    completely, which is also said on standard error. docs/asking.md shows how DuckDB and Spark read Parquet.

    Exit codes: 0 exported, 2 nothing exported as there is nothing, or the folder is refused, 1 it could not be written,
    130 interrupted.
    """
    profile = options(context).settings().profile
    with interrupted_by_sigterm(), Store.open_existing(profile.store_path) as store:
        report = export_graph(store, graph_schema(all_resources()), folder, format_, run, at)
    _print(report)


def _print(report: ExportReport) -> None:
    table = Table("file", "rows", box=None, pad_edge=False)
    for file in report.files:
        table.add_row(file.name, f"{file.rows:,}")
    print_table(console(), table)
    say(f"The graph after run {report.run} is in {printable(str(report.path))}.")
    mixed = [f"{file.name}: {', '.join(file.columns.mixed)}" for file in report.files if file.columns.mixed]
    if mixed and report.format == "parquet":
        say(f"Note: written as text, since the values have several types: {printable('; '.join(mixed))}.", err=True)
    for sentence in report.not_read:
        say(f"Warning: {printable(sentence)}", err=True)
    if report.not_read:
        say(f"{INDEX} says so, too.", err=True)
