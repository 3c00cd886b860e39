"""Variables and arguments of a GraphQL request, checked against their types (GraphQL specification §5.6, §5.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.sandbox.jupiterone.graphql_schema import ENUMS, INPUTS, SCALARS
from collector.sandbox.jupiterone.graphql_syntax import Enum, Selection, Variable, VariableDefinition


class GraphQLError(Exception):
    """Answered as one of `errors`, with the code in its extensions."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code
        self.document = {"message": message, "extensions": {"code": code}}


_ABSENT = object()


def variable_values(declared: Mapping[str, VariableDefinition], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the declared variables; those that were not given and have no default are left out."""
    values: dict[str, Any] = {}
    for name, definition in declared.items():
        if name in given:
            values[name] = _checked(given[name], definition.type, f'Variable "${name}"')
        elif definition.has_default:
            values[name] = definition.default
        elif definition.type.endswith("!"):
            raise _bad_input(f'Variable "${name}" of required type "{definition.type}" was not provided.')
    return values


def argument_values(
    field: Selection,
    declared: Mapping[str, str],
    variables: Mapping[str, VariableDefinition],
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """The arguments a field was given, variables put in. `declared`: name → type."""
    for name in field.arguments:
        if name not in declared:
            raise _invalid(f'Unknown argument "{name}" on field "{field.name}".')
    arguments: dict[str, Any] = {}
    for name, type_name in declared.items():
        value = field.arguments.get(name, _ABSENT)
        _check_variables(value, type_name, variables)
        resolved = _ABSENT if value is _ABSENT else _resolved(value, values)
        if resolved is not _ABSENT:
            arguments[name] = _checked(resolved, type_name, f'Argument "{name}"')
        elif type_name.endswith("!"):
            raise _invalid(f'Field "{field.name}" argument "{name}" of type "{type_name}" is required.')
    return arguments


def _check_variables(value: Any, type_name: str, variables: Mapping[str, VariableDefinition]) -> None:
    """Raise GraphQLError where a variable of another type is used, however deep."""
    if isinstance(value, Variable):
        definition = variables.get(value.name)
        if definition is None:
            raise _invalid(f'Variable "${value.name}" is not defined.')
        if not _fits(definition, type_name):
            raise _invalid(
                f'Variable "${value.name}" of type "{definition.type}" used in position expecting type "{type_name}".'
            )
    elif isinstance(value, dict):
        fields = INPUTS.get(type_name.rstrip("!"), {})
        for name, member in value.items():
            _check_variables(member, fields.get(name, "JSON"), variables)


def _fits(definition: VariableDefinition, type_name: str) -> bool:
    if definition.type.rstrip("!") != type_name.rstrip("!"):
        return False
    return definition.type.endswith("!") or definition.has_default or not type_name.endswith("!")


def _resolved(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, Variable):
        return values.get(value.name, _ABSENT)
    if isinstance(value, dict):
        resolved = {name: _resolved(member, values) for name, member in value.items()}
        return {name: member for name, member in resolved.items() if member is not _ABSENT}
    if isinstance(value, list):
        return [_resolved(member, values) for member in value]
    return value


def _checked(value: Any, type_name: str, what: str) -> Any:
    """The value, if it is of the type. Raises GraphQLError."""
    if value is None:
        if type_name.endswith("!"):
            raise _bad_input(f'{what} of non-null type "{type_name}" must not be null.')
        return None
    bare = type_name.rstrip("!")
    if bare.startswith("["):
        members = value if isinstance(value, list) else [value]
        return [_checked(member, bare[1:-1], what) for member in members]
    if bare in ENUMS:
        if value not in ENUMS[bare]:
            raise _bad_input(f'{what}: value "{value}" does not exist in "{bare}" enum.')
        return str(value)
    if bare in INPUTS:
        return _checked_input(value, bare, what)
    if bare not in SCALARS:
        raise _invalid(f'Unknown type "{bare}".')
    kinds = SCALARS[bare]
    if isinstance(value, Enum) or not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise _bad_input(f"{what}: {bare} cannot represent {value!r}.")
    return value


def _checked_input(value: Any, type_name: str, what: str) -> dict[str, Any]:
    fields = INPUTS[type_name]
    if not isinstance(value, Mapping):
        raise _bad_input(f'{what}: expected type "{type_name}" to be an object.')
    for name in value:
        if name not in fields:
            raise _bad_input(f'{what}: field "{name}" is not defined by type "{type_name}".')
    for name, field_type in fields.items():
        if field_type.endswith("!") and name not in value:
            raise _bad_input(f'{what}: field "{name}" of required type "{field_type}" was not provided.')
    return {name: _checked(member, fields[name], f"{what}.{name}") for name, member in value.items()}


def _bad_input(message: str) -> GraphQLError:
    return GraphQLError(message, "BAD_USER_INPUT")


def _invalid(message: str) -> GraphQLError:
    return GraphQLError(message, "GRAPHQL_VALIDATION_FAILED")
