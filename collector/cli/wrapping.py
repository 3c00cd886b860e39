"""Text on a terminal, wrapped between words; the terminal itself would wrap anywhere."""

from __future__ import annotations

import re

import click
from rich.console import Console

from collector.cli.output import console, error_console

_WORD = re.compile(r"(\s*)(`[^`]*`[^\s`]*|\S+)")
"""A word with the spaces before it. A command in backticks stays on one line, so that it can be copied."""


def say(text: str, *, err: bool = False, hanging: int = 0) -> None:
    """Print a text; its line breaks are kept. `hanging` as of `wrapped`."""
    click.echo(wrapped(text, (error_console() if err else console()).width, hanging), err=err)


def print_wrapped(out: Console, text: str) -> None:
    """The same on a console; rich itself would break words that are longer than a line."""
    out.print(wrapped(text, out.width), soft_wrap=True)


def wrapped(text: str, width: int, hanging: int = 0) -> str:
    """The text in lines of at most `width` characters; longer words are not broken.

    Continuation lines are indented like the first one, and by `hanging` more spaces.
    """
    return "\n".join(_wrapped_line(line, width, hanging) for line in text.split("\n"))


def _wrapped_line(line: str, width: int, hanging: int) -> str:
    if len(line) <= width:
        return line
    indent = " " * (len(line) - len(line.lstrip()) + hanging)
    lines = [""]
    for blanks, word in _WORD.findall(line):
        if lines[-1].strip() and len(lines[-1]) + len(blanks) + len(word) > width:
            lines.append(f"{indent}{word}")
        else:
            lines[-1] += f"{blanks}{word}"
    return "\n".join(lines)
