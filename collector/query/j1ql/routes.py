"""The ways a query leads through the graph, as the FROM and WHERE of SQL statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from collector.model.graph import RelationshipType
from collector.model.graph_schema import ROW, EntitySchema
from collector.model.older_integration import LEGACY_NAMES, TEXTS, DataModel
from collector.query.j1ql.conditions import Bind, json_path
from collector.query.j1ql.syntax import Hop, Optional, Step
from collector.query.j1ql.values import JsonSql, PreparedPart, PreparedType, Scalar, encoded_sql, in_json
from collector.store.schema import alive

PAST_BY_TARGET = "past_by_target"


@dataclass(frozen=True)
class Graph:
    """The graph that is asked: that after `run`; `current` if nothing has been written since.

    `type_ids`: the numbers of the relationship types. `tags`: the properties that the run gives every entity, encoded.
    `undeclared`: the properties that entities may have besides those of the schema. `data_model`: the form in which the
    graph leaves, and is asked. `prepared`: the types of which there are tables of what is asked.
    """

    run: int
    current: bool
    type_ids: Mapping[str, int]
    tags: Mapping[str, Scalar] = field(default_factory=dict)
    undeclared: frozenset[str] = frozenset()
    data_model: DataModel = DataModel.CURRENT
    prepared: Mapping[str, PreparedType] = field(default_factory=dict)

    def prepared_type(self, types: tuple[EntitySchema, ...]) -> PreparedType | None:
        """The tables of these types: of one, if it is prepared."""
        return self.prepared.get(types[0].type) if len(types) == 1 else None

    def stored_name(self, name: str) -> str:
        """What a property is called in the store; in the older form of the graph some have a second name."""
        return name if self.data_model is DataModel.CURRENT else LEGACY_NAMES.get(name, name)

    def path(self, name: str) -> str:
        """SQLite's path to what a property holds in this form of the graph."""
        is_text = self.data_model is not DataModel.CURRENT and name in TEXTS
        return f"{json_path(name)}[0]" if is_text else json_path(name)

    def parts_of(self, types: tuple[EntitySchema, ...], name: str) -> list[str]:
        """Where a property may be, the row first, the others as the store joins them: in alphabetical order."""
        name = self.stored_name(name)
        if name.startswith("_"):
            return [ROW]
        found = {
            part
            for type_ in types
            if name in type_.properties or name in self.undeclared
            for part in type_.parts_of(name)
        }
        return sorted(found, key=lambda part: (part != ROW, part))

    def preparation(self, sql: str) -> tuple[str, ...]:
        """What a statement needs first: the indexes of graph.db lead from a target only to what holds now."""
        if PAST_BY_TARGET not in sql:
            return ()
        return (
            f"CREATE TEMP TABLE {PAST_BY_TARGET} (target INTEGER, type INTEGER, source INTEGER,"
            " PRIMARY KEY (target, type, source)) WITHOUT ROWID",
            f"INSERT INTO {PAST_BY_TARGET} SELECT target, type, source FROM relationship"
            f" WHERE {self.alive('relationship')}",
            f"CREATE INDEX temp.past_by_source ON {PAST_BY_TARGET} (source, type)",
        )

    def alive(self, table: str) -> str:
        """Whether a fact held then."""
        if self.current:
            return f"{table}.to_run IS NULL"
        return alive(table, f"{self.run:d}")


@dataclass
class Context:
    """What all parts of a statement share.

    `documents`: the table of the distinct documents of a part. `values`: the table of their scalars, and the column of
    a property there. `precompute`: properties of shared parts are taken from that table.
    """

    graph: Graph
    bind: Bind
    documents: Callable[[str], str]
    values: Callable[[str, str], tuple[str, str]]
    precompute: bool = False


