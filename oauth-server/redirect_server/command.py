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

from collector.auth.refusals import SIGN_IN_AGAIN
from collector.cli.failures import show_error
from collector.cli.options import Options, options
from collector.cli.wrapping import say
from collector.clock import SystemClock
from collector.deferred_signals import signals_deferred
from collector.errors import CollectorError, ExitCode, SignInRequired, UsageError
from collector.next_steps import joined
from collector.settings import Settings
from collector.settings.redirect_address import Address
from redirect_server.application import client_of, create_app
from redirect_server.browser import has_browser, is_remote, open_browser, tunnel
from redirect_server.ending import Ending
from redirect_server.entrance import Entrance
from redirect_server.flow import Flow
from redirect_server.log import log_to
from redirect_server.ports import Bound, bind
from redirect_server.probe import probe
from redirect_server.rehearsal import not_in_rehearsal, rehearsal
from redirect_server.serving import LONGEST_TASK, serving
from redirect_server.terminal import Terminal, read_line


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--profile", metavar="NAME", help="The profile to sign in to; default: ZOOM_PROFILE or 'default'.")
@click.option("--once", is_flag=True, help="End after one sign-in, or after ten minutes without one.")
@click.option("--no-browser", is_flag=True, help="Open no browser; offer to paste Zoom's answer here.")
@click.option("--sandbox", is_flag=True, help="Try it on an invented Zoom account; nothing of yours is touched.")
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
def serve(profile: str | None, once: bool, no_browser: bool, sandbox: bool, verbose: bool) -> None:
    """Connect a Zoom account in the browser, at the address of ZOOM_REDIRECT_URI.

    Configuration comes from the environment and from ./.env (see .env.example).

    Exit codes: 0 signed in (--once), 1 failed, 2 wrong use or configuration, 4 nobody signed in in time (--once),
    130 ended with Ctrl-C.
    """
    log_to(sys.stderr, verbose=verbose)
    signal.signal(signal.SIGTERM, _as_interrupt)
    given = options(click.get_current_context())
    given.profile = profile
    settings = given.settings()
    with rehearsal(os.environ, settings.redirect_uri) if sandbox else nullcontext(settings) as chosen:
        _serve(chosen, Ending(once=once), once=once, browser_wanted=not no_browser, invented=sandbox)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every failure is told in whole sentences on standard error."""
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
        say("The server has ended.", err=True)
        return ExitCode.INTERRUPTED
    return ExitCode.COMPLETE


def _serve(settings: Settings, ending: Ending, *, once: bool, browser_wanted: bool, invented: bool) -> None:
    """Serve until it is time to end."""
    address = Address.of(settings.redirect_uri)
    lacking = not_in_rehearsal() if invented else frozenset()
    flow = Flow(settings, client_of(settings), address, SystemClock(), random.Random(), lacking)
    if once and settings.access_token is not None:
        raise UsageError(
            "ZOOM_ACCESS_TOKEN is set: the collector uses that token and would not look at a sign-in.",
            "Unset it in the environment and in .env, then run this again.",
        )
    instance = secrets.token_hex(16)
    bound = bind(address)
    entrance = Entrance(address.home, click.echo)
    with serving(create_app(flow, entrance, instance, ending.page_delivered, invented=invented), bound.sockets):
        opened = entrance.address
        _announce(address, opened, bound, probe(address, instance), once=once, invented=invented)
        terminal = _bring_the_person_here(flow, opened, ending.page_delivered, browser_wanted=browser_wanted)
        try:
            ending.wait()
        except SignInRequired as failure:
            if not flow.has_connected:  # it is kept, only the page that says so was never opened
                failure.next_step = joined(failure.next_step, SIGN_IN_AGAIN)
                raise
        finally:
            if terminal is not None:
                with signals_deferred():
                    terminal.settle(LONGEST_TASK)


def _announce(
    address: Address, opened: str, bound: Bound, silent: Sequence[str], *, once: bool, invented: bool
) -> None:
    if bound.missing:
        say(f"This computer has no {bound.missing}; the server goes on without it.", err=True)
    for host in silent:
        say(f"Nothing answers {address.host} at {host}; browsers try the other address.", err=True)
    if invented:
        say("This is a rehearsal with an invented Zoom account; nothing of yours is touched.")
        if lacking := not_in_rehearsal():
            say(f"Not in the sandbox: {', '.join(sorted(lacking))}.")
    say(f"Open {opened} to connect Zoom.")
    what_stays = "the rehearsal ends with it" if invented else "the sign-in stays"
    say("The server ends after the sign-in." if once else f"Ctrl-C ends the server; {what_stays}.")


def _bring_the_person_here(
    flow: Flow, opened: str, connected: Callable[[], None], *, browser_wanted: bool
) -> Terminal | None:
    """Open the browser where there is one; where there is none, say how to do without. Gives the terminal's reader."""
    terminal = sys.stdin.isatty()
    if browser_wanted and has_browser(os.environ, terminal=terminal):
        open_browser(opened)
        return None
    if is_remote(os.environ):
        say(f"From your own computer, bring the port there first:\n\n  {tunnel(flow.address, os.environ)}\n")
    if not terminal:
        return None
    read = sys.stdin.fileno()
    dialogue = Terminal(flow, lambda: read_line(read), say, connected)
    threading.Thread(target=dialogue.run, name="terminal", daemon=True).start()
    return dialogue


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
