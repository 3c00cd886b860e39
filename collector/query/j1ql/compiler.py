"""From a query to one SQL statement over graph.db: literals are bound, names come from the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from collector.model.graph_schema import GraphSchema
from collector.query.j1ql.conditions import Conditions, Find, json_path
from collector.query.j1ql.parser import AGGREGATES
from collector.query.j1ql.routes import Context, EntityVariable, Graph, Marked, RelationshipVariable, routes
from collector.query.j1ql.selectors import Selector, aggregates, check, edges, hops, resolve
from collector.query.j1ql.sql import exists, not_exists, order_lines, select
from collector.query.j1ql.syntax import Call, Expression, Hop, Literal, Node, Path, Query, in_words, paths
from collector.query.j1ql.values import Scalar, encoded, encoded_sql, in_json

Variable = EntityVariable | RelationshipVariable


class Kind(Enum):
    """What a column of the statement holds."""

    VALUE = "value"
    ENTITY = "entity"
    RELATIONSHIP = "relationship"


@dataclass(frozen=True)
class Statement:
    """A statement with its parameters, and what its columns hold. `columns`: the names of those to show.

    Without RETURN there is one column, the `_key`; with RETURN TREE they are the entities and relationships of a path.
    """

    sql: str
    parameters: Mapping[str, Scalar]
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    preparation: tuple[str, ...] = ()


@dataclass
class _Route:
    """One way through the graph, as tables and conditions, and what the names stand for on it."""

    tables: list[Callable[[], str]]
    conditions: list[str]
    selectors: dict[str, Variable | None]
    entities: dict[int, EntityVariable]
    relationships: dict[int, RelationshipVariable]


def compile_query(query: Query, schema: GraphSchema, graph: Graph, limit: int | None) -> Statement:
    """The statement that answers a query, with at most `limit` rows. Raises UsageError for what cannot be answered."""
    return _Compiler(query, schema, graph, check(schema, query)).statement(limit)


class _Compiler:
    def __init__(self, query: Query, schema: GraphSchema, graph: Graph, selectors: Mapping[str, Selector]) -> None:
        self._query = query
        self._schema = schema
        self._graph = graph
        self._selectors = selectors
        self._parameters: dict[str, Scalar] = {}
        self._names: dict[tuple[type, object], str] = {}
        self._tables: dict[str, str] = {}
        self._table_names: dict[tuple[str, ...], str] = {}
        self._scalars: dict[str, dict[str, str]] = {}
        self._sorts = bool(query.order or query.unique or any(aggregates(item.value) for item in query.items or ()))
        self._context = Context(graph, self._bind, self._documents, self._values, precompute=self._sorts)
        self._conditions = Conditions(self._bind, self._documents)

    def statement(self, limit: int | None) -> Statement:
        if self._query.tree:
            columns, kinds, body = self._tree()
        elif self._query.items is None:
            columns, kinds, body = (), (Kind.ENTITY,), self._start_entities()
        else:
            columns, kinds, body = self._rows()
        if limit is not None or self._query.skip:
            body += f"\nLIMIT {self._bind(-1 if limit is None else limit)} OFFSET {self._bind(self._query.skip)}"
        tables = ",\n".join(f"{name} AS MATERIALIZED ({sql})" for name, sql in self._tables.items())
        sql = f"WITH {tables}\n{body}" if tables else body
        return Statement(sql, self._parameters, columns, kinds, self._graph.preparation(sql))

    def _bind(self, value: object) -> str:
        known = (type(value), value)
        if known not in self._names:
            self._names[known] = f"p{len(self._names)}"
            self._parameters[self._names[known]] = value  # type: ignore[assignment]
        return f":{self._names[known]}"

    def _documents(self, part: str) -> str:
        """The table of the distinct documents of a part."""
        name = self._table_names.get((part,))
        if name is None:
            name = self._table_names[(part,)] = f"documents{len(self._tables)}"
            self._tables[name] = (
                f"SELECT DISTINCT document AS id FROM part WHERE part = {self._bind(part)}"
                f" AND {self._graph.alive('part')}"
            )
        return name

    def _values(self, part: str, property_: str) -> tuple[str, str]:
        """The table with the scalars of a part's properties by document, and the column of this one."""
        scalars = self._scalars.setdefault(part, {})
        path = self._bind(json_path(property_))
        scalars.setdefault(path, f"v{len(scalars)}")
        documents, name = self._documents(part), f"values_{self._documents(part)}"
        columns = ", ".join(
            f"{encoded_sql(in_json('document.json', each))} AS {column}" for each, column in scalars.items()
        )
        self._tables[name] = (
            f"SELECT used.id, {columns} FROM {documents} AS used JOIN document ON document.id = used.id"
        )
        return name, scalars[path]

    # -- the ways through the graph ------------------------------------------------------------------------------

    def _start(self) -> EntityVariable:
        types = resolve(self._schema, self._query.start)
        return EntityVariable("e0", types, self._context, self._graph.prepared_type(types))

    def _route(self, start: EntityVariable, marks: list[Marked]) -> _Route:
        """Follow the hops from the start, whose own tables and conditions are left to the caller."""
        route = _Route([], [], {}, {0: start}, {})
        self._name(route, self._query.start.alias, self._query.start.names, start)
        here = start
        for mark in marks:
            if mark.hop is None:
                if mark.alias is not None:
                    route.selectors[mark.alias] = here
            elif mark.hop.negated:
                route.conditions.append(self._without(here, mark.hop, mark.number))
            else:
                here = self._follow(route, here, mark.hop, mark.number)
        return route

    def _follow(self, route: _Route, near: EntityVariable, hop: Hop, number: int) -> EntityVariable:
        far, relationship = self._ends(near, hop, number)
        table, conditions, far_id = relationship.table()
        route.tables += [lambda: table, lambda: far.tables(far_id)]
        route.conditions += conditions + self._node_conditions(far, hop.node)
        route.entities[number], route.relationships[number] = far, relationship
        self._name(route, hop.alias, hop.names, relationship)
        self._name(route, hop.node.alias, () if hop.node.text is not None else hop.node.names, far)
        return far

    def _name(self, route: _Route, alias: str | None, names: tuple[str, ...], variable: Variable) -> None:
        """Let the alias stand for it, or without one the name it is found by, unless that is an alias elsewhere."""
        if alias is not None:
            route.selectors[alias] = variable
        elif len(names) == 1 and names[0] in self._selectors and not self._selectors[names[0]].explicit:
            route.selectors[names[0]] = variable

    def _ends(self, near: EntityVariable, hop: Hop, number: int) -> tuple[EntityVariable, RelationshipVariable]:
        possible = edges(self._schema, hop, near.types, resolve(self._schema, hop.node))
        types = {edge.target if forward else edge.source for edge, forward in possible}
        far_types = tuple(entity for entity in self._schema.entities if entity.type in types)
        far = EntityVariable(f"e{number}", far_types, self._context, reached=True)
        return far, RelationshipVariable(f"r{number}", possible, near, far, self._context)

    def _without(self, near: EntityVariable, hop: Hop, number: int) -> str:
        far, relationship = self._ends(near, hop, number)
        table, conditions, far_id = relationship.table()
        conditions += self._node_conditions(far, hop.node)
        return not_exists([table, far.tables(far_id)], conditions)

    def _node_conditions(self, entity: EntityVariable, node: Node) -> list[str]:
        conditions = []
        if node.text is not None:
            conditions.append(self._contains(entity, node.text))
        if node.with_ is not None:
            stored_name = self._graph.stored_name
            conditions.append(self._conditions.sql(node.with_, lambda path: (entity, stored_name(path.text))))
        return conditions

    def _contains(self, entity: EntityVariable, text: str) -> str:
        folded = text.casefold()
        if any(isinstance(tag, str) and folded in tag[1:].casefold() for tag in self._graph.tags.values()):
            return "1"
        found = self._table_names.get(("", folded))
        if found is None:
            found = self._table_names["", folded] = f"texts{len(self._tables)}"
            self._tables[found] = (
                f"SELECT id FROM document WHERE id IN (SELECT document FROM part WHERE {self._graph.alive('part')})"
                f" AND j1_contains_text(json, {self._bind(folded)})"
            )
        alive = self._graph.alive("part")
        parts = (
            "SELECT json_group_array(json_array(part.part, document.json)) FROM part"
            f" JOIN document ON document.id = part.document WHERE part.entity = {entity.identity} AND {alive}"
        )
        return (
            f"({entity.identity} IN (SELECT entity FROM part WHERE {alive} AND document IN (SELECT id FROM {found}))"
            f" AND j1_joined_contains_text(({parts}), {self._bind(folded)}))"
        )

    def _where(self, route: _Route) -> list[str]:
        if self._query.where is None:
            return []
        return [self._conditions.sql(self._query.where, self._finder(route))]

    def _finder(self, route: _Route) -> Find:
        def find(path: Path) -> tuple[Variable | None, str]:
            return route.selectors.get(path.segments[0]), self._graph.stored_name(".".join(path.segments[1:]))

        return find

    # -- the three shapes of a result ----------------------------------------------------------------------------

    def _start_entities(self) -> str:
        start = self._start()
        conditions = [start.in_types(), *self._node_conditions(start, self._query.start)]
        ways = []
        if self._query.steps or self._query.where:
            for marks in routes(self._query.steps):
                route = self._route(start, marks)
                found = [*route.conditions, *self._where(route)]
                ways.append(exists([table() for table in route.tables], found))
        if ways:
            conditions.append(f"({' OR '.join(ways)})")
        find = self._finder(self._route(start, []))
        order = [
            line for key in self._query.order for line in order_lines(self._value(key.value, find), key.descending)
        ]
        return select([start.key], [start.tables(None)], conditions, [*order, start.key])

    def _paths(self, columns: Callable[[_Route], list[str]]) -> str:
        """All paths on all routes, each with these columns. Without LIMIT, SQLite would sort their whole documents."""
        statements = []
        for marks in routes(self._query.steps):
            start = self._start()
            route = self._route(start, marks)
            conditions = [start.in_types(), *self._node_conditions(start, self._query.start)]
            conditions += [*route.conditions, *self._where(route)]
            selected = [f"{sql} AS c{number}" for number, sql in enumerate(columns(route))]
            tables = [start.tables(None), *(table() for table in route.tables)]
            statements.append(select(selected, tables, conditions))
        return "\nUNION ALL\n".join(statements) + ("\nLIMIT -1" if self._sorts else "")

    def _places(self) -> tuple[range, list[int]]:
        """The numbers of all places a path may have, and of those that every path has."""
        count = len(list(hops(self._query)))
        everywhere = set(range(count + 1))
        for marks in routes(self._query.steps):
            everywhere &= {0, *(mark.number for mark in marks if mark.hop is not None)}
        return range(count + 1), sorted(everywhere)

    def _key_columns(self, route: _Route, places: range) -> list[str]:
        """What makes the order of paths total: the keys along them, and which relationship was taken."""
        found = []
        for place in places:
            entity, relationship = route.entities.get(place), route.relationships.get(place)
            found.append("NULL" if entity is None else entity.key)
            order = relationship.order() if relationship is not None else []
            found += order or (["NULL", "NULL"] if place else [])
        return found

    def _key_order(self, first: int, places: range, everywhere: list[int]) -> list[str]:
        found: list[str] = []
        for place in places:
            key = first + (0 if place == 0 else 1 + 3 * (place - 1))
            found += [f"c{key}"] if place in everywhere else [f"c{key} IS NULL", f"c{key}"]
            found += [f"c{key + 1}", f"c{key + 2}"] if place else []
        return found

    def _tree(self) -> tuple[tuple[str, ...], tuple[Kind, ...], str]:
        places, everywhere = self._places()
        count = 2 * len(places) - 1

        def columns(route: _Route) -> list[str]:
            things: list[Variable | None] = [route.entities.get(place) for place in places]
            things += [route.relationships.get(place) for place in places[1:]]
            wholes = ["NULL" if thing is None else thing.whole for thing in things]
            return [*wholes, *self._key_columns(route, places)]

        order = self._key_order(count, places, everywhere)
        shown = [f"c{number}" for number in range(count)]
        body = select(shown, [f"(\n{self._paths(columns)}\n)"], [], order)
        kinds = (*[Kind.ENTITY] * len(places), *[Kind.RELATIONSHIP] * (len(places) - 1))
        return (), kinds, body

    def _rows(self) -> tuple[tuple[str, ...], tuple[Kind, ...], str]:
        items = self._query.items or ()
        inner = _InnerColumns(self)
        outer = [inner.outer(item.value) for item in items]
        grouped = any(aggregates(item.value) for item in items)
        known = {in_words(item.value): sql for item, sql in zip(items, outer, strict=True)}
        known |= {item.name: sql for item, sql in zip(items, outer, strict=True)}
        order: list[str] = []
        for key in self._query.order:
            sql = known.get(in_words(key.value)) or inner.outer(key.value)
            order += order_lines(sql, key.descending)
        group = [sql for item, sql in zip(items, outer, strict=True) if not aggregates(item.value)]
        if grouped or self._query.unique:
            for sql in group if grouped else outer:
                order += order_lines(sql, False)
            body = self._from_paths(inner, outer, order, group if grouped else [])
        else:
            body = self._from_paths(inner, outer, order, [], with_keys=True)
        return tuple(item.name for item in items), tuple(map(self._kind, items)), body

    def _from_paths(
        self, inner: _InnerColumns, outer: list[str], order: list[str], group: list[str], *, with_keys: bool = False
    ) -> str:
        places, everywhere = self._places()
        if with_keys:
            order = [*order, *self._key_order(len(inner), places, everywhere)]

        def columns(route: _Route) -> list[str]:
            return [*inner.of(route), *(self._key_columns(route, places) if with_keys else [])]

        shown = [("DISTINCT " if self._query.unique else "") + outer[0], *outer[1:]]
        return select(shown, [f"(\n{self._paths(columns)}\n)"], [], order, group)

    def _kind(self, item: object) -> Kind:
        value = getattr(item, "value", None)
        if not isinstance(value, Path) or len(value.segments) > 1:
            return Kind.VALUE
        return Kind.RELATIONSHIP if self._selectors[value.segments[0]].types is None else Kind.ENTITY

    def _value(self, value: Expression, find: Find) -> str:
        """The scalar of an expression on a route, without aggregates."""
        if isinstance(value, Call):
            arguments = ", ".join(self._value(each, find) for each in value.arguments)
            if value.name == "CONCAT":
                return f"j1_concat({arguments})"
            return f"coalesce({arguments}, NULL)"
        if not isinstance(value, Literal | Path):
            left, right = self._value(value.left, find), self._value(value.right, find)
            return f"j1_arithmetic({self._bind(value.operator)}, {left}, {right})"
        return self._conditions.expression(value, find)


