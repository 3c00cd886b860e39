"""`collector sandbox`: a local Zoom and JupiterOne to try the collector on."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from collector.cli.options import example, options_without_json
from collector.cli.wrapping import say
from collector.collect.choice import Choice
from collector.collect.obstacles import Obstacles
from collector.errors import UsageError
from collector.resources import all_resources, not_served, steps

if TYPE_CHECKING:
    from collector.sandbox import Sandbox
    from collector.sandbox.jupiterone import JupiterOneSandbox


@click.command(epilog=example("collector sandbox --users 1000 --port 9000"))
@click.option("--users", default=250, show_default=True, type=click.IntRange(1, 1_000_000), help="Size of the account.")
@click.option("--groups", default=6, show_default=True, type=click.IntRange(0, 5000), help="Number of groups.")
@click.option(
    "--custom-roles", default=2, show_default=True, type=click.IntRange(0, 100), help="Number of custom roles."
)
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same account.")
@click.option(
    "--port",
    default=8765,
    show_default=True,
    type=click.IntRange(0, 65534),
    help="The port of Zoom; JupiterOne uses the next one. 0 picks free ones.",
)
@click.option("--next-day", is_flag=True, help="Serve the same account a day later, to see changes and alerts.")
@options_without_json
def sandbox(users: int, groups: int, custom_roles: int, seed: int, port: int, next_day: bool) -> None:
    """Run a local Zoom and JupiterOne to try the collector on.

    Prints the .env lines to use them, and runs until Ctrl-C.
    """
    # Here, because no other verb needs the sandbox and its libraries.
    from collector.sandbox import Sandbox, generate_account, let_a_day_pass, manage_centrally
    from collector.sandbox.jupiterone import JupiterOneSandbox

    account = generate_account(users=users, groups=groups, custom_roles=custom_roles, seed=seed)
    manage_centrally(account)
    if next_day:
        let_a_day_pass(account)
    zoom = Sandbox(account)
    jupiterone = JupiterOneSandbox(seed=seed)
    with ExitStack() as stack:
        zoom_url = _serve(stack, zoom, port)
        jupiterone_url = _serve(stack, jupiterone, port + 1 if port else 0)
        say(f"# A sandbox is running; put these lines into ./.env, then: collector collect{_only_what_it_serves()}")
        for name, value in {**zoom.environment(zoom_url), **jupiterone.environment(jupiterone_url)}.items():
            click.echo(f"{name}={value}")
        say("# To upload: collector instance create --account-name Sandbox, then: collector run", err=True)
        say("# Press Ctrl-C to stop.", err=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            say("Sandbox stopped.", err=True)


def _only_what_it_serves() -> str:
    """The option that skips the steps the sandbox does not serve; "" if it serves all."""
    from collector.sandbox import serves

    resources = all_resources()
    left_out = Obstacles(resources, Choice(not_served=not_served(serves)), None).left_out
    served = [step.id for step in steps(resources) if step.id not in left_out]
    return f" --step {','.join(served)}" if left_out else ""


def _serve(stack: ExitStack, sandbox: Sandbox | JupiterOneSandbox, port: int) -> str:
    """Serve the sandbox until the stack ends, and return its address."""
    try:
        return stack.enter_context(sandbox.serve(port=port))
    except OSError as failure:
        raise UsageError(
            f"The sandbox cannot listen on port {port}: {failure.strerror}.",
            "Choose another port with --port; 0 picks free ones.",
        ) from None
