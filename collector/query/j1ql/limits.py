"""How long and how deep a query may be: what is beyond that is refused before it is understood."""

from __future__ import annotations

import re

from lark import Token, Tree

from collector.errors import UsageError
from collector.query.j1ql.refusals import refused
from collector.query.j1ql.syntax import Position

_MAX_LENGTH = 20_000
_MAX_DEPTH = 60
_SHOWN = 40


def check_text(text: str, what: str) -> None:
    """Raise UsageError for a text that cannot be `what`, a query or a condition."""
    if len(text) > _MAX_LENGTH:
        raise UsageError(f"The {what} has {len(text):,} characters; {_MAX_LENGTH:,} are allowed.")
    _check_characters(text)
    _check_parentheses(text)


def _check_characters(text: str) -> None:
    """SQLite takes no halves of characters, and ends a text at a zero."""
    if found := re.search("[\0\ud800-\udfff]", text):
        which = f"U+{ord(found.group()):04X}"
        raise refused(position_at(text, found.start()), f"the character {which} is not possible in a query.")


def _check_parentheses(text: str) -> None:
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth > _MAX_DEPTH:
            raise refused(position_at(text, at), f"more than {_MAX_DEPTH} parentheses are open.")


def check_operators(tree: Tree[Token]) -> None:
    """Raise UsageError for too many operators of arithmetic within one another, as the terms of a long sum are."""
    waiting: list[tuple[Tree[Token], int]] = [(tree, 0)]
    while waiting:
        part, depth = waiting.pop()
        depth += part.data in ("arithmetic", "negative")
        if depth > _MAX_DEPTH:
            position = Position(part.meta.line, part.meta.column)
            raise refused(position, f"the expression has more than {_MAX_DEPTH} operators.")
        waiting += [(child, depth) for child in part.children if isinstance(child, Tree)]


def position_at(text: str, index: int) -> Position:
    """Where a character stands."""
    before = text[:index]
    return Position(before.count("\n") + 1, index - before.rfind("\n"))


def shortened(text: str) -> str:
    """As much of a text as a message repeats."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
