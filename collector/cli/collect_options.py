"""The options that choose what is read from Zoom, for `plan`, `collect` and `run`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

import click

from collector.collect.choice import EVERYTHING, Choice
from collector.errors import UsageError
from collector.resources import all_resources
from collector.resources import steps as steps_of
from collector.resources.declaration import SettingsChoice

_MILLISECONDS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DEFAULT_MAX_AGE = 7 * _MILLISECONDS["d"]


@dataclass(frozen=True)
class CollectRequest:
    """What a collection reads. `fresh`: do not resume an interrupted run."""

    choice: Choice = EVERYTHING
    fresh: bool = False


def choice_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a verb the argument `choice`, from --step and --settings."""

    @_steps
    @_settings
    @wraps(command)
    def with_choice(*arguments: object, steps: tuple[str, ...], documents: str, **others: object) -> int:
        return command(*arguments, choice=_choice(steps, documents), **others)

    return with_choice


def collect_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a verb the argument `request`, from all options of a collection."""

    @_steps
    @_settings
    @click.option(
        "--changed",
        is_flag=True,
        help="Read settings only of new or changed users, and settings older than --max-age.",
    )
    @click.option(
        "--max-age",
        "max_age",
        callback=lambda _, __, value: _age(value),
        metavar="AGE",
        help="With --changed: the maximum age of settings, such as 12h or 7d.  [default: 7d]",
    )
    @click.option(
        "--fresh",
        is_flag=True,
        help="Do not resume an interrupted run, and accept settings and lists that Zoom now returns empty.",
    )
    @wraps(command)
    def with_request(
        *arguments: object,
        steps: tuple[str, ...],
        documents: str,
        changed: bool,
        max_age: int | None,
        fresh: bool,
        **others: object,
    ) -> int:
        if max_age is not None and not changed:
            raise UsageError("--max-age needs --changed.", "Add --changed, or remove --max-age.")
        age = (_DEFAULT_MAX_AGE if max_age is None else max_age) if changed else None
        return command(*arguments, request=CollectRequest(_choice(steps, documents, age), fresh), **others)

    return with_request


def _complete_step(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Complete step ids, also after a comma: `fetch-users,fetch-g`."""
    before, comma, prefix = incomplete.rpartition(",")
    return [f"{before}{comma}{step.id}" for step in steps_of(all_resources()) if step.id.startswith(prefix)]


_steps = click.option(
    "--step",
    "steps",
    multiple=True,
    metavar="ID",
    shell_complete=_complete_step,
    help="Run only this step and those it depends on; repeatable.",
)
_settings = click.option(
    "--settings",
    "documents",
    type=click.Choice([choice.value for choice in SettingsChoice]),
    default=SettingsChoice.ALL.value,
    show_default=True,
    help="Which settings to read: none, sign-in and meeting security only, or all.",
)


def _choice(steps: tuple[str, ...], documents: str, max_age: int | None = None) -> Choice:
    """The choice; one `--step` may hold several ids, separated by commas. `max_age` in milliseconds."""
    ids = [part.strip() for step in steps for part in step.split(",")]
    return Choice(frozenset(ids) if ids else None, SettingsChoice(documents), max_age)


def _age(value: str | None) -> int | None:
    """A duration such as 30m, 12h or 7d in milliseconds. Raises click.BadParameter."""
    if value is None:
        return None
    written = re.fullmatch(r"([0-9]{1,6})([mhd])", value.strip().lower())
    if written is None:
        raise click.BadParameter(f"{value!r} is not a duration such as 30m, 12h or 7d.")
    return int(written[1]) * _MILLISECONDS[written[2]]
