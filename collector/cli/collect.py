"""`collector collect`."""

from __future__ import annotations

import random
from pathlib import Path

import click

from collector.cli.collect_options import CollectRequest, collect_options
from collector.cli.options import common_options, example, options
from collector.cli.output import console, error_console, print_json
from collector.cli.progress import progress_for
from collector.cli.signals import stop_on_signals
from collector.cli.summary import next_command, print_summary, to_json
from collector.clock import Clock, SystemClock
from collector.collect.account import CollectResult, collect_account
from collector.settings import Settings


@click.command(epilog=example("collector collect --changed --max-age 12h"))
@collect_options
@common_options
@click.pass_context
def collect(context: click.Context, request: CollectRequest) -> int:
    """Read the Zoom account into the store and ./.j1-integration.

    Resumes a run that was interrupted in the last 24 hours, if the options are the same.
    """
    given = options(context)
    collected = collect_and_print(given.settings(), Path.cwd(), request, json_output=given.json)
    if not given.json:
        console().print(next_command(collected))
    return int(collected.record.exit_code or 0)


def collect_and_print(
    settings: Settings, folder: Path, request: CollectRequest, *, json_output: bool = False
) -> CollectResult:
    """Collect, and print progress and summary."""
    clock = SystemClock()
    with stop_on_signals(clock):
        collected = collect_with_progress(settings, folder, clock, request)
    if json_output:
        print_json(to_json(collected))
    else:
        print_collected(collected, plan_is_set=settings.plan_is_set)
    return collected


def collect_with_progress(settings: Settings, folder: Path, clock: Clock, request: CollectRequest) -> CollectResult:
    """Collect, and show progress on standard error."""
    with progress_for(error_console()) as progress:
        return collect_account(
            settings,
            clock=clock,
            randomness=random.Random(),
            progress=progress,
            folder=folder,
            choice=request.choice,
            fresh=request.fresh,
        )


def print_collected(collected: CollectResult, *, plan_is_set: bool) -> None:
    """Print the summary of a collection."""
    print_summary(console(), collected)
    if not plan_is_set:
        console().print("Paced for a Pro plan. If yours is Business, set ZOOM_PLAN=business: three times as fast.")
