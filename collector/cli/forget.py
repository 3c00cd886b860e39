"""`collector forget`."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import click

from collector.cli.confirmation import require_confirmation
from collector.cli.options import common_options, example, options, render
from collector.cli.output import format_time, print_json
from collector.cli.plain_text import printable
from collector.cli.wrapping import say
from collector.clock import SystemClock, milliseconds
from collector.errors import UsageError
from collector.next_steps import Command, NextStep
from collector.store.forgetting import Forgotten
from collector.tree import TREE_FOLDER
from collector.upkeep.forget import ForgetReport, TreeChange, forget_in_profile

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?")
"""The forms of ISO 8601 that Python 3.10 reads."""


@click.command(epilog=example("collector forget --before 2026-01-31"))
@click.option("--before", "date", metavar="DATE", help="Erase the history before this date, or date and time.")
@click.option("--user", "email", metavar="EMAIL", help="Erase this person, now and in the history.")
@click.option("--yes", is_flag=True, help="Skip the question before a person is erased.")
@common_options
@click.pass_context
def forget(context: click.Context, date: str | None, email: str | None, yes: bool) -> None:
    """Erase history or a person from the store.

    DATE is 2026-11-23 or 2026-11-23T18:00, in this computer's time zone unless it ends in Z or +01:00. The current
    graph and the newest finished run are kept. This cannot be undone.
    """
    given = options(context)
    if date is None and email is None:
        raise UsageError(
            "Nothing to forget: give --before DATE, --user EMAIL or both.",
            NextStep("Name one or both, for example `{}`.", Command("forget", "--before 2026-01-31")),
        )
    clock = SystemClock()
    before = None if date is None else _before(date, milliseconds(clock.now()))
    settings = given.settings()
    if email is not None and not yes:
        require_confirmation(f"Erase {email} from the profile {settings.profile.name!r}, now and in its history?")
    report = forget_in_profile(settings.profile, Path.cwd(), clock, before=before, email=email)
    if given.json:
        print_json(_to_json(report))
        return
    if before is not None:
        say(_describe_history(report.forgotten, before))
    if email is not None:
        for sentence in _describe_person(report, printable(email)):
            say(render(sentence))


def _before(date: str, now: int) -> int:
    """A date and time in milliseconds since 1970. Raises UsageError if it is invalid or in the future."""
    example = "Write a date like 2026-01-31, or a time like 2026-01-31T18:00 or 2026-01-31T17:00Z."
    written = _INSTANT.fullmatch(date.strip())
    try:
        if written is None:
            raise ValueError
        day, time, zone = written.groups()
        instant = datetime.fromisoformat(f"{day}T{time or '00:00'}{(zone or '').replace('Z', '+00:00')}")
        before = milliseconds(instant.timestamp())
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"--before {date!r} is not a date.", example) from None
    if before > now:
        raise UsageError(f"--before {date!r} is in the future: it is now {format_time(now)}.", example)
    return before


def _describe_history(forgotten: Forgotten, before: int) -> str:
    if not forgotten.runs:
        return f"There is no history before {format_time(before)}."
    return (
        f"Forgot {_count(forgotten.runs, 'collection')} from before {format_time(before)}, "
        f"and {_count(forgotten.ceased_facts, 'fact')} that were no longer current."
    )


def _describe_person(report: ForgetReport, email: str) -> list[str]:
    if not report.forgotten.people:
        return [f"{email} was removed earlier; the remaining bytes are now erased."]
    tree = {
        TreeChange.NONE: f"A {TREE_FOLDER} in another folder may still hold the person.",
        TreeChange.REWRITTEN: f"{TREE_FOLDER} in this folder was rewritten without the person.",
        TreeChange.LEFT: NextStep(
            "{} in this folder is not from the latest run and was not changed: it may hold the person "
            "until the next `{}` here.",
            TREE_FOLDER,
            Command("collect"),
        ),
    }
    sentences = [
        f"Forgot {email}: {_count(report.forgotten.people, 'user')}, "
        f"{_count(report.forgotten.their_facts, 'fact')}, now and in the history.",
        tree[report.tree],
        "JupiterOne keeps its copy until the next upload.",
        NextStep("The next `{}` adds the user again if Zoom still lists them.", Command("collect")),
    ]
    if report.signed_in:
        sentences.append(
            NextStep("The sign-in in token.json is this person's; `{}` removes it.", Command("auth logout"))
        )
    return sentences


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _to_json(report: ForgetReport) -> dict[str, object]:
    forgotten = report.forgotten
    return {
        "runs": forgotten.runs,
        "ceasedFacts": forgotten.ceased_facts,
        "people": forgotten.people,
        "theirFacts": forgotten.their_facts,
        "tree": report.tree.name.lower(),
        "signedIn": report.signed_in,
    }
