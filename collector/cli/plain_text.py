"""Text from outside, made safe for a terminal: it cannot control it, and cannot pose as a line of the collector's."""

from __future__ import annotations

import logging
import unicodedata
from typing import Any

_JOINERS = "\u200c\u200d"
"""Within Persian and Indic words and within emoji."""


def is_printable(character: str) -> bool:
    """Whether it controls no terminal. Unlike `str.isprintable`, spaces of every kind and joiners are printable."""
    return character.isprintable() or unicodedata.category(character) == "Zs" or character in _JOINERS


def printable(text: str) -> str:
    """The text without control characters, which could control a terminal."""
    return "".join(character if is_printable(character) else "�" for character in text)


def printable_lines(text: str, indent: str = "  ") -> str:
    """The same for a text with line breaks: they are kept, and the lines after the first are indented.

    So a line break in the name of a folder, for example, cannot fake a line such as "Error: ...".
    """
    first, *others = (printable(line) for line in text.split("\n"))
    return "\n".join((first, *(line if not line or line.startswith(" ") else f"{indent}{line}" for line in others)))


class LogFormatter(logging.Formatter):
    """Formats a record as one line, whatever it contains; the lines of a traceback are indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return printable_lines(f"  {super().formatException(ei)}")
