"""The command line: one file a noun. Verbs parse, call one function and print; no work is done here."""

from __future__ import annotations

import errno
import io
import logging
import sys
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
from collector.cli.output import LogFormatter, printable_lines
from collector.cli.plan import plan
from collector.cli.sandbox import sandbox
from collector.cli.show import show
from collector.cli.status import status
from collector.cli.sync import sync
from collector.cli.uninstall import uninstall
from collector.cli.wrapping import say
from collector.errors import CollectionFailed, CollectorError, ExitCode

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

    Raises SystemExit when the reader of standard output has gone (`| head`), as click and rich do.
    """
    given = Options()
    if logging.lastResort is not None:  # what prints warnings without -v
        logging.lastResort.setFormatter(LogFormatter())
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # for a terminal that lacks letters
    try:
        result = cli.main(args=arguments, prog_name="collector", standalone_mode=False, obj=given)
    except (Exception, KeyboardInterrupt) as failure:
        return _told(failure, given)
    return result if isinstance(result, int) else int(ExitCode.COMPLETE)


def _told(failure: BaseException, given: Options) -> int:
    """The exit code of a failure, after telling it."""
    if isinstance(failure, OSError) and failure.errno in (errno.ENOSPC, errno.EDQUOT):
        failure = CollectionFailed(
            f"Standard output, or a file, could not be written: {failure.strerror}.",
            "Make room for it; `collector status` shows how the last collection and upload went.",
        )
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
