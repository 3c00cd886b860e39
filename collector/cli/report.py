"""`collector report`: the account as one page."""

from __future__ import annotations

import secrets
import webbrowser
from pathlib import Path

import click

from collector.cli.options import common_options, example, options
from collector.cli.output import print_json
from collector.cli.plain_text import printable
from collector.cli.query_options import run_options
from collector.cli.wrapping import say
from collector.clock import SystemClock
from collector.errors import UsageError
from collector.query.chosen_run import chosen_run, date_now
from collector.questions.library import load_questions
from collector.report.data import Graph
from collector.report.page import read_report, write_report
from collector.report.redaction import Redaction, profile_redaction
from collector.report.report import Report, report_to_json
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
@run_options("Show the graph")
@click.option("--open", "open_", is_flag=True, help="Open the page in the browser.")
@click.option("--redact", is_flag=True, help="Show pseudonyms in place of names, addresses, domains and ids.")
@common_options
@click.pass_context
def report(
    context: click.Context, output: Path | None, run: int | None, at: str | None, open_: bool, redact: bool
) -> None:
    """Write one page that shows the account.

    The page holds what was not read, the questions and their answers, people, settings, groups, roles, a picture and
    what changed since the previous run. It is one file for any browser, loads nothing, and only you can read it.

    With --json the numbers are printed; the page is written only if -o names a file.

    Exit codes: 0 written, 2 nothing to show or wrong use, 1 it could not be written, 130 interrupted.
    """
    given = options(context)
    if output is not None and str(output) == "-":
        raise UsageError(
            "The page is not printed: it is written to a file that only you can read.", "Name the file with `-o FILE`."
        )
    profile = given.settings().profile
    if given.json:
        print_json(report_to_json(_report(profile, output, run=run, at=at, redact=redact)))
    else:
        write_page(profile, output or Path(DEFAULT_FILE), run=run, at=at, redact=redact)
    if open_ and (output is not None or not given.json):
        _open(output or Path(DEFAULT_FILE))


def _open(path: Path) -> None:
    if not webbrowser.open(path.absolute().as_uri()):
        say(printable(f"No browser could be started here. Open {path} in one."), err=True)


def write_page(
    profile: Profile, path: Path, *, run: int | None = None, at: str | None = None, redact: bool = False
) -> None:
    """Write the page, and say how large it is."""
    made = _report(profile, path, run=run, at=at, redact=redact)
    size = path.stat().st_size / 1_000_000
    people = f"{made.people.total:,} {'person' if made.people.total == 1 else 'people'}"
    say(printable(f"Wrote {path}: {people}, {size:.1f} MB. Only you can read it."))
    if redact:
        say("Names, addresses, domains and ids are pseudonyms in it, the same ones each time.")
    elif made.not_read:
        say("Not everything was read: the page says what, first.")


def _report(profile: Profile, path: Path | None, *, run: int | None, at: str | None, redact: bool) -> Report:
    """Write the page to the file, or only read its numbers."""
    with Store.open_existing(profile.store_path) as store:
        record = chosen_run(store, run, at)
        redaction = profile_redaction(profile.folder, secrets.token_bytes) if redact else Redaction()
        schema = graph_schema(all_resources())
        clock = SystemClock()
        now = date_now(record, clock, run, at)
        graph = Graph(store, record, setting_levels(), schema, load_questions(), clock, now)
        return read_report(graph, redaction) if path is None else write_report(graph, redaction, path)
