"""`collector sync`."""

from __future__ import annotations

import random
import shlex
from collections.abc import Callable
from functools import wraps
from typing import get_args

import click

from collector.cli.options import common_options, options
from collector.cli.output import console, error_console, print_json
from collector.cli.plain_text import printable
from collector.cli.stopping import stopping
from collector.cli.sync_output import foreseen_as_json, print_foreseen, print_synced, synced_as_json
from collector.clock import Clock, SystemClock
from collector.jupiterone.jobs import Source
from collector.jupiterone.uploading import Uploaded
from collector.settings.jupiterone import JupiterOneSettings
from collector.settings.profile import Profile
from collector.upload import Synced, Upload, foresee_upload, upload_graph
from collector.upload.safety import RULE

_DEFAULT_SOURCE: Source = "integration-external"


def upload_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a verb `upload`, from the options of an upload."""

    @click.option(
        "--allow-deletes",
        is_flag=True,
        help="Upload also if more than a fifth of a type, and more than ten objects of it, would be deleted.",
    )
    @click.option(
        "--source",
        type=click.Choice(get_args(Source)),
        default=_DEFAULT_SOURCE,
        show_default=True,
        help="What the graph is to JupiterOne: that of an integration instance, or of a scope (api).",
    )
    @click.option("--scope", metavar="NAME", help="With --source api: the scope the graph belongs to.")
    @click.option(
        "--skip-finalize", is_flag=True, help="Upload, but leave the job open: nothing in JupiterOne changes."
    )
    @wraps(command)
    def with_upload(
        *arguments: object,
        source: Source,
        scope: str | None,
        allow_deletes: bool,
        skip_finalize: bool,
        **others: object,
    ) -> int:
        options(click.get_current_context()).place = _place(source, scope)
        return command(*arguments, upload=Upload(source, scope, allow_deletes, skip_finalize), **others)

    return with_upload


@click.command(
    help=f"""Upload the graph of the latest collection to JupiterOne.

    Nothing is deleted there of what was not read completely. {RULE}
    """
)
@click.option("--dry-run", is_flag=True, help="Ask JupiterOne what it holds, say what would change, and send nothing.")
@upload_options
@common_options
@click.pass_context
def sync(context: click.Context, dry_run: bool, upload: Upload) -> int:
    """Upload, or say what an upload would change."""
    given = options(context)
    settings = given.settings()
    clock = SystemClock()
    if dry_run:
        with stopping(clock):
            place, foresight = foresee_upload(
                settings.profile, settings.jupiterone, upload, clock=clock, randomness=random.Random()
            )
        if given.json:
            print_json(foreseen_as_json(place, foresight))
        else:
            print_foreseen(console(), place, foresight)
        return 0
    with stopping(clock):
        synced = upload_with_progress(settings.profile, settings.jupiterone, upload, clock)
    if given.json:
        print_json(synced_as_json(synced))
    else:
        print_synced(console(), synced)
    return synced.exit_code


def _place(source: Source, scope: str | None) -> str:
    """The options that lead to the same place again."""
    named = [] if source == _DEFAULT_SOURCE else ["--source", source]
    named += [] if scope is None else ["--scope", shlex.quote(printable(scope))]
    return " ".join(named)


def upload_with_progress(profile: Profile, jupiterone: JupiterOneSettings, upload: Upload, clock: Clock) -> Synced:
    """Upload, and show progress on standard error where that can be drawn."""
    with error_console().status("Uploading to JupiterOne ...") as status:

        def show(uploaded: Uploaded) -> None:
            status.update(
                f"Uploading to JupiterOne: {uploaded.entities:,} entities, {uploaded.relationships:,} relationships"
            )

        return upload_graph(profile, jupiterone, upload, clock=clock, randomness=random.Random(), on_progress=show)