class EntityVariable:
    """An entity on a route: which tables it takes depends on what is asked of it.

    `prepared`: for the start of the route, tables that have all of it. `reached`: whether a relationship leads to it.
    """

    def __init__(
        self,
        name: str,
        types: tuple[EntitySchema, ...],
        context: Context,
        prepared: PreparedType | None = None,
        *,
        reached: bool = False,
    ) -> None:
        self.name = name
        self.types = types
        self._context = context
        self._prepared = prepared
        self._reached = reached
        self._parts: dict[str, str] = {}
        self._with_key = False
        self._with_json: set[str] = set()
        self._values: dict[str, tuple[str, str]] = {}

    @property
    def identity(self) -> str:
        """Its number: of what a relationship leads to that in its row, so that the table of keys need not be read."""
        return f"{self.name}_row.entity" if self._reached else f"{self.name}.id"

    @property
    def key(self) -> str:
        """Its `_key`."""
        self._with_key = True
        return f"{self.name}.key"

    whole = key
    """What stands for all of it in a result."""

    def single(self, name: str) -> tuple[str, bool] | None:
        """The one part a property can be in, and whether that is shared."""
        if name == "_key" or name in self._context.graph.tags:
            return None
        parts = self._context.graph.parts_of(self.types, name)
        return (parts[0], all(parts[0] in type_.shared for type_ in self.types)) if len(parts) == 1 else None

    def found(self, part: str, path: str) -> JsonSql:
        """What is at a path in the JSON of a part."""
        prepared = self.prepared(part)
        if prepared is None:
            self._with_json.add(part)
            return in_json(f"{self._part(part)}_document.json", self._context.bind(path))
        if prepared.table is None:
            return prepared.at(path, self.name)
        _, alias = self._values.setdefault(part, (prepared.table, f"{self._part(part)}_values"))
        return prepared.at(path, alias)

    def prepared(self, part: str) -> PreparedPart | None:
        """Where the documents of a part are prepared, if they are."""
        return None if self._prepared is None else self._prepared.parts[part]

    def document_id(self, part: str) -> str:
        """The number of a part's document."""
        prepared = self.prepared(part)
        if prepared is not None:
            return f"{self.name}.{prepared.number}"
        return f"{self._part(part)}.document"

    def text_in_index(self, name: str) -> str | None:
        """The key is looked up."""
        return self.key if name == "_key" else None

    def _part(self, part: str) -> str:
        if part == ROW:
            return f"{self.name}_row"
        return self._parts.setdefault(part, f"{self.name}_part{len(self._parts)}")

    def value(self, name: str) -> str:
        """The scalar of a property."""
        context = self._context
        if name in context.graph.tags:
            return context.bind(context.graph.tags[name])
        if name == "_key":
            return f"('s' || {self.key})"
        place = self.single(name)
        if place is not None and place[1] and context.precompute and self._prepared is None:
            table, column = context.values(place[0], name)
            _, alias = self._values.setdefault(place[0], (table, f"{self._part(place[0])}_values"))
            return f"{alias}.{column}"
        path = context.graph.path(name)
        parts = context.graph.parts_of(self.types, name)
        if len(parts) == 1:
            return f"({encoded_sql(self.found(parts[0], path))})"
        if not parts:
            return "NULL"
        found = [self.found(part, path) for part in parts]
        cases = " ".join(f"WHEN {each.kind} IS NOT NULL THEN ({encoded_sql(each)})" for each in found)
        return f"(CASE {cases} END)"

    def tables(self, entity: str | None) -> str:
        """What follows FROM or CROSS JOIN: the entity (equal to `entity`, if given), its row and further parts."""
        if self._prepared is not None:
            return self._prepared_tables(self._prepared)
        name, graph, bind = self.name, self._context.graph, self._context.bind
        number = f"{name}.id" if entity is None else entity
        row = (
            f"part AS {name}_row ON {name}_row.entity = {number} AND {name}_row.part = {bind(ROW)}"
            f" AND {graph.alive(f'{name}_row')}"
        )
        if entity is None:
            lines = [f"entity AS {name}", f"CROSS JOIN {row}"]
        else:
            lines = [row, f"CROSS JOIN entity AS {name} ON {name}.id = {number}"] if self._with_key else [row]
        if ROW in self._with_json:
            lines.append(f"CROSS JOIN document AS {name}_row_document ON {name}_row_document.id = {name}_row.document")
        for part, alias in self._parts.items():
            lines.append(
                f"LEFT JOIN part AS {alias} ON {alias}.entity = {number} AND {alias}.part = {bind(part)}"
                f" AND {graph.alive(alias)}"
            )
            if part in self._with_json:
                lines.append(f"LEFT JOIN document AS {alias}_document ON {alias}_document.id = {alias}.document")
        for part, (table, alias) in self._values.items():
            lines.append(f"LEFT JOIN {table} AS {alias} ON {alias}.id = {self._part(part)}.document")
        return "\n    ".join(lines)

    def _prepared_tables(self, prepared: PreparedType) -> str:
        lines = [f"{prepared.table} AS {self.name}"]
        for part, (table, alias) in self._values.items():
            lines.append(f"LEFT JOIN {table} AS {alias} ON {alias}.id = {self.document_id(part)}")
        return "\n    ".join(lines)

    def in_types(self) -> str:
        """Whether the entity is of one of its types: that is what its key begins with."""
        if self._prepared is not None:
            return "1"
        bind = self._context.bind
        ranges = [
            f"({self.key} >= {bind(type_.type + ':')} AND {self.key} < {bind(type_.type + ';')})"
            for type_ in self.types
        ]
        return f"({' OR '.join(ranges)})"


