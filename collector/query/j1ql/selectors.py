"""What the names in a query stand for: types, relationships, selectors; and what is refused because of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.model.graph import RelationshipType
from collector.model.graph_schema import EntitySchema, GraphSchema
from collector.query.j1ql.parser import AGGREGATES
from collector.query.j1ql.refusals import for_the_platform, nearest, refused
from collector.query.j1ql.syntax import (
    Call,
    Comparison,
    Expression,
    Hop,
    Literal,
    Node,
    Optional,
    Path,
    Pattern,
    Position,
    Query,
    Values,
    comparisons,
    in_words,
    operands,
    paths,
)

ENTITY_METADATA = ("_type", "_class", "_key")
RELATIONSHIP_PROPERTIES = (*ENTITY_METADATA, "_fromEntityKey", "_toEntityKey", "displayName")
MAX_OPTIONALS = 6
"""Each doubles the ways through the graph."""
_MAX_HOPS = 20
_MAX_COMPARISONS = 500
"""SQLite takes expressions 1,000 deep."""
_TEXT_OPERATORS = ("~=", "^=", "$=")


@dataclass(frozen=True)
class Selector:
    """What a name stands for: the entities of a node, or a relationship (`types` is None).

    `refusal`: why it cannot be used, if so.
    """

    types: tuple[EntitySchema, ...] | None
    explicit: bool
    refusal: str = ""


def resolve(schema: GraphSchema, node: Node) -> tuple[EntitySchema, ...]:
    """The entity types a node stands for. Raises UsageError for a name that the graph does not know."""
    found = []
    for name in node.names:
        matching = [
            entity
            for entity in schema.entities
            if name == "*" or (name in entity.classes if name[0].isupper() else name == entity.type)
        ]
        if not matching:
            raise _unknown_name(schema, node, name)
        found += matching
    return tuple(entity for entity in schema.entities if entity in found)


def _unknown_name(schema: GraphSchema, node: Node, name: str) -> Exception:
    types = [entity.type for entity in schema.entities]
    system, underscore, _ = name.partition("_")
    is_of_another_system = underscore and not nearest(system, [type_.partition("_")[0] for type_ in types])
    close = "" if is_of_another_system else nearest(name, [*types, *schema.classes])
    if close:
        return refused(node.position, f"the graph has no `{name}`; is {close} meant?")
    there = f"This graph has {', '.join(types)} (classes: {', '.join(schema.classes)})"
    return for_the_platform(node.position, f"`{name}` is not in this graph. {there}. Other entities are")


def edges(
    schema: GraphSchema, hop: Hop, near: tuple[EntitySchema, ...], far: tuple[EntitySchema, ...]
) -> tuple[tuple[RelationshipType, bool], ...]:
    """The relationship types that a hop may follow, each with whether it does so from source to target."""
    for verb in hop.verbs:
        if verb not in schema.verbs:
            known = ", ".join(schema.verbs)
            raise refused(hop.position, f"the graph has no relationship `{verb}`; expected {known} or RELATES TO.")
    near_types, far_types = {entity.type for entity in near}, {entity.type for entity in far}
    found = []
    for relationship in schema.relationships:
        if hop.verbs and relationship.class_ not in hop.verbs:
            continue
        ends = (relationship.source, relationship.target)
        for forward, (start, end) in ((True, ends), (False, ends[::-1])):
            wanted = hop.direction.value in ("", ">>" if forward else "<<")
            if wanted and start in near_types and end in far_types:
                found.append((relationship, forward))
    return tuple(found)


class _Selectors:
    """Collects the selectors of a query, in the order of the text."""

    def __init__(self, schema: GraphSchema) -> None:
        self._schema = schema
        self.found: dict[str, Selector] = {}

    def alias(self, alias: str, selector: Selector, position: Position) -> None:
        if alias in self.found and self.found[alias].explicit:
            raise refused(position, f"the alias `{alias}` is given twice.")
        self.found[alias] = selector

    def name(self, name: str, selector: Selector) -> None:
        """Without AS, something goes by the name it is found by, unless that is an alias or another one's name."""
        if name == "*":
            return
        if name not in self.found:
            self.found[name] = Selector(selector.types, False, selector.refusal)
        elif not self.found[name].explicit:
            reason = f"`{name}` stands for two things in this query; name them with AS"
            self.found[name] = Selector(selector.types, False, reason)

    def add(self, alias: str | None, names: tuple[str, ...], selector: Selector, position: Position) -> None:
        if alias is not None:
            self.alias(alias, selector, position)
        elif len(names) == 1:
            self.name(names[0], selector)

    def node(self, node: Node, refusal: str = "") -> tuple[EntitySchema, ...]:
        types = resolve(self._schema, node)
        self.add(node.alias, node.names if node.text is None else (), Selector(types, True, refusal), node.position)
        return types

    def hop(self, hop: Hop, near: tuple[EntitySchema, ...]) -> tuple[EntitySchema, ...]:
        """The types it leads to: those it comes from if it is negated."""
        refusal = "it is on the far side of a negated relationship, where nothing is found" if hop.negated else ""
        self.add(hop.alias, hop.names, Selector(None, True, refusal), hop.position)
        types = self.node(hop.node, refusal)
        return near if hop.negated else types

    def optional(self, optional: Optional, near: tuple[EntitySchema, ...]) -> tuple[EntitySchema, ...]:
        """The types of both ends."""
        far = near
        for hop in optional.hops:
            far = self.hop(hop, far)
        types = tuple(entity for entity in self._schema.entities if entity in (*near, *far))
        if optional.alias is not None:
            self.alias(optional.alias, Selector(types, True), optional.position)
        return types


