"""The path of the GraphQL API, and the addresses of deferred query results."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from importlib.resources import files
from typing import Any

from flask import Flask, Response, request
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

from collector.sandbox.jupiterone.errors import ApiError, graphql_error, invalid, not_found
from collector.sandbox.jupiterone.faults import Fault
from collector.sandbox.jupiterone.queries import Queries
from collector.sandbox.jupiterone.request_handler import JupiterOneSandboxResponse, RequestHandler
from collector.sandbox.jupiterone.synchronization import Synchronization

GRAPHQL_PATH = "/graphql"
DEFERRED_PATH = "/deferred"

SCHEMA = build_schema((files("collector.sandbox.jupiterone") / "schema.graphql").read_text(encoding="utf-8"))

Resolver = Callable[[dict[str, Any]], Any]
"""From a field's arguments to its value; of an object a mapping, whose members may be resolvers in turn."""


def deferred_address(result_id: str) -> str:
    """The address of a deferred result, on the host of the current request."""
    return f"{request.host_url.rstrip('/')}{DEFERRED_PATH}/{result_id}"


class GraphQLRoutes:
    """The view functions, added to an application by `add_to`."""

    def __init__(
        self,
        resolvers: Mapping[str, Resolver],
        queries: Queries,
        synchronization: Synchronization,
        handler: RequestHandler,
    ) -> None:
        self._resolvers = resolvers
        self._queries = queries
        self._synchronization = synchronization
        self._handler = handler

    def add_to(self, app: Flask) -> None:
        app.add_url_rule(GRAPHQL_PATH, "graphql", self._graphql, methods=["POST"])
        app.add_url_rule(f"{DEFERRED_PATH}/<result_id>", "deferred", self._deferred, methods=["GET"])

    def _graphql(self) -> Response:
        return self._handler.respond(_operation(), self._produce, _errors)

    def _produce(self, fault: Fault | None) -> JupiterOneSandboxResponse:
        self._handler.checks.authorize()
        if fault is not None and fault.kind == "graphql_error":
            failure = graphql_error("An unexpected error occurred.", "INTERNAL_SERVER_ERROR")
            return JupiterOneSandboxResponse.of({"errors": [failure.formatted], "data": None})
        body = self._handler.checks.body("graphql")
        with self._synchronization.locked():
            status, document = answer(body, self._resolvers)
        return JupiterOneSandboxResponse.of(document, status)

    def _deferred(self, result_id: str) -> Response:
        return self._handler.respond("deferred", partial(self._deferred_result, result_id), lambda error: error.body)

    def _deferred_result(self, result_id: str, _: Fault | None) -> JupiterOneSandboxResponse:
        """No key: like a signed address of an object store, it accepts no second credential."""
        if "Authorization" in request.headers:
            raise invalid("Only one auth mechanism allowed.", "InvalidArgument")
        result = self._queries.deferred(result_id)
        if result is None:
            raise not_found("The query result")
        return JupiterOneSandboxResponse.of(result)


def _operation() -> str:
    """The first field of the query, "" if it cannot be parsed."""
    try:
        return first_field(json.loads(request.get_data()))
    except ValueError:
        return ""


def _errors(error: ApiError) -> dict[str, Any]:
    return {"errors": [{"message": error.message, "extensions": {"code": error.code or "PAYLOAD_TOO_LARGE"}}]}


def answer(body: Any, resolvers: Mapping[str, Resolver]) -> tuple[int, dict[str, Any]]:
    """The status and the document that answer a request. `resolvers`: of the fields of Query and Mutation.

    Nothing is executed unless the operation and its variables are valid. The codes are those of Apollo Server.
    """
    try:
        document = _document(body)
    except GraphQLError as error:
        return 400, {"errors": [_with_code(error, "GRAPHQL_PARSE_FAILED")]}
    if wrong := _mistakes(body["query"]):
        return 400, {"errors": [_with_code(error, "GRAPHQL_VALIDATION_FAILED") for error in wrong]}
    result = execute_sync(
        SCHEMA,
        document,
        root_value=resolvers,
        variable_values=body.get("variables"),
        operation_name=body.get("operationName"),
        field_resolver=_resolve,
    )
    # An error without a path is about the variables or the name of the operation.
    errors = [
        _with_code(error, "INTERNAL_SERVER_ERROR" if error.path else "BAD_USER_INPUT") for error in result.errors or ()
    ]
    return 200, {**({"errors": errors} if errors else {}), "data": result.data}


def first_field(body: Any) -> str:
    """The name of the first field of the query, "" if it cannot be parsed."""
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
    return _parsed(query)


@lru_cache(maxsize=100)
def _parsed(query: str) -> DocumentNode:
    """Clients send few queries, again and again."""
    return parse(query)


@lru_cache(maxsize=100)
def _mistakes(query: str) -> list[GraphQLError]:
    """What is wrong with a query that can be parsed; to find out takes longer than to answer."""
    return validate(SCHEMA, _parsed(query))


def _resolve(source: Mapping[str, Any], info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    value = source.get(info.field_name)
    return value(arguments) if callable(value) else value


def _with_code(error: GraphQLError, code: str) -> dict[str, Any]:
    """The error as it is sent, with a code unless it has one."""
    return {**error.formatted, "extensions": {"code": code, **(error.extensions or {})}}
