"""The entities of a type as a list: chosen columns, a condition, sorted. It is asked in J1QL, as any other question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from collector.clock import Clock
from collector.errors import UsageError
from collector.model.graph_schema import GraphSchema
from collector.next_steps import Command, NextStep
from collector.query.chosen_run import chosen_run, date_now
from collector.query.j1ql import DEFAULT_TIMEOUT, Answer, QueryRequest, ask
from collector.query.j1ql.engine import undeclared_properties
from collector.query.j1ql.parser import parse_condition
from collector.query.j1ql.refusals import nearest, refused
from collector.query.j1ql.selectors import ENTITY_METADATA
from collector.query.j1ql.syntax import (
    Bool,
    Call,
    Expression,
    Hop,
    Item,
    Node,
    Optional,
    OrderKey,
    Path,
    Query,
    comparisons,
    paths,
)
from collector.store import Store

_ENTITY = "entity"
_KEY = "_key"
_MAX_WRITTEN = 60


@dataclass(frozen=True)
class RelatedNames:
    """A column with the names of the entities of a type at the other end of a relationship.

    `names`: the properties that may name one; the first that it has.
    """

    verb: str
    type: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class ListRequest:
    """What is listed, of which graph; `run`, `at`, `limit` and `timeout` as in a query.

    `columns` and `sort`: properties of the type, or names of `related`; in `sort` with a `-` for descending. `where`: a
    condition, as after WITH.
    """

    type: str
    columns: tuple[str, ...]
    related: Mapping[str, RelatedNames] = field(default_factory=dict)
    where: str | None = None
    sort: tuple[str, ...] = ()
    run: int | None = None
    at: str | None = None
    limit: int = 0
    timeout: float = DEFAULT_TIMEOUT


def list_entities(store: Store, schema: GraphSchema, request: ListRequest, clock: Clock) -> Answer:
    """The list, sorted by its first column if nothing else is wanted.

    Raises UsageError for a column that the type has not, and, with line and column, for a condition that is refused.
    """
    record = chosen_run(store, request.run, request.at)
    (entity,) = (each for each in schema.entities if each.type == request.type)
    sorted_by = [(name.removeprefix("-"), name.startswith("-")) for name in request.sort]
    with closing(store.read_only()) as database:
        undeclared = undeclared_properties(database)
    known = (*request.related, *entity.properties, *ENTITY_METADATA, *record.tags, *undeclared)
    _check_columns([*request.columns, *(name for name, _ in sorted_by)], known, entity.noun)
    now = date_now(record, clock, request.run, request.at)
    condition = None if request.where is None else parse_condition(request.where, now)
    _check_condition(condition, request)
    order = sorted_by or [(request.columns[0], False)]
    columns = [*dict.fromkeys([*request.columns, *(name for name, _ in order), _KEY])]
    query = Query(
        Node((request.type,), with_=condition, alias=_ENTITY),
        tuple(_hop(name, request.related[name]) for name in columns if name in request.related),
        items=tuple(Item(_value(name, request.related), name) for name in columns),
        order=tuple(OrderKey(_value(name, request.related), descending) for name, descending in order),
    )
    answer = ask(store, schema, QueryRequest(query, record.id, None, request.limit, request.timeout), clock)
    answer.columns = request.columns
    answer.rows = _first(len(request.columns), answer.rows)
    return answer


def _first(count: int, rows: Iterator[object]) -> Iterator[object]:
    """Without the columns that only sort, and keep two entities with the same values apart."""
    for row in rows:
        assert isinstance(row, list)  # noqa: S101 - what a query with RETURN gives
        yield row[:count]


def _check_columns(wanted: Iterable[str], known: Iterable[str], noun: str) -> None:
    for name in wanted:
        if name not in known:
            close, written = nearest(name, known), name if len(name) <= _MAX_WRITTEN else f"{name[:_MAX_WRITTEN]}…"
            raise UsageError(
                f"{noun.capitalize()} have no column {written!r}{f'; is {close} meant?' if close else '.'}",
                "A column is a property; docs/jupiterone.md lists them.",
            )


def _check_condition(condition: Bool | None, request: ListRequest) -> None:
    for comparison in comparisons(condition):
        for path in paths(comparison.left):
            if related := request.related.get(path.text):
                query = f"FIND {request.type} THAT {related.verb} {related.type} WITH {related.names[0]} = '…'"
                raise refused(
                    path.position,
                    f"`{path.text}` is not a property: it comes from relationships.",
                    NextStep("Ask `{}`.", Command("query", f'"{query}"')),
                )


def _hop(name: str, related: RelatedNames) -> Optional:
    return Optional((Hop((related.verb,), Node((related.type,), alias=name), names=(related.verb,)),))


def _value(name: str, related: Mapping[str, RelatedNames]) -> Expression:
    if name not in related:
        return Path((_ENTITY, name))
    return Call("MERGE", (Call("COALESCE", tuple(Path((name, each)) for each in related[name].names)),))
