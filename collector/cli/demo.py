"""`collector demo`: collect and upload with the built-in sandboxes, without an account at Zoom or JupiterOne."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from collector.alerts.since import new_since
from collector.cli.alerts_output import print_check
from collector.cli.collect import collect_and_print, collect_with_progress
from collector.cli.collect_options import CollectRequest
from collector.cli.options import common_options, example, options
from collector.cli.output import console
from collector.cli.plain_text import printable
from collector.cli.questions_output import print_overview
from collector.cli.report import DEFAULT_FILE, write_page
from collector.cli.show import show_entities
from collector.cli.signals import stop_on_signals
from collector.cli.sync import upload_with_progress
from collector.cli.sync_output import print_totals
from collector.cli.wrapping import say
from collector.clock import SystemClock
from collector.errors import UsageError
from collector.next_steps import Command
from collector.own_command import own_command
from collector.query.chosen_run import chosen_run
from collector.questions.library import load_questions
from collector.questions.run import answer_questions
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.resources.users import RESOURCE as USER
from collector.store import Store
from collector.upload import UploadOptions

if TYPE_CHECKING:
    from collector.cli.demo_account import SignedInDemo

_FOLDER = Path("demo")
_HOME = "home"
_SHOWN_PROPERTIES = 25
_SHOWN_QUESTIONS = 5


@click.command(epilog=example("collector demo --users 50"))
@click.option("--users", default=250, show_default=True, type=click.IntRange(1, 100_000), help="Size of the account.")
@common_options
@click.pass_context
def demo(context: click.Context, users: int) -> int:
    """Collect and upload a made-up account; nothing real is touched.

    Signs in to a sandbox Zoom, collects, shows a user, uploads to a sandbox JupiterOne, answers questions and writes
    the page ./demo/zoom-report.html. Your configuration is not read. The tree stays in ./demo/.j1-integration, token
    and store in ./demo/home. With --json it only collects.
    """
    from collector.cli.demo_account import signed_in_demo  # here, because it imports the sandbox

    folder = _folder()
    json_output = options(context).json
    with _no_proxy(), signed_in_demo(users, os.environ, folder / _HOME) as signed_in:
        request = CollectRequest(signed_in.choice)
        if json_output:
            collected = collect_and_print(signed_in.settings, folder, request, json_output=True)
            return int(collected.record.exit_code or 0)
        say(f"Signed in to a sandbox Zoom account as {signed_in.email}.\n")
        collected = collect_and_print(signed_in.settings, folder, request)
        _say(str(Command("show", f"user {signed_in.email}")))
        show_entities(signed_in.settings.profile, USER, signed_in.email, max_properties=_SHOWN_PROPERTIES)
        uploaded = _upload_twice(signed_in)
        _alert(signed_in, folder)
        _answer_questions(signed_in)
        page = _write_report(signed_in, folder)
    say(f"\nThe account as a page: {printable(str(page))}")
    say(f"The graph of this demo is in {printable(str(folder / '.j1-integration'))}")
    show = f"{own_command(Path.cwd())} show user {signed_in.email} --profile {signed_in.settings.profile.name}"
    console().print(f"Next: ZOOM_HOME={_FOLDER / _HOME} {show}", soft_wrap=True)
    return int(collected.record.exit_code or uploaded)


def _upload_twice(signed_in: SignedInDemo) -> int:
    """Upload twice, to show that the second upload changes nothing. Returns the exit code."""
    clock = SystemClock()
    codes = []
    for comment in ("", "  # once more"):
        _say(f"{Command('sync')}{comment}")
        with stop_on_signals(clock):
            synced = upload_with_progress(
                signed_in.settings.profile, signed_in.settings.jupiterone, UploadOptions(), clock
            )
        print_totals(console(), synced)
        codes.append(int(synced.exit_code))
    console().print("\nThe sandbox JupiterOne now holds:")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column("Type")
    table.add_column("Count", justify="right")
    for type_, count in signed_in.arrived().items():
        table.add_row(type_, f"{count:,}")
    console().print(table)
    return max(codes)


def _answer_questions(signed_in: SignedInDemo) -> None:
    """Answer the questions, and show the most important with something bad."""
    _say(str(Command("questions run")))
    with Store.open_existing(signed_in.settings.profile.store_path) as store:
        record = chosen_run(store)
        answers = answer_questions(
            store, graph_schema(all_resources()), load_questions(), record, SystemClock(), rows=0
        )
        print_overview(answers, record, most=_SHOWN_QUESTIONS)


def _write_report(signed_in: SignedInDemo, folder: Path) -> Path:
    """Write the account as a page."""
    path = folder / DEFAULT_FILE
    _say(str(Command("report")))
    write_page(signed_in.settings.profile, path)
    return path


def _alert(signed_in: SignedInDemo, folder: Path) -> None:
    """Collect once more after a day has passed, and show what an alert would say of it."""
    clock, schema = SystemClock(), graph_schema(all_resources())
    with Store.open_existing(signed_in.settings.profile.store_path) as store:
        waiting_rooms = (
            user
            for user in store.entities(USER.entity.type)
            if user.get("meetingSecurityWaitingRoom") and user.get("isAdmin") is False and user.get("isActive")
        )
        member = next(waiting_rooms, None)
    if member is None:  # a very small account
        return
    say("\nA day passes: a member becomes an administrator and switches off the waiting room. Others move or leave.")
    signed_in.let_a_day_pass(str(member["id"]))
    _say(str(Command("collect")))
    with stop_on_signals(clock):
        collect_with_progress(signed_in.settings, folder, clock, CollectRequest(signed_in.choice))
    _say(str(Command("alerts check")))
    with Store.open_existing(signed_in.settings.profile.store_path) as store:
        findings = new_since(store, schema, clock, interval=None)
    if findings is not None:
        print_check(findings, "table")


def _say(command: str) -> None:
    console().print(f"\n$ {command}", style="bold", soft_wrap=True)


def _folder() -> Path:
    folder = Path.cwd() / _FOLDER
    try:
        folder.mkdir(exist_ok=True)
    except OSError as failure:
        raise UsageError(
            f"The folder {folder} cannot be created: {failure.strerror}.", "Run the demo in another folder."
        ) from None
    return folder


@contextmanager
def _no_proxy() -> Iterator[None]:
    """Bypass the system's proxy, which could not reach the sandbox on this computer."""
    earlier = os.environ.get("no_proxy")
    os.environ["no_proxy"] = "127.0.0.1"
    try:
        yield
    finally:
        del os.environ["no_proxy"]
        if earlier is not None:
            os.environ["no_proxy"] = earlier
