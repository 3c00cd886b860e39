"""Checks a query without a store: against the types, properties and kinds of values that a graph may have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.model.graph_schema import EntitySchema, GraphSchema, PartSource
from collector.query.j1ql.compiler import compile_query
from collector.query.j1ql.completeness import no_way, unknown_names
from collector.query.j1ql.parser import parse
from collector.query.j1ql.routes import Graph
from collector.query.j1ql.selectors import ENTITY_METADATA, check, resolve
from collector.query.j1ql.syntax import Comparison, Literal, Pattern, in_words, operands
from collector.query.j1ql.uses import compared, uses
from collector.query.j1ql.values import encoded

_TAGS = {"tag.AccountName": encoded("")}
"""The property that a run may give every entity (ACCOUNT_NAME)."""
_ALWAYS = PartSource()
_TYPES = ((bool, "boolean"), (str, "text"), (int | float, "number"))


@dataclass(frozen=True)
class ComparedProperty:
    """A property that a query compares, of these `_type`s.

    `may_be_unread`: it is in a document that may not have been read. `finds_undefined`: whether the comparison holds
    where it is undefined: `= undefined`, and whatever has a `!`, which is the exact complement. `negated`: it has one.
    """

    name: str
    types: tuple[str, ...]
    may_be_unread: bool
    finds_undefined: bool
    negated: bool


@dataclass(frozen=True)
class CheckedQuery:
    """What a query asks. `start`: the types it starts from. `asked`: each property, after the types it is asked of.

    `problems`: what makes the answer other than meant.
    """

    start: tuple[str, ...]
    columns: tuple[str, ...]
    compared: tuple[ComparedProperty, ...]
    asked: tuple[tuple[tuple[str, ...], str], ...]
    problems: tuple[str, ...]


def check_query(text: str, schema: GraphSchema) -> CheckedQuery:
    """Check a query. Raises UsageError, with line and column, for one that is refused."""
    query = parse(text, now=0)
    numbers = {relationship.type: number for number, relationship in enumerate(schema.relationships)}
    graph = Graph(run=0, current=True, type_ids=numbers, tags=_TAGS)
    statement = compile_query(query, schema, graph, query.limit)
    selectors = check(schema, query)
    used = uses(query, schema, selectors)
    problems = [*no_way(query, schema), *unknown_names(used, graph)]
    found = []
    for types, name, comparison in compared(query, schema, selectors):
        if types is not None and name not in (*ENTITY_METADATA, *_TAGS):
            problems += _mistyped(types, name, comparison)
            found.append(_compared(types, name, comparison))
    start = tuple(entity.type for entity in resolve(schema, query.start))
    asked = tuple(
        (tuple(type_.type for type_ in use.types), use.property)
        for use in used
        if use.types is not None and use.property is not None
    )
    return CheckedQuery(start, statement.columns, tuple(found), asked, tuple(dict.fromkeys(problems)))


def columns_of(text: str) -> tuple[str, ...]:
    """The columns of a query that is right."""
    return tuple(item.name for item in parse(text, now=0).items or ())


def _compared(types: tuple[EntitySchema, ...], name: str, comparison: Comparison) -> ComparedProperty:
    values = operands(comparison.right)
    undefined = any(isinstance(value, Literal) and value.value is None for value in values)
    return ComparedProperty(
        name,
        tuple(type_.type for type_ in types),
        may_be_unread=any(
            part in type_.parts and type_.parts[part] != _ALWAYS for type_ in types for part in type_.parts_of(name)
        ),
        finds_undefined=undefined is not comparison.negated,
        negated=comparison.negated,
    )


def _mistyped(types: tuple[EntitySchema, ...], name: str, comparison: Comparison) -> Iterator[str]:
    """Values of a kind that the property never has."""
    kinds = {type_.value_types[name].kind for type_ in types if name in type_.value_types}
    for value in operands(comparison.right):
        kind = _kind(value)
        if kinds and kind and kind not in kinds:
            pattern = "a regular expression is for texts"
            written = pattern if isinstance(value, Pattern) else f"{in_words(value)} is a {kind}"
            yield f"`{name}` is a {' or '.join(sorted(kinds))}, and {written}: they are never equal."


def _kind(value: object) -> str:
    """The kind of a literal; "" of what is computed, and of `undefined`."""
    if isinstance(value, Pattern):
        return "text"
    if not isinstance(value, Literal):
        return ""
    return next((kind for type_, kind in _TYPES if isinstance(value.value, type_)), "")
