"""J1QL once more, naively: its own parser, and lists of dictionaries instead of SQL. It shares no code with the engine.

`evaluate(text, entities, relationships)` answers like the engine, with entities and relationships as the tree on disk
has them. It is slow, and expects queries that are right.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Entity = Mapping[str, Any]

_TOKEN = re.compile(
    r"""\s*(?:/\*.*?\*/\s*)*(?:(?P<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|(?P<number>\d+(?:\.\d+)?)
    |(?P<word>(?:[A-Za-z_]\w*|\[[^\]]+\])(?:\.(?:[A-Za-z_]\w*|\[[^\]]+\]))*(?:\.\*)?)
    |(?P<symbol>!~=|!\^=|!\$=|!=|<=|>=|~=|\^=|\$=|>>|<<|[-+*/^(),|?!=<>]))""",
    re.VERBOSE | re.DOTALL,
)
_UNITS = {"h": 3_600_000, "d": 86_400_000, "m": 30 * 86_400_000, "y": 365 * 86_400_000}
_AGGREGATES = {"count", "min", "max", "sum", "avg", "merge"}


@dataclass
class Way:
    """One way through the graph: what each place and each name stands for."""

    places: list[Entity | None]
    edges: list[Entity | None]
    names: dict[str, Entity | None]


@dataclass
class Query:
    start: dict[str, Any] = field(default_factory=dict)
    steps: list[Any] = field(default_factory=list)
    unique: bool = False
    where: Any = None
    items: list[tuple[Any, str]] | None = None
    tree: bool = False
    order: list[tuple[Any, bool]] = field(default_factory=list)
    skip: int = 0
    limit: int | None = None


class Parser:
    def __init__(self, text: str, now: int) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.now = now
        at = 0
        text = text.strip()
        while at < len(text):
            if text[at:].lstrip().startswith("/") and self.tokens and self.tokens[-1][1] in (
                "=", "!=", "~=", "!~=", "^=", "!^=", "$=", "!$=", "(", "or", "OR", "and", "AND",
            ):  # fmt: skip
                found = re.match(r"\s*/((?:\\.|[^/\\])+)/(i?)", text[at:])
                assert found, text[at:]
                self.tokens.append(("regex", f"{found[2]}/{found[1]}"))
                at += found.end()
                continue
            found = _TOKEN.match(text, at)
            assert found is not None, text[at:]
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        self.tokens.append(("end", ""))
        self.at = 0

    def is_(self, *words: str) -> bool:
        kind, text = self.tokens[self.at]
        return kind in ("word", "symbol") and text.lower() in words

    def take(self, *words: str) -> bool:
        if self.is_(*words):
            self.at += 1
            return True
        return False

    def need(self, *words: str) -> None:
        assert self.take(*words), (words, self.tokens[self.at :])

    def next(self) -> tuple[str, str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def query(self) -> Query:  # noqa: C901 - the grammar, from the top
        query = Query()
        self.take("find")
        query.unique = self.take("unique")
        query.start = self.node()
        while self.is_("that", "("):
            if self.take("("):
                hops = [self.hop()]
                while not self.take(")"):
                    hops.append(self.hop())
                self.need("?")
                query.steps.append(("optional", hops, self.alias()))
            else:
                query.steps.append(self.hop())
        if self.take("where"):
            query.where = self.bool()
        if self.take("return"):
            if self.take("tree"):
                query.tree = True
            else:
                query.items = [self.item()]
                while self.take(","):
                    query.items.append(self.item())
        if self.take("order"):
            self.need("by")
            query.order = [self.key()]
            while self.take(","):
                query.order.append(self.key())
        if self.take("skip"):
            query.skip = int(self.next()[1])
        if self.take("limit"):
            query.limit = int(self.next()[1])
        assert self.tokens[self.at][0] == "end", self.tokens[self.at :]
        return query

    def alias(self) -> str | None:
        return self.next()[1] if self.take("as") else None

    def node(self) -> dict[str, Any]:
        node: dict[str, Any] = {"text": None, "with": None}
        if self.take("("):
            node["names"] = [self.next()[1]]
            while self.take("|"):
                node["names"].append(self.next()[1])
            self.need(")")
        else:
            kind, text = self.next()
            node["names"] = ["*"] if kind == "string" else [text]
            node["text"] = _unquote(text) if kind == "string" else None
        if self.take("with"):
            node["with"] = self.bool()
        node["alias"] = self.alias()
        return node

    def hop(self) -> tuple[Any, ...]:
        self.need("that")
        negated = self.take("!")
        verbs = []
        if self.take("("):
            verbs.append(self.next()[1])
            self.take("to")
            while self.take("|"):
                verbs.append(self.next()[1])
                self.take("to")
            self.need(")")
        else:
            verbs.append(self.next()[1])
        self.take("to")
        direction, alias = "", None
        while self.is_(">>", "<<", "as"):
            if self.is_("as"):
                alias = self.alias()
            else:
                direction = self.next()[1]
        upper = {verb.upper() for verb in verbs}
        return ("hop", negated, None if upper & {"*", "RELATES"} else upper, direction, alias, verbs, self.node())

    def bool(self) -> Any:
        members = [self.all()]
        while self.take("or"):
            members.append(self.all())
        return ("or", members)

    def all(self) -> Any:
        members = [self.predicate()]
        while self.take("and"):
            members.append(self.predicate())
        return ("and", members)

    def predicate(self) -> Any:
        before = self.at
        if self.take("("):
            try:
                inner = self.bool()
                self.need(")")
                if not self.is_("=", "!=", "<", "+", "-", "*", "/", "^"):
                    return inner
            except AssertionError:
                pass
            self.at = before
        left = self.sum()
        operator = self.next()[1]
        return ("compare", left, operator, self.value())

    def value(self) -> Any:
        before = self.at
        if self.tokens[self.at][0] == "regex":
            flag, _, pattern = self.next()[1].partition("/")
            return ("regex", re.compile(pattern, re.I | re.S if flag else re.S))
        if self.take("("):
            members, joined = [[self.value()]], False
            while self.is_("and", "or"):
                joined = True
                if self.take("and"):
                    members[-1].append(self.value())
                else:
                    self.need("or")
                    members.append([self.value()])
            if joined or members[0][0][0] == "regex":
                self.need(")")
                return ("list", members)
            self.at = before
        return self.sum()

    def item(self) -> tuple[Any, str]:
        first = self.at
        value = self.sum()
        text = _words(value)
        if self.take("as"):
            kind, name = self.next()
            return value, _unquote(name) if kind == "string" else name
        return value, self.tokens[first][1] if self.tokens[first][1].endswith(".*") else text

    def key(self) -> tuple[Any, bool]:
        value = self.sum()
        if self.take("desc"):
            return value, True
        self.take("asc")
        return value, False

    def sum(self) -> Any:
        left = self.product()
        while self.is_("+", "-"):
            left = ("math", self.next()[1], left, self.product())
        return left

    def product(self) -> Any:
        left = self.power()
        while self.is_("*", "/"):
            left = ("math", self.next()[1], left, self.power())
        return left

    def power(self) -> Any:
        left = self.unary()
        if self.take("^"):
            return ("math", "^", left, self.unary())
        return left

    def unary(self) -> Any:
        if self.take("-"):
            return ("math", "-", ("value", 0), self.unary())
        kind, text = self.next()
        if kind == "number":
            number = float(text) if "." in text else int(text)
            following = self.tokens[self.at][1].lower()
            if re.fullmatch(r"hours?|hrs?|days?|months?|mos?|years?|yrs?", following):
                self.at += 1
                number *= _UNITS[following[0]]
            return ("value", number)
        if kind == "string":
            return ("value", _unquote(text))
        if text == "(":
            inner = self.sum()
            self.need(")")
            return inner
        assert kind == "word", text
        constant = {"true": True, "false": False, "undefined": None, "date.now": self.now}
        if text.lower() in constant:
            return ("value", constant[text.lower()])
        if self.take("("):
            arguments = [self.sum()]
            while self.take(","):
                arguments.append(self.sum())
            self.need(")")
            return ("call", text.lower(), arguments)
        return ("path", _segments(text))


def _unquote(text: str) -> str:
    return re.sub(r"\\(['\"\\])", r"\1", text[1:-1])


def _segments(text: str) -> list[str]:
    return [a or b for a, b in re.findall(r"\[([^\]]+)\]|([^.\[*]+)", text)]


def _words(value: Any) -> str:
    match value:
        case ("path", segments):
            return ".".join(segments)
        case ("call", name, arguments):
            return f"{name}({', '.join(map(_words, arguments))})"
        case ("math", sign, left, right):
            return " ".join(
                f"({_words(side)})" if side[0] == "math" else _words(side) for side in (left, ("", sign), right)
            )
        case ("", sign):
            return str(sign)
    constant = value[1]
    if isinstance(constant, str):
        return f"'{constant}'"
    return "undefined" if constant is None else json.dumps(constant)


# -- values ------------------------------------------------------------------------------------------------------


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, list) else "text"


def _one(operator: str, left: Any, right: Any) -> bool:
    if isinstance(right, re.Pattern):
        if not isinstance(left, str):
            return False
        spans = [found.span() for found in right.finditer(left)] or []
        if operator == "^=":
            return right.match(left) is not None
        if operator == "$=":
            return any(right.fullmatch(left, start) for start in range(len(left) + 1))
        return bool(spans) or right.search(left) is not None
    if _kind(left) != _kind(right):
        return False
    if operator == "=":
        return bool(left == right)
    if _kind(left) == "boolean":
        return False
    if operator in ("<", "<=", ">", ">="):
        return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator])
    if _kind(left) != "text":
        return False
    return bool({"~=": right in left, "^=": left[: len(right)] == right, "$=": left.endswith(right)}[operator])


def _positive(operator: str, left: Any, right: Any) -> bool:
    lefts = left if isinstance(left, list) else [] if left is None else [left]
    rights = right if isinstance(right, list) else [] if right is None else [right]
    return any(_one(operator, one, other) for one in lefts for other in rights)


def _math(sign: str, left: Any, right: Any) -> Any:
    if left is None or right is None or _kind(left) != "number" or _kind(right) != "number":
        return None
    try:
        result = {
            "+": lambda: left + right,
            "-": lambda: left - right,
            "*": lambda: left * right,
            "/": lambda: left / right,
            "^": lambda: float(left) ** right,
        }[sign]()
    except (ZeroDivisionError, OverflowError):
        return None
    return None if isinstance(result, complex) else result


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _canonical(value: Any) -> Any:
    """Something hashable: equal for equal values of the same type."""
    if value is None:
        return None
    if isinstance(value, list):
        return ("list", json.dumps(value, ensure_ascii=False))
    if isinstance(value, dict):
        return ("object", value["_key"], value["_type"])
    return (_kind(value), value)


_RANKS = {"number": 0, "list": 1, "boolean": 2, "text": 3}


def _rank(value: Any) -> Any:
    """Numbers, lists, booleans, texts; undefined is sorted apart."""
    if isinstance(value, dict):
        return (0, value["_type"], value.get("_fromEntityKey", value["_key"]), value["_key"])
    if isinstance(value, list):
        return (1, json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return (_RANKS[_kind(value)], value)


# -- evaluation --------------------------------------------------------------------------------------------------


class Graph:
    def __init__(self, entities: list[Entity], relationships: list[Entity]) -> None:
        self.entities = sorted(entities, key=lambda entity: str(entity["_key"]))
        self.by_key = {entity["_key"]: entity for entity in self.entities}
        self.relationships = relationships

    def is_(self, entity: Entity, node: Mapping[str, Any]) -> bool:
        named = any(
            name == "*" or (name in entity["_class"] if name[0].isupper() else name == entity["_type"])
            for name in node["names"]
        )
        if not named:
            return False
        if node["text"] is not None:
            texts = [
                text
                for name, value in entity.items()
                if not name.startswith("_")
                for text in (value if isinstance(value, list) else [value])
                if isinstance(text, str)
            ]
            if not any(node["text"].casefold() in text.casefold() for text in texts):
                return False
        return node["with"] is None or self.holds(node["with"], lambda path: entity.get(".".join(path)))

    def holds(self, condition: Any, get: Any) -> bool:
        match condition:
            case ("or", members):
                return any(self.holds(member, get) for member in members)
            case ("and", members):
                return all(self.holds(member, get) for member in members)
            case ("compare", left, operator, right):
                value = self.value(left, get)
                found = self.compared(value, operator.lstrip("!"), right, get)
                return not found if operator[0] == "!" else found
        raise AssertionError(condition)

    def compared(self, value: Any, operator: str, right: Any, get: Any) -> bool:
        match right:
            case ("list", alternatives):
                return any(all(self.compared(value, operator, each, get) for each in group) for group in alternatives)
            case ("regex", pattern):
                return _positive(operator, value, pattern)
            case ("value", None):
                return value is None
        return _positive(operator, value, self.value(right, get))

    def value(self, expression: Any, get: Any) -> Any:
        match expression:
            case ("value", constant):
                return constant
            case ("path", segments):
                return get(segments)
            case ("math", sign, left, right):
                return _math(sign, self.value(left, get), self.value(right, get))
            case ("call", "concat", arguments):
                return "".join(_as_text(self.value(each, get)) for each in arguments)
            case ("call", "coalesce", arguments):
                return next((v for each in arguments if (v := self.value(each, get)) is not None), None)
        raise AssertionError(expression)

    def neighbours(self, entity: Entity, hop: Any) -> Iterator[tuple[Entity, Entity]]:
        _, _, verbs, direction, _, _, node = hop
        for edge in self.relationships:
            if verbs is not None and edge["_class"] not in verbs:
                continue
            source, target = edge["_fromEntityKey"], edge["_toEntityKey"]
            ends = []
            if source == entity["_key"] and direction in ("", ">>"):
                ends.append(target)
            if target == entity["_key"] and direction in ("", "<<") and not (source == target and ends):
                ends.append(source)
            for end in ends:
                other = self.by_key.get(end)
                if other is not None and self.is_(other, node):
                    yield edge, other

    def paths(self, query: Query) -> list[Way]:
        names = Names(query)
        found = []
        for entity in self.entities:
            if self.is_(entity, query.start):
                path = Way([entity], [], {})
                names.give(path.names, query.start, entity)
                found.append((path, entity))
        for step in query.steps:
            found = [after for before in found for after in self.step(step, *before, names)]
        paths = [path for path, _ in found]
        if query.where is not None:
            paths = [path for path in paths if self.holds(query.where, _getter(path))]
        return paths

    def step(self, step: Any, path: Way, here: Entity, names: Names) -> Iterator[tuple[Way, Entity]]:
        if step[0] == "optional":
            _, hops, alias = step
            positive = sum(not hop[1] for hop in hops)
            skipped = Way([*path.places, *[None] * positive], [*path.edges, *[None] * positive], dict(path.names))
            ends = [(skipped, here)]
            taken = [(path, here)]
            for hop in hops:
                taken = [after for before in taken for after in self.step(hop, *before, names)]
            for found, end in [*ends, *taken]:
                if alias is not None:
                    found.names[alias] = end
                yield found, end
            return
        if step[1]:
            if not any(True for _ in self.neighbours(here, step)):
                yield Way(path.places, path.edges, dict(path.names)), here
            return
        for edge, other in self.neighbours(here, step):
            after = Way([*path.places, other], [*path.edges, edge], dict(path.names))
            names.give_edge(after.names, step, edge)
            names.give(after.names, step[6], other)
            yield after, other


class Names:
    """Without an alias, something goes by the name it is found by, unless that is an alias."""

    def __init__(self, query: Query) -> None:
        hops = [hop for step in query.steps for hop in (step[1] if step[0] == "optional" else [step])]
        nodes = [query.start, *(hop[6] for hop in hops)]
        self.aliases = {node["alias"] for node in nodes} | {hop[4] for hop in hops}
        self.aliases |= {step[2] for step in query.steps if step[0] == "optional"}

    def give(self, names: dict[str, Entity | None], node: Mapping[str, Any], entity: Entity) -> None:
        if node["alias"]:
            names[node["alias"]] = entity
        elif node["names"][0] not in self.aliases:
            names[node["names"][0]] = entity

    def give_edge(self, names: dict[str, Entity | None], hop: Any, edge: Entity) -> None:
        if hop[4]:
            names[hop[4]] = edge
        elif hop[5][0] not in self.aliases:
            names[hop[5][0]] = edge


def _getter(path: Way) -> Any:
    def get(segments: list[str]) -> Any:
        thing = path.names.get(segments[0])
        if thing is None or len(segments) == 1:
            return thing
        return thing.get(".".join(segments[1:]))

    return get


def _has_aggregate(value: Any) -> bool:
    match value:
        case ("call", name, arguments):
            return name in _AGGREGATES or any(map(_has_aggregate, arguments))
        case ("math", _, left, right):
            return _has_aggregate(left) or _has_aggregate(right)
    return False


def _sorted(rows: list[Any], keys: list[tuple[Any, bool]], tie: Any) -> list[Any]:
    """By several keys, each ascending or not; undefined last."""
    rows = sorted(rows, key=tie)
    for key, descending in reversed(keys):
        known = [row for row in rows if key(row) is not None]
        unknown = [row for row in rows if key(row) is None]
        rows = [*sorted(known, key=lambda row: _rank(key(row)), reverse=descending), *unknown]
        # `reverse` keeps the order of equal rows
    return rows


def _tie(path: Way) -> Any:
    parts: list[Any] = []
    for number, place in enumerate(path.places):
        parts.append((place is None, "" if place is None else place["_key"]))
        if number:
            edge, before = path.edges[number - 1], path.places[number - 1]
            del before
            parts.append("" if edge is None else edge["_type"])
            backwards = edge is not None and place is not None and edge["_fromEntityKey"] == place["_key"]
            loop = edge is not None and edge["_fromEntityKey"] == edge["_toEntityKey"]
            parts.append(bool(backwards and not loop))
    return parts


def _cut(rows: list[Any], query: Query) -> list[Any]:
    return rows[query.skip :][: query.limit]


def evaluate(text: str, entities: list[Entity], relationships: list[Entity], now: int = 0) -> dict[str, Any]:
    """The answer: `columns` and `rows`, or `vertices` and `edges`."""
    query = Parser(text, now).query()
    graph = Graph(entities, relationships)
    paths = graph.paths(query)
    if query.tree:
        paths = _cut(_sorted(paths, [], _tie), query)
        places = itertools.chain.from_iterable(path.places for path in paths)
        edges = itertools.chain.from_iterable(path.edges for path in paths)
        return {
            "vertices": list({e["_key"]: e for e in places if e is not None}.values()),
            "edges": list({(e["_key"], e["_type"]): e for e in edges if e is not None}.values()),
        }
    if query.items is None:
        starts = {str(path.places[0]["_key"]): path.places[0] for path in paths if path.places[0] is not None}
        keys = [
            (lambda entity, value=value: graph.value(value, lambda path: entity.get(".".join(path[1:]))), down)
            for value, down in query.order
        ]
        return {"columns": [], "rows": _cut(_sorted(list(starts.values()), keys, lambda e: e["_key"]), query)}
    return {"columns": [name for _, name in query.items], "rows": _table(graph, query, query.items, paths)}


def _table(graph: Graph, query: Query, items: list[tuple[Any, str]], paths: list[Way]) -> list[Any]:  # noqa: C901
    plain = [(number, value) for number, (value, _) in enumerate(items) if not _has_aggregate(value)]
    rows: list[tuple[list[Any], Way | None]]
    if len(plain) < len(items):
        groups: dict[Any, list[Way]] = {}
        for path in paths:
            key = tuple(_canonical(graph.value(value, _getter(path))) for _, value in plain)
            groups.setdefault(key, []).append(path)
        if not plain and not groups:
            groups[()] = []
        rows = [([_grouped(graph, value, group) for value, _ in items], None) for group in groups.values()]
    else:
        rows = [([graph.value(value, _getter(path)) for value, _ in items], path) for path in paths]
        if query.unique:
            rows = list({tuple(map(_canonical, row)): (row, None) for row, _ in rows}.values())

    def key(value: Any) -> Any:
        for number, (item, name) in enumerate(items):
            if _words(value) in (name, _words(item)):
                return lambda row: row[0][number]
        return lambda row: graph.value(value, _getter(row[1]))

    def tie(row: Any) -> Any:
        if row[1] is not None:
            return _tie(row[1])
        return [(cell is None, () if cell is None else _rank(cell)) for cell in tie_cells(row[0])]

    def tie_cells(row: list[Any]) -> list[Any]:
        return row if len(plain) == len(items) else [row[number] for number, _ in plain]

    ordered = _sorted(rows, [(key(value), down) for value, down in query.order], tie)
    return _cut([row for row, _ in ordered], query)


def _grouped(graph: Graph, value: Any, paths: list[Way]) -> Any:
    match value:
        case ("math", sign, left, right) if _has_aggregate(value):
            return _math(sign, _grouped(graph, left, paths), _grouped(graph, right, paths))
        case ("value", constant):
            return constant
        case ("call", name, [argument]) if name in _AGGREGATES:
            return _aggregate(graph, name, argument, paths)
    return graph.value(value, _getter(paths[0]))


def _aggregate(graph: Graph, name: str, argument: Any, paths: list[Way]) -> Any:
    selector = _selector(argument)
    values = {}
    for path in paths:
        thing, value = path.names.get(selector), graph.value(argument, _getter(path))
        if thing is not None and value is not None:
            values[(thing["_key"], thing["_type"])] = value
    if name == "count":
        return len({_canonical(value) for value in values.values()})
    if name == "merge":
        flat = [each for value in values.values() for each in (value if isinstance(value, list) else [value])]
        distinct = {_canonical(each): each for each in flat if each is not None}
        return sorted(distinct.values(), key=_rank)
    if name in ("sum", "avg"):
        numbers = sorted(value for value in values.values() if _kind(value) == "number")
        if not numbers:
            return None
        return sum(numbers) / (len(numbers) if name == "avg" else 1)
    ranked = sorted((value for value in values.values() if _kind(value) in ("number", "text")), key=_rank)
    return None if not ranked else ranked[0 if name == "min" else -1]


def _selector(value: Any) -> str:
    match value:
        case ("path", segments):
            return str(segments[0])
        case ("math", _, left, right):
            return _selector(left) or _selector(right)
        case ("call", _, arguments):
            return next((name for each in arguments if (name := _selector(each))), "")
    return ""
