"""What a query rests on: the properties it asks, what they are compared with, and the relationships it follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collector.model.graph_schema import EntitySchema, GraphSchema
from collector.query.j1ql.selectors import Selector, aggregates, nodes, resolve
from collector.query.j1ql.syntax import (
    Comparison,
    Expression,
    Hop,
    Optional,
    Path,
    Pattern,
    Query,
    comparisons,
    operands,
    paths,
)


@dataclass(frozen=True)
class Use:
    """A property that a query asks of these types; None: all their properties. `types` is None for a relationship."""

    types: tuple[EntitySchema, ...] | None
    property: str | None


def uses(query: Query, schema: GraphSchema, selectors: Mapping[str, Selector]) -> list[Use]:
    """The properties that the answer rests on, each once."""
    found = [*_of_nodes(query, schema), *_of_result(query, schema, selectors)]
    for comparison in comparisons(query.where):
        values = [value for value in operands(comparison.right) if not isinstance(value, Pattern)]
        for value in (comparison.left, *values):
            found += _of_expression(value, selectors)
    return list(dict.fromkeys(found))


def _of_nodes(query: Query, schema: GraphSchema) -> Iterator[Use]:
    for node in nodes(query):
        types = resolve(schema, node)
        if node.text is not None:
            yield Use(types, None)
        for comparison in comparisons(node.with_):
            for path in paths(comparison.left):
                yield Use(types, path.text)


def _of_result(query: Query, schema: GraphSchema, selectors: Mapping[str, Selector]) -> Iterator[Use]:
    if query.items is None:
        for node in nodes(query) if query.tree else (query.start,):
            yield Use(resolve(schema, node), None)
    returned = {item.name for item in query.items or ()}
    for item in query.items or ():
        yield from _of_expression(item.value, selectors)
    for key in query.order:
        if not (isinstance(key.value, Path) and key.value.text in returned):
            yield from _of_expression(key.value, selectors)


def _of_expression(value: Expression, selectors: Mapping[str, Selector]) -> Iterator[Use]:
    """Counting entities asks none of their properties."""
    counted = {id(argument) for call in aggregates(value) if call.name == "COUNT" for argument in call.arguments}
    for path in paths(value):
        name = ".".join(path.segments[1:]) or None
        if name is not None or id(path) not in counted:
            yield Use(selectors[path.segments[0]].types, name)


def compared(
    query: Query, schema: GraphSchema, selectors: Mapping[str, Selector]
) -> Iterator[tuple[tuple[EntitySchema, ...] | None, str, Comparison]]:
    """Each comparison of a single property, with the types it is asked of and its name."""
    for node in nodes(query):
        for comparison in comparisons(node.with_):
            if isinstance(comparison.left, Path):
                yield resolve(schema, node), comparison.left.text, comparison
    for comparison in comparisons(query.where):
        if isinstance(comparison.left, Path):
            segments = comparison.left.segments
            yield selectors[segments[0]].types, ".".join(segments[1:]), comparison


def followed(
    query: Query, schema: GraphSchema
) -> Iterator[tuple[Hop, tuple[EntitySchema, ...], tuple[EntitySchema, ...]]]:
    """Each hop with the types it may start from and lead to."""
    here = resolve(schema, query.start)
    for step in query.steps:
        before = here
        for hop in step.hops if isinstance(step, Optional) else (step,):
            far = resolve(schema, hop.node)
            yield hop, here, far
            if not hop.negated:
                here = far
        if isinstance(step, Optional):
            here = tuple(entity for entity in schema.entities if entity in (*before, *here))
