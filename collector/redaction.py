"""Keeps secrets out of logs, messages and files."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SECRET_NAME = re.compile(
    r"passw|passcode|pwd|secret|token|host_?key|pin$|(?:^|_)pin_|pmi$|activation_?code|stream_?key|private_?key|"
    r"employee_?(?:unique_?)?id",
    re.IGNORECASE,
)
_SECRET_QUERY = re.compile(r"([?&#;](?:pwd|tk|zak)=)[^&#\s\"']+", re.IGNORECASE)
_MASK = "***"


@dataclass(frozen=True, repr=False)
class Secret:
    """A text that shows as `***` in `repr`, `str` and formatting."""

    _text: str

    def reveal(self) -> str:
        """The text itself, to send it."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({_MASK})"

    def __str__(self) -> str:
        return _MASK


def looks_secret(name: str) -> bool:
    """Whether a field of this name probably holds a secret; for fields without a description."""
    return _SECRET_NAME.search(name) is not None


def one_line(text: str) -> str:
    """A text from outside on one line, without control characters."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def mask_urls(text: str) -> str:
    """The text with the values of `pwd`, `tk` and `zak` query parameters masked."""
    return _SECRET_QUERY.sub(rf"\g<1>{_MASK}", text) if "=" in text else text
