"""Sentences on a terminal: broken between words, where the terminal itself would break anywhere."""

from __future__ import annotations

import re

import click
from rich.console import Console

from collector.cli.output import console, error_console

_WORD = re.compile(r"(\s*)(`[^`]*`[^\s`]*|\S+)")
"""A word with the blanks before it. A command in backticks stays on one line, so that it can be copied."""


def say(text: str, *, err: bool = False) -> None:
    """Print a text of ours; its own line breaks are kept."""
    click.echo(wrapped(text, (error_console() if err else console()).width), err=err)


def print_wrapped(out: Console, text: str) -> None:
    """The same where there is a console already; rich alone would break what is longer than a line."""
    out.print(wrapped(text, out.width), soft_wrap=True)


def wrapped(text: str, width: int, hanging: int = 0) -> str:
    """The text in lines of at most so many characters, but for words that are longer.

    A line goes on below its own beginning; `hanging`: so many blanks further right.
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
