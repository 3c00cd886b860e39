"""`collector collect`."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from collector.auth.deferred_signals import settle
from collector.cli.options import age, choice_of, choice_options, common_options, options
from collector.cli.output import console, error_console, print_json
from collector.cli.progress import progress_for
from collector.cli.summary import as_json, next_command, print_summary
from collector.clock import SystemClock
from collector.collection import Collected, collect_account
from collector.engine.choice import EVERYTHING, Choice
from collector.errors import UsageError
from collector.settings import Settings

DEFAULT_MAX_AGE = 7 * 24 * 3600 * 1000
"""Milliseconds."""


@click.command()
@choice_options
@click.option(
    "--changed",
    is_flag=True,
    help="Read settings only of users who are new or changed, and those last read longer ago than --max-age.",
)
@click.option(
    "--max-age",
    "max_age",
    callback=age,
    metavar="AGE",
    help="With --changed: how old settings may be, such as 12h or 7d.  [default: 7d]",
)
@click.option("--fresh", is_flag=True, help="Begin anew instead of going on with a run that was cut short.")
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
    if max_age is not None and not changed:
        raise UsageError("--max-age says how old settings may be with --changed.", "Add --changed, or leave it out.")
    most_age = (DEFAULT_MAX_AGE if max_age is None else max_age) if changed else None
    choice = choice_of(steps, documents, most_age)
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
    with _stopping(clock), progress_for(error_console()) as progress:
        collected = collect_account(
            settings,
            clock=clock,
            randomness=random.Random(),
            progress=progress,
            folder=folder,
            choice=choice,
            fresh=fresh,
        )
    if as_json_text:
        print_json(as_json(collected))
    else:
        print_summary(console(), collected)
        if not settings.plan_given:
            console().print(
                "Read at the pace of a Pro plan; with ZOOM_PLAN=business, if your plan allows it, three times as fast."
            )
    return collected


@contextmanager
def _stopping(clock: SystemClock) -> Iterator[None]:
    """While this lasts, Ctrl-C and SIGTERM end the run between two writes; a second one ends it at once.

    Neither cuts short a reader that is exchanging a refresh token.
    """

    def stop(number: int, _: FrameType | None) -> None:
        clock.stop()
        signal.signal(number, end_now)

    def end_now(number: int, _: FrameType | None) -> None:
        settle()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    earlier = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        settle()
        for number, handler in earlier.items():
            signal.signal(number, handler)
