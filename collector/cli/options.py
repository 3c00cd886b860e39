"""Options that several verbs share; `-v`, `--json` and `--profile` may stand before and after the verb."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from collector.engine.choice import Choice
from collector.resources.declaration import SettingsChoice
from collector.settings import Settings, read_settings

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Options:
    """What was given on the command line, wherever it stood."""

    verbose: int = 0
    json: bool = False
    profile: str | None = None

    def settings(self) -> Settings:
        """The configuration of this call. Raises UsageError naming every problem."""
        return read_settings(os.environ, Path.cwd(), self.profile)


_MILLISECONDS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


def age(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """Callback of an option: a length of time such as 30m, 12h or 7d, as milliseconds."""
    if value is None:
        return None
    written = re.fullmatch(r"([0-9]{1,6})([mhd])", value.strip().lower())
    if written is None:
        raise click.BadParameter(f"{value!r} is no length of time such as 30m, 12h or 7d.")
    return int(written[1]) * _MILLISECONDS[written[2]]


def choice_options(command: Command) -> Command:
    """Give a verb the options that choose what is read: `steps` (see `choice_of`) and `documents`."""
    decorators = (
        click.option(
            "--step", "steps", multiple=True, metavar="ID", help="Only this step and what it depends on; repeatable."
        ),
        click.option(
            "--settings",
            "documents",
            type=click.Choice([choice.value for choice in SettingsChoice]),
            default=SettingsChoice.ALL.value,
            show_default=True,
            help="Which settings of the users: none, those of sign-in and meeting security, or all.",
        ),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


def choice_of(steps: tuple[str, ...], documents: str, most_age: int | None = None) -> Choice:
    """What was chosen; an option of `--step` may hold several ids between commas. `most_age` in milliseconds."""
    ids = [part.strip() for step in steps for part in step.split(",")]
    return Choice(frozenset(ids) if ids else None, SettingsChoice(documents), most_age)


def common_options(command: Command) -> Command:
    """Give a group or a command the options everything has."""
    decorators = (
        click.option("-v", "--verbose", count=True, expose_value=False, callback=_verbose, help="Log what is done."),
        click.option("--json", is_flag=True, expose_value=False, callback=_json, help="Print JSON instead of text."),
        click.option(
            "--profile",
            metavar="NAME",
            expose_value=False,
            callback=_profile,
            help="The profile (token and graph) to work on; default: ZOOM_PROFILE or 'default'.",
        ),
    )
    for decorate in decorators:
        command = decorate(command)
    return command


def options(context: click.Context) -> Options:
    """The options of this call."""
    return context.find_root().ensure_object(Options)


def _verbose(context: click.Context, _: click.Parameter, value: int) -> None:
    given = options(context)
    given.verbose += value
    if given.verbose:
        logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
        logging.getLogger("collector").setLevel(logging.DEBUG)


def _json(context: click.Context, _: click.Parameter, value: bool) -> None:
    options(context).json |= value


def _profile(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        options(context).profile = value
