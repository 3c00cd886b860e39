"""Statements, put together from their parts."""

from __future__ import annotations


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
    joined = "\n  CROSS JOIN ".join(tables)
    text = f"SELECT {', '.join(columns)}\nFROM {joined}"
    if conditions:
        text += "\nWHERE " + "\n  AND ".join(conditions)
    if group:
        text += f"\nGROUP BY {', '.join(group)}"
    if order:
        text += f"\nORDER BY {', '.join(order)}"
    return text


def exists(tables: list[str], conditions: list[str]) -> str:
    if not tables:
        return f"({' AND '.join(conditions)})" if conditions else "1"
    return f"EXISTS (\n{select(['1'], tables, conditions)}\n)"


def not_exists(tables: list[str], conditions: list[str]) -> str:
    return f"NOT {exists(tables, conditions)}"
