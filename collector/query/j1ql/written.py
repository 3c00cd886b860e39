"""A query as text again: how it was understood, with the parentheses that precedence implies and dates as numbers.

Reading the text again gives the same query.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collector.query.j1ql.syntax import (
    Arithmetic,
    Bool,
    Call,
    Comparison,
    Expression,
    Hop,
    Item,
    Literal,
    Node,
    Path,
    Pattern,
    Query,
    Step,
    Value,
    Values,
    in_words,
)


def written(query: Query) -> str:
    """The query, a line for each clause."""
    return "\n  ".join(_clauses(query))


def _clauses(query: Query) -> Iterator[str]:
    yield f"FIND {'UNIQUE ' if query.unique else ''}{_node(query.start)}"
    yield from map(_step, query.steps)
    if query.where is not None:
        yield f"WHERE {_condition(query.where)}"
    if query.tree:
        yield "RETURN TREE"
    elif query.items is not None:
        yield f"RETURN {', '.join(map(_item, query.items))}"
    if query.order:
        keys = (f"{_expression(key.value)} {'DESC' if key.descending else 'ASC'}" for key in query.order)
        yield f"ORDER BY {', '.join(keys)}"
    if query.skip:
        yield f"SKIP {query.skip}"
    if query.limit is not None:
        yield f"LIMIT {query.limit}"


def _node(node: Node) -> str:
    what = _any_of(node.names) if node.text is None else _string(node.text)
    condition = "" if node.with_ is None else f" WITH {_condition(node.with_)}"
    return f"{what}{condition}{_alias(node.alias)}"


def _step(step: Step) -> str:
    if isinstance(step, Hop):
        verbs = _any_of(step.names or step.verbs or ("RELATES",))
        to = "" if step.direction.value == "" else f" {step.direction.value}"
        return f"THAT {'!' if step.negated else ''}{verbs}{to}{_alias(step.alias)} {_node(step.node)}"
    return f"({' '.join(map(_step, step.hops))})?{_alias(step.alias)}"


def _any_of(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"({' | '.join(names)})"


def _alias(alias: str | None) -> str:
    return "" if alias is None else f" AS {alias}"


def _item(item: Item) -> str:
    if item.everything:
        return item.name
    name = "" if item.name == in_words(item.value) else f" AS {_string(item.name)}"
    return f"{_expression(item.value)}{name}"


def _condition(condition: Bool) -> str:
    if isinstance(condition, Comparison):
        operator = f"{'!' if condition.negated else ''}{condition.operator}"
        return f"{_expression(condition.left)} {operator} {_value(condition.right)}"
    word = " AND " if condition.all_of else " OR "
    return word.join(
        _condition(member) if isinstance(member, Comparison) else f"({_condition(member)})"
        for member in condition.members
    )


def _value(value: Value) -> str:
    if isinstance(value, Values):
        return f"({(' AND ' if value.all_of else ' OR ').join(map(_value, value.members))})"
    if isinstance(value, Pattern):
        return f"/{value.text}/{'i' if value.ignore_case else ''}"
    return _expression(value)


def _expression(value: Expression) -> str:
    match value:
        case Path():
            return ".".join(each if each.isidentifier() else f"[{each}]" for each in value.segments)
        case Arithmetic():
            left, right = (
                f"({_expression(side)})" if isinstance(side, Arithmetic) else _expression(side)
                for side in (value.left, value.right)
            )
            return f"{left} {value.operator} {right}"
        case Call():
            return f"{value.name.lower()}({', '.join(map(_expression, value.arguments))})"
        case Literal(value=str(text)):
            return _string(text)
    return in_words(value)


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
