"""A GraphQL request and its answer: checked against `schema.graphql` and carried out by graphql-core.

A new field of the API is a line in that file and a resolver of the field's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from collector.sandbox.jupiterone.errors import graphql_error

SCHEMA = build_schema((files("collector.sandbox.jupiterone") / "schema.graphql").read_text(encoding="utf-8"))

Resolver = Callable[[dict[str, Any]], Any]
"""From a field's arguments to its value; of an object a mapping, whose members may be resolvers in turn."""


def answer(body: Any, resolvers: Mapping[str, Resolver]) -> tuple[int, dict[str, Any]]:
    """The status and the document that answer a request. `resolvers`: of the fields of Query and Mutation.

    Nothing is done unless the operation and its variables are right. The codes are those of Apollo Server.
    """
    try:
        document = _document(body)
    except GraphQLError as error:
        return 400, {"errors": [_with_code(error, "GRAPHQL_PARSE_FAILED")]}
    if wrong := validate(SCHEMA, document):
        return 400, {"errors": [_with_code(error, "GRAPHQL_VALIDATION_FAILED") for error in wrong]}
    result = execute_sync(
        SCHEMA,
        document,
        root_value=resolvers,
        variable_values=body.get("variables"),
        operation_name=body.get("operationName"),
        field_resolver=_resolve,
    )
    # Only variables and the name of the operation are looked at before there is a path.
    errors = [
        _with_code(error, "INTERNAL_SERVER_ERROR" if error.path else "BAD_USER_INPUT") for error in result.errors or ()
    ]
    return 200, {**({"errors": errors} if errors else {}), "data": result.data}


def first_field(body: Any) -> str:
    """The name of the first field that is asked for, "" where that cannot be read."""
    try:
        operation = get_operation_ast(_document(body), body.get("operationName"))
    except GraphQLError:
        return ""
    selected = operation.selection_set.selections[0] if operation else None
    return selected.name.value if isinstance(selected, FieldNode) else ""


def _document(body: Any) -> DocumentNode:
    """Raises GraphQLError."""
    query = body.get("query") if isinstance(body, Mapping) else None
    if not isinstance(query, str):
        raise graphql_error("Must provide query string.", "BAD_REQUEST")
    return parse(query)


def _resolve(source: Mapping[str, Any], info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    value = source.get(info.field_name)
    return value(arguments) if callable(value) else value


def _with_code(error: GraphQLError, code: str) -> dict[str, Any]:
    """The error as it is sent, with a code unless it has one."""
    return {**error.formatted, "extensions": {"code": code, **(error.extensions or {})}}
