"""Property values inside SQL: one scalar each, so that equal values are equal, and different types differ.

A number stays a number; a text becomes `s…`, a boolean `b0` or `b1`, a list `a…` (JSON); undefined is NULL. SQLite
sorts numbers before texts, and texts by code point, so that is the order of mixed values, too: numbers, lists,
booleans, texts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.model.graph_schema import ROW
from collector.query.dates import calculated

Scalar = str | int | float | None
"""A value as SQLite keeps it."""

Value = str | int | float | bool | None | list[object]


def encoded(value: object) -> Scalar:
    """A property value as the scalar that stands for it."""
    match value:
        case None:
            return None
        case bool():
            return f"b{int(value)}"
        case int() | float():
            return value
        case str():
            return f"s{value}"
    return "a" + json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def decoded(scalar: Scalar) -> Value:
    """The property value a scalar stands for."""
    if not isinstance(scalar, str):
        return scalar
    kind, rest = scalar[0], scalar[1:]
    if kind == "s":
        return rest
    if kind == "b":
        return rest == "1"
    value: list[object] = json.loads(rest)
    return value


@dataclass(frozen=True)
class JsonSql:
    """The SQL of a JSON value: its kind (`json_type`), itself (`json_extract`), and what `json_each` takes."""

    kind: str
    value: str
    elements: str


def in_json(document: str, path: str) -> JsonSql:
    """The value at a path in a JSON document."""
    return JsonSql(f"json_type({document}, {path})", f"json_extract({document}, {path})", f"{document}, {path}")


@dataclass(frozen=True)
class PreparedPart:
    """The documents of a part of a type, prepared. `number`: the column of the entity's table with their number.

    `table`: of the documents that several entities share; None: their values are in the entity's table. `columns`: by
    path.
    """

    number: str
    table: str | None
    columns: Mapping[str, str]

    def at(self, path: str, table: str) -> JsonSql:
        """The value at a path; `table`: its name in the statement."""
        column = self.columns[path]
        return JsonSql(f"{table}.k{column}", f"{table}.v{column}", f"{table}.v{column}")


@dataclass(frozen=True)
class PreparedType:
    """The tables with what is asked of the entities of a type."""

    table: str
    parts: Mapping[str, PreparedPart]


def encoded_sql(found: JsonSql) -> str:
    """The SQL for the scalar of a property."""
    kind, value = found.kind, found.value
    return (
        f"CASE {kind} WHEN 'text' THEN 's' || {value} WHEN 'true' THEN 'b1' WHEN 'false' THEN 'b0'"
        f" WHEN 'array' THEN 'a' || {value} WHEN 'null' THEN NULL ELSE {value} END"
    )


def compare(operator: str, left: Scalar, right: Scalar) -> int:
    """Whether two values compare so: of lists any element does. Undefined compares with nothing."""
    return int(any(_holds(operator, one, other) for one in _elements(left) for other in _elements(right)))


def _elements(scalar: Scalar) -> Sequence[object]:
    value = decoded(scalar)
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _holds(operator: str, left: object, right: object) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return operator == "=" and left is right
    if isinstance(left, str) and isinstance(right, str):
        match operator:
            case "~=":
                return right in left
            case "^=":
                return left.startswith(right)
            case "$=":
                return left.endswith(right)
        return _ordered(operator, (left > right) - (left < right))
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _ordered(operator, (left > right) - (left < right))
    return False


def _ordered(operator: str, sign: int) -> bool:
    return {"=": sign == 0, "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}.get(operator, False)


def arithmetic(operator: str, left: Scalar, right: Scalar) -> Scalar:
    """What two numbers give; undefined where one is no number."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        return calculated(operator, left, right)
    return None


def concatenated(*scalars: Scalar) -> str:
    """The values as one text; undefined adds nothing."""
    return "s" + "".join(_as_text(decoded(scalar)) for scalar in scalars)


def _as_text(value: Value) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def contains_text(document: str, text: str) -> int:
    """Whether a property of a JSON document, or an element of one, contains this casefolded text."""
    if json.dumps(text, ensure_ascii=False)[1:-1] not in document.casefold():
        return 0
    return int(_contains_text(json.loads(document), text))


def joined_contains_text(parts: str, text: str) -> int:
    """The same for the parts of an entity, pairs of name and JSON: a property of its row hides those of other parts."""
    joined: dict[str, object] = {}
    for _, document in sorted(json.loads(parts), key=lambda pair: (pair[0] != ROW, pair[0])):
        joined = {**json.loads(document), **joined}
    return int(_contains_text(joined, text))


def _contains_text(properties: Mapping[str, object], text: str) -> bool:
    elements = (
        element
        for name, value in properties.items()
        if not name.startswith("_")
        for element in (value if isinstance(value, list) else [value])
    )
    return any(isinstance(element, str) and text in element.casefold() for element in elements)


class OncePerEntity:
    """Numbers, one for each entity: the base of SUM and AVG."""

    def __init__(self) -> None:
        self._numbers: dict[object, int | float] = {}

    def step(self, entity: object, scalar: Scalar) -> None:
        """Add the number of an entity, if it has one."""
        if isinstance(scalar, int | float):
            self._numbers[entity] = scalar

    def total(self) -> float | int | None:
        """The sum; undefined of nothing. Numbers in order of size, so that rounding does not depend on theirs."""
        return calculated("+", sum(sorted(self._numbers.values())), 0) if self._numbers else None

    def count(self) -> int:
        """How many there are."""
        return len(self._numbers)


class Sum(OncePerEntity):
    """SUM."""

    def finalize(self) -> Scalar:
        """The sum."""
        return self.total()


class Average(OncePerEntity):
    """AVG."""

    def finalize(self) -> Scalar:
        """The mean."""
        total = self.total()
        return None if total is None else calculated("/", total, self.count())


class Merge:
    """MERGE: the distinct values as a list, in their order; the elements of lists one by one."""

    def __init__(self) -> None:
        self._values: set[Scalar] = set()

    def step(self, scalar: Scalar) -> None:
        """Add a value."""
        self._values |= {encoded(each) for each in _elements(scalar)}

    def finalize(self) -> Scalar:
        """The list, empty of nothing."""
        ordered = sorted(self._values, key=lambda each: (isinstance(each, str), each))
        return encoded([decoded(each) for each in ordered])
