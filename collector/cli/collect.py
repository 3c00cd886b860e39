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
from collector.cli.options import common_options, options
from collector.cli.output import console, error_console, print_json
from collector.cli.progress import progress_for
from collector.cli.summary import as_json, next_command, print_summary
from collector.clock import SystemClock
from collector.collection import Collected, collect_account
from collector.settings import Settings


@click.command()
@click.option(
    "--step", "steps", multiple=True, metavar="ID", help="Run only this step and what it depends on; repeatable."
)
@common_options
@click.pass_context
def collect(context: click.Context, steps: tuple[str, ...]) -> int:
    """Read the Zoom account and write its graph to ./.j1-integration."""
    given = options(context)
    chosen = tuple(part.strip() for step in steps for part in step.split(","))
    collected = collect_and_print(given.settings(), Path.cwd(), as_json_text=given.json, steps=chosen)
    if not given.json:
        console().print(next_command(collected))
    return int(collected.record.exit_code or 0)


def collect_and_print(
    settings: Settings, folder: Path, *, as_json_text: bool = False, steps: tuple[str, ...] = ()
) -> Collected:
    """Collect, and show progress and summary."""
    clock = SystemClock()
    with _stopping(clock), progress_for(error_console()) as progress:
        collected = collect_account(
            settings, clock=clock, randomness=random.Random(), progress=progress, folder=folder, chosen=steps
        )
    if as_json_text:
        print_json(as_json(collected))
    else:
        print_summary(console(), collected)
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
