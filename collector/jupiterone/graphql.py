"""GraphQL: one operation, its data, and its errors by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from collector.errors import AccessRefused, RequestFailed
from collector.jupiterone.connection import JupiterOne, OnLostResponse
from collector.model.graph import JsonObject

NOT_FOUND = "NOT_FOUND"
"""The code of a RequestFailed when GraphQL says, in any wording, that something does not exist."""

_DENIED = re.compile(
    r"forbidden|unauthori[sz]ed|unauthenticated|access[ _]denied|not[ _](?:authori[sz]ed|permitted)", re.I
)
_MISSING = re.compile(r"not[ _]?found|does[ _]not[ _]exist|no such", re.I)
_MAX_MESSAGE_LENGTH = 500


def execute(
    jupiterone: JupiterOne, operation: str, variables: JsonObject, on_lost_response: OnLostResponse | None = None
) -> JsonObject:
    """The `data` of an operation.

    `on_lost_response` is as in `JupiterOne.post` and returns such data. Raises AccessRefused when the key may not do
    this, RequestFailed (with the code NOT_FOUND where something is missing), or Interrupted.
    """
    body = {"query": operation, "variables": variables}
    if on_lost_response is None:
        answer = jupiterone.post_graphql(body)
    else:
        answer = jupiterone.post_graphql(body, lambda: None if (data := on_lost_response()) is None else {"data": data})
    errors = answer.get("errors")
    if isinstance(errors, list) and errors:
        raise _failure(errors[0], answer)
    data = answer.get("data")
    if not isinstance(data, Mapping):
        raise RequestFailed("JupiterOne's GraphQL answer has no data.", "Check JUPITERONE_GRAPHQL_URL.")
    return data


def all_rows(page_after: Callable[[str | None], object], name: str) -> list[JsonObject]:
    """The rows of all pages of a list.

    `page_after`: the page after a cursor, None for the first; `name`: of the member with its rows. A list whose cursors
    repeat is left. Raises RequestFailed for an answer without rows: it is not an empty list, after which all that is
    there would be made a second time.
    """
    rows: list[JsonObject] = []
    cursor: str | None = None
    used: set[str] = set()
    while True:
        page = page_after(cursor)
        found = page.get(name) if isinstance(page, Mapping) else None
        if not isinstance(page, Mapping) or not isinstance(found, list):
            raise RequestFailed(
                f"JupiterOne's answer lacks the list `{name}`.",
                "Run the command again; if it stays so, check what the key in JUPITERONE_API_KEY may read.",
            )
        rows += [row for row in found if isinstance(row, Mapping)]
        info = page.get("pageInfo")
        after = info.get("endCursor") if isinstance(info, Mapping) and info.get("hasNextPage") is not False else None
        if not isinstance(after, str) or not after or after in used:
            return rows
        used.add(after)
        cursor = after


def rows_of(fields: Mapping[str, object], name: str) -> Sequence[JsonObject]:
    """The objects in the list of this name; none if it is no list."""
    value = fields.get(name)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _failure(error: object, answer: JsonObject) -> RequestFailed | AccessRefused:
    """From the first of GraphQL's errors; servers agree on `message`, and mostly on `extensions.code`."""
    said: Mapping[str, object] = error if isinstance(error, Mapping) else {}
    extensions = said.get("extensions")
    code = str(extensions.get("code") or "") if isinstance(extensions, Mapping) else ""
    message = str(said.get("message") or "no message")[:_MAX_MESSAGE_LENGTH]
    full_message = f"JupiterOne refused: {message}" + (f" ({code})." if code else ".")
    if _DENIED.search(code) or _DENIED.search(message):
        return AccessRefused(
            full_message,
            "Give the API key in JUPITERONE_API_KEY the permission for this in JupiterOne, or use another key.",
        )
    missing = _MISSING.search(code) or _MISSING.search(message)
    return RequestFailed(full_message, "", code=NOT_FOUND if missing else code or None, body=answer)
