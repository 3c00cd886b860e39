"""`collector collect`."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from collector.cli.options import age, choice_of, choice_options, common_options, options
from collector.cli.output import console, error_console, print_json
from collector.cli.progress import progress_for
from collector.cli.stopping import stopping
from collector.cli.summary import as_json, next_command, print_summary
from collector.clock import Clock, SystemClock
from collector.collection import Collected, collect_account
from collector.engine.choice import EVERYTHING, Choice
from collector.errors import UsageError
from collector.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULT_MAX_AGE = 7 * 24 * 3600 * 1000
"""Milliseconds."""


def reading_options(command: Command) -> Command:
    """Give a verb the options of a collection: those of `choice_options`, `changed`, `max_age` and `fresh`."""
    decorators = (
        choice_options,
        click.option(
            "--changed",
            is_flag=True,
            help="Read settings only of users who are new or changed, and those last read longer ago than --max-age.",
        ),
        click.option(
            "--max-age",
            "max_age",
            callback=age,
            metavar="AGE",
            help="With --changed: how old settings may be, such as 12h or 7d.  [default: 7d]",
        ),
        click.option("--fresh", is_flag=True, help="Begin anew instead of going on with a run that was cut short."),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


def reading_choice(steps: tuple[str, ...], documents: str, changed: bool, max_age: int | None) -> Choice:
    """What these options choose. Raises UsageError when they contradict each other."""
    if max_age is not None and not changed:
        raise UsageError("--max-age says how old settings may be with --changed.", "Add --changed, or leave it out.")
    most_age = (DEFAULT_MAX_AGE if max_age is None else max_age) if changed else None
    return choice_of(steps, documents, most_age)


@click.command()
@reading_options
@common_options
@click.pass_context
def collect(
    context: click.Context,
    steps: tuple[str, ...],
    documents: str,
    changed: bool,
    max_age: int | None,
    fresh: bool,
) -> int:
    """Read the Zoom account and write its graph to ./.j1-integration.

    A run that was cut short in the last 24 hours is gone on with, if it was given the same options.
    """
    given = options(context)
    choice = reading_choice(steps, documents, changed, max_age)
    collected = collect_and_print(given.settings(), Path.cwd(), as_json_text=given.json, choice=choice, fresh=fresh)
    if not given.json:
        console().print(next_command(collected))
    return int(collected.record.exit_code or 0)


def collect_and_print(
    settings: Settings,
    folder: Path,
    *,
    as_json_text: bool = False,
    choice: Choice = EVERYTHING,
    fresh: bool = False,
) -> Collected:
    """Collect, and show progress and summary."""
    clock = SystemClock()
    with stopping(clock):
        collected = collect_with_progress(settings, folder, clock, choice=choice, fresh=fresh)
    if as_json_text:
        print_json(as_json(collected))
    else:
        print_collected(settings, collected)
    return collected


def collect_with_progress(
    settings: Settings, folder: Path, clock: Clock, *, choice: Choice = EVERYTHING, fresh: bool = False
) -> Collected:
    """Collect, and show progress on standard error."""
    with progress_for(error_console()) as progress:
        return collect_account(
            settings,
            clock=clock,
            randomness=random.Random(),
            progress=progress,
            folder=folder,
            choice=choice,
            fresh=fresh,
        )


def print_collected(settings: Settings, collected: Collected) -> None:
    """The end of a collection in words."""
    print_summary(console(), collected)
    if not settings.plan_given:
        console().print(
            "Read at the pace of a Pro plan; with ZOOM_PLAN=business, if your plan allows it, three times as fast."
        )
