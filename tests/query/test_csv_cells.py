"""No spreadsheet computes what is written as CSV."""

from __future__ import annotations

import pytest

from collector.query.csv_cells import not_a_formula


@pytest.mark.parametrize("first", "=+-@\t\r\n＝＋－＠")
def test_a_formula_becomes_a_text(first: str) -> None:
    assert not_a_formula(f"{first}1+1") == f"'{first}1+1"


@pytest.mark.parametrize("text", ["", "Ada", "a=1", "1-2", "ada@example.com", "'=1"])
def test_any_other_text_stays(text: str) -> None:
    assert not_a_formula(text) == text
