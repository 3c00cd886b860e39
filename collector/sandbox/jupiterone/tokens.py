"""Cuts a text of a query language into its tokens."""

from __future__ import annotations

import re
from collections.abc import Callable


def cut(text: str, pattern: re.Pattern[str], refusal: Callable[[str], Exception]) -> list[str]:
    """The tokens of a text: what matches a named group of the pattern; what matches without one is passed over.

    Raises `refusal(character)` at a character with which nothing that matches begins.
    """
    tokens: list[str] = []
    position = 0
    while position < len(text):
        found = pattern.match(text, position)
        if found is None:
            raise refusal(text[position])
        if found.lastgroup:
            tokens.append(found.group())
        position = found.end()
    return tokens
