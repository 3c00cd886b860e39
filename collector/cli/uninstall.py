"""`collector uninstall`."""

from __future__ import annotations

import random
from pathlib import Path

import click

from collector.cli.confirmation import require_confirmation
from collector.cli.options import common_options, example, options, render
from collector.cli.output import console, print_json
from collector.cli.plain_text import printable
from collector.cli.wrapping import say, wrapped
from collector.clock import SystemClock
from collector.errors import ExitCode
from collector.upkeep.uninstall import PartOutcome, Result, Uninstall

_INDENT = 9
_STYLES = {
    PartOutcome.DONE: "green",
    PartOutcome.NOTHING: "green",
    PartOutcome.LEFT: "yellow",
    PartOutcome.FAILED: "red",
}
_WHAT_REMAINS = (
    "Left for you to remove, if you created them: schedules that run the collector, ./.env with the app's secret and "
    "the API key, the app in Zoom's Marketplace, the API key in JupiterOne, and trees in other folders."
)


@click.command(epilog=example("collector uninstall --keep-instance"))
@click.option("--yes", is_flag=True, help="Skip the question.")
@click.option("--keep-jobs", is_flag=True, help="Do not abort jobs an interrupted upload left open in JupiterOne.")
@click.option("--keep-instance", is_flag=True, help="Leave the integration instance and its graph in JupiterOne.")
@common_options
@click.pass_context
def uninstall(context: click.Context, yes: bool, keep_jobs: bool, keep_instance: bool) -> int:
    """Revoke the sign-in and remove everything this profile created.

    Aborts open jobs, deletes the instance in JupiterOne and removes the local files. If a part fails, the others are
    still done and the exit code is 1. Run it again to finish.
    """
    given = options(context)
    settings = given.settings()
    uninstalling = Uninstall(settings, Path.cwd(), SystemClock(), random.Random(), keep_jobs, keep_instance)
    actions = [part.action for part in uninstalling.parts() if part.action]
    ask = bool(actions) and not yes
    if ask or not given.json:
        for line in _announcement(settings.profile.name, actions):
            say(printable(line), err=given.json)  # standard output is for the JSON alone
    if ask:
        require_confirmation("Continue?")
    results = []
    for result in uninstalling.run():
        results.append(result)
        if not given.json:
            _print(result)
    if given.json:
        print_json({"profile": settings.profile.name, "parts": [_to_json(result) for result in results]})
    elif actions:
        say(f"\n{_WHAT_REMAINS}")
    failed = any(result.outcome is PartOutcome.FAILED for result in results)
    return int(ExitCode.FAILED if failed else ExitCode.COMPLETE)


def _announcement(profile: str, actions: list[str]) -> list[str]:
    if not actions:
        return [f'The profile "{profile}" has nothing to remove.']
    return [f'Uninstalling the profile "{profile}" will:', *(f"  - {line}" for line in actions)]


def _print(result: Result) -> None:
    out = console()
    message = f": {result.message}" if result.message else ""
    line = wrapped(printable(f"{result.outcome.value:8} {result.part.name}{message}"), out.width, _INDENT)
    out.print(line[:_INDENT], style=_STYLES[result.outcome], end="")
    out.print(line[_INDENT:], soft_wrap=True)
    if result.next_step:
        say(printable(f"{' ' * _INDENT}Next: {render(result.next_step)}"))


def _to_json(result: Result) -> dict[str, str]:
    return {
        "part": result.part.name,
        "outcome": result.outcome.value,
        "message": result.message,
        "next": render(result.next_step),
    }
