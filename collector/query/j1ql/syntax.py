"""What a query says, as values. Positions are for messages: two queries that say the same are equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True)
class Position:
    """Where something stands in the text; both count from 1."""

    line: int
    column: int


START = Position(1, 1)


@dataclass(frozen=True)
class _Located:
    position: Position = field(default=START, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Literal(_Located):
    """A text, number, boolean, or `undefined` (None). Dates and spans of time are numbers of milliseconds."""

    value: str | int | float | bool | None


@dataclass(frozen=True)
class Pattern(_Located):
    """A regular expression."""

    text: str
    ignore_case: bool = False


@dataclass(frozen=True)
class Path(_Located):
    """A property, or a selector: `("u", "tag", "Name")`."""

    segments: tuple[str, ...]

    @property
    def text(self) -> str:
        return ".".join(self.segments)


@dataclass(frozen=True)
class Arithmetic(_Located):
    """`operator`: + - * / ^"""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Call(_Located):
    """A function; `name` in upper case."""

    name: str
    arguments: tuple[Expression, ...]


Expression = Literal | Path | Arithmetic | Call


@dataclass(frozen=True)
class Values(_Located):
    """A list of values; `all_of`: joined by AND, else by OR."""

    all_of: bool
    members: tuple[Value, ...]


Value = Expression | Pattern | Values


@dataclass(frozen=True)
class Comparison(_Located):
    """`operator` without its `!`, which is `negated`: = < <= > >= ~= ^= $="""

    left: Expression
    operator: str
    negated: bool
    right: Value


@dataclass(frozen=True)
class Condition(_Located):
    """`all_of`: joined by AND, else by OR."""

    all_of: bool
    members: tuple[Bool, ...]


Bool = Comparison | Condition


@dataclass(frozen=True)
class Node(_Located):
    """What is looked for: any of `names` (`_type`, `_class` or `*`), or with `text` whatever contains it."""

    names: tuple[str, ...]
    text: str | None = None
    with_: Bool | None = None
    alias: str | None = None


class Direction(Enum):
    """Relative to the order of reading."""

    BOTH = ""
    FORWARD = ">>"
    BACKWARD = "<<"


@dataclass(frozen=True)
class Hop(_Located):
    """`verbs` in upper case; none for any relationship. `names`: the verbs as they are written."""

    verbs: tuple[str, ...]
    node: Node
    direction: Direction = Direction.BOTH
    negated: bool = False
    alias: str | None = None
    names: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Optional(_Located):
    """Hops that may be left out."""

    hops: tuple[Hop, ...]
    alias: str | None = None


Step = Hop | Optional


@dataclass(frozen=True)
class Item(_Located):
    """Something returned; `name` is its column."""

    value: Expression
    name: str
    everything: bool = False


@dataclass(frozen=True)
class OrderKey(_Located):
    """Something to sort by."""

    value: Expression
    descending: bool = False


@dataclass(frozen=True)
class Query:
    """A whole query. `items`: None without RETURN. `tree`: RETURN TREE."""

    start: Node
    steps: tuple[Step, ...] = ()
    unique: bool = False
    where: Bool | None = None
    items: tuple[Item, ...] | None = None
    tree: bool = False
    order: tuple[OrderKey, ...] = ()
    skip: int = 0
    limit: int | None = None


def comparisons(condition: Bool | None) -> tuple[Comparison, ...]:
    """All comparisons in a condition."""
    if condition is None:
        return ()
    if isinstance(condition, Comparison):
        return (condition,)
    return tuple(found for member in condition.members for found in comparisons(member))


def operands(value: Value) -> tuple[Expression | Pattern, ...]:
    """The single values of a list, or the value itself."""
    if isinstance(value, Values):
        return tuple(found for member in value.members for found in operands(member))
    return (value,)


def paths(value: Value) -> tuple[Path, ...]:
    """All properties and selectors in an expression."""
    match value:
        case Path():
            return (value,)
        case Arithmetic():
            return (*paths(value.left), *paths(value.right))
        case Call():
            return tuple(found for argument in value.arguments for found in paths(argument))
        case Values():
            return tuple(found for member in value.members for found in paths(member))
    return ()


def in_words(value: Expression) -> str:
    """The expression as text, which names its column: `count(user)`."""
    match value:
        case Path():
            return value.text
        case Arithmetic():
            return f"{_operand(value.left)} {value.operator} {_operand(value.right)}"
        case Call():
            return f"{value.name.lower()}({', '.join(map(in_words, value.arguments))})"
        case Literal(value=None):
            return "undefined"
        case Literal(value=bool(flag)):
            return "true" if flag else "false"
        case Literal(value=str(text)):
            return f"'{text}'"
    return str(value.value)


def _operand(value: Expression) -> str:
    return f"({in_words(value)})" if isinstance(value, Arithmetic) else in_words(value)
