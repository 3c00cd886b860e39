"""What an answer does not know: warnings about what was not read, about names that nothing has, and about types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from collector.model.coverage import Coverage, Status
from collector.model.graph_schema import ROW, EntitySchema, GraphSchema
from collector.query.j1ql.conditions import json_path
from collector.query.j1ql.refusals import nearest
from collector.query.j1ql.routes import Graph
from collector.query.j1ql.selectors import (
    ENTITY_METADATA,
    RELATIONSHIP_PROPERTIES,
    aggregates,
    check,
    edges,
    nodes,
    resolve,
)
from collector.query.j1ql.syntax import (
    Comparison,
    Expression,
    Hop,
    Literal,
    Optional,
    Path,
    Pattern,
    Query,
    comparisons,
    in_words,
    operands,
    paths,
)
from collector.store import ReadOnlyDatabase, RunRecord


@dataclass(frozen=True)
class Use:
    """A property that a query asks of these types; None: all their properties. `types` is None for a relationship."""

    types: tuple[EntitySchema, ...] | None
    property: str | None


def warnings(
    query: Query, schema: GraphSchema, graph: Graph, record: RunRecord, database: ReadOnlyDatabase
) -> tuple[list[str], bool]:
    """What to know about the answer, and whether all it rests on was read completely."""
    uses = list(dict.fromkeys(_uses(query, schema)))
    unread = [*_partial_types(query, schema, record), *_parts(uses, graph, record, database)]
    others = [*_no_way(query, schema), *_unknown(uses, graph, database), *_mistyped(query, schema, graph, database)]
    return [*dict.fromkeys([*unread, *others])], not unread


def _uses(query: Query, schema: GraphSchema) -> Iterator[Use]:
    known = check(schema, query)

    def of_selector(value: Expression) -> Iterator[Use]:
        for path in paths(value):
            selector = known.get(path.segments[0])
            if selector is not None:
                yield Use(selector.types, ".".join(path.segments[1:]) or None)

    for node in nodes(query):
        types = resolve(schema, node)
        if node.text is not None:
            yield Use(types, None)
        for comparison in comparisons(node.with_):
            for path in paths(comparison.left):
                yield Use(types, path.text)
    for comparison in comparisons(query.where):
        yield from of_selector(comparison.left)
        for value in operands(comparison.right):
            if not isinstance(value, Pattern):
                yield from of_selector(value)
    if query.tree:
        for node in nodes(query):
            yield Use(resolve(schema, node), None)
    elif query.items is None:
        yield Use(resolve(schema, query.start), None)
    counted = {
        id(path) for item in query.items or () for call in _counts(item.value) for path in call
    }  # counting entities asks none of their properties
    for item in query.items or ():
        for path in paths(item.value):
            if id(path) not in counted:
                yield from of_selector(path)
    for key in query.order:
        yield from of_selector(key.value)


def _counts(value: Expression) -> Iterator[tuple[Path, ...]]:
    for call in aggregates(value):
        if call.name == "COUNT":
            yield tuple(path for path in call.arguments if isinstance(path, Path) and len(path.segments) == 1)


def _hops_with_near(
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


def _partial_types(query: Query, schema: GraphSchema, record: RunRecord) -> Iterator[str]:
    partial = set(record.partial_types)
    touched = [entity.type for node in nodes(query) for entity in resolve(schema, node)]
    for hop, near, far in _hops_with_near(query, schema):
        touched += [edge.type for edge, _ in edges(schema, hop, near, far)]
    for type_ in dict.fromkeys(touched):
        if type_ in partial:
            count = sum(step.counts.get(type_, 0) for step in record.steps)
            yield (
                f"`{type_}` was not read completely in run {record.id}"
                f" ({count:,} were read): some may be missing, or be gone in Zoom."
            )


def _parts(uses: list[Use], graph: Graph, record: RunRecord, database: ReadOnlyDatabase) -> Iterator[str]:
    partial = set(record.partial_types)
    for type_, part in dict.fromkeys(
        (type_, part)
        for use in uses
        for type_ in use.types or ()
        for part in (type_.parts if use.property is None else type_.parts_of(use.property))
        if part in type_.parts
    ):
        source = type_.parts[part]
        entries = [entry for entry in record.coverage if entry.dataset in source.datasets and not entry.is_set]
        incomplete = [entry for entry in entries if not _is_whole(entry)]
        partly = partial & set(source.types)
        if not (incomplete or partly or len(entries) < len(source.datasets)):
            continue
        lacking = _count_without(type_, part, graph, database)
        stale = sum(entry.stale for entry in incomplete)
        if not lacking and not stale and not partly:
            continue
        yield _part_warning(type_, part, incomplete, lacking, stale)


def _is_whole(entry: Coverage) -> bool:
    return entry.status is Status.COMPLETE and not entry.missing and not entry.stale


def _part_warning(type_: EntitySchema, part: str, entries: list[Coverage], lacking: int, stale: int) -> str:
    missing = sum(entry.missing for entry in entries)
    never = missing if 0 < missing <= lacking else lacking
    said = []
    if never:
        said.append(f"of {never:,} {type_.noun} it was never read; `!=` and `= undefined` count them")
    if stale:
        oldest = min((entry.oldest for entry in entries if entry.oldest is not None), default=None)
        when = "" if oldest is None else f", the oldest of {_day(oldest)}"
        said.append(f"of {stale:,} {type_.noun} it is kept from an earlier run{when}")
    reasons = "; ".join(dict.fromkeys(entry.reason for entry in entries if entry.reason))
    numbers = "; ".join(said) or "what it follows from is incomplete"
    return f"`{part}` was not read completely: {numbers}." + (f" Reason: {reasons}" if reasons else "")


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).strftime("%Y-%m-%d")


def _count_without(type_: EntitySchema, part: str, graph: Graph, database: ReadOnlyDatabase) -> int:
    count: int = database.value(
        f"SELECT count(*) FROM entity CROSS JOIN part AS own ON own.entity = entity.id AND own.part = :row"
        f" AND {graph.alive('own')} LEFT JOIN part AS other ON other.entity = entity.id AND other.part = :part"
        f" AND {graph.alive('other')} WHERE entity.key >= :first AND entity.key < :end AND other.part IS NULL",
        {"row": ROW, "part": part, "first": f"{type_.type}:", "end": f"{type_.type};"},
    )
    return count


def _no_way(query: Query, schema: GraphSchema) -> Iterator[str]:
    for hop, near, far in _hops_with_near(query, schema):
        if not edges(schema, hop, near, far):
            verb = " or ".join(hop.verbs) or "relationship"
            ends = " and ".join(", ".join(entity.type for entity in end) for end in (near, far))
            yield f"No {verb}{f' {hop.direction.value}' if hop.direction.value else ''} leads between {ends}."


def _unknown(uses: list[Use], graph: Graph, database: ReadOnlyDatabase) -> Iterator[str]:
    for use in uses:
        if use.property is None or use.property in graph.tags:
            continue
        if use.types is None:
            if use.property not in RELATIONSHIP_PROPERTIES:
                has = ", ".join(RELATIONSHIP_PROPERTIES)
                yield f"Relationships have no property `{use.property}`: it is undefined everywhere. They have {has}."
            continue
        if use.property in ENTITY_METADATA or any(use.property in type_.properties for type_ in use.types):
            continue
        if _occurs(use.property, use.types, graph, database) is not None:
            continue
        close = nearest(use.property, [*graph.tags, *(name for type_ in use.types for name in type_.properties)])
        hint = f"; is {close} meant?" if close else "."
        types = ", ".join(type_.type for type_ in use.types)
        yield f"{types} has no property `{use.property}`: it is undefined everywhere, and `!=` holds of all{hint}"


def _occurs(
    property_: str, types: tuple[EntitySchema, ...], graph: Graph, database: ReadOnlyDatabase, kinds: str = ""
) -> str | None:
    """The kind of a value that the property has somewhere; of one of these kinds, if given."""
    for type_ in types:
        kind: str | None = database.value(
            f"SELECT json_type(document.json, :path) FROM entity CROSS JOIN part ON part.entity = entity.id"
            f" AND {graph.alive('part')} CROSS JOIN document ON document.id = part.document"
            f" WHERE entity.key >= :first AND entity.key < :end"
            f" AND coalesce(json_type(document.json, :path), 'null') <> 'null'"
            + (f" AND json_type(document.json, :path) IN ({kinds})" if kinds else "")
            + " LIMIT 1",
            {"path": json_path(property_), "first": f"{type_.type}:", "end": f"{type_.type};"},
        )
        if kind is not None:
            return kind
    return None


_KINDS = {
    "text": ("'text', 'array'", "a text"),
    "boolean": ("'true', 'false', 'array'", "a boolean"),
    "number": ("'integer', 'real', 'array'", "a number"),
}
_HELD = {"true": "booleans", "false": "booleans", "integer": "numbers", "real": "numbers", "text": "texts"}


def _mistyped(query: Query, schema: GraphSchema, graph: Graph, database: ReadOnlyDatabase) -> Iterator[str]:
    """Values of a type that the property never has: JupiterOne compares strictly."""
    known = check(schema, query)
    compared: list[tuple[tuple[EntitySchema, ...] | None, str, Comparison]] = []
    for node in nodes(query):
        for comparison in comparisons(node.with_):
            if isinstance(comparison.left, Path):
                compared.append((resolve(schema, node), comparison.left.text, comparison))
    for comparison in comparisons(query.where):
        if isinstance(comparison.left, Path):
            name = ".".join(comparison.left.segments[1:])
            compared.append((known[comparison.left.segments[0]].types, name, comparison))
    for types, property_, comparison in compared:
        if types is None or property_ in ENTITY_METADATA or property_ in graph.tags:
            continue
        for value in operands(comparison.right):
            kind = _suspicious_kind(value)
            if kind is None or _occurs(property_, types, graph, database, _KINDS[kind][0]) is not None:
                continue
            held = _occurs(property_, types, graph, database)
            if held is not None:
                yield (
                    f"`{property_}` holds {_HELD[held]}, and {in_words(value)} is {_KINDS[kind][1]}:"  # type: ignore[arg-type]
                    " they are never equal."
                )


def _suspicious_kind(value: object) -> str | None:
    """The kind of a literal that may be of the wrong one; a text only if it reads like a number or a boolean."""
    if not isinstance(value, Literal) or value.value is None:
        return None
    if isinstance(value.value, bool):
        return "boolean"
    if isinstance(value.value, str):
        like_another = value.value.lower() in ("true", "false") or value.value.lstrip("-").isdigit()
        return "text" if like_another else None
    return "number"
