"""Asks the graph in graph.db a question in J1QL."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from collector.clock import Clock
from collector.errors import CollectionFailed, CollectorError, UsageError
from collector.model.graph import RelationshipType
from collector.model.graph_schema import GraphSchema
from collector.model.naming import property_name
from collector.model.older_integration import in_data_model
from collector.query.chosen_run import chosen_run, date_now
from collector.query.j1ql.compiler import Kind, Statement, compile_query
from collector.query.j1ql.completeness import warnings
from collector.query.j1ql.parser import parse
from collector.query.j1ql.patterns import matches
from collector.query.j1ql.routes import Graph
from collector.query.j1ql.syntax import Pattern, Query
from collector.query.j1ql.values import (
    Average,
    Merge,
    Scalar,
    Sum,
    arithmetic,
    compare,
    concatenated,
    contains_text,
    decoded,
    encoded,
    joined_contains_text,
)
from collector.store import ReadOnlyDatabase, RunRecord, Store
from collector.store.canonical import joined_entity

DEFAULT_LIMIT = 250
DEFAULT_TIMEOUT = 60.0
_OLDEST_SQLITE = (3, 35)
"""The first with MATERIALIZED (sqlite.org/changes.html)."""
JsonValue = object


@dataclass(frozen=True)
class QueryRequest:
    """What is asked, and of which graph: that after `run`, that of `at` (a date), or the newest.

    `text`: the query, or what it was parsed to. `limit`: of the rows where the query has none; 0 for all. `timeout`: in
    seconds.
    """

    text: str | Query
    run: int | None = None
    at: str | None = None
    limit: int = DEFAULT_LIMIT
    timeout: float = DEFAULT_TIMEOUT


@dataclass
class Answer:
    """An answer while it is read: `rows` can be read once, and `warnings` are whole when they have been read.

    `columns`: the names of what a row holds; empty where a row is an entity (without RETURN). After RETURN TREE, `rows`
    are the entities and `edges` the relationships. `complete`: whether all that the query touches was read
    completely in that run.
    """

    columns: tuple[str, ...]
    rows: Iterator[JsonValue]
    complete: bool
    warnings: list[str]
    run: int
    edges: list[Mapping[str, object]] | None = None


@dataclass(frozen=True)
class Explanation:
    """What was understood, and how it is asked."""

    query: Query
    run: int
    statement: Statement


def ask(store: Store, schema: GraphSchema, request: QueryRequest, clock: Clock) -> Answer:
    """The answer to a query. Raises UsageError with line and column for what is not understood."""
    record = chosen_run(store, request.run, request.at)
    query = _parsed(request, record, clock)
    database = open_for_queries(store)
    try:
        limit_time(database, request.timeout, clock)
        asked = AskedGraph(database, read_graph(database, record), record, schema)
        answer = asked.ask(query, request.limit)
    except BaseException:
        database.close()
        raise
    answer.rows = _then(answer.rows, database.close)
    return answer


def _then(rows: Iterator[JsonValue], close: Callable[[], None]) -> Iterator[JsonValue]:
    """The rows; after the last one, or the failure to read one, close."""
    try:
        yield from rows
    finally:
        close()


def explain(store: Store, schema: GraphSchema, request: QueryRequest, clock: Clock) -> Explanation:
    """The query as it was understood, and its SQL; nothing is asked."""
    record = chosen_run(store, request.run, request.at)
    query = _parsed(request, record, clock)
    database = open_for_queries(store)
    try:
        limit = query.limit or request.limit or None
        statement = compile_query(query, schema, read_graph(database, record), limit)
    finally:
        database.close()
    return Explanation(query, record.id, statement)


def _parsed(request: QueryRequest, record: RunRecord, clock: Clock) -> Query:
    if not isinstance(request.text, str):
        return request.text
    return parse(request.text, date_now(record, clock, request.run, request.at))


def read_graph(database: ReadOnlyDatabase, record: RunRecord) -> Graph:
    """What is needed of the graph after a run to ask it."""
    type_ids = {type_: id_ for id_, type_ in database.rows("SELECT id, type FROM relationship_type")}
    newest: int = database.value("SELECT max(id) FROM run")
    tags = {name: encoded(value) for name, value in record.tags.items()}
    return Graph(record.id, newest == record.id, type_ids, tags, undeclared_properties(database), record.data_model)


def undeclared_properties(database: ReadOnlyDatabase) -> frozenset[str]:
    """The properties that entities may have besides the declared ones: settings that Zoom began to send."""
    kept = database.rows("SELECT DISTINCT path FROM unknown_setting WHERE kept")
    return frozenset(property_name(path) for (path,) in kept)


def open_for_queries(store: Store) -> ReadOnlyDatabase:
    """A connection with the functions that statements call."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        oldest = ".".join(map(str, _OLDEST_SQLITE))
        raise UsageError(
            f"Queries need SQLite {oldest} or newer, and this Python ({sys.executable}) has {sqlite3.sqlite_version}.",
            "Install this program with a Python that has a newer one; python.org's and Debian 12's have.",
        )
    database = store.read_only()
    functions: Mapping[str, tuple[int, Callable[..., object]]] = {
        "j1_compare": (3, compare),
        "j1_match": (4, _match),
        "j1_arithmetic": (3, arithmetic),
        "j1_concat": (-1, concatenated),
        "j1_contains_text": (2, contains_text),
        "j1_joined_contains_text": (2, joined_contains_text),
    }
    for name, (arguments, function) in functions.items():
        database.add_function(name, arguments, function)
    database.add_aggregate("j1_sum", 2, Sum)
    database.add_aggregate("j1_avg", 2, Average)
    database.add_aggregate("j1_merge", 1, Merge)
    return database