class _InnerColumns:
    """The columns of the paths that the rows of a result are made of."""

    def __init__(self, compiler: _Compiler) -> None:
        self._compiler = compiler
        self._columns: list[Callable[[_Route], str]] = []

    def __len__(self) -> int:
        return len(self._columns)

    def of(self, route: _Route) -> Iterator[str]:
        """The columns on one route."""
        return (column(route) for column in self._columns)

    def _add(self, column: Callable[[_Route], str]) -> str:
        self._columns.append(column)
        return f"c{len(self._columns) - 1}"

    def outer(self, value: Expression) -> str:
        """The SQL of an expression over these columns, which are added."""
        if not aggregates(value):
            return self._add(lambda route: self._scalar(value, route))
        if isinstance(value, Call):
            return self._aggregate(value) if value.name in AGGREGATES else self._function(value)
        assert not isinstance(value, Literal | Path)  # noqa: S101 - they hold no aggregate
        left, right = self._operand(value.left), self._operand(value.right)
        return f"j1_arithmetic({self._compiler._bind(value.operator)}, {left}, {right})"

    def _operand(self, value: Expression) -> str:
        return self._compiler._bind(encoded(value.value)) if isinstance(value, Literal) else self.outer(value)

    def _function(self, call: Call) -> str:
        arguments = ", ".join(map(self._operand, call.arguments))
        return f"j1_concat({arguments})" if call.name == "CONCAT" else f"coalesce({arguments}, NULL)"

    def _scalar(self, value: Expression, route: _Route) -> str:
        if isinstance(value, Path) and len(value.segments) == 1:
            variable = route.selectors.get(value.segments[0])
            return "NULL" if variable is None else variable.whole
        return self._compiler._value(value, self._compiler._finder(route))

    def _aggregate(self, call: Call) -> str:
        (argument,) = call.arguments
        if call.name == "COUNT" and isinstance(argument, Path) and len(argument.segments) == 1:
            return f"count(DISTINCT {self._identity(argument.text)})"
        value = self._add(lambda route: self._scalar(argument, route))
        match call.name:
            case "COUNT":
                return f"count(DISTINCT {value})"
            case "MERGE":
                return f"coalesce(j1_merge({value}), 'a[]')"  # SQLite asks no aggregate about no rows
            case "SUM" | "AVG":
                (name,) = {path.segments[0] for path in paths(argument)}
                return f"j1_{call.name.lower()}({self._identity(name)}, {value})"
        return (
            f"{call.name.lower()}(CASE WHEN typeof({value}) <> 'text' OR substr({value}, 1, 1) = 's' THEN {value} END)"
        )

    def _identity(self, name: str) -> str:
        def identity(route: _Route) -> str:
            variable = route.selectors.get(name)
            return "NULL" if variable is None else variable.identity

        return self._add(identity)
