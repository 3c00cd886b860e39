"""`python oauth-server`: options, messages and exit codes."""

from __future__ import annotations

import os
import random
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from types import FrameType

import click

from collector.auth.token_errors import SIGN_IN_AGAIN
from collector.cli.failures import show_error
from collector.cli.options import Options, options
from collector.cli.wrapping import say
from collector.clock import SystemClock
from collector.errors import CollectorError, ExitCode, SignInRequired, UsageError
from collector.next_steps import joined
from collector.settings import Settings
from collector.settings.redirect_address import Address
from redirect_server.access_keys import AccessKeys
from redirect_server.application import client_of, create_app
from redirect_server.browser import has_browser, is_remote, open_browser, tunnel
from redirect_server.flow import SignInFlow
from redirect_server.log import log_to
from redirect_server.ports import BoundSockets, bind
from redirect_server.probe import probe
from redirect_server.sandbox_mode import not_in_rehearsal, sandbox_settings
from redirect_server.serving import serving
from redirect_server.shutdown import Shutdown
from redirect_server.terminal import Terminal, read_line


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--profile", metavar="NAME", help="The profile to sign in to; default: ZOOM_PROFILE or 'default'.")
@click.option("--once", is_flag=True, help="Stop after one sign-in, or after ten minutes without one.")
@click.option("--no-browser", is_flag=True, help="Open no browser; offer to paste Zoom's answer here.")
@click.option("--sandbox", is_flag=True, help="Use a sandbox Zoom account; nothing real is touched.")
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
def serve(profile: str | None, once: bool, no_browser: bool, sandbox: bool, verbose: bool) -> None:
    """Connect a Zoom account in the browser, at the address of ZOOM_REDIRECT_URI.

    Configuration comes from the environment and from ./.env (see .env.example).

    Exit codes: 0 signed in (--once), 1 failed, 2 wrong use or configuration, 4 nobody signed in in time (--once),
    130 stopped with Ctrl-C.
    """
    log_to(sys.stderr, verbose=verbose)
    signal.signal(signal.SIGTERM, _as_interrupt)
    given = options(click.get_current_context())
    given.profile = profile
    settings = given.settings()
    with sandbox_settings(os.environ, settings.redirect_uri) if sandbox else nullcontext(settings) as chosen:
        _serve(chosen, Shutdown(once=once), once=once, browser_wanted=not no_browser, is_sandbox=sandbox)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; failures are explained on standard error."""
    given = Options()
    try:
        serve.main(args=arguments, prog_name="python oauth-server", standalone_mode=False, obj=given)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as problem:
        problem.show()
        return ExitCode.USAGE
    except CollectorError as failure:
        show_error(failure, given)
        return failure.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("Server stopped.", err=True)
        return ExitCode.INTERRUPTED
    return ExitCode.COMPLETE


def _serve(settings: Settings, shutdown: Shutdown, *, once: bool, browser_wanted: bool, is_sandbox: bool) -> None:
    """Serve until the server is to stop."""
    address = Address.of(settings.redirect_uri)
    lacking = not_in_rehearsal() if is_sandbox else frozenset()
    flow = SignInFlow(settings, client_of(settings), address, SystemClock(), random.Random(), lacking)
    if once and settings.access_token is not None:
        raise UsageError(
            "ZOOM_ACCESS_TOKEN is set: the collector uses that token and ignores a sign-in.",
            "Unset it in the environment and in .env, then run this again.",
        )
    instance = secrets.token_hex(16)
    bound = bind(address)
    access_keys = AccessKeys(address.home, click.echo)
    with serving(
        create_app(flow, access_keys, instance, shutdown.page_delivered, is_sandbox=is_sandbox), bound.sockets
    ):
        sign_in_url = access_keys.address
        _announce(address, sign_in_url, bound, probe(address, instance), once=once, is_sandbox=is_sandbox)
        _offer_sign_in(flow, sign_in_url, shutdown.page_delivered, browser_wanted=browser_wanted)
        try:
            shutdown.wait()
        except SignInRequired as failure:
            if not flow.has_connected:  # otherwise it was saved, and only the page that says so was not opened
                failure.next_step = joined(failure.next_step, SIGN_IN_AGAIN)
                raise


def _announce(
    address: Address,
    sign_in_url: str,
    bound: BoundSockets,
    unreachable_hosts: Sequence[str],
    *,
    once: bool,
    is_sandbox: bool,
) -> None:
    if bound.missing:
        say(f"This computer has no {bound.missing}; continuing without it.", err=True)
    for host in unreachable_hosts:
        say(f"Nothing answers for {address.host} at {host}; browsers try the other address.", err=True)
    if is_sandbox:
        say("Sandbox mode: a made-up Zoom account, nothing real is touched.")
        if lacking := not_in_rehearsal():
            say(f"Not in the sandbox: {', '.join(sorted(lacking))}.")
    say(f"Open {sign_in_url} to connect Zoom.")
    what_stays = "the sandbox ends with it" if is_sandbox else "the sign-in stays"
    say("The server stops after the sign-in." if once else f"Ctrl-C stops the server; {what_stays}.")


def _offer_sign_in(flow: SignInFlow, sign_in_url: str, connected: Callable[[], None], *, browser_wanted: bool) -> None:
    """Open the browser. Without one, print how to reach the port from elsewhere, and offer to paste on a terminal."""
    terminal = sys.stdin.isatty()
    if browser_wanted and has_browser(os.environ, terminal=terminal):
        open_browser(sign_in_url)
        return
    if is_remote(os.environ):
        say(f"On your own computer, forward the port first:\n\n  {tunnel(flow.address, os.environ)}\n")
    if terminal:
        read = sys.stdin.fileno()
        dialogue = Terminal(flow, lambda: read_line(read), say, connected)
        threading.Thread(target=dialogue.run, name="terminal", daemon=True).start()


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
