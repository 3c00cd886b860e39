"""`collector run`."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import click

from collector.cli.collect import collect_with_progress, print_collected
from collector.cli.options import common_options, options
from collector.cli.output import console, print_json
from collector.cli.poll_log import PollLog
from collector.cli.reading_options import Reading, reading_options
from collector.cli.stopping import stopping
from collector.cli.summary import as_json
from collector.cli.sync import upload_options, upload_with_progress
from collector.cli.sync_output import print_synced, synced_as_json
from collector.clock import Clock, SystemClock
from collector.collect.account import Collected, collect_account
from collector.collect.progress import Silence
from collector.errors import ExitCode, Interrupted
from collector.schedule.run import Ran, collect_then_upload, poll_account
from collector.settings import Settings
from collector.settings.jupiterone import JupiterOneSettings
from collector.settings.profile import Profile
from collector.upload import Synced, Upload, upload_graph


@click.command("run")
@reading_options
@upload_options
@click.option("--poll", "polls", is_flag=True, help="Run again and again, POLLING_INTERVAL apart, and log JSON lines.")
@common_options
@click.pass_context
def collect_and_sync(context: click.Context, reading: Reading, upload: Upload, polls: bool) -> int:
    """Collect, then upload to JupiterOne what was collected.

    A collection that fails (exit codes 1, 2, 4 and 130) uploads nothing.
    """
    given = options(context)
    settings = given.settings()
    clock = SystemClock()
    with stopping(clock):
        if polls:
            return _poll(settings, reading, upload, clock)
        run = _run_as_json if given.json else _run_in_words
        return run(settings, reading, upload, clock).exit_code


def _poll(settings: Settings, reading: Reading, upload: Upload, clock: Clock) -> int:
    """Run until it is asked to stop, which is the only clean end and needs no words but those of the log."""
    log = PollLog(clock)
    with log.with_warnings():
        try:
            poll_account(
                settings.profile,
                settings.jupiterone,
                upload,
                settings.polling_interval,
                lambda: _run_quietly(settings, reading, upload, clock),
                clock,
                random.Random(),
                log,
            )
        except Interrupted:
            return ExitCode.INTERRUPTED


def _run_quietly(settings: Settings, reading: Reading, upload: Upload, clock: Clock) -> Ran:
    randomness = random.Random()

    def collect() -> Collected:
        return collect_account(
            settings,
            clock=clock,
            randomness=randomness,
            progress=Silence(),
            folder=Path.cwd(),
            choice=reading.choice,
            fresh=reading.fresh,
        )

    def synchronize() -> Synced:
        return upload_graph(settings.profile, settings.jupiterone, upload, clock=clock, randomness=randomness)

    return collect_then_upload(settings.profile, settings.jupiterone, upload, collect, synchronize)


def _run_in_words(settings: Settings, reading: Reading, upload: Upload, clock: Clock) -> Ran:
    def collect() -> Collected:
        collected = collect_with_progress(settings, Path.cwd(), clock, reading)
        print_collected(collected, plan_given=settings.plan_given)
        console().print()
        return collected

    ran = _showing_progress(settings.profile, settings.jupiterone, upload, collect, clock)
    print_synced(console(), ran.synced)
    return ran


def _run_as_json(settings: Settings, reading: Reading, upload: Upload, clock: Clock) -> Ran:
    told: dict[str, object] = {}

    def collect() -> Collected:
        collected = collect_with_progress(settings, Path.cwd(), clock, reading)
        told.update(collect=as_json(collected), sync=None)
        return collected

    try:
        ran = _showing_progress(settings.profile, settings.jupiterone, upload, collect, clock)
        told.update(sync=synced_as_json(ran.synced))
        return ran
    finally:
        if told:
            print_json(told)


def _showing_progress(
    profile: Profile,
    jupiterone: JupiterOneSettings,
    upload: Upload,
    collect: Callable[[], Collected],
    clock: Clock,
) -> Ran:
    return collect_then_upload(
        profile, jupiterone, upload, collect, lambda: upload_with_progress(profile, jupiterone, upload, clock)
    )
