"""What a push of questions or alert rules did, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from collector.cli.options import render
from collector.cli.output import print_json
from collector.cli.plain_text import printable
from collector.cli.wrapping import say
from collector.errors import ExitCode, Interrupted
from collector.jupiterone.push_report import PushReport
from collector.next_steps import Command, NextStep


@dataclass(frozen=True)
class Pushed:
    """What is pushed, in words: "question" and "title", by the verb "questions".

    `when_foreign`: what to do about somebody else's of the same title or name, "" for nothing.
    """

    noun: str
    named_by: str
    verb: str
    when_foreign: str = ""

    def count(self, number: int) -> str:
        """For example "1 question" or "2 questions"."""
        return f"{number:,} {self.noun}{'' if number == 1 else 's'}"


QUESTIONS = Pushed("question", "title", "questions")
RULES = Pushed("alert rule", "name", "alerts", "JupiterOne takes a name once: rename that one there and push again.")


@contextmanager
def may_be_interrupted(pushed: Pushed, verb: str) -> Iterator[None]:
    """Ctrl-C within it is said; "push" or "remove" is what does the rest then."""
    try:
        yield
    except KeyboardInterrupt:
        what = f"Interrupted: the {pushed.noun}s in JupiterOne are changed in part."
        raise Interrupted(what, NextStep("`{}` does the rest.", Command(f"{pushed.verb} {verb}"))) from None


def print_plan(report: PushReport, pushed: Pushed, account: str, *, json_output: bool) -> None:
    """Print what a push would do."""
    if json_output:
        print_json({"dryRun": True, **_to_json(report)})
        return
    _print_changes(report, ("would create", "would update", "would join"))
    say(
        printable(
            f"In the JupiterOne account {account} a push would create {pushed.count(len(report.created))}, update "
            f"{len(report.updated):,} and leave {len(report.unchanged):,} unchanged. Nothing was sent."
        )
    )
    _print_notes(report, pushed)


def print_report(report: PushReport, pushed: Pushed, account: str, *, json_output: bool) -> None:
    """Print what a push did. What JupiterOne refused goes to standard error, too."""
    if json_output:
        print_json({"dryRun": False, **_to_json(report)})
    else:
        _print_changes(report, ("created", "updated", "joined"))
        say(
            printable(
                f"In the JupiterOne account {account} {pushed.count(len(report.created))} created, "
                f"{len(report.updated):,} updated, {len(report.unchanged):,} unchanged."
            )
        )
        _print_notes(report, pushed)
    for refusal in report.refused:
        say(printable(f"Not taken: {refusal.name}: {refusal.reason}"), err=True)


def print_removed(names: Sequence[str], pushed: Pushed, account: str, *, json_output: bool) -> None:
    """Print what was removed."""
    if json_output:
        print_json({"removed": list(names)})
    elif names:
        say(printable(f"Removed {pushed.count(len(names))} from the JupiterOne account {account}."))
    else:
        say(printable(f"The JupiterOne account {account} has no {pushed.noun} of the collector's to remove."))


def exit_code(report: PushReport) -> ExitCode:
    """3 when JupiterOne did not take all of it."""
    return ExitCode.INCOMPLETE if report.refused else ExitCode.COMPLETE


def _print_changes(report: PushReport, words: tuple[str, str, str]) -> None:
    for word, names in zip(words, (report.created, report.updated, report.joined), strict=True):
        for name in names:
            say(printable(f"{word}: {name}"))


def _print_notes(report: PushReport, pushed: Pushed) -> None:
    for name in report.foreign:
        say(printable(f"Not the collector's, left alone: the {pushed.noun} with the {pushed.named_by} {name}"))
    if report.foreign and pushed.when_foreign:
        say(pushed.when_foreign)
    for name in report.obsolete:
        say(printable(f"No longer one of the collector's, left in JupiterOne: {name}"))
    if report.obsolete:
        said = NextStep(
            "Delete what you do not need in JupiterOne; `{}` deletes all that the collector made there.",
            Command(f"{pushed.verb} remove"),
        )
        say(render(said))


def _to_json(report: PushReport) -> dict[str, object]:
    return {
        "created": list(report.created),
        "updated": list(report.updated),
        "unchanged": list(report.unchanged),
        "joined": list(report.joined),
        "foreign": list(report.foreign),
        "obsolete": list(report.obsolete),
        "refused": [{"name": refusal.name, "reason": refusal.reason} for refusal in report.refused],
    }
