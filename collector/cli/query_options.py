"""The options of verbs that answer from the graph: `--format`, `--run`, `--at` and `--timeout`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from collector.cli.options import Options
from collector.cli.query_output import FORMATS
from collector.clock import SystemClock
from collector.errors import UsageError
from collector.query import dates
from collector.query.j1ql import DEFAULT_TIMEOUT

Command = TypeVar("Command", bound=Callable[..., Any])

format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="How to print the answer; default: table on a terminal, else json.",
)


timeout_option = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="Give up after this long.",
)


def named_day(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """A date as it was written; `today` and `yesterday` as dates."""
    return None if value is None else dates.day(value, SystemClock().now())


def run_options(what: str) -> Callable[[Command], Command]:
    """Which graph: `run` and `at`. `what`: what is done with it, such as "Ask the graph"."""
    help_ = f"{what} as it was then: 2026-11-23 (its end, UTC), yesterday."
    at = click.option("--at", callback=named_day, metavar="DATE", help=help_)
    run = click.option("--run", type=click.IntRange(min=1), metavar="N", help=f"{what} as it was after this run.")

    def decorate(command: Command) -> Command:
        return run(at(command))

    return decorate


def chosen_format(given: Options, format_: str | None) -> str | None:
    """The format that was asked for, None for the default. Raises UsageError if `--json` contradicts it."""
    if given.json and format_ not in (None, "json"):
        raise UsageError(f"--json and --format {format_} contradict each other.", "Give one of them.")
    return "json" if given.json else format_