def selectors(schema: GraphSchema, query: Query) -> dict[str, Selector]:
    """The selectors of a query by name. Raises UsageError for an alias given twice."""
    collected = _Selectors(schema)
    here = collected.node(query.start)
    optionals = [step for step in query.steps if isinstance(step, Optional)]
    if len(optionals) > MAX_OPTIONALS:
        position = optionals[MAX_OPTIONALS].position
        raise refused(position, f"more than {MAX_OPTIONALS} optional traversals are not supported.")
    for step in query.steps:
        here = collected.hop(step, here) if isinstance(step, Hop) else collected.optional(step, here)
    return collected.found


def check(schema: GraphSchema, query: Query) -> dict[str, Selector]:
    """The selectors; raises UsageError for what cannot be answered, with its place and the reason."""
    _check_size(query)
    known = selectors(schema, query)
    for node in nodes(query):
        for comparison in comparisons(node.with_):
            _check_comparison(comparison)
            for path in paths(comparison.left):
                check_metadata(path, path.text, ENTITY_METADATA)
            for value in operands(comparison.right):
                _refuse_bare_names(value, "")
    for comparison in comparisons(query.where):
        _check_comparison(comparison)
        for path in (*paths(comparison.left), *paths(comparison.right)):
            if len(path.segments) == 1 and path in paths(comparison.right):
                _refuse_bare_names(path, "selector.")
            if len(path.segments) == 1:
                hint = "a property of it" if path.text in known else "a selector before it"
                raise refused(path.position, f"WHERE compares properties, and `{path.text}` lacks {hint}: `u.name`.")
            _check_selector(known, path)
    _check_return(known, query)
    return known


def _check_size(query: Query) -> None:
    for number, hop in enumerate(hops(query)):
        if number == _MAX_HOPS:
            raise refused(hop.position, f"more than {_MAX_HOPS} relationships are not supported.")
    conditions = [query.where, *(node.with_ for node in nodes(query))]
    values = [value for each in conditions for one in comparisons(each) for value in operands(one.right)]
    if len(values) > _MAX_COMPARISONS:
        position = values[_MAX_COMPARISONS].position
        raise refused(position, f"more than {_MAX_COMPARISONS} comparisons are not supported.")


def nodes(query: Query) -> Iterator[Node]:
    """All nodes, in the order of the text."""
    yield query.start
    for hop in hops(query):
        yield hop.node


def hops(query: Query) -> Iterator[Hop]:
    """All hops, in the order of the text."""
    for step in query.steps:
        yield from step.hops if isinstance(step, Optional) else (step,)


def _refuse_bare_names(value: Expression | Pattern, prefix: str) -> None:
    if isinstance(value, Pattern):
        return
    for path in paths(value):
        if not prefix or len(path.segments) == 1:
            wanted = f"'{path.text}'" + (f", or `{prefix}{path.text}`" if prefix else "")
            raise refused(path.position, f"`{path.text}` is not a value; a text has quotes: {wanted}.")


def _check_comparison(comparison: Comparison) -> None:
    if not paths(comparison.left):
        raise refused(comparison.position, f"a property is expected before `{comparison.operator}`.")
    _refuse_calls(comparison.left)
    if isinstance(comparison.right, Values) and comparison.operator in ("<", "<=", ">", ">="):
        raise refused(comparison.right.position, f"`{comparison.operator}` takes one value, no list.")
    for value in operands(comparison.right):
        _check_operand(comparison.operator, value)


def _check_operand(operator: str, value: Expression | Pattern) -> None:
    if isinstance(value, Pattern):
        if operator in ("<", "<=", ">", ">="):
            raise refused(value.position, f"`{operator}` takes no regular expression.")
        return
    _refuse_calls(value)
    if isinstance(value, Literal):
        number = isinstance(value.value, int | float) and not isinstance(value.value, bool)
        if operator in _TEXT_OPERATORS and not isinstance(value.value, str):
            raise refused(value.position, f"`{operator}` takes a text in quotes, and {in_words(value)} is none.")
        if operator not in ("=", *_TEXT_OPERATORS) and not (number or isinstance(value.value, str)):
            raise refused(value.position, f"`{operator}` takes a number or a text, and {in_words(value)} is neither.")


