"""The part of J1QL the collector sends; anything else is refused with the words that are not understood.

    FIND <what> [WITH <conditions>] [AS <alias>] [THAT <verb> AS <alias> <what>] RETURN count(<alias>)
    FIND <what> [WITH <conditions>] LIMIT <n>

`<what>` is a `_type`, a `_class` or `*`; `<conditions>` compare properties with texts by = and !=, joined by AND. As in
JupiterOne, `AS` before `WITH` is refused. Jobs show in the results once they are finished.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from collector.sandbox.jupiterone.graph import Graph, GraphObject, with_platform_properties

_NAME = r"[_A-Za-z]\w*"
_CONDITION = rf"({_NAME})\s*(!?=)\s*'([^']*)'"
_CONDITIONS = re.sub(r"\((?!\?)", "(?:", _CONDITION)
_CLAUSES = [
    re.compile(clause + r"\s*", re.IGNORECASE)
    for clause in (
        rf"FIND\s+(?P<what>\*|{_NAME})",
        rf"WITH\s+(?P<conditions>{_CONDITIONS}(?:\s+AND\s+{_CONDITIONS})*)",
        rf"AS\s+(?P<alias>{_NAME})",
        rf"THAT\s+(?P<verb>{_NAME})\s+AS\s+(?P<hop>{_NAME})\s+(?P<other>\*|{_NAME})",
        rf"RETURN\s+count\((?P<counted>{_NAME})\)",
        r"LIMIT\s+(?P<limit>[1-9]\d{0,2})",
    )
]

Row = Mapping[str, GraphObject]
"""By alias, an entity or relationship with its platform properties."""


class QueryRefused(Exception):
    """Not J1QL, or J1QL that this sandbox does not answer."""


class Results(NamedTuple):
    """`kind`: "table" with one count, or "list" of entities."""

    kind: str
    data: list[dict[str, Any]]


@dataclass(frozen=True)
class Query:
    """`conditions`: property, operator, text. `verb`, `hop`, `other`: class and alias of a relationship, and what is
    at its other end; "" without one. `counted`: an alias; "" for a list of at most `limit` entities.
    """

    what: str
    conditions: tuple[tuple[str, str, str], ...]
    alias: str
    verb: str
    hop: str
    other: str
    counted: str
    limit: int


def parse(text: str) -> Query:
    """Raises QueryRefused."""
    found: dict[str, str] = {}
    rest = text.strip()
    for clause in _CLAUSES:
        if match := clause.match(rest):
            found |= match.groupdict()
            rest = rest[match.end() :]
    if rest or "what" not in found:
        raise QueryRefused(f'This sandbox does not answer the query from "{rest}" on.')
    if ("counted" in found) is ("limit" in found):
        raise QueryRefused("This sandbox answers only queries that end with either RETURN count(…) or LIMIT.")
    if "limit" in found and "hop" in found:
        raise QueryRefused("This sandbox lists nothing THAT has a relationship; it only counts.")
    query = Query(
        found["what"],
        tuple(re.findall(_CONDITION, found.get("conditions", ""))),
        found.get("alias", found["what"]),
        found.get("verb", "").upper(),
        found.get("hop", ""),
        found.get("other", ""),
        found.get("counted", ""),
        int(found.get("limit", 0)),
    )
    if query.counted and query.counted not in (query.alias, query.hop, query.other):
        raise QueryRefused(f'The query has nothing named "{query.counted}".')
    return query


def evaluate(query: Query, graph: Graph, account: str) -> Results:
    rows = _rows(query, graph, account)
    if query.counted:
        number = len({row[query.counted]["_id"] for row in rows})
        return Results("table", [{f"count({query.counted})": number}])
    return Results("list", [_listed(row[query.alias]) for row in rows][: query.limit])


def _rows(query: Query, graph: Graph, account: str) -> Iterator[Row]:
    entities = _by_id(graph, "entities", account)
    starts = {id_ for id_, entity in entities.items() if _is(entity, query.what) and _meets(entity, query)}
    if not query.verb:
        yield from ({query.alias: entities[id_]} for id_ in starts)
        return
    for relationship in _by_id(graph, "relationships", account).values():
        ends = relationship["_fromEntityId"], relationship["_toEntityId"]
        for near, far in (ends, ends[::-1]):
            if relationship["_class"] == query.verb and near in starts and _is(entities.get(far), query.other):
                yield {query.other: entities[far], query.alias: entities[near], query.hop: relationship}


def _by_id(graph: Graph, kind: str, account: str) -> dict[str, GraphObject]:
    found = (
        with_platform_properties(scope, each, account)
        for scope, data in graph.scopes()
        for each in getattr(data, kind).values()
    )
    return {each["_id"]: each for each in found}


def _is(entity: GraphObject | None, what: str) -> bool:
    if entity is None:
        return False
    classes = entity["_class"] if isinstance(entity["_class"], list) else [entity["_class"]]
    return what in ("*", entity["_type"], *classes)


def _meets(entity: GraphObject, query: Query) -> bool:
    for name, operator, text in query.conditions:
        value = entity.get(name)
        if (text in (value if isinstance(value, list) else [value])) is not (operator == "="):
            return False
    return True


def _listed(entity: GraphObject) -> dict[str, Any]:
    """An entity as JupiterOne lists it: what the platform knows about it, and its own properties."""
    return {
        "id": entity["_id"],
        "entity": {name: value for name, value in entity.items() if name.startswith("_") and name != "_rawData"},
        "properties": {name: value for name, value in entity.items() if not name.startswith("_")},
    }
