"""How a failure is printed."""

from __future__ import annotations

from collector.cli.options import Options
from collector.cli.plain_text import printable_lines
from collector.cli.wrapping import say
from collector.errors import CollectorError


def show_error(failure: CollectorError, given: Options) -> None:
    """Print what happened, and what to do next."""
    say(f"Error: {printable_lines(failure.message)}", err=True)
    if failure.next_step:
        say(f"Next: {printable_lines(given.render(failure.next_step))}", err=True)
