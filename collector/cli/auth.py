"""`collector auth`: the sign-in with the browser, and its token."""

from __future__ import annotations

import random
import signal
import subprocess
import sys

import click

from collector.auth import ServerToServerTokenSource, StoredSignIn, TokenFile, signin, stored_sign_in
from collector.auth.configured import oauth_client, token_file, token_source
from collector.auth.sign_in_tokens import SignInTokenSource
from collector.auth.stored_token import SIGN_IN_GRANT
from collector.auth.token_errors import SIGN_IN_AGAIN
from collector.cli.confirmation import confirm
from collector.cli.options import common_options, example, options, options_without_json, render
from collector.cli.output import format_time, print_json
from collector.cli.plain_text import printable
from collector.cli.wrapping import say
from collector.clock import SystemClock, milliseconds
from collector.collect.clients import zoom_client
from collector.errors import CollectorError, ExitCode, ReadingError, UsageError
from collector.next_steps import Command, NextStep
from collector.redaction import Secret
from collector.resources import account, missing_scopes
from collector.settings import Settings
from collector.settings.profile import Profile
from collector.settings.redirect_address import server_command

_ENVIRONMENT = "ZOOM_ACCESS_TOKEN"
_SERVER_TO_SERVER = "Server-to-Server"
_BROWSER = "browser"
_AFTER_LOGOUT = NextStep(
    "The app is not revoked at Zoom: a copied token keeps working until it expires. "
    "To end it at Zoom, sign in again and use `{}`, or remove the app in Zoom's Marketplace.",
    Command("auth revoke"),
)
_AFTER_LOGOUT_OF_APP = NextStep(
    "Nothing is revoked: the token of the Server-to-Server app expires within an hour. To end it now, "
    "deactivate the app in Zoom's Marketplace."
)


@click.group(epilog=example("collector auth login"))
@common_options
def auth() -> None:
    """Sign in to Zoom, and check, renew or end the sign-in."""


@auth.command(epilog=example("collector auth login --profile acme"))
@click.option("--no-browser", is_flag=True, help="Do not open a browser; print the address to open.")
@options_without_json
@click.pass_context
def login(context: click.Context, no_browser: bool) -> int:
    """Sign in with the browser.

    In a checkout, `python oauth-server --once` does the same.
    """
    given = options(context)
    settings = given.settings(warn=False)  # the redirect server will
    _needs_browser_sign_in(settings.access_token, settings.account_id)
    oauth_client(settings)
    command = server_command("--once")
    if given.profile is not None:  # else it finds the same profile in the configuration
        command += ["--profile", given.profile]
    command += ["--no-browser"] * no_browser + ["-v"] * bool(given.verbose)
    return _run(command)


@auth.command(epilog=example("collector auth status --check"))
@click.option("--check", is_flag=True, help="Also check the token with Zoom (renews it if needed).")
@common_options
@click.pass_context
def status(context: click.Context, check: bool) -> int:
    """Show the stored sign-in. Makes no network call.

    Exit code 0 only if a collection could start now, else 4.
    """
    given = options(context)
    settings = given.settings()
    source, usable, stored = _sign_in_state(settings)
    failure = _ask_zoom(settings) if check and usable else None
    report: dict[str, object] = {"profile": settings.profile.name, "source": source, "usable": usable}
    if source == _BROWSER:
        report |= _to_json(stored)
    if check and usable:
        report["zoom"] = failure.message if failure else "accepted"
    if given.json:
        print_json(report)
    else:
        _print_status(settings.profile, source, usable, stored, has_app=settings.client_id is not None)
        if check and usable:
            say(printable(f"Zoom:     {failure.message if failure else 'accepts the token'}"), hanging=10)
        if failure is not None and failure.next_step:
            say(printable(f"Next:     {render(failure.next_step)}"), hanging=10)
    if failure is not None:
        return int(_exit_code(failure))
    return int(ExitCode.COMPLETE if usable else ExitCode.SIGN_IN)


@auth.command(epilog=example("collector auth refresh"))
@options_without_json
@click.pass_context
def refresh(context: click.Context) -> None:
    """Renew the access token now."""
    settings = options(context).settings()
    if settings.access_token is not None:
        raise UsageError(
            "ZOOM_ACCESS_TOKEN is used as it is and never renewed.", "Unset it to use the profile's sign-in."
        )
    tokens = token_source(settings, SystemClock(), random.Random())
    if isinstance(tokens, ServerToServerTokenSource | SignInTokenSource):
        tokens.refresh()
    say(f'The profile "{settings.profile.name}" has a new access token.')


@auth.command(epilog=example('curl -H "Authorization: Bearer $(collector auth token)" https://api.zoom.us/v2/users/me'))
@click.option("--show", is_flag=True, help="Print the token even to a terminal.")
@options_without_json
@click.pass_context
def token(context: click.Context, show: bool) -> None:
    """Print a valid access token, and nothing else, for scripts."""
    if sys.stdout.isatty() and not show:
        raise UsageError(
            "An access token is a secret and is not printed to a terminal.",
            NextStep("Use it in a command, $({}), or add --show.", Command("auth token")),
        )
    tokens = token_source(options(context).settings(), SystemClock(), random.Random())
    click.echo(tokens.token().access_token)


@auth.command(epilog=example("collector auth logout"))
@options_without_json
@click.pass_context
def logout(context: click.Context) -> None:
    """Remove the token from this computer; nothing changes at Zoom."""
    settings = options(context).settings()
    file = token_file(settings.profile)
    was_there = file.path.exists()
    signed_in = _holds_sign_in(file)
    signin.forget(file, SystemClock())
    if not was_there:
        say(f'The profile "{settings.profile.name}" holds no token.')
    else:
        say(printable(f"Removed {file.path}."))
        say(render(_AFTER_LOGOUT if signed_in else _AFTER_LOGOUT_OF_APP))
    if settings.access_token is not None:
        say("ZOOM_ACCESS_TOKEN is still set and will be used.")


