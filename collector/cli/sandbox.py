"""`collector sandbox`: a local Zoom to try the collector on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click

from collector.cli.options import common_options
from collector.errors import UsageError
from collector.sandbox import Sandbox, generate_account


@click.command()
@click.option("--users", default=250, show_default=True, type=click.IntRange(1, 1_000_000), help="Size of the account.")
@click.option("--groups", default=6, show_default=True, type=click.IntRange(0, 5000), help="Number of groups.")
@click.option(
    "--custom-roles", default=2, show_default=True, type=click.IntRange(0, 100), help="Number of custom roles."
)
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same account.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one.")
@common_options
def sandbox(users: int, groups: int, custom_roles: int, seed: int, port: int) -> None:
    """Run a local Zoom until Ctrl-C, and print the .env lines to use it."""
    local_zoom = Sandbox(generate_account(users=users, groups=groups, custom_roles=custom_roles, seed=seed))
    with _served(local_zoom, port) as url:
        click.echo("# A sandbox Zoom is running; put these lines into ./.env, then: collector collect")
        for name, value in local_zoom.environment(url).items():
            click.echo(f"{name}={value}")
        click.echo("# Ctrl-C ends it.", err=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("The sandbox has ended.", err=True)


@contextmanager
def _served(local_zoom: Sandbox, port: int) -> Iterator[str]:
    with ExitStack() as stack:
        try:
            url = stack.enter_context(local_zoom.serve(port=port))
        except OSError as failure:
            raise UsageError(
                f"The sandbox cannot listen on port {port}: {failure.strerror}.",
                "Choose another one with --port, 0 picks a free one.",
            ) from None
        yield url
