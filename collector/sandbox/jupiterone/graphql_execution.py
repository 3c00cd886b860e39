"""Checking a GraphQL request against the schema and answering it (GraphQL specification §5 and §6, the parts needed).

Everything is checked before anything is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from collector.sandbox.jupiterone.graphql_schema import OBJECTS, ROOT_FIELDS
from collector.sandbox.jupiterone.graphql_syntax import (
    Document,
    Operation,
    Selection,
    Spread,
    SyntaxRefused,
    Variable,
    parse,
)
from collector.sandbox.jupiterone.graphql_values import GraphQLError, argument_values, variable_values

Resolver = Callable[[dict[str, Any]], Any]
"""From arguments to what the type's fields hold, all of them. Raises GraphQLError."""


class Execution:
    """One request, read and checked. Raises GraphQLError where there is nothing to answer."""

    def __init__(self, body: Any) -> None:
        query = body.get("query") if isinstance(body, Mapping) else None
        if not isinstance(query, str):
            raise GraphQLError("Must provide query string.", "BAD_REQUEST")
        try:
            self._document: Document = parse(query)
            self._operation: Operation = self._document.operation(body.get("operationName"))
        except SyntaxRefused as refused:
            raise GraphQLError(str(refused), "GRAPHQL_PARSE_FAILED") from None
        self._given = body.get("variables") or {}
        self._fields = [field for field in _without_spreads(self._operation.selections) if field.name != "__typename"]

    @property
    def name(self) -> str:
        """The first field asked for."""
        return self._fields[0].name if self._fields else ""

    def answer(self, resolvers: Mapping[str, Resolver]) -> dict[str, Any]:
        """`{"data": …}`. Raises GraphQLError for the first thing that is wrong."""
        variables = variable_values(self._operation.variables, self._given)
        calls = []
        for field in self._fields:
            root = ROOT_FIELDS.get(field.name)
            if root is None or root.kind != self._operation.kind:
                kind = self._operation.kind.capitalize()
                raise GraphQLError(f'Cannot query field "{field.name}" on type "{kind}".', "GRAPHQL_VALIDATION_FAILED")
            self._check(field, root.type)
            arguments = argument_values(field, root.arguments, self._operation.variables, variables)
            calls.append((field, root.type, arguments))
        return {
            "data": {
                field.alias: self._project(resolvers[field.name](arguments), field, type_name, variables)
                for field, type_name, arguments in calls
            }
        }

    def _check(self, field: Selection, type_name: str) -> None:
        """Raise GraphQLError unless what is selected of a field exists."""
        fields = OBJECTS.get(_bare(type_name))
        if fields is None:
            if field.selections:
                self._refuse(f'Field "{field.name}" must not have a selection: type "{type_name}" has no subfields.')
            return
        if not field.selections:
            self._refuse(f'Field "{field.name}" of type "{type_name}" must have a selection of subfields.')
        for selected in self._flat(field.selections):
            if selected.name == "__typename":
                continue
            if selected.name not in fields:
                self._refuse(f'Cannot query field "{selected.name}" on type "{_bare(type_name)}".')
            self._check(selected, fields[selected.name])

    def _project(self, value: Any, field: Selection, type_name: str, variables: Mapping[str, Any]) -> Any:
        """Of what a resolver gave, what was asked for."""
        if isinstance(value, list) and _bare(type_name) in OBJECTS:
            return [self._project(member, field, _bare(type_name), variables) for member in value]
        if value is None or type_name not in OBJECTS:
            return value
        fields = OBJECTS[type_name]
        return {
            selected.alias: (
                type_name
                if selected.name == "__typename"
                else self._project(value.get(selected.name), selected, fields[selected.name], variables)
            )
            for selected in self._flat(field.selections, variables)
        }

    def _flat(
        self, selections: tuple[Selection | Spread, ...], variables: Mapping[str, Any] | None = None
    ) -> Iterator[Selection]:
        """The fields of selections, those of fragments among them; with variables, without what they leave out."""
        for selected in selections:
            if variables is not None and not _included(selected, variables):
                continue
            if isinstance(selected, Selection):
                yield selected
            elif selected.fragment and selected.fragment not in self._document.fragments:
                self._refuse(f'Unknown fragment "{selected.fragment}".')
            else:
                inner = self._document.fragments[selected.fragment] if selected.fragment else selected.selections
                yield from self._flat(inner, variables)

    @staticmethod
    def _refuse(message: str) -> None:
        raise GraphQLError(message, "GRAPHQL_VALIDATION_FAILED")


def _included(selected: Selection | Spread, variables: Mapping[str, Any]) -> bool:
    return all(
        wanted is bool(variables.get(condition.name) if isinstance(condition, Variable) else condition)
        for wanted, condition in selected.conditions
    )


def _without_spreads(selections: tuple[Selection | Spread, ...]) -> Iterator[Selection]:
    for selected in selections:
        if not isinstance(selected, Selection):
            raise GraphQLError("This sandbox reads no fragments of operations.", "GRAPHQL_VALIDATION_FAILED")
        yield selected


def _bare(type_name: str) -> str:
    """`[IntegrationInstance]` → `IntegrationInstance`."""
    return type_name.strip("[]!")
