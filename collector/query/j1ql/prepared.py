"""Tables of what several queries ask of the entities of one type, so that its documents are read once for all of them.

They are temporary: SQLite keeps them in a file of its own, so memory does not grow with the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from collector.model.graph_schema import ROW, EntitySchema, GraphSchema
from collector.query.j1ql.conditions import json_path
from collector.query.j1ql.engine import AskedGraph, open_for_queries, read_graph
from collector.query.j1ql.routes import Graph
from collector.query.j1ql.selectors import check, resolve
from collector.query.j1ql.syntax import Query
from collector.query.j1ql.uses import uses
from collector.query.j1ql.values import PreparedPart, PreparedType, in_json
from collector.store import ReadOnlyDatabase, RunRecord, Store
from collector.store.row_ids import key_range


@dataclass(frozen=True)
class _Wanted:
    """What is asked of a type: paths into the documents of its parts."""

    type: EntitySchema
    paths: Mapping[str, tuple[str, ...]]


@contextmanager
def prepared_graph(
    store: Store, schema: GraphSchema, record: RunRecord, queries: Sequence[Query]
) -> Iterator[AskedGraph]:
    """The graph after a run, to be asked these queries."""
    database = open_for_queries(store)
    try:
        graph = read_graph(database, record)
        prepared = {
            wanted.type.type: _prepared(database, graph, wanted, f"prepared{number}")
            for number, wanted in enumerate(_wanted(schema, graph, queries))
        }
        yield AskedGraph(database, replace(graph, prepared=prepared), record, schema)
    finally:
        database.close()


def _wanted(schema: GraphSchema, graph: Graph, queries: Iterable[Query]) -> list[_Wanted]:
    """The types that queries start from, with all that any query asks of them."""
    starts: set[EntitySchema] = set()
    found: dict[EntitySchema, dict[str, dict[str, None]]] = {}
    for query in queries:
        types = resolve(schema, query.start)
        starts |= set(types) if len(types) == 1 else set()
        for use in uses(query, schema, check(schema, query)):
            if use.property is None:
                continue
            for type_ in use.types or ():
                paths = found.setdefault(type_, {part: {} for part in (ROW, *type_.parts)})
                for part in graph.parts_of((type_,), use.property):
                    stored = json_path(graph.stored_name(use.property))
                    paths[part] |= {stored: None, graph.path(use.property): None}
    return [
        _Wanted(type_, {part: tuple(of) for part, of in paths.items()})
        for type_, paths in found.items()
        if type_ in starts
    ]


def _prepared(database: ReadOnlyDatabase, graph: Graph, wanted: _Wanted, table: str) -> PreparedType:
    """A table with a row for each entity, in the order of the keys, and one for each shared part with its documents."""
    type_ = wanted.type
    parts = {
        part: PreparedPart(
            number=f"d{place}",
            table=f"{table}_{place}" if part in type_.shared else None,
            columns={path: f"{place}_{at}" for at, path in enumerate(paths)},
        )
        for place, (part, paths) in enumerate(wanted.paths.items())
    }
    columns, values, joins = ["key PRIMARY KEY", "id"], ["entity.key", "entity.id"], []
    for part, prepared in parts.items():
        age = prepared.number
        joined = "CROSS JOIN" if part == ROW else "LEFT JOIN"
        joins.append(
            f"{joined} part AS {age} ON {age}.entity = entity.id AND {age}.part = '{part}' AND {graph.alive(age)}"
        )
        columns.append(prepared.number)
        values.append(f"{age}.document")
        if prepared.table is None:
            if prepared.columns:
                joins.append(f"LEFT JOIN document AS j{age} ON j{age}.id = {age}.document")
            columns += _names(prepared)
            values += _values(prepared, f"j{age}.json")
    database.execute(f"CREATE TEMP TABLE {table} ({', '.join(columns)}) WITHOUT ROWID")
    lines = "\n".join(joins)
    database.execute(
        f"INSERT INTO {table} SELECT {', '.join(values)} FROM entity {lines}"
        " WHERE entity.key >= ? AND entity.key < ? ORDER BY entity.key",
        key_range(type_.type),
    )
    for prepared in parts.values():
        if prepared.table is not None:
            _fill_documents(database, prepared, table)
    return PreparedType(table, parts)


def _fill_documents(database: ReadOnlyDatabase, prepared: PreparedPart, table: str) -> None:
    database.execute(f"CREATE TEMP TABLE {prepared.table} ({', '.join(['id INTEGER PRIMARY KEY', *_names(prepared)])})")
    database.execute(
        f"INSERT INTO {prepared.table} SELECT {', '.join(['id', *_values(prepared, 'json')])}"
        f" FROM document WHERE id IN (SELECT {prepared.number} FROM {table})"
    )


def _names(prepared: PreparedPart) -> list[str]:
    return [f"{kind}{column}" for column in prepared.columns.values() for kind in "kv"]


def _values(prepared: PreparedPart, document: str) -> list[str]:
    found = [in_json(document, "'{}'".format(path.replace("'", "''"))) for path in prepared.columns]
    return [sql for each in found for sql in (each.kind, each.value)]
