"""`collector collect`."""

from __future__ import annotations

import random
from pathlib import Path

import click

from collector.cli.options import common_options, options
from collector.cli.output import console, error_console, print_json
from collector.cli.progress import progress_for
from collector.cli.reading_options import Reading, reading_options
from collector.cli.stopping import stopping
from collector.cli.summary import as_json, next_command, print_summary
from collector.clock import Clock, SystemClock
from collector.collect.account import Collected, collect_account
from collector.settings import Settings


@click.command()
@reading_options
@common_options
@click.pass_context
def collect(context: click.Context, reading: Reading) -> int:
    """Read the Zoom account and write its graph to ./.j1-integration.

    A run that was cut short in the last 24 hours is gone on with, if it was given the same options.
    """
    given = options(context)
    collected = collect_and_print(given.settings(), Path.cwd(), reading, as_json_text=given.json)
    if not given.json:
        console().print(next_command(collected))
    return int(collected.record.exit_code or 0)


def collect_and_print(settings: Settings, folder: Path, reading: Reading, *, as_json_text: bool = False) -> Collected:
    """Collect, and show progress and summary."""
    clock = SystemClock()
    with stopping(clock):
        collected = collect_with_progress(settings, folder, clock, reading)
    if as_json_text:
        print_json(as_json(collected))
    else:
        print_collected(collected, plan_given=settings.plan_given)
    return collected


def collect_with_progress(settings: Settings, folder: Path, clock: Clock, reading: Reading) -> Collected:
    """Collect, and show progress on standard error."""
    with progress_for(error_console()) as progress:
        return collect_account(
            settings,
            clock=clock,
            randomness=random.Random(),
            progress=progress,
            folder=folder,
            choice=reading.choice,
            fresh=reading.fresh,
        )


def print_collected(collected: Collected, *, plan_given: bool) -> None:
    """The end of a collection in words."""
    print_summary(console(), collected)
    if not plan_given:
        console().print(
            "Read at the pace of a Pro plan; with ZOOM_PLAN=business, if your plan allows it, three times as fast."
        )
