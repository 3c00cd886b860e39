"""Counts by J1QL: how many objects of a type JupiterOne has now, within what an upload would replace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from collector.errors import RequestFailed, UsageError
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.graphql import execute
from collector.jupiterone.jobs import Target
from collector.model.graph import JsonObject, RelationshipType

QUERY_SECONDS = 300.0
"""How long to wait for a deferred result, as JupiterOne's own clients do."""

_FIRST_POLL_SECONDS = 0.1
_MAX_POLL_SECONDS = 5.0
_OWN_SOURCES = ("system-mapper", "system-internal")
_QUERY = (
    "query J1QL($query: String!, $deferredResponse: DeferredResponseOption) "
    "{ queryV1(query: $query, deferredResponse: $deferredResponse) { type data url } }"
)


class Query:
    """Asks the graph of one account. Raises AccessRefused where the key may not, RequestFailed, or Interrupted.

    A count that JupiterOne does not report is None, not 0. In J1QL, `WITH` comes before `AS`: JupiterOne's MCP server
    says that the other order is refused.
    """

    def __init__(self, jupiterone: JupiterOne) -> None:
        self._jupiterone = jupiterone

    def count_entities(self, type_: str, within: Target) -> int | None:
        """How many entities of this `_type` an upload to `within` would replace."""
        return self._count(f"FIND {type_} WITH {_condition(within)} AS counted RETURN count(counted)")

    def count_others(self, types: Iterable[str], within: Target) -> int | None:
        """How many entities of other `_type`s than these an upload to `within` would replace.

        Entities that JupiterOne derives itself, such as people, do not count: no upload replaces them.
        """
        left_out = [*(f"_type != {_text(type_)}" for type_ in types), *(f"_source != '{one}'" for one in _OWN_SOURCES)]
        return self._count(
            f"FIND * WITH {' AND '.join([_condition(within), *left_out])} AS counted RETURN count(counted)"
        )

    def count_key(self, type_: str, key: str, within: Target) -> int | None:
        """1 if the entity of this `_type` and `_key` is among those an upload to `within` would replace, else 0."""
        condition = f"{_condition(within)} AND _key = {_text(key)}"
        return self._count(f"FIND {type_} WITH {condition} AS counted RETURN count(counted)")

    def is_empty(self, within: Target) -> bool:
        """Whether an upload to `within` would replace nothing. False if JupiterOne does not answer with a list."""
        result = self._result(f"FIND * WITH {_condition(within)} LIMIT 1")
        return result.get("type") == "list" and result.get("data") == []

    def count_relationships(self, type_: RelationshipType, within: Target) -> int | None:
        """How many relationships of this kind start at an entity that an upload to `within` would replace."""
        return self._count(
            f"FIND {type_.source} WITH {_condition(within)} THAT {type_.class_} AS counted {type_.target} "
            "RETURN count(counted)"
        )

    def _count(self, j1ql: str) -> int | None:
        """The only number in the only row of the table; None if there is no row."""
        rows = self._result(j1ql).get("data")
        if rows == []:
            return None
        row = rows[0] if isinstance(rows, list) and rows else None
        numbers = [value for value in row.values() if isinstance(value, int)] if isinstance(row, Mapping) else []
        if len(numbers) != 1:
            raise RequestFailed(f"JupiterOne's answer to `{j1ql}` has no count.", "Run the command again.")
        return numbers[0]

    def _result(self, j1ql: str) -> JsonObject:
        """The result with its `type` and `data`, the rows, fetched from where JupiterOne put it.

        Source: JupiterOne docs, "Querying the graph with J1QL".
        """
        answer = execute(self._jupiterone, _QUERY, {"query": j1ql, "deferredResponse": "FORCE"})
        result = answer.get("queryV1")
        if not isinstance(result, Mapping):
            raise RequestFailed(f"JupiterOne's answer to `{j1ql}` has no result.", "Run the command again.")
        if not isinstance(result.get("url"), str):
            return result
        state = self._finished_state(str(result["url"]), j1ql)
        if "data" in state or not isinstance(state.get("url"), str):
            return state
        return self._jupiterone.fetch(str(state["url"]))

    def _finished_state(self, url: str, j1ql: str) -> JsonObject:
        clock = self._jupiterone.clock
        until = clock.monotonic() + QUERY_SECONDS
        pause = _FIRST_POLL_SECONDS
        while True:
            state = self._jupiterone.fetch(url)
            if state.get("status") == "FAILED":
                raise RequestFailed(f"JupiterOne could not answer `{j1ql}`: {state.get('error') or 'no reason given'}.")
            if state.get("status") != "IN_PROGRESS":
                return state
            if clock.monotonic() >= until:
                raise RequestFailed(
                    f"JupiterOne has not answered `{j1ql}` within {QUERY_SECONDS / 60:.0f} minutes.",
                    "Run the command again later.",
                )
            clock.wait(pause)
            pause = min(pause * 1.5, _MAX_POLL_SECONDS)


def _condition(within: Target) -> str:
    if within.instance_id is not None:
        return f"_integrationInstanceId = {_text(within.instance_id)}"
    return f"_source = 'api' AND _scope = {_text(within.scope or '')}"


def _text(value: str) -> str:
    """A J1QL text; J1QL documents no way to escape a quote."""
    if re.search(r"['\"\\]", value) or not value.isprintable():
        raise UsageError(
            f"A query cannot name {value!r}.", "Use an instance id or a scope without quotes and backslashes."
        )
    return f"'{value}'"
