"""`collector alerts push` and `remove`: the alert rules in JupiterOne."""

from __future__ import annotations

import random

import click

from collector.alerts.library import load_alerts
from collector.alerts.push import push as push_rules
from collector.alerts.push import read_ours, read_push_plan, wanted_rules
from collector.alerts.push import remove as remove_rules
from collector.cli.confirmation import require_confirmation
from collector.cli.options import common_options, example, options
from collector.cli.push_output import RULES, exit_code, may_be_interrupted, print_plan, print_removed, print_report
from collector.clock import SystemClock
from collector.errors import ExitCode, worst_of
from collector.jupiterone.connection import JupiterOne
from collector.questions.library import load_questions
from collector.upload.destination import access_to


@click.command(epilog=example("collector alerts push --dry-run"))
@click.option("--dry-run", is_flag=True, help="Show what would be created and updated, and send nothing.")
@common_options
@click.pass_context
def push(context: click.Context, dry_run: bool) -> int:
    """Put the alert rules into JupiterOne.

    Creates those that are missing and updates those that differ. They have the label managed-by = zoom-collector; a
    rule without it is left alone, and the collector's of the same name is then not created. What was chosen in
    JupiterOne stays: polling interval, and further actions such as a channel or a recipient. Running it again is
    harmless.

    Exit codes: 0 done, 2 not configured or the key may not, 3 some are not in JupiterOne, 1 it failed, 130
    interrupted.
    """
    given = options(context)
    access = access_to(given.settings().jupiterone)
    jupiterone = JupiterOne(access, SystemClock(), random.Random())
    plan = read_push_plan(jupiterone, wanted_rules(load_alerts(), load_questions()))
    if dry_run:
        print_plan(plan.report, RULES, access.account, json_output=given.json)
        return 0
    with may_be_interrupted(RULES, "push"):
        report = push_rules(jupiterone, plan)
    print_report(report, RULES, access.account, json_output=given.json)
    return int(worst_of(exit_code(report), ExitCode.INCOMPLETE if report.foreign else ExitCode.COMPLETE))


@click.command(epilog=example("collector alerts remove --yes"))
@click.option("--yes", is_flag=True, help="Skip the question.")
@common_options
@click.pass_context
def remove(context: click.Context, yes: bool) -> None:
    """Remove the collector's alert rules from JupiterOne.

    Removes all with the label managed-by = zoom-collector, and no others, with what people added to them.

    Exit codes: 0 done, 2 not configured or the key may not, 1 it failed, 130 interrupted.
    """
    given = options(context)
    access = access_to(given.settings().jupiterone)
    jupiterone = JupiterOne(access, SystemClock(), random.Random())
    ours = read_ours(jupiterone)
    if ours and not yes:
        number = RULES.count(len(ours))
        require_confirmation(f"Remove {number} of the collector's from the JupiterOne account {access.account}?")
    with may_be_interrupted(RULES, "remove"):
        remove_rules(jupiterone, ours)
    print_removed([rule.name for rule in ours], RULES, access.account, json_output=given.json)
