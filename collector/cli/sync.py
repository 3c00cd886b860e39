"""`collector sync`."""

from __future__ import annotations

import random
import shlex
from collections.abc import Callable
from functools import wraps
from typing import get_args

import click

from collector.cli.options import common_options, example, options
from collector.cli.output import console, error_console, print_json
from collector.cli.plain_text import printable
from collector.cli.signals import stop_on_signals
from collector.cli.sync_output import preview_to_json, print_preview, print_synced, upload_result_to_json
from collector.clock import Clock, SystemClock
from collector.jupiterone.jobs import Source
from collector.jupiterone.uploading import UploadCounts
from collector.settings.jupiterone import JupiterOneSettings
from collector.settings.profile import Profile
from collector.upload import UploadOptions, UploadResult, preview_upload, upload_graph
from collector.upload.safety import RULE

_DEFAULT_SOURCE: Source = "integration-external"


def upload_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a verb the argument `upload`, from the options of an upload."""

    @click.option(
        "--allow-deletes",
        is_flag=True,
        help="Allow deleting more than a fifth of a type and more than ten objects of it.",
    )
    @click.option(
        "--source",
        type=click.Choice(get_args(Source)),
        default=_DEFAULT_SOURCE,
        show_default=True,
        help="The source in JupiterOne: an integration instance, or a scope (api).",
    )
    @click.option("--scope", metavar="NAME", help="With --source api: the scope the graph belongs to.")
    @click.option(
        "--skip-finalize", is_flag=True, help="Upload without finalizing the job: nothing changes in JupiterOne."
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
        options(click.get_current_context()).target_options = _target_options(source, scope)
        return command(*arguments, upload=UploadOptions(source, scope, allow_deletes, skip_finalize), **others)

    return with_upload


@click.command(
    help=f"""Upload the latest graph to JupiterOne.

    Types that were not read completely are never deleted from. {RULE}
    """,
    epilog=example("collector sync --dry-run"),
)
@click.option("--dry-run", is_flag=True, help="Show what would change, by type. Sends nothing.")
@upload_options
@common_options
@click.pass_context
def sync(context: click.Context, dry_run: bool, upload: UploadOptions) -> int:
    """Upload, or show what an upload would change."""
    given = options(context)
    settings = given.settings()
    clock = SystemClock()
    if dry_run:
        with stop_on_signals(clock):
            destination, diff = preview_upload(
                settings.profile, settings.jupiterone, upload, clock=clock, randomness=random.Random()
            )
        if given.json:
            print_json(preview_to_json(destination, diff))
        else:
            print_preview(console(), destination, diff)
        return 0
    with stop_on_signals(clock):
        synced = upload_with_progress(settings.profile, settings.jupiterone, upload, clock)
    if given.json:
        print_json(upload_result_to_json(synced))
    else:
        print_synced(console(), synced)
    return synced.exit_code


def _target_options(source: Source, scope: str | None) -> str:
    """The options that choose the same destination again."""
    named = [] if source == _DEFAULT_SOURCE else ["--source", source]
    named += [] if scope is None else ["--scope", shlex.quote(printable(scope))]
    return " ".join(named)


def upload_with_progress(
    profile: Profile, jupiterone: JupiterOneSettings, upload: UploadOptions, clock: Clock
) -> UploadResult:
    """Upload, and show progress on standard error if it is a terminal."""
    with error_console().status("Uploading to JupiterOne ...") as status:

        def show(uploaded: UploadCounts) -> None:
            status.update(
                f"Uploading to JupiterOne: {uploaded.entities:,} entities, {uploaded.relationships:,} relationships"
            )

        return upload_graph(profile, jupiterone, upload, clock=clock, randomness=random.Random(), on_progress=show)
