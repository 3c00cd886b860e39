"""The command line, one file a verb. A verb parses its options, calls one function and prints the result."""

from __future__ import annotations

import errno
import io
import logging
import sys
import traceback
from collections.abc import Sequence

import click

from collector import __version__
from collector.cli.options import Options, common_options
from collector.cli.plain_text import LogFormatter, printable_lines
from collector.cli.verbs import Verbs
from collector.errors import CollectionFailed, CollectorError, ExitCode
from collector.next_steps import Command, NextStep

__all__ = ["cli", "run"]


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="collector")
@common_options
def cli() -> None:
    """Collect a Zoom account and upload its graph to JupiterOne.

    Configuration comes from the environment and from ./.env (see .env.example).

    Exit codes: 0 complete, 1 failed, 2 wrong use or configuration, 3 finished but something was denied or left
    unread, 4 sign in again, 5 something new (alerts check only), 75 stopped by Zoom's daily limit, 130
    interrupted.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code. A failure is explained on standard error, never by a traceback.

    Raises SystemExit when standard output is a closed pipe (`| head`), as click and rich do.
    """
    given = Options()
    if logging.lastResort is not None:  # what prints warnings without -v
        logging.lastResort.setFormatter(LogFormatter())
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # for a terminal that cannot show a character
    try:
        result = cli.main(args=arguments, prog_name="collector", standalone_mode=False, obj=given)
    except (Exception, KeyboardInterrupt) as failure:
        return _report_failure(failure, given)
    return result if isinstance(result, int) else int(ExitCode.COMPLETE)


def _report_failure(failure: BaseException, given: Options) -> int:
    """Explain a failure, and return its exit code."""
    from collector.cli.failures import show_error  # here, because importing rich takes as long as all the rest
    from collector.cli.wrapping import say

    if isinstance(failure, OSError) and failure.errno in (errno.ENOSPC, errno.EDQUOT):
        failure = CollectionFailed(
            f"Standard output, or a file, could not be written: {failure.strerror}.",
            NextStep("Free some space. `{}` shows the last collection and upload.", Command("status")),
        )
    match failure:
        case click.exceptions.Exit():
            return failure.exit_code
        case click.Abort() | KeyboardInterrupt():
            return ExitCode.INTERRUPTED
        case click.ClickException():
            said = io.StringIO()
            failure.show(said)
            say(printable_lines(said.getvalue().expandtabs(2).rstrip("\n"), indent=""), err=True)
            return ExitCode.USAGE
        case CollectorError():
            show_error(failure, given)
            return failure.exit_code
    if given.verbose:
        click.echo(printable_lines("".join(traceback.format_exception(failure)).rstrip()), err=True)
    say(
        f"Error: Unexpected {type(failure).__name__}. Please report it with the output of the same command with -v.",
        err=True,
    )
    return ExitCode.FAILED
