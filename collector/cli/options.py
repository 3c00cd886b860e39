"""Options of all verbs: `-v`, `--json` and `--profile`, before or after the verb."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from collector.cli.plain_text import LogFormatter
from collector.errors import CollectorError
from collector.next_steps import NextStep

if TYPE_CHECKING:
    from collector.settings import Settings
    from collector.settings.profile import Profile

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Options:
    """The options of this call. `target_options`: those that choose the destination of an upload.

    `configured`: the profile of this call, once the configuration has been read.
    """

    verbose: int = 0
    json: bool = False
    profile: str | None = None
    target_options: str = ""
    configured: Profile | None = None

    def settings(self, *, warn: bool = True) -> Settings:
        """Read the configuration of this call, and warn of unknown names. Raises UsageError naming every problem."""
        from collector.settings import read_settings

        settings = read_settings(os.environ, Path.cwd(), self.profile)
        self.configured = settings.profile
        if warn and settings.warning:
            from collector.cli.wrapping import say

            say(f"Warning: {settings.warning}", err=True)
        return settings

    def render(self, text: str) -> str:
        """The text, with commands that work on the profile and destination of this call, in any shell."""
        profile = self.profile
        if profile is None and self.configured is not None:
            profile = self.configured.name_to_give
        return NextStep(text).for_call(profile or "", self.target_options)


def render(text: str) -> str:
    """The text, with commands that work on the profile and destination of the current call."""
    context = click.get_current_context(silent=True)
    given = context.find_root().obj if context is not None else None
    return given.render(text) if isinstance(given, Options) else str(text)


def common_options(command: Command) -> Command:
    """Give a group or verb the common options, including `--json`."""
    return _with_options(command, offers_json=True)


def options_without_json(command: Command) -> Command:
    """The same for a verb that prints no JSON: `--json` is accepted, without effect, and not shown in the help."""
    return _with_options(command, offers_json=False)


def _with_options(command: Command, *, offers_json: bool) -> Command:
    decorators = (
        click.option(
            "-v",
            "--verbose",
            count=True,
            expose_value=False,
            callback=_verbose,
            help="Log calls to standard error.",
        ),
        click.option(
            "--json",
            is_flag=True,
            expose_value=False,
            callback=_json,
            hidden=not offers_json,
            help="Print JSON instead of text.",
        ),
        click.option(
            "--profile",
            metavar="NAME",
            expose_value=False,
            callback=_profile,
            shell_complete=_complete_profile,
            help="The profile (token and graph) to work on; default: ZOOM_PROFILE or 'default'.",
        ),
    )
    for decorate in decorators:
        command = decorate(command)
    return command


def example(command: str) -> str:
    """The end of a verb's help (click's `epilog`): a command to copy, on a line of its own."""
    return f"\b\nExample:\n  {command}"


def options(context: click.Context) -> Options:
    """The options of this call."""
    return context.find_root().ensure_object(Options)


def _verbose(context: click.Context, _: click.Parameter, value: int) -> None:
    given = options(context)
    given.verbose += value
    if given.verbose:
        handler = logging.StreamHandler()
        handler.setFormatter(LogFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.basicConfig(handlers=[handler], level=logging.INFO)
        logging.getLogger("collector").setLevel(logging.DEBUG)


def _json(context: click.Context, _: click.Parameter, value: bool) -> None:
    options(context).json |= value


def _profile(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        options(context).profile = value


def _complete_profile(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Complete profile names; none if the configuration cannot be read."""
    from collector.settings import read_settings

    try:
        home = read_settings(os.environ, Path.cwd()).profile.folder.parent
        return sorted(each.name for each in home.iterdir() if each.name.startswith(incomplete) and each.is_dir())
    except (CollectorError, OSError):
        return []
