"""The options of verbs that answer from the graph: `--format`, `--run`, `--at` and `--timeout`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from collector.cli.options import Options
from collector.cli.query_output import FORMATS
from collector.errors import UsageError
from collector.query.j1ql import DEFAULT_TIMEOUT

Command = TypeVar("Command", bound=Callable[..., Any])

format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="How to print the answer; default: table on a terminal, else json.",
)


def run_options(command: Command) -> Command:
    """Which graph is asked, and for how long: `run`, `at`, `timeout`."""
    decorators = (
        click.option(
            "--timeout",
            type=click.FloatRange(min=0, min_open=True),
            default=DEFAULT_TIMEOUT,
            show_default=True,
            metavar="SECONDS",
            help="Give up after this long.",
        ),
        click.option("--at", metavar="DATE", help="Ask the graph as it was then: 2026-11-23 (its end, UTC)."),
        click.option("--run", type=click.IntRange(min=1), metavar="N", help="Ask the graph as it was after this run."),
    )
    for decorate in decorators:
        command = decorate(command)
    return command


def chosen_format(given: Options, format_: str | None) -> str | None:
    """The format that was asked for, None for the default. Raises UsageError if `--json` contradicts it."""
    if given.json and format_ not in (None, "json"):
        raise UsageError(f"--json and --format {format_} contradict each other.", "Give one of them.")
    return "json" if given.json else format_