class RelationshipVariable:
    """A relationship on a route. `edges`: the types it may have, and whether it leads from `near` to `far`."""

    def __init__(
        self,
        name: str,
        edges: tuple[tuple[RelationshipType, bool], ...],
        near: EntityVariable,
        far: EntityVariable,
        context: Context,
    ) -> None:
        self.name = name
        self._edges = edges
        self._near = near
        self._far = far
        self._context = context
        ids = context.graph.type_ids
        self._forward = [ids[edge.type] for edge, forward in edges if forward and edge.type in ids]
        self._backward = [ids[edge.type] for edge, forward in edges if not forward and edge.type in ids]

    @property
    def whole(self) -> str:
        """Its type and the keys of its ends."""
        return f"({self._named(lambda edge: edge.type)} || char(31) || {self._source} || char(31) || {self._target})"

    identity = whole

    @property
    def _source(self) -> str:
        return f"(CASE WHEN {self.name}.source = {self._near.identity} THEN {self._near.key} ELSE {self._far.key} END)"

    @property
    def _target(self) -> str:
        return f"(CASE WHEN {self.name}.source = {self._near.identity} THEN {self._far.key} ELSE {self._near.key} END)"

    def _named(self, name: Callable[[RelationshipType], str]) -> str:
        ids, bind = self._context.graph.type_ids, self._context.bind
        cases = "".join(
            f" WHEN {ids[edge.type]:d} THEN {bind(name(edge))}" for edge, _ in self._edges if edge.type in ids
        )
        return f"(CASE {self.name}.type{cases} END)" if cases else "NULL"

    def single(self, _: str) -> tuple[str, bool] | None:
        """Its properties are in no document."""
        return None

    def found(self, part: str, path: str) -> JsonSql:
        """There is none."""
        raise AssertionError(part, path)

    def document_id(self, part: str) -> str:
        """There is none."""
        raise AssertionError(part)

    def prepared(self, _: str) -> None:
        """There is none."""

    def text_in_index(self, _: str) -> None:
        """There is none."""

    def value(self, name: str) -> str:
        """The scalar of a property."""
        class_ = self._named(lambda edge: edge.class_)
        known = {
            "_type": self._named(lambda edge: edge.type),
            "_class": class_,
            "displayName": class_,
            "_key": f"{self._source} || '|' || lower({class_}) || '|' || {self._target}",
            "_fromEntityKey": self._source,
            "_toEntityKey": self._target,
        }
        return f"('s' || {known[name]})" if name in known else "NULL"

    def order(self) -> list[str]:
        """What tells several relationships between two entities apart."""
        if len(self._edges) < 2:
            return []
        return [self._named(lambda edge: edge.type), f"{self.name}.source <> {self._near.identity}"]

    def table(self) -> tuple[str, list[str], str]:
        """The table, the conditions that lead to it from the near end, and the number of the far end."""
        name, graph, near = self.name, self._context.graph, self._near.identity
        forward, backward = (", ".join(map(str, ids)) for ids in (self._forward, self._backward))
        if not (forward or backward):
            return f"(SELECT NULL AS type, NULL AS source, NULL AS target WHERE 0) AS {name}", [], f"{name}.target"
        if backward and not forward:
            if not graph.current:
                conditions = [f"{name}.type IN ({backward})", f"{name}.target = {near}"]
                return f"{PAST_BY_TARGET} AS {name}", conditions, f"{name}.source"
            # `+`: SQLite knows no statistics of the file, and would take the primary key, which begins with the type.
            conditions = [f"+{name}.type IN ({backward})", f"{name}.target = {near}", graph.alive(name)]
            return f"relationship AS {name}", conditions, f"{name}.source"
        if not (forward and backward):
            conditions = [f"{name}.type IN ({forward})", f"{name}.source = {near}", graph.alive(name)]
            return f"relationship AS {name}", conditions, f"{name}.target"
        alive = f" AND {graph.alive(name)}" if graph.current else ""
        there = f"{name}.type IN ({forward}) AND {name}.source = {near}{alive}"
        back = f"+{name}.type IN ({backward}) AND {name}.target = {near}{alive}"
        far = f"(CASE WHEN {name}.source = {near} THEN {name}.target ELSE {name}.source END)"
        table = "relationship" if graph.current else PAST_BY_TARGET
        return f"{table} AS {name}", [f"(({there}) OR ({back}))"], far


@dataclass(frozen=True)
class Marked:
    """A place on a route: the hop to it, or (an optional traversal is over) the alias of where it is."""

    hop: Hop | None
    alias: str | None = None
    number: int = 0


def routes(steps: tuple[Step, ...]) -> Iterator[list[Marked]]:
    """Every way through the steps: each optional traversal is taken, or left out."""
    yield from _routes(steps, 1)


def _routes(steps: tuple[Step, ...], number: int) -> Iterator[list[Marked]]:
    if not steps:
        yield []
        return
    step, *others = steps
    if isinstance(step, Optional):
        taken = [Marked(hop, number=number + at) for at, hop in enumerate(step.hops)]
        for rest in _routes(tuple(others), number + len(taken)):
            end = Marked(None, step.alias)
            yield [end, *rest]
            yield [*taken, end, *rest]
    else:
        for rest in _routes(tuple(others), number + 1):
            yield [Marked(step, number=number), *rest]