@auth.command(epilog=example("collector auth revoke --yes"))
@click.option("--yes", is_flag=True, help="Skip the question.")
@options_without_json
@click.pass_context
def revoke(context: click.Context, yes: bool) -> None:
    """End the sign-in at Zoom and remove the token from this computer. Zoom also removes the app."""
    settings = options(context).settings()
    _needs_browser_sign_in(settings.access_token, settings.account_id)
    client = oauth_client(settings)
    if not yes and sys.stdin.isatty():
        confirm("Zoom will also remove the app from the account. Continue?")
    signin.revoke(client, token_file(settings.profile), SystemClock(), random.Random())
    say(
        f'The sign-in of the profile "{settings.profile.name}" is revoked and removed from this computer. '
        "Zoom has also removed the app; signing in again adds it again."
    )


def _holds_sign_in(file: TokenFile) -> bool:
    """Whether the token comes from a browser sign-in; yes if that is unknown, because an app's token soon expires."""
    try:
        document = file.load()
    except (CollectorError, OSError):
        return True
    return document is None or document.grant == SIGN_IN_GRANT


def _needs_browser_sign_in(access_token: Secret | None, account_id: str | None) -> None:
    if access_token is not None:
        raise UsageError(
            "ZOOM_ACCESS_TOKEN is set, so that token is used instead of a sign-in.", "Unset ZOOM_ACCESS_TOKEN first."
        )
    if account_id is not None:
        raise UsageError(
            "ZOOM_ACCOUNT_ID is set, so the app signs in by itself (Server-to-Server).",
            "No sign-in is needed. To sign in with the browser, unset ZOOM_ACCOUNT_ID and use a General app.",
        )


def _run(command: list[str]) -> int:
    """Run the redirect server and return its exit code. It decides when to stop, because it may be storing a token.

    Ctrl-C reaches both processes; SIGTERM reaches only this one and is passed on.
    """
    process = subprocess.Popen(command)  # noqa: S603 - our own program, no shell
    earlier = signal.signal(signal.SIGTERM, lambda number, _: process.send_signal(number))
    try:
        while True:
            try:
                code = process.wait()
            except KeyboardInterrupt:
                continue
            return code if code >= 0 else int(ExitCode.INTERRUPTED)
    finally:
        signal.signal(signal.SIGTERM, earlier)


def _sign_in_state(settings: Settings) -> tuple[str, bool, StoredSignIn]:
    """Where tokens come from, whether a collection could start, and what the profile's token file holds."""
    client = oauth_client(settings) if settings.client_id else None
    stored = stored_sign_in(token_file(settings.profile), client, SystemClock())
    if settings.access_token is not None:
        return _ENVIRONMENT, True, stored
    if settings.account_id is not None:
        return _SERVER_TO_SERVER, True, stored
    return _BROWSER, client is not None and stored.state == "usable", stored


def _ask_zoom(settings: Settings) -> CollectorError | None:
    clock, randomness = SystemClock(), random.Random()
    try:
        tokens = token_source(settings, clock, randomness)
        zoom_client(settings, tokens, clock, randomness).get(account.RESOURCE.listing)
    except CollectorError as failure:
        return failure
    return None


def _exit_code(failure: CollectorError) -> ExitCode:
    """A missing answer is a failure here, although the sign-in itself may be valid."""
    return ExitCode.FAILED if isinstance(failure, ReadingError) else failure.exit_code


def _to_json(stored: StoredSignIn) -> dict[str, object]:
    return {
        "state": stored.state,
        "reason": stored.reason,
        "account": stored.account,
        "scopes": sorted(stored.scopes) if stored.scopes is not None else None,
        "missingScopes": [
            {"step": step, "classic": classic, "granular": granular}
            for step, classic, granular in missing_scopes(stored.scopes)
        ],
        "obtainedAt": milliseconds(stored.obtained_at) if stored.obtained_at is not None else None,
        "expiresAt": milliseconds(stored.expires_at) if stored.expires_at is not None else None,
        "path": str(stored.path),
    }


def _print_status(profile: Profile, source: str, usable: bool, stored: StoredSignIn, *, has_app: bool) -> None:
    lines = [("Profile", profile.name), ("Source", source)]
    if source != _BROWSER:
        lines.append(("State", "used as it is" if source == _ENVIRONMENT else "the app signs in by itself"))
    else:
        reason = stored.reason if has_app else "ZOOM_CLIENT_ID is not set, see .env.example."
        lines.append(("State", "signed in" if usable else reason))
        if stored.account is not None:
            lines.append(("Account", " ".join(str(value) for value in stored.account.values())))
        if stored.expires_at is not None:
            lines.append(
                (
                    "Token",
                    f"valid until {format_time(milliseconds(stored.expires_at))}, renewed before then if possible",
                )
            )
        if stored.scopes is not None:
            lines.append(("Scopes", " ".join(sorted(stored.scopes))))
        for step, classic, granular in missing_scopes(stored.scopes):
            lines.append(("Missing", f"{classic} (classic) or {granular} (granular), for {step}"))
        lines.append(("File", str(stored.path)))
    for name, value in lines:
        say(printable(f"{name + ':':9} {value}"))
    if source == _BROWSER and has_app and not usable:
        say(printable(render(SIGN_IN_AGAIN)))
