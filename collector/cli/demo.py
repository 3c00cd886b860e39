"""`collector demo`: the main job on the embedded sandbox, without a Zoom account."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from collector.cli.collect import collect_and_print
from collector.cli.options import common_options, options
from collector.cli.output import console
from collector.cli.show import show_cards
from collector.demo import signed_in_demo
from collector.errors import UsageError
from collector.resources.users import RESOURCE as USER

_FOLDER = Path("demo")
_SHOWN_PROPERTIES = 25


@click.command()
@click.option("--users", default=250, show_default=True, type=click.IntRange(1, 100_000), help="Size of the account.")
@common_options
@click.pass_context
def demo(context: click.Context, users: int) -> int:
    """Sign in to a sandbox account, collect it into ./demo/.j1-integration and show one of its users.

    Nothing of yours is touched: token and store live in a throw-away folder, and your configuration is not read.
    """
    folder = _folder()
    as_json_text = options(context).json
    with _no_proxy(), signed_in_demo(users, os.environ) as signed_in:
        if not as_json_text:
            console().print(f"Signed in to an invented Zoom account as {signed_in.email}.\n", soft_wrap=True)
        collected = collect_and_print(signed_in.settings, folder, as_json_text=as_json_text)
        if not as_json_text:
            console().print(f"\n$ collector show user {signed_in.email}", style="bold", soft_wrap=True)
            show_cards(signed_in.settings, USER, signed_in.email, most_properties=_SHOWN_PROPERTIES)
            console().print(f"\nThe graph of this demo lies in {folder / '.j1-integration'}", soft_wrap=True)
    return int(collected.record.exit_code or 0)


def _folder() -> Path:
    folder = Path.cwd() / _FOLDER
    try:
        folder.mkdir(exist_ok=True)
    except OSError as failure:
        raise UsageError(
            f"The folder {folder} cannot be made: {failure.strerror}.", "Run the demo in another folder."
        ) from None
    return folder


@contextmanager
def _no_proxy() -> Iterator[None]:
    """A proxy of the system could not reach a server on this computer's loopback address."""
    earlier = os.environ.get("no_proxy")
    os.environ["no_proxy"] = "127.0.0.1"
    try:
        yield
    finally:
        del os.environ["no_proxy"]
        if earlier is not None:
            os.environ["no_proxy"] = earlier
