"""The path of the GraphQL API, and the addresses of deferred query results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Flask, Response, request

from collector.sandbox.jupiterone.errors import ApiError, invalid, not_found
from collector.sandbox.jupiterone.exchange import Answer, Exchange
from collector.sandbox.jupiterone.faults import Fault
from collector.sandbox.jupiterone.graphql_execution import Execution, Resolver
from collector.sandbox.jupiterone.graphql_values import GraphQLError
from collector.sandbox.jupiterone.queries import Queries
from collector.sandbox.jupiterone.synchronization import Synchronization

GRAPHQL_PATH = "/graphql"
DEFERRED_PATH = "/deferred"

_STATUSES = {"GRAPHQL_PARSE_FAILED": 400, "GRAPHQL_VALIDATION_FAILED": 400, "BAD_REQUEST": 400}


class GraphQLRoutes:
    """The view functions, added to an application by `add_to`."""

    def __init__(
        self,
        resolvers: Mapping[str, Resolver],
        queries: Queries,
        synchronization: Synchronization,
        exchange: Exchange,
    ) -> None:
        self._resolvers = resolvers
        self._queries = queries
        self._synchronization = synchronization
        self._exchange = exchange

    def add_to(self, app: Flask) -> None:
        app.add_url_rule(GRAPHQL_PATH, "graphql", self._graphql, methods=["POST"])
        app.add_url_rule(f"{DEFERRED_PATH}/<result_id>", "deferred", self._deferred, methods=["GET"])

    def _graphql(self) -> Response:
        return self._exchange.respond(_operation(), self._produce, _errors)

    def _produce(self, fault: Fault | None) -> Answer:
        self._exchange.gate.admit()
        if fault is not None and fault.kind == "graphql_error":
            return _refusal(GraphQLError("An unexpected error occurred.", "INTERNAL_SERVER_ERROR"))
        try:
            with self._synchronization.locked():
                answer = Execution(self._exchange.gate.body("graphql")).answer(self._resolvers)
        except GraphQLError as error:
            return _refusal(error)
        return Answer.of(_with_addresses(answer))

    def _deferred(self, result_id: str) -> Response:
        return self._exchange.respond("deferred", partial(self._deferred_result, result_id), lambda error: error.body)

    def _deferred_result(self, result_id: str, _: Fault | None) -> Answer:
        """The address alone lets in, as signed addresses of object stores do, which take no second credential."""
        if "Authorization" in request.headers:
            raise invalid("Only one auth mechanism allowed.", "InvalidArgument")
        result = self._queries.deferred(result_id)
        if result is None:
            raise not_found("The query result")
        return Answer.of(result)


def _operation() -> str:
    """The first field that is asked for, "" where that cannot be read."""
    try:
        return Execution(json.loads(request.get_data())).name
    except (GraphQLError, ValueError):
        return ""


def _refusal(error: GraphQLError) -> Answer:
    status = _STATUSES.get(error.code, 200)
    return Answer.of({"errors": [error.document], **({"data": None} if status == 200 else {})}, status)


def _errors(error: ApiError) -> dict[str, Any]:
    return {"errors": [{"message": error.message, "extensions": {"code": error.code or "PAYLOAD_TOO_LARGE"}}]}


def _with_addresses(answer: dict[str, Any]) -> dict[str, Any]:
    """Deferred results with the address they will be at."""
    for field in answer["data"].values():
        if isinstance(field, dict) and field.get("url") is not None:
            field["url"] = f"{request.host_url.rstrip('/')}{DEFERRED_PATH}/{field['url']}"
    return answer
