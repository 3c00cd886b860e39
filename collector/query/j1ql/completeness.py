"""What an answer does not know: warnings about what was not read, about names that nothing has, and about types."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

from collector.model.coverage import Coverage
from collector.model.graph_schema import ROW, EntitySchema, GraphSchema
from collector.query.j1ql.conditions import json_path
from collector.query.j1ql.refusals import nearest
from collector.query.j1ql.routes import Graph
from collector.query.j1ql.selectors import ENTITY_METADATA, RELATIONSHIP_PROPERTIES, check, edges, nodes, resolve
from collector.query.j1ql.syntax import Comparison, Literal, Query, in_words, operands
from collector.query.j1ql.uses import Use, compared, followed, uses
from collector.store import ReadOnlyDatabase, RunRecord


def warnings(
    query: Query, schema: GraphSchema, graph: Graph, record: RunRecord, database: ReadOnlyDatabase
) -> tuple[list[str], bool]:
    """What to know about the answer, and whether all it rests on was read completely."""
    selectors = check(schema, query)
    asked = uses(query, schema, selectors)
    unread = [*_partial_types(query, schema, record), *_parts(asked, graph, record, database)]
    others = [*no_way(query, schema), *unknown_names(asked, graph)]
    for types, name, comparison in compared(query, schema, selectors):
        if types is not None and name not in ENTITY_METADATA and name not in graph.tags:
            others += _mistyped(types, name, comparison, graph, database)
    return [*dict.fromkeys([*unread, *others])], not unread


def _partial_types(query: Query, schema: GraphSchema, record: RunRecord) -> Iterator[str]:
    partial = set(record.partial_types)
    touched = [entity.type for node in nodes(query) for entity in resolve(schema, node)]
    for hop, near, far in followed(query, schema):
        touched += [edge.type for edge, _ in edges(schema, hop, near, far)]
    for type_ in dict.fromkeys(touched):
        if type_ in partial:
            count = sum(step.counts.get(type_, 0) for step in record.steps)
            yield (
                f"`{type_}` was not read completely in run {record.id}"
                f" ({count:,} were read): some may be missing, others may be gone in Zoom."
            )


def _parts(asked: list[Use], graph: Graph, record: RunRecord, database: ReadOnlyDatabase) -> Iterator[str]:
    partial = set(record.partial_types)
    for type_, part in _parts_asked(asked, graph):
        source = type_.parts[part]
        entries = [entry for entry in record.coverage if entry.dataset in source.datasets and not entry.is_list]
        incomplete = [entry for entry in entries if not entry.is_whole]
        partly = partial & set(source.types)
        if incomplete or partly or len(entries) < len(source.datasets):
            total, lacking = _count_without(type_, part, graph, database)
            stale = sum(entry.stale for entry in incomplete)
            if lacking or stale or partly:
                yield _part_warning(f"{total:,} {type_.noun}", part, incomplete, lacking, stale)


def _parts_asked(asked: list[Use], graph: Graph) -> Iterator[tuple[EntitySchema, str]]:
    """The parts beside the row in which a property that is asked may be, each once."""
    found: dict[tuple[EntitySchema, str], None] = {}
    for use in asked:
        for type_ in use.types or ():
            for part in type_.parts if use.property is None else graph.parts_of((type_,), use.property):
                if part in type_.parts:
                    found[type_, part] = None
    yield from found


def _part_warning(all_of_them: str, part: str, entries: list[Coverage], lacking: int, stale: int) -> str:
    missing = min(lacking, sum(entry.missing for entry in entries))
    never = missing if missing or stale else lacking  # who is invited has no settings, and is not missing
    said = []
    if never:
        said.append(f"{never:,} of {all_of_them} were never read; `!=` and `= undefined` count them")
    if stale:
        oldest = min((entry.oldest for entry in entries if entry.oldest is not None), default=None)
        when = "" if oldest is None else f", the oldest of {_day(oldest)}"
        said.append(f"{stale:,} of {all_of_them} are as an earlier run read them{when}")
    reasons = "; ".join(dict.fromkeys(entry.why for entry in entries))
    numbers = "; ".join(said) or "what it follows from is incomplete"
    return f"`{part}` was not read completely: {numbers}." + (f" Reason: {reasons}." if reasons else "")


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).strftime("%Y-%m-%d")


def _count_without(type_: EntitySchema, part: str, graph: Graph, database: ReadOnlyDatabase) -> tuple[int, int]:
    """How many entities there are of a type, and how many of them lack a part."""
    prepared = graph.prepared_type((type_,))
    if prepared is not None:
        row = database.row(f"SELECT count(*), count(*) - count({prepared.parts[part].number}) FROM {prepared.table}")
        return (0, 0) if row is None else (row[0], row[1])
    row = database.row(
        f"SELECT count(*), count(*) - count(other.part) FROM entity CROSS JOIN part AS own ON own.entity = entity.id"
        f" AND own.part = :row AND {graph.alive('own')} LEFT JOIN part AS other ON other.entity = entity.id"
        f" AND other.part = :part AND {graph.alive('other')} WHERE entity.key >= :first AND entity.key < :end",
        {"row": ROW, "part": part, "first": f"{type_.type}:", "end": f"{type_.type};"},
    )
    return (0, 0) if row is None else (row[0], row[1])


def no_way(query: Query, schema: GraphSchema) -> Iterator[str]:
    """The hops that no relationship takes."""
    for hop, near, far in followed(query, schema):
        if not edges(schema, hop, near, far):
            verb = " or ".join(hop.verbs) or "relationship"
            ends = " and ".join(", ".join(entity.type for entity in end) for end in (near, far))
            yield f"No {verb}{f' {hop.direction.value}' if hop.direction.value else ''} leads between {ends}."


def unknown_names(asked: list[Use], graph: Graph) -> Iterator[str]:
    """The properties that nothing has."""
    for use in asked:
        if use.property is None or use.property in graph.tags:
            continue
        if use.types is None:
            if use.property not in RELATIONSHIP_PROPERTIES:
                has = ", ".join(RELATIONSHIP_PROPERTIES)
                yield f"Relationships have no property `{use.property}`: it is undefined everywhere. They have {has}."
            continue
        if use.property in ENTITY_METADATA or graph.parts_of(use.types, use.property):
            continue
        close = nearest(use.property, [*graph.tags, *(name for type_ in use.types for name in type_.properties)])
        hint = f"; is {close} meant?" if close else "."
        types = ", ".join(type_.type for type_ in use.types)
        yield f"{types} has no property `{use.property}`: it is undefined everywhere, and `!=` holds of all{hint}"


def _occurs(
    property_: str, types: tuple[EntitySchema, ...], graph: Graph, database: ReadOnlyDatabase, kinds: str = ""
) -> str | None:
    """The kind of a value that the property has somewhere; of one of these kinds, if given."""
    path = json_path(graph.stored_name(property_))
    prepared = graph.prepared_type(types)
    for part in graph.parts_of(types, property_):
        if prepared is not None:
            table = prepared.parts[part].table or prepared.table
            kind = prepared.parts[part].at(path, table).kind
        else:
            kind = "json_type(document.json, :path)"
            table = (
                f"(SELECT DISTINCT document FROM part WHERE part = :part AND {graph.alive('part')})"
                " AS used CROSS JOIN document ON document.id = used.document"
            )
        found: str | None = database.value(
            f"SELECT {kind} FROM {table} WHERE coalesce({kind}, 'null') <> 'null'"
            + (f" AND {kind} IN ({kinds})" if kinds else "")
            + " LIMIT 1",
            {"path": path, "part": part},
        )
        if found is not None:
            return found
    return None


_KINDS = {
    "text": ("'text', 'array'", "a text"),
    "boolean": ("'true', 'false', 'array'", "a boolean"),
    "number": ("'integer', 'real', 'array'", "a number"),
}
_HELD = {"true": "booleans", "false": "booleans", "integer": "numbers", "real": "numbers", "text": "texts"}


def _mistyped(
    types: tuple[EntitySchema, ...], name: str, comparison: Comparison, graph: Graph, database: ReadOnlyDatabase
) -> Iterator[str]:
    """Values of a type that the property never has: JupiterOne compares strictly."""
    values = [(value, kind) for value in operands(comparison.right) if (kind := _suspicious_kind(value)) is not None]
    never = {
        kind: _occurs(name, types, graph, database)
        for kind in {kind for _, kind in values}
        if _occurs(name, types, graph, database, _KINDS[kind][0]) is None
    }
    for value, kind in values:
        if (held := never.get(kind)) is not None:
            written = in_words(value)  # type: ignore[arg-type]
            yield f"`{name}` holds {_HELD[held]}, and {written} is {_KINDS[kind][1]}: they are never equal."


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
