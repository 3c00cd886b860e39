"""Pages of GraphQL's lists. A cursor is a position here; clients must not rely on that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collector.sandbox.jupiterone.errors import graphql_error

PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000


def page_of(rows: Sequence[Any], cursor: str | None, limit: int | None) -> tuple[Sequence[Any], dict[str, Any]]:
    """The rows from the cursor on and the `pageInfo`. Raises GraphQLError for a limit out of range."""
    if limit is not None and not 1 <= limit <= MAX_PAGE_SIZE:
        raise graphql_error(f"The limit must be between 1 and {MAX_PAGE_SIZE}.", "BAD_USER_INPUT")
    if cursor is not None and not cursor.isdecimal():
        raise graphql_error("The cursor is not valid.", "BAD_USER_INPUT")
    start = int(cursor or 0)
    end = start + (limit or PAGE_SIZE)
    more = end < len(rows)
    return rows[start:end], {"endCursor": str(end) if more else None, "hasNextPage": more}
