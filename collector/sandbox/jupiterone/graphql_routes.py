"""The path of the GraphQL API, and the addresses of deferred query results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Flask, Response, request

from collector.sandbox.jupiterone.errors import ApiError, graphql_error, invalid, not_found
from collector.sandbox.jupiterone.exchange import Answer, Exchange
from collector.sandbox.jupiterone.faults import Fault
from collector.sandbox.jupiterone.graphql_execution import Resolver, answer, first_field
from collector.sandbox.jupiterone.queries import Queries
from collector.sandbox.jupiterone.synchronization import Synchronization

GRAPHQL_PATH = "/graphql"
DEFERRED_PATH = "/deferred"


def deferred_address(result_id: str) -> str:
    """Where a deferred result is, for whoever sent the current request."""
    return f"{request.host_url.rstrip('/')}{DEFERRED_PATH}/{result_id}"


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
            failure = graphql_error("An unexpected error occurred.", "INTERNAL_SERVER_ERROR")
            return Answer.of({"errors": [failure.formatted], "data": None})
        body = self._exchange.gate.body("graphql")
        with self._synchronization.locked():
            status, document = answer(body, self._resolvers)
        return Answer.of(document, status)

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
        return first_field(json.loads(request.get_data()))
    except ValueError:
        return ""


def _errors(error: ApiError) -> dict[str, Any]:
    return {"errors": [{"message": error.message, "extensions": {"code": error.code or "PAYLOAD_TOO_LARGE"}}]}
