"""Texts from outside on their way to a terminal: what they quote neither steers it nor begins a line of its own."""

from __future__ import annotations

import logging
from typing import Any


def printable(text: str) -> str:
    """A text from outside without control characters, which could steer a terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)


def printable_lines(text: str, indent: str = "  ") -> str:
    """The same for a text of ours, whose line breaks are meant: what follows the first line is indented.

    A break from outside, in the name of a folder for example, so begins no line that could pass for one of ours.
    """
    first, *others = (printable(line) for line in text.split("\n"))
    return "\n".join((first, *(line if not line or line.startswith(" ") else f"{indent}{line}" for line in others)))


class LogFormatter(logging.Formatter):
    """A record is one line, whatever it quotes; the lines of a traceback are indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return printable_lines(f"  {super().formatException(ei)}")
