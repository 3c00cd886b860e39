"""Queries that are wrong in one place."""

from __future__ import annotations

import re
from collections.abc import Iterator

_VALUE = r"\([^()]*\)|'[^']*'|/[^/]*/|date\.now - 90 days|[a-z0-9]+(?:\.\w+)?"
_COMPARISON = re.compile(rf"([\w.]+) (!~=|~=|!=|<=|>=|=|<|>) ({_VALUE})")
_LITERAL = re.compile(r"'[^']*'|\b(?:true|false|undefined)\b|\b\d+\b")
_RETURNED = re.compile(r"\w+\.\w+(?= AS)")
_OPERATORS = {
    "=": ("!=",),
    "!=": ("=",),
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "~=": ("!~=",),
    "!~=": ("~=",),
}
_LITERALS = {"true": "false", "false": "true", "undefined": "false"}


def mutations(query: str) -> Iterator[str]:
    """Every query that picks others: an operator, a value, AND, OR, or a direction changed; a comparison dropped."""
    picks, word, returns = query.partition("RETURN")
    rest = word + returns
    for match in _COMPARISON.finditer(picks):
        name, operator, value = match.groups()
        key = f"{name.rpartition('.')[0]}._key".lstrip(".")
        for other in _OPERATORS[operator]:
            yield _replaced(picks, match, f"{name} {other} {value}") + rest
        yield _replaced(picks, match, f"{name}Typo {operator} {value}") + rest
        yield _replaced(picks, match, f"{key} != undefined") + rest
        yield _replaced(picks, match, f"{key} = undefined") + rest
        if not value.startswith("/"):
            for literal in _LITERAL.finditer(value):
                yield (
                    _replaced(picks, match, f"{name} {operator} {_replaced(value, literal, _other(literal[0]))}") + rest
                )
    for match in re.finditer(r"\bAND\b|\bOR\b", picks):
        yield _replaced(picks, match, "OR" if match[0] == "AND" else "AND") + rest
    for match in re.finditer(r"THAT (!?)", picks):
        yield _replaced(picks, match, "THAT " if match[1] else "THAT !") + rest


def misspelt_columns(query: str) -> Iterator[str]:
    """The query with one of the properties it returns renamed."""
    start = query.index("RETURN")
    for match in _RETURNED.finditer(query, start):
        yield _replaced(query, match, f"{match[0]}Typo")


def _other(literal: str) -> str:
    if literal.startswith("'"):
        return f"{literal[:-1]}x'"
    return _LITERALS.get(literal) or str(int(literal) + 1)


def _replaced(text: str, match: re.Match[str], by: str) -> str:
    return text[: match.start()] + by + text[match.end() :]
