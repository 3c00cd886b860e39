"""Commands that somebody is told to run next, written so that they work where this call did."""

from __future__ import annotations

import re
import shlex

import click

from collector.cli.options import Options

_OF_A_PROFILE = "auth|collect|doctor|forget|instance|plan|run|show|status|sync|uninstall"
_COMMAND = re.compile(rf"\bcollector (?P<verb>{_OF_A_PROFILE})\b(?P<rest>[^`\n]*)")
"""As far as a command can reach: to the end of its quotes, or of the line."""


def again(text: str) -> str:
    """The text, whose `collector` commands name the profile, source and scope that were given on the command line."""
    context = click.get_current_context(silent=True)
    given = context.find_root().obj if context is not None else None
    if not isinstance(given, Options):
        return text
    return _COMMAND.sub(lambda command: _completed(command["verb"], command["rest"], given), text)


def _completed(verb: str, rest: str, given: Options) -> str:
    profile = "" if given.profile is None or "--profile" in rest else f" --profile {shlex.quote(given.profile)}"
    place = "" if verb not in ("run", "sync") or "--source" in rest else given.place
    return f"collector{profile} {verb}{place}{rest}"
