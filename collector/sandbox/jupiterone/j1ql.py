"""Answering J1QL from the graph. What finalized jobs uploaded is found once they are finished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collector.sandbox.jupiterone.graph import Graph, GraphObject, with_platform_properties
from collector.sandbox.jupiterone.j1ql_syntax import Condition, Hop, Item, Node, Query, QueryRefused

Row = Mapping[str, GraphObject]
"""By alias, an entity or relationship with its platform properties."""


class Results:
    """`kind`: "list" of entities, or "table" of what RETURN asked for."""

    def __init__(self, kind: str, data: list[dict[str, Any]]) -> None:
        self.kind = kind
        self.data = data


def evaluate(query: Query, graph: Graph, account: str) -> Results:
    """Raises QueryRefused for names of things the query does not have."""
    rows = [row for row in _rows(query, graph, account) if _meets(row, query.conditions, default="")]
    if query.items:
        data = _table(rows, query.items)
        return Results("table", data[: query.limit])
    entities = {row[query.node.alias]["_id"]: row[query.node.alias] for row in rows}
    return Results("list", [_listed(entity) for entity in entities.values()][: query.limit])


def _rows(query: Query, graph: Graph, account: str) -> Iterator[Row]:
    scopes = list(graph.scopes())
    found = (
        with_platform_properties(scope, each, account) for scope, data in scopes for each in data.entities.values()
    )
    entities = {entity["_id"]: entity for entity in found}
    if query.hop is None:
        yield from ({query.node.alias: entity} for entity in entities.values() if _is(entity, query.node))
        return
    relationships = (
        with_platform_properties(scope, each, account) for scope, data in scopes for each in data.relationships.values()
    )
    yield from _hop_rows(query.node, query.hop, entities, relationships)


def _hop_rows(
    node: Node, hop: Hop, entities: Mapping[str, GraphObject], relationships: Iterable[GraphObject]
) -> Iterator[Row]:
    for relationship in relationships:
        if hop.verb not in ("RELATES TO", relationship["_class"]):
            continue
        from_id, to_id = relationship["_fromEntityId"], relationship["_toEntityId"]
        orientations = [] if hop.direction == "<<" else [(from_id, to_id)]
        orientations += [] if hop.direction == ">>" else [(to_id, from_id)]
        for near, far in orientations:
            if near in entities and far in entities and _is(entities[near], node) and _is(entities[far], hop.node):
                yield {node.alias: entities[near], hop.alias: relationship, hop.node.alias: entities[far]}


def _is(entity: GraphObject, node: Node) -> bool:
    classes = entity["_class"] if isinstance(entity["_class"], list) else [entity["_class"]]
    return node.what in ("*", entity["_type"], *classes) and _meets({"": entity}, node.conditions, default="")


def _meets(row: Row, conditions: Iterable[Condition], default: str) -> bool:
    for condition in conditions:
        thing = _thing(row, condition.alias or default)
        value = thing.get(condition.property)
        members = value if isinstance(value, list) else [value]
        if (condition.value in members) is not condition.equal:
            return False
    return True


def _thing(row: Row, alias: str) -> GraphObject:
    if alias not in row:
        raise QueryRefused(f'The query has nothing of the name "{alias}".')
    return row[alias]


def _table(rows: list[Row], items: tuple[Item, ...]) -> list[dict[str, Any]]:
    """One row a result, or, where something is counted, one a group of equal other items."""
    if not any(item.is_count for item in items):
        return [{item.name: _cell(row, item) for item in items} for row in rows]
    groups: dict[str, list[Row]] = defaultdict(list)
    others = [item for item in items if not item.is_count]
    for row in rows:
        groups[repr([_cell(row, item) for item in others])].append(row)
    if not others and not groups:
        return [{item.name: 0 for item in items}]
    return [
        {item.name: _count(group, item) if item.is_count else _cell(group[0], item) for item in items}
        for group in groups.values()
    ]


def _count(rows: list[Row], item: Item) -> int:
    """How many different things of this name the rows have."""
    return len({_thing(row, item.alias)["_id"] for row in rows})


def _cell(row: Row, item: Item) -> Any:
    thing = _thing(row, item.alias)
    return thing.get(item.property) if item.property else _listed(thing)


def _listed(entity: GraphObject) -> dict[str, Any]:
    """An entity as a list shows it: what JupiterOne knows of it, and its own properties."""
    return {
        "id": entity["_id"],
        "entity": {name: value for name, value in entity.items() if name.startswith("_") and name != "_rawData"},
        "properties": {name: value for name, value in entity.items() if not name.startswith("_")},
    }
