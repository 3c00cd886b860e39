"""`collector questions push`, `remove` and `dashboard`: the questions in JupiterOne."""

from __future__ import annotations

import random
from pathlib import Path

import click

from collector.cli.confirmation import require_confirmation
from collector.cli.options import common_options, example, options
from collector.cli.output import print_json, to_json
from collector.cli.plain_text import printable
from collector.cli.push_output import QUESTIONS, exit_code, may_be_interrupted, print_plan, print_removed, print_report
from collector.cli.wrapping import say
from collector.clock import SystemClock
from collector.errors import CollectionFailed
from collector.jupiterone.connection import JupiterOne
from collector.questions.dashboard import board
from collector.questions.library import load_questions
from collector.questions.push import push as push_questions
from collector.questions.push import read_push_plan, read_removal_plan
from collector.questions.push import remove as remove_questions
from collector.upload.destination import access_to


@click.command(epilog=example("collector questions push --dry-run"))
@click.option("--dry-run", is_flag=True, help="Show what would be created and updated, and send nothing.")
@common_options
@click.pass_context
def push(context: click.Context, dry_run: bool) -> int:
    """Put the questions into JupiterOne.

    Creates those that are missing and updates those that differ. They have the tag zoom-collector; questions without
    it are left alone, also with the same title. What was chosen in JupiterOne stays: polling interval, trend, further
    tags and standards. Running it again is harmless.

    Exit codes: 0 done, 2 not configured or the key may not, 3 JupiterOne refused some, 1 it failed, 130 interrupted.
    """
    given = options(context)
    access = access_to(given.settings().jupiterone)
    jupiterone = JupiterOne(access, SystemClock(), random.Random())
    plan = read_push_plan(jupiterone, load_questions())
    if dry_run:
        print_plan(plan.report, QUESTIONS, access.account, json_output=given.json)
        return 0
    with may_be_interrupted(QUESTIONS, "push"):
        report = push_questions(jupiterone, plan)
    print_report(report, QUESTIONS, access.account, json_output=given.json)
    return int(exit_code(report))


@click.command(epilog=example("collector questions remove --yes"))
@click.option("--yes", is_flag=True, help="Skip the question.")
@common_options
@click.pass_context
def remove(context: click.Context, yes: bool) -> None:
    """Remove the collector's questions from JupiterOne.

    Removes all with the tag zoom-collector, and no others. A question that an alert rule refers to stays.

    Exit codes: 0 done, 2 not configured or the key may not, 1 it failed, 130 interrupted.
    """
    given = options(context)
    access = access_to(given.settings().jupiterone)
    jupiterone = JupiterOne(access, SystemClock(), random.Random())
    plan = read_removal_plan(jupiterone)
    if plan.delete and not yes:
        number = QUESTIONS.count(len(plan.delete))
        require_confirmation(f"Remove {number} of the collector's from the JupiterOne account {access.account}?")
    with may_be_interrupted(QUESTIONS, "remove"):
        remove_questions(jupiterone, plan)
    titles = [question.content.title for question in plan.delete]
    print_removed(titles, QUESTIONS, access.account, json_output=given.json)
    for title in plan.in_use:
        say(printable(f"Kept, because an alert rule in JupiterOne refers to it: {title}"), err=True)


@click.command(epilog=example("collector questions dashboard -o board.json"))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    default=Path("board.json"),
    show_default=True,
    help="The file to write, or - for standard output. An existing file is replaced.",
)
@common_options
@click.pass_context
def dashboard(context: click.Context, output: Path) -> None:
    """Write a board of the questions for JupiterOne Insights.

    Import it in JupiterOne under Insights: numbers of users and of those who are bad, and who they are.

    Exit codes: 0 written, 1 the file cannot be written, 130 interrupted.
    """
    content = board(load_questions())
    text = to_json(content, indent=2)
    if str(output) == "-":
        click.echo(text)
        return
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as failure:
        raise CollectionFailed(
            f"{output} cannot be written: {failure.strerror}.", "Name another file with --output FILE."
        ) from None
    widgets = content["widgets"]
    number = len(widgets) if isinstance(widgets, list) else 0
    if options(context).json:
        print_json({"output": str(output), "widgets": number})
    else:
        say(printable(f"Wrote {output} with {number} widgets. Import it in JupiterOne under Insights."))
