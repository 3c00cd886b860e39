"""Options that several verbs share; `-v`, `--json` and `--profile` may stand before and after the verb."""

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
    """What was given on the command line, wherever it stood. `target_options`: the options that say where an upload
    goes.

    `configured`: the profile that this call works on, once the configuration was read.
    """

    verbose: int = 0
    json: bool = False
    profile: str | None = None
    target_options: str = ""
    configured: Profile | None = None

    def settings(self, *, warn: bool = True) -> Settings:
        """The configuration of this call, after a warning if something was given in vain.

        Raises UsageError naming every problem.
        """
        from collector.settings import read_settings

        settings = read_settings(os.environ, Path.cwd(), self.profile)
        self.configured = settings.profile
        if warn and settings.warning:
            from collector.cli.wrapping import say

            say(f"Warning: {settings.warning}", err=True)
        return settings

    def render(self, text: str) -> str:
        """The text, whose commands work on the profile and the target of this call, in any shell."""
        profile = self.profile
        if profile is None and self.configured is not None:
            profile = self.configured.name_to_give
        return NextStep(text).for_call(profile or "", self.target_options)


def render(text: str) -> str:
    """The text, whose commands work on the profile and the target of the call that is under way."""
    context = click.get_current_context(silent=True)
    given = context.find_root().obj if context is not None else None
    return given.render(text) if isinstance(given, Options) else str(text)


def common_options(command: Command) -> Command:
    """Give a group or a command the options everything has, `--json` among them."""
    return _with_options(command, offers_json=True)


def options_without_json(command: Command) -> Command:
    """The same for a command that has nothing to print as JSON; `--json` changes nothing there, and is not offered."""
    return _with_options(command, offers_json=False)


def _with_options(command: Command, *, offers_json: bool) -> Command:
    decorators = (
        click.option("-v", "--verbose", count=True, expose_value=False, callback=_verbose, help="Log what is done."),
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
    """The profiles that the shell offers; none, and no error, where the configuration cannot be read."""
    from collector.settings import read_settings

    try:
        home = read_settings(os.environ, Path.cwd()).profile.folder.parent
        return sorted(each.name for each in home.iterdir() if each.name.startswith(incomplete) and each.is_dir())
    except (CollectorError, OSError):
        return []
