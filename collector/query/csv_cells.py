"""Cells of CSV files that a spreadsheet does not compute."""

from __future__ import annotations

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet compute a cell; the full-width characters in Japanese ones (OWASP, "CSV Injection")."""


def not_a_formula(text: str) -> str:
    """The text, with a `'` before it if a spreadsheet would compute it."""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