def limit_time(database: ReadOnlyDatabase, timeout: float, clock: Clock) -> None:
    """From now on, so many seconds are left."""
    deadline = clock.monotonic() + timeout

    def out_of_time() -> CollectorError | None:
        if clock.monotonic() < deadline:
            return None
        return CollectionFailed(
            f"The query was not answered in {timeout:g} seconds.",
            "Narrow it with WITH, or allow more time with `--timeout SECONDS`.",
        )

    database.stop_when(out_of_time)


def _match(operator: str, scalar: Scalar, pattern: str, ignore_case: int) -> int:
    value = decoded(scalar)
    wanted = Pattern(pattern, bool(ignore_case))
    elements = value if isinstance(value, list) else [value]
    return int(any(isinstance(each, str) and matches(wanted, operator, each) for each in elements))


@dataclass
class AskedGraph:
    """The graph after a run, and the connection by which it is asked."""

    database: ReadOnlyDatabase
    graph: Graph
    record: RunRecord
    schema: GraphSchema
    _by_type: dict[str, RelationshipType] = field(default_factory=dict)
    _has: set[str] = field(default_factory=set)
    """The statements that prepared another one, which are not repeated."""

    def __post_init__(self) -> None:
        self._by_type = {each.type: each for each in self.schema.relationships}

    def ask(self, query: Query, most: int = 0) -> Answer:
        """The answer to a query; without a limit of its own, at most so many rows (0: all)."""
        limit = None if query.limit else most or None  # one row more tells whether there are more
        statement = compile_query(query, self.schema, self.graph, query.limit if limit is None else limit + 1)
        said, complete = warnings(query, self.schema, self.graph, self.record, self.database)
        answer = Answer(statement.columns, iter(()), complete, said, self.record.id)
        if query.tree:
            answer.edges = []
            answer.rows = self._tree(statement, limit, answer)
        else:
            answer.rows = self._rows(statement, limit, answer, entities=query.items is None)
        return answer

    def values(self, query: Query) -> Iterator[JsonValue]:
        """What the only item of a query is in each row; nothing is said about them."""
        statement = compile_query(query, self.schema, self.graph, query.limit)
        for (scalar,) in self._read(statement):
            yield decoded(scalar)

    def _rows(self, statement: Statement, limit: int | None, answer: Answer, *, entities: bool) -> Iterator[JsonValue]:
        """The rows of a table, or the entities themselves."""
        for row in self._limited(statement, limit, answer):
            values = [self._shown(kind, value) for kind, value in zip(statement.kinds, row, strict=True)]
            yield values[0] if entities else values

    def _tree(self, statement: Statement, limit: int | None, answer: Answer) -> Iterator[JsonValue]:
        """The entities on all paths; their relationships go to the answer. Both in the order of the paths, once."""
        keys: dict[str, None] = {}
        edges: dict[str, None] = {}
        for row in self._limited(statement, limit, answer):
            for kind, value in zip(statement.kinds, row, strict=True):
                if value is not None:
                    (keys if kind is Kind.ENTITY else edges)[str(value)] = None
        if answer.edges is not None:
            answer.edges += [self._relationship(each) for each in edges]
        for key in keys:
            yield self._entity(key)

    def _limited(self, statement: Statement, limit: int | None, answer: Answer) -> Iterator[tuple[Scalar, ...]]:
        for number, row in enumerate(self._read(statement)):
            if limit is not None and number >= limit:
                answer.warnings.append(f"There are more rows than the first {limit:,}; `--limit 0` gives all.")
                return
            yield tuple(row)

    def _read(self, statement: Statement) -> Iterator[sqlite3.Row]:
        for preparing in statement.preparation:
            if preparing not in self._has:
                self._has.add(preparing)
                self.database.execute(preparing)
        return self.database.rows(statement.sql, statement.parameters)

    def _shown(self, kind: Kind, value: Scalar) -> JsonValue:
        if value is None or kind is Kind.VALUE:
            return decoded(value)
        return self._entity(str(value)) if kind is Kind.ENTITY else self._relationship(str(value))

    def _entity(self, key: str) -> Mapping[str, object] | None:
        parts = self.database.rows(
            "SELECT part.part, document.json FROM entity CROSS JOIN part ON part.entity = entity.id"
            f" AND {self.graph.alive('part')} CROSS JOIN document ON document.id = part.document"
            " WHERE entity.key = :key",
            {"key": key},
        )
        entity = joined_entity(key, ((part, text) for part, text in parts), self.record.tags)
        return None if entity is None else in_data_model(entity, self.record.data_model)

    def _relationship(self, whole: str) -> Mapping[str, object]:
        type_, source, target = whole.split("\x1f")
        return self._by_type[type_].between(source, target).to_json()
