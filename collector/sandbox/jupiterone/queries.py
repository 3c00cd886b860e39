"""`queryV1` and the results that are fetched later (JupiterOne docs, querying the graph; official Python client)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from collector.sandbox.jupiterone.errors import graphql_error
from collector.sandbox.jupiterone.identifiers import Identifiers
from collector.sandbox.jupiterone.j1ql import QueryRefused, evaluate, parse
from collector.sandbox.jupiterone.synchronization import Synchronization


class Queries:
    """Answers queries, directly or at the address of a deferred result.

    `allowed`: whether the API key may query. `address_of`: where the result of an id can be fetched later.
    """

    def __init__(
        self,
        account: str,
        synchronization: Synchronization,
        identifiers: Identifiers,
        allowed: Callable[[], bool],
        address_of: Callable[[str], str],
    ) -> None:
        self._account = account
        self._synchronization = synchronization
        self._identifiers = identifiers
        self._allowed = allowed
        self._address_of = address_of
        self._lock = threading.Lock()
        self._deferred: dict[str, dict[str, Any]] = {}
        self._asked_for: set[str] = set()

    def answer(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The value of the field queryV1."""
        if not self._allowed():
            raise graphql_error("The API key may not query the graph.", "FORBIDDEN")
        result = self._result(arguments["query"])
        if arguments.get("deferredResponse") != "FORCE":
            return result
        result_id = self._identifiers.new()
        with self._lock:
            self._deferred[result_id] = result
        address = self._address_of(result_id)
        return {**dict.fromkeys(result), "type": "deferred", "url": address, "correlationId": result["correlationId"]}

    def deferred(self, result_id: str) -> dict[str, Any] | None:
        """A deferred result: IN_PROGRESS at the first request; None for unknown ones."""
        with self._lock:
            result = self._deferred.get(result_id)
            if result is None:
                return None
            if result_id not in self._asked_for:
                self._asked_for.add(result_id)
                return {"status": "IN_PROGRESS", "correlationId": result["correlationId"]}
        return {"status": "COMPLETED", **{name: result[name] for name in ("type", "data", "cursor", "totalCount")}}

    def _result(self, text: str) -> dict[str, Any]:
        try:
            with self._synchronization.locked():
                results = evaluate(parse(text), self._synchronization.graph, self._account)
        except QueryRefused as refused:
            raise graphql_error(str(refused), "BAD_USER_INPUT") from None
        return {
            "type": results.kind,
            "data": results.data,
            "cursor": None,
            "url": None,
            "totalCount": len(results.data),
            "correlationId": self._identifiers.new(),
        }