def _refuse_calls(value: Expression) -> None:
    for part in walk(value):
        if isinstance(part, Call):
            raise refused(part.position, f"{part.name} belongs after RETURN.")


def walk(value: Expression) -> Iterator[Expression]:
    """An expression and all in it."""
    yield value
    if isinstance(value, Call):
        for argument in value.arguments:
            yield from walk(argument)
    elif not isinstance(value, Literal | Path):
        yield from walk(value.left)
        yield from walk(value.right)


def aggregates(value: Expression) -> list[Call]:
    """The aggregating functions in an expression."""
    return [part for part in walk(value) if isinstance(part, Call) and part.name in AGGREGATES]


def _check_selector(known: dict[str, Selector], path: Path) -> Selector:
    name = path.segments[0]
    if name not in known:
        usable = ", ".join(f"`{each}`" for each, selector in known.items() if not selector.refusal)
        wanted = f"expected {usable}" if usable else "name what is looked for with AS: `FIND zoom_user AS u`"
        raise refused(path.position, f"`{name}` is not a selector of this query; {wanted}.")
    selector = known[name]
    if selector.refusal:
        raise refused(path.position, f"`{name}` cannot be used here: {selector.refusal}.")
    if len(path.segments) > 1:
        allowed = RELATIONSHIP_PROPERTIES if selector.types is None else ENTITY_METADATA
        check_metadata(path, ".".join(path.segments[1:]), allowed)
    return selector


def check_metadata(path: Path, name: str, allowed: tuple[str, ...]) -> None:
    """Refuse what JupiterOne adds to an object."""
    if name.startswith("_") and name not in allowed:
        raise for_the_platform(path.position, f"`{name}` is metadata and")


def _check_return(known: dict[str, Selector], query: Query) -> None:
    if query.unique and query.items is None:
        raise refused(query.start.position, "UNIQUE is for RETURN with properties; without RETURN nothing is repeated.")
    if query.tree and query.order:
        raise refused(query.order[0].position, "RETURN TREE is not sorted.")
    items = query.items or ()
    for item in items:
        _check_returned(known, item.value)
    grouped = any(aggregates(item.value) for item in items)
    returned = {item.name for item in items} | {in_words(item.value) for item in items}
    for key in query.order:
        if in_words(key.value) not in returned:
            _check_order_key(known, query, key.value, grouped=grouped)


def _check_order_key(known: dict[str, Selector], query: Query, value: Expression, *, grouped: bool) -> None:
    """What is sorted by and not returned."""
    if grouped or query.unique:
        what = "an aggregate" if grouped else "UNIQUE"
        raise refused(value.position, f"beside {what} only what is returned can be sorted by.")
    if aggregates(value):
        raise refused(value.position, "an aggregate must be returned to be sorted by.")
    start = query.start.alias or (query.start.names[0] if len(query.start.names) == 1 else None)
    for path in paths(value):
        if len(path.segments) == 1:
            raise refused(path.position, f"ORDER BY `{path.text}` lacks a property, as in `u.name`.")
        _check_selector(known, path)
        if query.items is None and path.segments[0] != start:
            raise refused(path.position, "without RETURN, only properties of what is found can be sorted by.")


def _check_returned(known: dict[str, Selector], value: Expression) -> None:
    if not paths(value):
        raise refused(value.position, "RETURN takes selectors and their properties.")
    found = aggregates(value)
    for path in paths(value):
        _check_selector(known, path)
    for part in walk(value):
        whole = [] if isinstance(part, Path) else _whole_arguments(part)
        if whole and not (isinstance(part, Call) and part.name == "COUNT"):
            raise refused(whole[0].position, f"`{whole[0].text}` lacks a property here, as in `{whole[0].text}.name`.")
    for call in found:
        inner = [each for argument in call.arguments for each in aggregates(argument)]
        if inner:
            raise refused(inner[0].position, f"{inner[0].name} is within {call.name}.")
        names = {path.segments[0] for path in paths(call)}
        if len(names) != 1:
            raise refused(call.position, f"{call.name} takes the properties of one selector.")
    outside = _outside_aggregates(value)
    if found and outside:
        raise refused(outside[0].position, "beside an aggregate, properties are returned as items of their own.")


def _outside_aggregates(value: Expression) -> list[Path]:
    match value:
        case Literal():
            return []
        case Path():
            return [value]
        case Call():
            parts = () if value.name in AGGREGATES else value.arguments
        case _:
            parts = (value.left, value.right)
    return [path for part in parts for path in _outside_aggregates(part)]


def _whole_arguments(value: Expression) -> list[Path]:
    parts: tuple[Expression, ...] = ()
    if isinstance(value, Call):
        parts = value.arguments
    elif not isinstance(value, Literal | Path):
        parts = (value.left, value.right)
    return [part for part in parts if isinstance(part, Path) and len(part.segments) == 1]
