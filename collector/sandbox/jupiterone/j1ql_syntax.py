"""Reading J1QL: as much of JupiterOne's query language as counts and plain listings need (JupiterOne docs, J1QL).

    FIND <what> [AS a] [WITH <conditions>] [THAT <verb> [>>|<<] [AS r] <what> [AS b] [WITH <conditions>]]
    [WHERE <conditions>] [RETURN <items>] [LIMIT n]

`<what>` is a `_type`, a `_class` or `*`; `<conditions>` are comparisons with = and != joined by AND; an item is
`count(a)`, `a.property` or `a`, each with `AS name` or without.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

_TOKENS = re.compile(
    r"""\s+ | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<word>[_A-Za-z][\w.:]*(?:\[[^\]]+\])?|\[[^\]]+\]) | (?P<symbol>!=|>>|<<|[=*(),])""",
    re.VERBOSE,
)
_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}
_KEYWORDS = {"find", "as", "with", "that", "where", "return", "limit", "and", "to"}


class QueryRefused(Exception):
    """Not J1QL, or J1QL that is not read here."""


class Condition(NamedTuple):
    """`alias` is "" where the property is of the thing before."""

    alias: str
    property: str
    equal: bool
    value: Any


class Item(NamedTuple):
    """What a row holds: under `name`, the number of different things, a property of one, or all of it ("")."""

    name: str
    alias: str
    property: str
    is_count: bool


@dataclass(frozen=True)
class Node:
    """`what`: type, class or "*"."""

    what: str
    alias: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Hop:
    """`verb`: a relationship's class, "RELATES TO" for any. `direction`: ">>", "<<" or "" for both."""

    verb: str
    direction: str
    alias: str
    node: Node


@dataclass(frozen=True)
class Query:
    node: Node
    hop: Hop | None
    conditions: tuple[Condition, ...]
    items: tuple[Item, ...]
    limit: int | None


def parse(text: str) -> Query:
    """Raises QueryRefused."""
    return _Reader(text).query()


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._position = 0

    def query(self) -> Query:
        self._expect("find")
        node = self._node()
        hop = self._hop() if self._take("that") else None
        conditions = self._conditions() if self._take("where") else ()
        items = self._items() if self._take("return") else ()
        limit = int(self._advance()) if self._take("limit") else None
        if self._next:
            raise QueryRefused(f'This sandbox cannot read the query from "{self._next}" on.')
        return Query(node, hop, conditions, items, limit)

    def _node(self) -> Node:
        what = "*" if self._take("*") else self._word()
        alias = self._alias() or what
        return Node(what, alias, self._conditions() if self._take("with") else ())

    def _hop(self) -> Hop:
        verb = self._word().upper()
        if verb == "RELATES":
            self._expect("to")
            verb = "RELATES TO"
        direction = next((arrow for arrow in (">>", "<<") if self._take(arrow)), "")
        alias = self._alias() or verb
        return Hop(verb, direction, alias, self._node())

    def _alias(self) -> str:
        return self._word() if self._take("as") else ""

    def _conditions(self) -> tuple[Condition, ...]:
        conditions = [self._condition()]
        while self._take("and"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _condition(self) -> Condition:
        path = self._word()
        operator = self._advance()
        if operator not in ("=", "!="):
            raise QueryRefused(f'This sandbox cannot read the operator "{operator}".')
        return Condition(*_alias_and_property(path), operator == "=", _value(self._advance()))

    def _items(self) -> tuple[Item, ...]:
        items = [self._item()]
        while self._take(","):
            items.append(self._item())
        return tuple(items)

    def _item(self) -> Item:
        word = self._word(keywords=True)
        if word.lower() == "count" and self._take("("):
            alias = "*" if self._take("*") else self._word()
            self._expect(")")
            return Item(self._alias_or_text(f"count({alias})"), alias, "", is_count=True)
        alias, _, name = word.partition(".")
        return Item(self._alias_or_text(word), alias, name.strip("[]"), is_count=False)

    def _alias_or_text(self, default: str) -> str:
        if not self._take("as"):
            return default
        word = self._advance()
        return str(_value(word)) if word[:1] in "'\"" else word

    @property
    def _next(self) -> str:
        return self._tokens[self._position] if self._position < len(self._tokens) else ""

    def _advance(self) -> str:
        token = self._next
        if not token:
            raise QueryRefused("The query ends too early.")
        self._position += 1
        return token

    def _take(self, keyword: str) -> bool:
        if self._next.lower() != keyword:
            return False
        self._position += 1
        return True

    def _expect(self, keyword: str) -> None:
        found = self._advance()
        if found.lower() != keyword:
            raise QueryRefused(f'Expected "{keyword.upper()}", found "{found}".')

    def _word(self, keywords: bool = False) -> str:
        word = self._advance()
        if not re.match(r"[_A-Za-z\[]", word) or (word.lower() in _KEYWORDS and not keywords):
            raise QueryRefused(f'Expected a name, found "{word}".')
        return word


def _alias_and_property(path: str) -> tuple[str, str]:
    """`u.[tag.AccountName]` → `u`, `tag.AccountName`; `_type` and `tag.AccountName` have no alias."""
    alias, dot, name = path.partition(".")
    if not dot or path.startswith(("[", "tag.")):
        return "", path.strip("[]")
    return alias, name.strip("[]")


def _value(token: str) -> Any:
    if token[:1] in "'\"":
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if token.lower() in _CONSTANTS:
        return _CONSTANTS[token.lower()]
    try:
        return json.loads(token)
    except ValueError:
        raise QueryRefused(f'"{token}" is no value to compare with.') from None


def _tokens(text: str) -> list[str]:
    """What matches a named group of the pattern; what matches without one is passed over."""
    tokens: list[str] = []
    position = 0
    while position < len(text):
        found = _TOKENS.match(text, position)
        if found is None:
            raise QueryRefused(f'This sandbox cannot read "{text[position]}" in a query.')
        if found.lastgroup:
            tokens.append(found.group())
        position = found.end()
    return tokens
