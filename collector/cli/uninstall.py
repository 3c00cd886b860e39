"""`collector uninstall`."""

from __future__ import annotations

import random
from pathlib import Path

import click

from collector.cli.asking import ask_first
from collector.cli.options import common_options, options, render
from collector.cli.output import console, print_json
from collector.cli.plain_text import printable
from collector.cli.wrapping import say, wrapped
from collector.clock import SystemClock
from collector.errors import ExitCode
from collector.upkeep.uninstall import Outcome, Result, Uninstalling

_INDENT = 9
_STYLES = {Outcome.DONE: "green", Outcome.NOTHING: "green", Outcome.LEFT: "yellow", Outcome.FAILED: "red"}
_WHAT_STAYS = (
    "Yours to remove, where you made them: schedules that run the collector, ./.env with the app's secret and the API "
    "key, the app in Zoom's Marketplace, the API key in JupiterOne, and trees in other folders."
)


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--keep-jobs", is_flag=True, help="Leave jobs open in JupiterOne that an upload left open.")
@click.option("--keep-instance", is_flag=True, help="Leave the integration instance and its graph in JupiterOne.")
@common_options
@click.pass_context
def uninstall(context: click.Context, yes: bool, keep_jobs: bool, keep_instance: bool) -> int:
    """End the sign-in at Zoom, end open jobs and delete the instance in JupiterOne, remove what is kept here.

    A part that fails leaves the others possible, and the exit code is 1; run it again to go on.
    """
    given = options(context)
    settings = given.settings()
    uninstalling = Uninstalling(settings, Path.cwd(), SystemClock(), random.Random(), keep_jobs, keep_instance)
    goes = [part.will for part in uninstalling.parts() if part.will]
    ask = bool(goes) and not yes
    if ask or not given.json:
        for line in _announcement(settings.profile.name, goes):
            say(printable(line), err=given.json)  # standard output is for the JSON alone
    if ask:
        ask_first("Go on?")
    results = []
    for result in uninstalling.run():
        results.append(result)
        if not given.json:
            _print(result)
    if given.json:
        print_json({"profile": settings.profile.name, "parts": [_as_json(result) for result in results]})
    elif goes:
        say(f"\n{_WHAT_STAYS}")
    failed = any(result.outcome is Outcome.FAILED for result in results)
    return int(ExitCode.FAILED if failed else ExitCode.COMPLETE)


def _announcement(profile: str, goes: list[str]) -> list[str]:
    if not goes:
        return [f'There is nothing of the profile "{profile}" to remove.']
    return [f'Uninstalling the profile "{profile}" will:', *(f"  - {line}" for line in goes)]


def _print(result: Result) -> None:
    out = console()
    message = f": {result.message}" if result.message else ""
    told = wrapped(printable(f"{result.outcome.value:8} {result.part.name}{message}"), out.width, _INDENT)
    out.print(told[:_INDENT], style=_STYLES[result.outcome], end="")
    out.print(told[_INDENT:], soft_wrap=True)
    if result.next_step:
        say(printable(f"{' ' * _INDENT}Next: {render(result.next_step)}"))


def _as_json(result: Result) -> dict[str, str]:
    return {
        "part": result.part.name,
        "outcome": result.outcome.value,
        "message": result.message,
        "next": render(result.next_step),
    }
