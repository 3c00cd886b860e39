"""From the text of a query to its values. What JupiterOne's grammar has and this engine has not is refused by name."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, NoReturn

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args
from lark.exceptions import VisitError

from collector.errors import UsageError
from collector.query import dates
from collector.query.j1ql.limits import check_operators, check_text, position_at, shortened
from collector.query.j1ql.patterns import checked_pattern
from collector.query.j1ql.refusals import for_the_platform, refused
from collector.query.j1ql.syntax import (
    Arithmetic,
    Bool,
    Call,
    Comparison,
    Condition,
    Direction,
    Expression,
    Hop,
    Item,
    Literal,
    Node,
    Optional,
    OrderKey,
    Path,
    Pattern,
    Position,
    Query,
    Values,
    in_words,
)

AGGREGATES = ("COUNT", "MIN", "MAX", "SUM", "AVG", "MERGE")
FUNCTIONS = (*AGGREGATES, "CONCAT", "COALESCE")
_MAX_LIMIT = 250
_MAX_NUMBER = 2**63
"""What SQLite keeps exactly is below."""
_PATH_FINDING = re.compile(r"\s*(?:find\s+)?((?:shortest\s+)?paths?\s+from)\b", re.IGNORECASE)
_SEGMENT = re.compile(r"\[[^\]]+\]|[^.\[]+")
_EXPECTED = {
    "NAME": "a name",
    "PATH": "a property",
    "ALL_OF": "`selector.*`",
    "STRING": "a text in quotes",
    "NUMBER": "a number",
    "TRUTH": "true or false",
    "UNDEFINED": "undefined",
    "NOW": "date.now",
    "DATE": "date(YYYY-MM-DD)",
    "REGEX": "a /regular expression/",
    "OPERATOR": "a comparison (=, !=, <, >, <=, >=, ~=, ^=, $=)",
    "DIRECTION": "`>>` or `<<`",
    "NOT": "`!`",
    "STAR": "`*`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COMMA": "`,`",
    "VBAR": "`|`",
    "QMARK": "`?`",
    "UNIT": "a unit of time",
    "SORTING": "ASC or DESC",
    "_ORDER": "ORDER BY",
    "$END": "the end",
}
_ARITHMETIC = {"PLUS", "MINUS", "SLASH", "CARET"}
_AFTER_A_CONDITION = {"_AND", "_OR", "$END"}
"""Where a condition is all there is, lark names nothing."""
_LEFT_OUT = {"BARE_DATE", "PARAMETER", "CIDR", "SMART", "HAVING", "FIND_INSIDE", *_ARITHMETIC}
"""What may stand there, but nobody is told to write."""


def parse(text: str, now: int) -> Query:
    """The query in a text; `now` is `date.now`, in milliseconds. Raises UsageError where it is none."""
    if not text.strip():
        raise refused(Position(1, 1), "the query is empty; it begins with FIND.")
    if found := _PATH_FINDING.match(text):
        raise refused(position_at(text, found.start(1)), "path finding (PATH FROM … TO) is not supported here.")
    query: Query = _parsed(text, now, "query", "query")
    return query


def parse_condition(text: str, now: int) -> Bool:
    """The condition in a text, as after WITH: `isAdmin = true AND status != 'active'`. Like `parse`."""
    if not text.strip():
        raise refused(Position(1, 1), "the condition is empty; one is `status = 'active'`.")
    condition: Bool = _parsed(text, now, "condition", "bool_or")
    return condition


def _parsed(text: str, now: int, what: str, rule: str) -> Any:
    check_text(text, what)
    try:
        tree = _grammar().parse(text, start=rule)
        check_operators(tree)
        return _ToValues(now).transform(tree)
    except UnexpectedInput as error:
        raise _not_understood(text, what, error) from None
    except VisitError as error:
        raise error.orig_exc from None


@cache
def _grammar() -> Lark:
    grammar = (files("collector.query.j1ql") / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, start=["query", "bool_or"], parser="lalr", propagate_positions=True, maybe_placeholders=True)


def _not_understood(text: str, what: str, error: UnexpectedInput) -> UsageError:
    if isinstance(error, UnexpectedToken):
        token, expected = error.token, set(error.accepts or error.expected) or _AFTER_A_CONDITION
        at_end = token.type == "$END"
        position = position_at(text, len(text.rstrip())) if at_end else Position(token.line or 1, token.column or 1)
        found = f"the {what} ends" if at_end else f"{shortened(str(token))!r} is not understood"
        if token.lower() == "with":
            return refused(position, "WITH comes before AS: `FIND zoom_user WITH … AS u`.")
    elif isinstance(error, UnexpectedCharacters):
        position, expected = Position(error.line, error.column), set(error.allowed or ())
        found = _unknown_characters(text[error.pos_in_stream :])
    else:
        position, expected, found = Position(1, 1), set(), "this is not understood"
    return refused(position, f"{found}{_expected_words(expected)}")


def _unknown_characters(rest: str) -> str:
    word = re.match(r"\S+", rest)
    written = shortened(word.group()) if word else rest[:1]
    if rest[0] in "'\"":
        return "a quote is opened here and not closed"
    return f"{written!r} is not understood"


def _expected_words(expected: set[str]) -> str:
    words = sorted({_EXPECTED.get(name, name.lstrip("_")) for name in expected - _LEFT_OUT})
    if expected & _ARITHMETIC:
        words = [word for word in words if word != "`*`"]
    return f"; expected {', '.join(words)}." if words else "."


def _at(token: Token) -> Position:
    return Position(token.line or 1, token.column or 1)


def _unquoted(token: Token) -> str:
    text = re.sub(r"\\(['\"\\])", r"\1", token[1:-1])
    if "{{" in text and "}}" in text:
        raise for_the_platform(_at(token), "parameters (`{{…}}`) are")
    return text


def _segments(token: Token) -> tuple[str, ...]:
    found = tuple(each[1:-1] if each[0] == "[" else each for each in _SEGMENT.findall(token))
    if any('"' in each or "\\" in each for each in found):
        raise refused(_at(token), "names of properties hold no quotes and no backslashes.")
    return found


def _joined(all_of: bool, members: list[Any]) -> Bool:
    first: Bool = members[0]
    return first if len(members) == 1 else Condition(all_of, tuple(members), position=first.position)


@v_args(inline=False)
class _ToValues(Transformer[Token, Any]):
    """Each method makes the value of the rule of its name."""

    def __init__(self, now: int) -> None:
        super().__init__()
        self._now = now

    def query(self, children: list[Any]) -> Query:
        given: dict[str, Any] = {}
        steps: list[Hop | Optional] = []
        for child in children:
            if isinstance(child, Node):
                given["start"] = child
            elif isinstance(child, Hop | Optional):
                steps.append(child)
            elif isinstance(child, dict):
                given |= child
        return Query(steps=tuple(steps), **given)

    def unique(self, _: list[Any]) -> dict[str, bool]:
        return {"unique": True}

    def optional(self, children: list[Any]) -> Optional:
        *hops, alias = children
        return Optional(tuple(hops), alias, position=hops[0].position)

    def node(self, children: list[Any]) -> Node:
        *_, (names, text, position), with_, alias = children
        return Node(names, text, with_, alias, position=position)

    def smart(self, children: list[Token]) -> NoReturn:
        raise for_the_platform(_at(children[0]), f"smart classes (`{children[0]}`) are")

    def what(self, children: list[Any]) -> tuple[tuple[str, ...], str | None, Position]:
        first = children[0]
        if isinstance(first, Token) and first.type == "STRING":
            text = _unquoted(first)
            if not text:
                raise refused(_at(first), "a text to search for is expected between the quotes.")
            return ("*",), text, _at(first)
        return tuple(str(each) for each in children), None, _at(first)

    def member(self, children: list[Any]) -> Token:
        token: Token = children[0]
        return token

    def with_(self, children: list[Bool]) -> Bool:
        return children[0]

    def alias(self, children: list[Token]) -> str:
        return str(children[0])

    def hop(self, children: list[Any]) -> Hop:
        negation, (verbs, position), direction, alias, late_direction, node = children
        if direction and late_direction:
            raise refused(_at(late_direction), "a relationship has one direction.")
        upper = tuple(verb.upper() for verb in verbs)
        return Hop(
            () if {"*", "RELATES"} & set(upper) else upper,
            node,
            Direction(str(direction or late_direction or "")),
            negation is not None,
            alias,
            tuple(map(str, verbs)),
            position=position,
        )

    def late_direction(self, children: list[Token]) -> Token:
        return children[0]

    def verbs(self, children: list[Any]) -> tuple[list[Token], Position]:
        names = [child for child in children if child is not None and child.type != "TO"]
        return names, _at(names[0])

    def verb(self, children: list[Any]) -> Token:
        token: Token = children[0]
        return token

    def where(self, children: list[Bool]) -> dict[str, Bool]:
        return {"where": children[0]}

    def having(self, children: list[Any]) -> NoReturn:
        raise refused(_at(children[0]), "HAVING is not documented by JupiterOne and not supported here.")

    def bool_or(self, children: list[Any]) -> Bool:
        return _joined(False, children)

    def bool_and(self, children: list[Any]) -> Bool:
        return _joined(True, children)

    def comparison(self, children: list[Any]) -> Comparison:
        left, operator, right = children
        return Comparison(left, operator.lstrip("!"), operator[0] == "!", right, position=left.position)

    def values(self, children: list[Any]) -> Any:
        return children[0]

    def alternatives(self, children: list[Any]) -> Values:
        return Values(False, tuple(children), position=children[0].position)

    def all_of(self, children: list[Any]) -> Values:
        return Values(True, tuple(children), position=children[0].position)

    def subquery(self, children: list[Any]) -> NoReturn:
        raise refused(_at(children[0]), "a query within a query is not supported here.")

    def regex(self, children: list[Token]) -> Pattern:
        pattern, _, flags = children[0][1:].rpartition("/")
        return checked_pattern(pattern, flags, _at(children[0]))

    def return_(self, children: list[Any]) -> dict[str, Any]:
        return {"items": tuple(children)} if isinstance(children[0], Item) else {"tree": True}

    def item(self, children: list[Any]) -> Item:
        value, *names = children
        if isinstance(value, Token):
            alias = str(value)[:-2]
            return Item(Path((alias,), position=_at(value)), str(value), everything=True, position=_at(value))
        name = names[0] if names else None
        if isinstance(name, Token):
            name = _unquoted(name) if name.type == "STRING" else str(name)
        return Item(value, in_words(value) if name is None else name, position=value.position)

    def order(self, children: list[OrderKey]) -> dict[str, Any]:
        return {"order": tuple(children)}

    def order_key(self, children: list[Any]) -> OrderKey:
        value, sorting = children
        return OrderKey(value, sorting is not None and sorting.upper() == "DESC", position=value.position)

    def skip(self, children: list[Token]) -> dict[str, int]:
        return {"skip": _whole(children[0], "SKIP", 0, 10**9)}

    def limit(self, children: list[Token]) -> dict[str, int]:
        return {"limit": _whole(children[0], "LIMIT", 1, _MAX_LIMIT)}

    def arithmetic(self, children: list[Any]) -> Expression:
        left, operator, right = children
        if isinstance(left, Literal) and isinstance(right, Literal):
            return _computed(left, operator, right)
        return Arithmetic(str(operator), left, right, position=left.position)

    def negative(self, children: list[Any]) -> Expression:
        minus, value = children
        zero = Literal(0, position=_at(minus))
        return _computed(zero, minus, value) if isinstance(value, Literal) else Arithmetic("-", zero, value)

    def number(self, children: list[Any]) -> Literal:
        number, unit = children
        milliseconds = 1 if unit is None else dates.unit(unit)
        if float(number) * milliseconds >= _MAX_NUMBER:
            raise refused(_at(number), f"the number {shortened(number)} is too large; expected less than 2^63.")
        value = (float(number) if "." in number else int(number)) * milliseconds
        return Literal(int(value) if value == int(value) else value, position=_at(number))

    def string(self, children: list[Token]) -> Literal:
        return Literal(_unquoted(children[0]), position=_at(children[0]))

    def truth(self, children: list[Token]) -> Literal:
        return Literal(children[0].lower() == "true", position=_at(children[0]))

    def undefined(self, children: list[Token]) -> Literal:
        return Literal(None, position=_at(children[0]))

    def now(self, children: list[Token]) -> Literal:
        return Literal(self._now, position=_at(children[0]))

    def date(self, children: list[Token]) -> Literal:
        written = children[0].partition("(")[2].rstrip(")").strip()
        instant = dates.instant(written)
        if instant is None:
            raise refused(_at(children[0]), f"{written!r} is no ISO 8601 date; expected date(YYYY-MM-DD), for example.")
        return Literal(instant, position=_at(children[0]))

    def bare_date(self, children: list[Token]) -> NoReturn:
        raise refused(_at(children[0]), f"a date is written date({children[0]}).")

    def cidr(self, children: list[Token]) -> NoReturn:
        raise refused(_at(children[0]), "filters on networks (CIDR) are not supported here.")

    def parameter(self, children: list[Token]) -> NoReturn:
        raise for_the_platform(_at(children[0]), f"parameters (`{children[0]}`) are")

    def function(self, children: list[Any]) -> Call:
        token, *arguments = children
        name = token.upper()
        if name == "UNWIND":
            raise refused(_at(token), "UNWIND is not supported here.")
        if name not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise refused(_at(token), f"{str(token)!r} is not a function here; expected {known}.")
        star = next((each for each in arguments if isinstance(each, Token)), None)
        if star is not None:
            raise refused(_at(star), f"{name}(*) is not supported: name a selector, as in count(user).")
        given = tuple(each for each in arguments if each is not None)
        if not given or (name in AGGREGATES and len(given) != 1):
            wanted = "one argument" if name in AGGREGATES else "arguments"
            raise refused(_at(token), f"{name} takes {wanted}.")
        return Call(name, given, position=_at(token))

    def argument(self, children: list[Any]) -> Any:
        return children[0]

    def path(self, children: list[Token]) -> Path:
        return Path(_segments(children[0]), position=_at(children[0]))


def _whole(token: Token, word: str, least: int, most: int) -> int:
    if not token.isdigit() or not least <= float(token) <= most:
        expected = f"expected a whole number from {least} to {most:,}"
        raise refused(_at(token), f"{word} {shortened(token)} is not possible; {expected}.")
    return int(token)


def _computed(left: Literal, operator: Token, right: Literal) -> Literal:
    for side in (left, right):
        if isinstance(side.value, bool) or not isinstance(side.value, int | float):
            raise refused(side.position, f"`{operator}` takes numbers; {in_words(side)} is none.")
    return Literal(dates.calculated(str(operator), left.value, right.value), position=left.position)  # type: ignore[arg-type]
