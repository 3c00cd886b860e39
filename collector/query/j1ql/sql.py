"""Statements, put together from their parts."""

from __future__ import annotations

from collector.errors import UsageError

_MAX_TABLES = 64
"""SQLite's limit for one join (sqlite.org/limits.html)."""


def order_lines(sql: str, descending: bool) -> list[str]:
    """Undefined comes last, whichever way."""
    return [f"{sql} IS NULL", f"{sql} DESC" if descending else sql]


def select(
    columns: list[str],
    tables: list[str],
    conditions: list[str],
    order: list[str] | None = None,
    group: list[str] | None = None,
) -> str:
    """A SELECT. Raises UsageError if it joins more tables than SQLite takes."""
    joined = "\n  CROSS JOIN ".join(tables)
    if sum(1 + table.count(" JOIN ") for table in tables if not table.startswith("(")) > _MAX_TABLES:
        raise UsageError(
            "The query leads over too many relationships and settings for one statement.",
            "Ask for fewer properties, or in several queries.",
        )
    text = f"SELECT {', '.join(columns)}\nFROM {joined}"
    if conditions:
        text += "\nWHERE " + "\n  AND ".join(conditions)
    if group:
        text += f"\nGROUP BY {', '.join(group)}"
    if order:
        text += f"\nORDER BY {', '.join(order)}"
    return text


def exists(tables: list[str], conditions: list[str]) -> str:
    """Whether there is such a row; without tables whether the conditions hold."""
    if not tables:
        return f"({' AND '.join(conditions)})" if conditions else "1"
    return f"EXISTS (\n{select(['1'], tables, conditions)}\n)"


def not_exists(tables: list[str], conditions: list[str]) -> str:
    """Whether there is none."""
    return f"NOT {exists(tables, conditions)}"
