"""What an answer does not know: warnings about what was not read, about names that nothing has, and about types."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from collector.model.graph_schema import EntitySchema, GraphSchema
from collector.query import dates
from collector.query.j1ql.conditions import json_path
from collector.query.j1ql.refusals import nearest
from collector.query.j1ql.routes import Graph
from collector.query.j1ql.selectors import ENTITY_METADATA, RELATIONSHIP_PROPERTIES, check, edges, nodes, resolve
from collector.query.j1ql.syntax import Comparison, Literal, Query, in_words, operands
from collector.query.j1ql.uses import Use, compared, followed, uses
from collector.query.not_read import partial_types, unread_parts
from collector.store import ReadOnlyDatabase, RunRecord, Store

_UNDEFINED = "; `!=` and `= undefined` count them"


def warnings(
    query: Query, schema: GraphSchema, graph: Graph, record: RunRecord, database: ReadOnlyDatabase
) -> tuple[list[str], bool]:
    """What to know about the answer, and whether all it rests on was read completely."""
    selectors = check(schema, query)
    asked = uses(query, schema, selectors)

    def count(type_: str, part: str) -> tuple[int, int]:
        return _count_without(type_, part, graph, database)

    unread = list(partial_types(record, _types_asked(query, schema)))
    for type_, parts in _parts_asked(asked, graph).items():
        unread += unread_parts(count, record, type_, parts, _UNDEFINED)
    others = [*no_way(query, schema), *unknown_names(asked, graph)]
    for types, name, comparison in compared(query, schema, selectors):
        if types is not None and name not in ENTITY_METADATA and name not in graph.tags:
            others += _mistyped(types, name, comparison, graph, database)
    return [*dict.fromkeys([*unread, *others])], not unread


def _types_asked(query: Query, schema: GraphSchema) -> Iterator[str]:
    """The types of entities and relationships that the query touches, each once."""
    found = [entity.type for node in nodes(query) for entity in resolve(schema, node)]
    for hop, near, far in followed(query, schema):
        found += [edge.type for edge, _ in edges(schema, hop, near, far)]
    yield from dict.fromkeys(found)


def _parts_asked(asked: list[Use], graph: Graph) -> Mapping[EntitySchema, Iterable[str]]:
    """The parts beside the row in which a property that is asked may be."""
    found: dict[EntitySchema, dict[str, None]] = {}
    for use in asked:
        for type_ in use.types or ():
            for part in type_.parts if use.property is None else graph.parts_of((type_,), use.property):
                if part in type_.parts:
                    found.setdefault(type_, {})[part] = None
    return found


def _count_without(type_: str, part: str, graph: Graph, database: ReadOnlyDatabase) -> tuple[int, int]:
    """How many entities there are of a type, and how many of them lack a part."""
    prepared = graph.prepared.get(type_)
    if prepared is None:
        return Store(database).count_without(type_, part, graph.run)
    row = database.row(f"SELECT count(*), count(*) - count({prepared.parts[part].number}) FROM {prepared.table}")
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
        yield f"{types} has no property `{use.property}`: it is undefined everywhere, so `!=` is true for all{hint}"


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
    declared = {type_.value_types[name].kind for type_ in types if name in type_.value_types}
    found = ((value, _suspicious_kind(value, declared)) for value in operands(comparison.right))
    values = [(value, kind) for value, kind in found if kind is not None]
    never = {
        kind: _occurs(name, types, graph, database)
        for kind in {kind for _, kind in values}
        if _occurs(name, types, graph, database, _KINDS[kind][0]) is None
    }
    for value, kind in values:
        if (held := never.get(kind)) is not None:
            written = in_words(value)  # type: ignore[arg-type]
            is_date = _HELD[held] == "numbers" and _is_date(value)
            hint = f" A date is written date({written[1:-1]})." if is_date else ""
            yield f"`{name}` holds {_HELD[held]}, and {written} is {_KINDS[kind][1]}: they are never equal.{hint}"


def _suspicious_kind(value: object, declared: Collection[str]) -> str | None:
    """The kind of a literal that may be of the wrong one, which is looked for; `declared`: the kinds of the property.

    Where texts are declared, or nothing is, that is a text only if it reads like a number, a boolean or a date.
    """
    if not isinstance(value, Literal) or value.value is None:
        return None
    if isinstance(value.value, bool):
        return "boolean"
    if isinstance(value.value, str):
        like_another = value.value.lower() in ("true", "false") or value.value.lstrip("-").isdigit()
        like_another = like_another or _is_date(value) or bool(declared and "text" not in declared)
        return "text" if like_another else None
    return "number"


def _is_date(value: object) -> bool:
    """Whether it is a text that reads like a date."""
    text = value.value if isinstance(value, Literal) else None
    return isinstance(text, str) and "-" in text and dates.instant(text) is not None
