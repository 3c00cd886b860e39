"""`collector report`: the account as one page."""

from __future__ import annotations

import secrets
import webbrowser
from pathlib import Path

import click

from collector.cli.options import common_options, example, options
from collector.cli.output import print_json
from collector.cli.wrapping import say
from collector.clock import SystemClock
from collector.query.chosen_run import chosen_run
from collector.questions.library import load_questions
from collector.report.data import Graph, Report
from collector.report.numbers import report_to_json
from collector.report.page import read_report, write_report
from collector.report.redaction import Redaction, profile_redaction
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.resources.setting_levels import setting_levels
from collector.settings.profile import Profile
from collector.store import Store

DEFAULT_FILE = "zoom-report.html"


@click.command(epilog=example("collector report --open"))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=f"Where to write the page; default: {DEFAULT_FILE} in this folder.",
)
@click.option("--run", "run", type=click.IntRange(min=1), metavar="N", help="Show the graph as it was after this run.")
@click.option("--at", "at", metavar="DATE", help="Show the graph as it was then: 2026-11-23 (its end, UTC).")
@click.option("--open", "open_", is_flag=True, help="Open the page in the browser.")
@click.option("--redact", is_flag=True, help="Show pseudonyms in place of names, addresses, domains and ids.")
@common_options
@click.pass_context
def report(
    context: click.Context, output: Path | None, run: int | None, at: str | None, open_: bool, redact: bool
) -> None:
    """Write one page that shows the account.

    The page holds what was not read, the questions and who is concerned, people, settings, groups, roles, a picture and
    the changes since the reading before. It is one file for any browser, loads nothing, and only you can read it.

    With --json the numbers are printed; the page is written only if -o names a file.

    Exit codes: 0 written, 2 nothing to show, 1 it could not be written, 130 interrupted.
    """
    given = options(context)
    profile = given.settings().profile
    if given.json and output is None:
        print_json(report_to_json(_report(profile, None, run=run, at=at, redact=redact)))
        return
    path = output or Path(DEFAULT_FILE)
    made = _report(profile, path, run=run, at=at, redact=redact)
    if given.json:
        print_json(report_to_json(made))
    else:
        size = path.stat().st_size / 1_000_000
        say(f"The page is {path} ({size:.1f} MB, {made.people.total:,} people). It holds what the store holds of them.")
        if redact:
            say("Names, addresses, domains and ids are pseudonyms in it, the same ones each time.")
    if open_:
        webbrowser.open(path.absolute().as_uri())


def _report(profile: Profile, path: Path | None, *, run: int | None, at: str | None, redact: bool) -> Report:
    """Write the page to the file, or only read its numbers."""
    with Store.open_existing(profile.store_path) as store:
        record = chosen_run(store, run, at)
        redaction = profile_redaction(profile.folder, secrets.token_bytes) if redact else Redaction()
        schema = graph_schema(all_resources())
        graph = Graph(store, record, setting_levels(), schema, load_questions(), SystemClock())
        return read_report(graph, redaction) if path is None else write_report(graph, redaction, path)
