"""Conditions as SQL. Every condition is 0 or 1 and never NULL, so that NOT is its exact complement.

A condition on a part that many entities share is decided once for each document, and joined by the document's number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from collector.model.graph_schema import ROW
from collector.query.j1ql.syntax import (
    Arithmetic,
    Bool,
    Comparison,
    Condition,
    Expression,
    Literal,
    Path,
    Pattern,
    Value,
    Values,
    comparisons,
    operands,
    paths,
)
from collector.query.j1ql.values import JsonSql, PreparedPart, encoded, encoded_sql, in_json
from collector.store.schema import ADDRESS_OF_ROW

Bind = Callable[[object], str]


class Located(Protocol):
    """Where the properties of a selector are found in SQL. `identity`: its number."""

    @property
    def identity(self) -> str: ...

    def single(self, name: str) -> tuple[str, bool] | None:
        """The one part a property can be in, and whether that is shared; None where it takes more to find it."""

    def found(self, part: str, path: str) -> JsonSql:
        """What is at a path in the JSON of a part."""

    def prepared(self, part: str) -> PreparedPart | None:
        """Where the documents of a part are prepared, if they are."""

    def document_id(self, part: str) -> str:
        """The number of a part's document."""

    def text_in_index(self, name: str) -> str | None:
        """The column with the text of a property by which an index leads to its owner, if there is one."""

    def value(self, name: str) -> str:
        """The scalar of a property."""


Find = Callable[[Path], tuple[Located | None, str]]
"""What a path leads to: whose property it is (None: of nothing on this route), and its name."""


