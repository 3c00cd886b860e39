"""`collector alerts`: what is new in the questions' results, and rules in JupiterOne that watch them."""

from __future__ import annotations

import click

from collector.alerts.findings import Findings
from collector.alerts.library import load_alerts
from collector.cli.alerts_output import print_check, print_rules, print_sent, print_tested
from collector.cli.alerts_push import push, remove
from collector.cli.options import common_options, example, options
from collector.cli.query_options import chosen_format, named_day
from collector.cli.query_output import FORMATS
from collector.clock import SystemClock
from collector.errors import ExitCode, UsageError, worst_of
from collector.next_steps import Command, NextStep
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.settings import Settings
from collector.store import Store


@click.group(epilog=example("collector alerts check"))
@common_options
def alerts() -> None:
    """Alert when somebody is new in a question's result.

    Here (`check`, and `collector run` with ALERT_URLS), or in JupiterOne (`push`). docs/alerts.md explains both.
    """


@alerts.command("list", epilog=example("collector alerts list"))
@common_options
@click.pass_context
def list_(context: click.Context) -> None:
    """List the alert rules and what each watches."""
    print_rules(load_alerts(), json_output=options(context).json)


@alerts.command(epilog=example("collector alerts check --since 2026-11-20"))
@click.option(
    "--since",
    callback=named_day,
    metavar="RUN|DATE",
    help="Compare with this run, or with the graph at the end of this day (UTC); default: the run before.",
)
@click.option("--send", is_flag=True, help="Send to ALERT_URLS what was not sent yet, as run does.")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="How to print what is new; default: table.")
@common_options
@click.pass_context
def check(context: click.Context, since: str | None, send: bool, format_: str | None) -> int:
    """Show what is new in the rules' results since the run before.

    Compares the newest graph on this computer with an earlier one, without Zoom. What could be read for the first time
    is not new. Shown as often as you ask; with --send, what is new since the last sending is sent, once.

    Exit codes: 0 nothing new, or a first collection, 5 something new, 3 not everything could be compared (what you
    left out by choice is said, and does not count) or a channel did not take the message, 2 wrong use, 1 it failed,
    130 interrupted.
    """
    given = options(context)
    wanted = chosen_format(given, format_) or "table"
    if send and since is not None:
        raise UsageError("--send compares with what was sent last, so it takes no --since.", "Give one of them.")
    settings = given.settings()
    return int(_send(settings, wanted) if send else _check(settings, since, wanted))


def _check(settings: Settings, since: str | None, format_: str) -> ExitCode:
    from collector.alerts.since import new_since

    with Store.open_existing(settings.profile.store_path) as store:
        interval = settings.polling_interval.seconds
        schema = graph_schema(all_resources())
        findings = new_since(store, schema, SystemClock(), interval=interval, since=since)
    if findings is None:
        raise _nothing_collected()
    print_check(findings, format_)
    return _exit_code(findings)


def _send(settings: Settings, format_: str) -> ExitCode:
    from collector.alerts.channels import channels
    from collector.alerts.sending import send_alerts

    wanted = channels(_configured(settings).alert_urls)
    schema, interval = graph_schema(all_resources()), settings.polling_interval.seconds
    report = send_alerts(settings.profile, schema, wanted, SystemClock(), interval=interval)
    if report.findings is None:
        raise _nothing_collected()
    print_check(report.findings, format_)
    if format_ == "table":
        print_sent(report)
    return worst_of(_exit_code(report.findings), report.exit_code)


def _exit_code(findings: Findings) -> ExitCode:
    complete = ExitCode.COMPLETE if findings.complete else ExitCode.INCOMPLETE
    return worst_of(complete, ExitCode.ALERTS if findings.found else ExitCode.COMPLETE)


@alerts.command(epilog=example("collector alerts test"))
@common_options
@click.pass_context
def test(context: click.Context) -> int:
    """Send a test message to every channel of ALERT_URLS.

    Exit codes: 0 all took it, 2 not configured, 3 a channel did not, 130 interrupted.
    """
    from collector.alerts.channels import channels

    given = options(context)
    wanted = channels(_configured(given.settings()).alert_urls)
    title, text = "Zoom: a test", "A test: alerts about your Zoom account come here."
    taken = [(channel, channel.send(title, text)) for channel in wanted]
    print_tested(taken, json_output=given.json)
    return int(ExitCode.COMPLETE if all(ok for _, ok in taken) else ExitCode.INCOMPLETE)


def _configured(settings: Settings) -> Settings:
    if not settings.alert_urls:
        raise UsageError(
            "ALERT_URLS is not set, so there is nobody to send alerts to.",
            "Set it in ./.env to the address of a channel; .env.example explains it.",
        )
    return settings


def _nothing_collected() -> UsageError:
    return UsageError("Nothing has been collected yet.", NextStep("Run `{}` first.", Command("collect")))


for verb in (push, remove):
    alerts.add_command(verb)
