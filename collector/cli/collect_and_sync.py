"""`collector run`."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import click

from collector.alerts.channels import channels
from collector.alerts.sending import send_alerts
from collector.cli.alerts_output import print_sent, report_to_json
from collector.cli.collect import collect_with_progress, print_collected
from collector.cli.collect_options import CollectRequest, collect_options
from collector.cli.options import common_options, example, options
from collector.cli.output import console, print_json
from collector.cli.poll_log import PollLog
from collector.cli.signals import stop_on_signals
from collector.cli.summary import to_json
from collector.cli.sync import upload_options, upload_with_progress
from collector.cli.sync_output import print_synced, upload_result_to_json
from collector.clock import Clock, SystemClock
from collector.collect.account import CollectResult, collect_account
from collector.collect.progress import NoProgress
from collector.errors import ExitCode, Interrupted
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.schedule.run import Alert, RunResult, collect_then_upload, poll_account
from collector.settings import Settings
from collector.upload import UploadOptions, UploadResult, upload_graph
from collector.upload.destination import check_destination

Synchronize = Callable[[], UploadResult]


@click.command("run", epilog=example("POLLING_INTERVAL=ONE_HOUR collector run --poll"))
@collect_options
@upload_options
@click.option("--poll", "polls", is_flag=True, help="Run every POLLING_INTERVAL, and log JSON lines.")
@common_options
@click.pass_context
def collect_and_sync(context: click.Context, request: CollectRequest, upload: UploadOptions, polls: bool) -> int:
    """Collect, then upload; with --poll, repeatedly.

    Uploads nothing if the collection fails (exit codes 1, 2, 4 and 130). With ALERT_URLS it then sends what is new in
    the results of the alert rules (`collector alerts check`).
    """
    given = options(context)
    settings = given.settings()
    clock = SystemClock()
    alert = _alerting(settings, clock)
    check_destination(settings.profile, settings.jupiterone, upload)
    with stop_on_signals(clock):
        if polls:
            return _poll(settings, request, upload, clock, alert)
        run = _run_with_json if given.json else _run_with_text
        return run(
            settings,
            request,
            clock,
            lambda: upload_with_progress(settings.profile, settings.jupiterone, upload, clock),
            alert,
        ).exit_code


def _alerting(settings: Settings, clock: Clock) -> Alert | None:
    """What sends alerts to ALERT_URLS; None without any. Raises UsageError for wrong addresses."""
    if not settings.alert_urls:
        return None
    wanted = channels(settings.alert_urls)
    schema = graph_schema(all_resources())
    return lambda: send_alerts(settings.profile, schema, wanted, clock, interval=settings.polling_interval.seconds)


def _poll(settings: Settings, request: CollectRequest, upload: UploadOptions, clock: Clock, alert: Alert | None) -> int:
    """Run until Ctrl-C or SIGTERM. Everything is reported in the log."""
    log = PollLog(clock)
    with log.with_warnings():
        try:
            poll_account(
                settings.profile,
                settings.polling_interval,
                lambda: _run_quietly(settings, request, upload, clock, alert),
                clock,
                random.Random(),
                log,
            )
        except Interrupted:
            return ExitCode.INTERRUPTED


def _run_quietly(
    settings: Settings, request: CollectRequest, upload: UploadOptions, clock: Clock, alert: Alert | None
) -> RunResult:
    randomness = random.Random()

    def collect() -> CollectResult:
        return collect_account(
            settings,
            clock=clock,
            randomness=randomness,
            progress=NoProgress(),
            folder=Path.cwd(),
            choice=request.choice,
            fresh=request.fresh,
        )

    def synchronize() -> UploadResult:
        return upload_graph(settings.profile, settings.jupiterone, upload, clock=clock, randomness=randomness)

    return collect_then_upload(collect, synchronize, alert)


def _run_with_text(
    settings: Settings, request: CollectRequest, clock: Clock, synchronize: Synchronize, alert: Alert | None
) -> RunResult:
    def collect() -> CollectResult:
        collected = collect_with_progress(settings, Path.cwd(), clock, request)
        print_collected(collected, plan_is_set=settings.plan_is_set)
        console().print()
        return collected

    ran = collect_then_upload(collect, synchronize, alert)
    print_synced(console(), ran.synced)
    if ran.alerted is not None:
        print_sent(ran.alerted)
    return ran


def _run_with_json(
    settings: Settings, request: CollectRequest, clock: Clock, synchronize: Synchronize, alert: Alert | None
) -> RunResult:
    result: dict[str, object] = {}

    def collect() -> CollectResult:
        collected = collect_with_progress(settings, Path.cwd(), clock, request)
        result.update(collect=to_json(collected), sync=None)
        return collected

    try:
        ran = collect_then_upload(collect, synchronize, alert)
        result.update(sync=upload_result_to_json(ran.synced))
        if ran.alerted is not None:
            result.update(alerts=report_to_json(ran.alerted))
        return ran
    finally:
        if result:
            print_json(result)