class Conditions:
    """Makes SQL of conditions; `documents` names the table of the distinct documents of a shared part."""

    def __init__(self, bind: Bind, documents: Callable[[str], str]) -> None:
        self._bind = bind
        self._documents = documents

    def sql(self, condition: Bool, find: Find) -> str:
        """The SQL of a condition."""
        owner = self._shared_owner(condition, find)
        if owner is not None:
            return self._by_document(condition, find, *owner)
        if isinstance(condition, Comparison):
            return self._comparison(condition, find)
        joined = " AND " if condition.all_of else " OR "
        return f"({joined.join(self.sql(member, find) for member in self._by_owner(condition, find))})"

    def expression(self, value: Expression, find: Find) -> str:
        """The scalar of an expression without functions."""
        match value:
            case Literal():
                return self._bind(encoded(value.value))
            case Path():
                owner, name = find(value)
                return "NULL" if owner is None else owner.value(name)
            case Arithmetic():
                left, right = self.expression(value.left, find), self.expression(value.right, find)
                return f"j1_arithmetic({self._bind(value.operator)}, {left}, {right})"
        raise AssertionError(value)

    def _by_owner(self, condition: Condition, find: Find) -> list[Bool]:
        """The members, those about the same shared part put together."""
        grouped: dict[object, list[Bool]] = {}
        for number, member in enumerate(condition.members):
            owner = self._shared_owner(member, find)
            grouped.setdefault(number if owner is None else (id(owner[0]), owner[1]), []).append(member)
        return [
            members[0] if len(members) == 1 else Condition(condition.all_of, tuple(members))
            for members in grouped.values()
        ]

    def _shared_owner(self, condition: Bool, find: Find) -> tuple[Located, str] | None:
        """The shared part that all of a condition is about, if so."""
        owners = []
        for comparison in comparisons(condition):
            if not isinstance(comparison.left, Path) or not _is_constant(comparison.right):
                return None
            owner, name = find(comparison.left)
            place = None if owner is None else owner.single(name)
            if owner is None or place is None or not place[1]:
                return None
            owners.append((owner, place[0]))
        first = owners[0]
        return first if all(owner is first[0] and part == first[1] for owner, part in owners) else None

    def _by_document(self, condition: Bool, find: Find, owner: Located, part: str) -> str:
        prepared = owner.prepared(part)
        if prepared is not None and prepared.table is not None:
            table = prepared.table
            inner = self._in_document(condition, find, lambda path: prepared.at(path, table))
            chosen = f"SELECT id FROM {table} WHERE {inner}"
        else:
            inner = self._in_document(condition, find, lambda path: in_json("document.json", self._bind(path)))
            chosen = f"SELECT document.id FROM {self._documents(part)} AS used JOIN document USING (id) WHERE {inner}"
        without_any = int(holds_of_nothing(condition))
        number = owner.document_id(part)
        return f"(CASE WHEN {number} IS NULL THEN {without_any} ELSE {number} IN ({chosen}) END)"

    def _in_document(self, condition: Bool, find: Find, at: Callable[[str], JsonSql]) -> str:
        if isinstance(condition, Condition):
            joined = " AND " if condition.all_of else " OR "
            return f"({joined.join(self._in_document(member, find, at) for member in condition.members)})"
        assert isinstance(condition.left, Path)  # noqa: S101 - seen by _shared_owner
        _, name = find(condition.left)
        return self._constant_comparison(condition, at(json_path(name)))

    def _comparison(self, comparison: Comparison, find: Find) -> str:
        if isinstance(comparison.left, Path) and _is_constant(comparison.right):
            owner, name = find(comparison.left)
            place = None if owner is None else owner.single(name)
            if owner is not None and place is not None:
                entity = owner.identity if name == "email" and place[0] == ROW else None
                return self._constant_comparison(comparison, owner.found(place[0], json_path(name)), entity)
            column = None if owner is None else owner.text_in_index(name)
            if column is not None and comparison.operator == "=" and _are_texts(comparison.right):
                return _negated(comparison, _listed(comparison.right, lambda text: f"({column} = {self._text(text)})"))
        left = self.expression(comparison.left, find)
        if left == "NULL" and _is_constant(comparison.right):
            return str(int(holds_of_nothing(comparison)))

        def atom(value: Expression | Pattern) -> str:
            if isinstance(value, Pattern):
                return self._match(comparison.operator, left, value)
            if isinstance(value, Literal) and value.value is None:
                return f"({left} IS NULL)"
            return f"j1_compare({self._bind(comparison.operator)}, {left}, {self.expression(value, find)})"

        return _negated(comparison, _listed(comparison.right, atom))

    def _text(self, literal: Expression | Pattern) -> str:
        assert isinstance(literal, Literal)  # noqa: S101 - seen by _are_texts
        return self._bind(literal.value)

    def _match(self, operator: str, scalar: str, pattern: Pattern) -> str:
        return (
            f"j1_match({self._bind(operator)}, {scalar}, {self._bind(pattern.text)}, {self._bind(pattern.ignore_case)})"
        )

    def _constant_comparison(self, comparison: Comparison, found: JsonSql, addressed: str | None = None) -> str:
        """The SQL of a comparison with constants. `addressed`: the entity, if it can be looked up by the property."""
        kind, value = found.kind, found.value

        def atom(wanted: Expression | Pattern) -> str:
            if isinstance(wanted, Literal) and wanted.value is None:
                return f"(coalesce({kind}, 'null') = 'null')"
            if isinstance(wanted, Pattern):
                return self._match(comparison.operator, encoded_sql(found), wanted)
            assert isinstance(wanted, Literal)  # noqa: S101 - seen by _is_constant
            one = self._element(comparison.operator, wanted, kind, value)
            each = self._element(comparison.operator, wanted, "element.type", "element.value")
            any_ = f"EXISTS (SELECT 1 FROM json_each({found.elements}) AS element WHERE {each})"
            exactly = f"((CASE {kind} WHEN 'array' THEN {any_} ELSE {one} END) IS TRUE)"
            if addressed is None or comparison.operator != "=" or not isinstance(wanted.value, str):
                return exactly
            return f"({addressed} IN ({self._addressed(wanted.value)}) AND {exactly})"

        return _negated(comparison, _listed(comparison.right, atom))

    def _addressed(self, address: str) -> str:
        """Those who may have this address: by index, if the store has it already."""
        return (
            "SELECT part.entity FROM document CROSS JOIN part ON part.document = document.id AND part.part = 'row'"
            f" WHERE {ADDRESS_OF_ROW} IN ({self._bind(address)}, 0)"
        )

    def _element(self, operator: str, wanted: Literal, kind: str, value: str) -> str:
        literal = wanted.value
        if isinstance(literal, bool):
            return f"{kind} = '{'true' if literal else 'false'}'"
        bound = self._bind(literal)
        if not isinstance(literal, str):
            return f"{kind} IN ('integer', 'real') AND {value} {operator} {bound}"
        is_text = f"{kind} = 'text'"
        if operator in ("~=", "^=", "$="):
            if not literal:
                return is_text
            found = {
                "~=": f"instr({value}, {bound}) > 0",
                "^=": f"substr({value}, 1, length({bound})) = {bound}",
                "$=": f"substr({value}, -length({bound})) = {bound}",
            }
            return f"{is_text} AND {found[operator]}"
        return f"{is_text} AND {value} {operator} {bound}"


def json_path(name: str) -> str:
    """SQLite's path to a property; names with quotes are refused when they are read."""
    return f'$."{name}"'


def holds_of_nothing(condition: Bool) -> bool:
    """Whether a condition with constants holds where every property is undefined."""
    if isinstance(condition, Condition):
        combine = all if condition.all_of else any
        return combine(holds_of_nothing(member) for member in condition.members)
    return _undefined_is(condition.right) != condition.negated


def _undefined_is(value: Value) -> bool:
    if isinstance(value, Values):
        combine = all if value.all_of else any
        return combine(_undefined_is(member) for member in value.members)
    return isinstance(value, Literal) and value.value is None


def _negated(comparison: Comparison, sql: str) -> str:
    return f"NOT {sql}" if comparison.negated else sql


def _listed(value: Value, atom: Callable[[Expression | Pattern], str]) -> str:
    if isinstance(value, Values):
        joined = " AND " if value.all_of else " OR "
        return f"({joined.join(_listed(member, atom) for member in value.members)})"
    return atom(value)


def _is_constant(value: Value) -> bool:
    return all(isinstance(each, Pattern) or not paths(each) for each in operands(value))


def _are_texts(value: Value) -> bool:
    return all(isinstance(each, Literal) and isinstance(each.value, str) for each in operands(value))
