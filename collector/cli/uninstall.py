"""`collector uninstall`."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import click

from collector.cli.again import again
from collector.cli.asking import ask_first
from collector.cli.options import common_options, options
from collector.cli.output import console, print_json, printable
from collector.cli.wrapping import say, wrapped
from collector.clock import SystemClock
from collector.errors import ExitCode
from collector.profile_instance import SETTING
from collector.settings import Settings
from collector.uninstalling import Found, Outcome, Part, look
from collector.uninstalling import uninstall as uninstall_profile

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
    settings, folder, clock = given.settings(), Path.cwd(), SystemClock()
    found = look(settings, folder, clock)
    ask = not yes and not found.is_nothing
    for line in _announcement(settings, found, keep_jobs, keep_instance) if ask or not given.json else ():
        say(printable(line), err=given.json)  # standard output is for the JSON alone
    if ask:
        ask_first("Go on?")
    parts = []
    for part in uninstall_profile(
        settings, folder, clock, random.Random(), keep_jobs=keep_jobs, keep_instance=keep_instance
    ):
        parts.append(part)
        if not given.json:
            _print_part(part)
    if given.json:
        print_json(_as_json(settings, parts))
    elif not found.is_nothing:
        say(f"\n{_WHAT_STAYS}")
    failed = any(part.outcome is Outcome.FAILED for part in parts)
    return int(ExitCode.FAILED if failed else ExitCode.COMPLETE)


def _announcement(settings: Settings, found: Found, keep_jobs: bool, keep_instance: bool) -> list[str]:
    """What will be done, a line each."""
    if found.is_nothing:
        return [f'There is nothing of the profile "{settings.profile}" to remove.']
    lines = []
    if found.sign_in is not None:
        who = f" of {found.sign_in}" if found.sign_in else ""
        lines.append(f"end the sign-in{who} at Zoom, which also removes the app from the account there")
    if not keep_jobs:
        lines += [f"end the job {job} in JupiterOne, which an upload left open" for job in found.jobs]
    if not keep_instance:
        lines += [
            f"delete the integration instance {each} in JupiterOne, with all its entities"
            for each in found.instance_ids
        ]
    if found.other_instance_id is not None:
        lines.append(
            f"leave the integration instance {found.other_instance_id}, which {SETTING} names: this profile has "
            "uploaded nothing to it"
        )
    if found.tree is not None:
        lines.append(f"remove the tree {found.tree}")
    if found.files:
        lines.append(f"remove the folder {settings.profile_folder}: token, store and its history")
    return [f'Uninstalling the profile "{settings.profile}" will:', *(f"  - {line}" for line in lines)]


def _print_part(part: Part) -> None:
    out = console()
    told = wrapped(printable(f"{part.outcome.value:8} {part.name}: {again(part.message)}"), out.width, _INDENT)
    out.print(told[:_INDENT], style=_STYLES[part.outcome], end="")
    out.print(told[_INDENT:], soft_wrap=True)
    if part.next_step:
        say(printable(f"{' ' * _INDENT}Next: {again(part.next_step)}"))


def _as_json(settings: Settings, parts: Iterable[Part]) -> dict[str, object]:
    return {
        "profile": settings.profile,
        "parts": [
            {"part": part.name, "outcome": part.outcome.value, "message": part.message, "next": part.next_step}
            for part in parts
        ],
    }
