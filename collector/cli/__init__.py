"""The command line: one file a noun. Verbs parse, call one function and print; no work is done here."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Sequence

import click

from collector import __version__
from collector.cli.auth import auth
from collector.cli.collect import collect
from collector.cli.collect_and_sync import collect_and_sync
from collector.cli.demo import demo
from collector.cli.doctor import doctor
from collector.cli.document import document
from collector.cli.failures import show_error
from collector.cli.forget import forget
from collector.cli.instance import instance
from collector.cli.options import Options, common_options
from collector.cli.plain_text import LogFormatter, printable_lines
from collector.cli.plan import plan
from collector.cli.sandbox import sandbox
from collector.cli.show import show
from collector.cli.status import status
from collector.cli.streams import sheltered_streams
from collector.cli.sync import sync
from collector.cli.uninstall import uninstall
from collector.cli.wrapping import say
from collector.errors import CollectionFailed, CollectorError, ExitCode, worst_of

__all__ = ["cli", "run"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="collector")
@common_options
def cli() -> None:
    """Read a Zoom account and build its JupiterOne graph.

    Configuration comes from the environment and from ./.env (see .env.example).

    Exit codes: 0 complete, 1 failed, 2 wrong use or configuration, 3 finished but something was denied or left
    unread, 4 sign in again, 75 stopped by Zoom's daily limit, 130 interrupted.
    """


_COMMANDS = (
    auth,
    plan,
    collect,
    sync,
    collect_and_sync,
    status,
    show,
    doctor,
    document,
    forget,
    instance,
    uninstall,
    sandbox,
    demo,
)
for command in _COMMANDS:
    cli.add_command(command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every failure is told in whole sentences on standard error.

    What cannot be printed never stops a verb. A reader that has gone changes nothing; standard output that cannot be
    written for another reason is told at the end, and the exit code is 1 unless that of the verb is worse.
    """
    given = Options()
    if logging.lastResort is not None:  # what prints warnings without -v
        logging.lastResort.setFormatter(LogFormatter())
    with sheltered_streams() as output:
        try:
            result = cli.main(args=arguments, prog_name="collector", standalone_mode=False, obj=given)
            code = result if isinstance(result, int) else int(ExitCode.COMPLETE)
        except (Exception, KeyboardInterrupt) as failure:
            code = _told(failure, given)
        if output.failure is None:
            return code
        with click.Context(cli, obj=given):
            show_error(_not_printed(output.failure, code))
        return worst_of(code, ExitCode.FAILED)


def _not_printed(failure: OSError, code: int) -> CollectionFailed:
    """Nothing else is known of what was lost than how the verb ended."""
    message = f"Standard output could not be written: {failure.strerror}."
    if code not in (ExitCode.COMPLETE, ExitCode.INCOMPLETE):
        return CollectionFailed(message)
    return CollectionFailed(
        f"{message} Everything else was done (exit code {code}).",
        "Make room for it; `collector status` shows how the last collection and upload went.",
    )


def _told(failure: BaseException, given: Options) -> int:
    """The exit code of a failure, after telling it."""
    match failure:
        case click.exceptions.Exit():
            return failure.exit_code
        case click.Abort() | KeyboardInterrupt():
            return ExitCode.INTERRUPTED
        case click.ClickException():
            said = io.StringIO()
            failure.show(said)
            say(printable_lines(said.getvalue().rstrip("\n"), indent=""), err=True)
            return ExitCode.USAGE
        case CollectorError():
            with click.Context(cli, obj=given):  # the verb's has ended
                show_error(failure)
            return failure.exit_code
    if given.verbose:
        click.echo(printable_lines("".join(traceback.format_exception(failure)).rstrip()), err=True)
    say(
        f"Error: Something went wrong that nobody foresaw ({type(failure).__name__}); please report it, together with "
        "what the same command prints with -v.",
        err=True,
    )
    return ExitCode.FAILED
