"""A query as text again: literally for some, and for random ones read back as the same query."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from collector.query.j1ql.parser import parse
from collector.query.j1ql.written import written

from . import test_parser
from .graphs import QUERIES

NOW = 1_795_435_200_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("find zoom_user", "FIND zoom_user"),
        (
            "FIND zoom_user WITH a = true OR b != 'x' AND c ~= /a\\/b/i AS u THAT !HAS << (zoom_group|zoom_role)",
            "FIND zoom_user WITH a = true OR (b != 'x' AND c ~= /a\\/b/i) AS u\n"
            "  THAT !HAS << (zoom_group | zoom_role)",
        ),
        (
            "FIND User AS u (THAT HAS Group AS g)? WHERE u.n - 2*3 > g.n"
            " RETURN u.[a b] AS \"it's\", u.* ORDER BY u.n SKIP 2",
            "FIND User AS u\n  (THAT HAS Group AS g)?\n  WHERE u.n - 6 > g.n\n  RETURN u.[a b] AS 'it\\'s', u.*\n"
            "  ORDER BY u.n ASC\n  SKIP 2",
        ),
    ],
)  # fmt: skip
def test_how_it_reads(text: str, expected: str) -> None:
    assert written(parse(text, NOW)) == expected


@pytest.mark.parametrize("text", test_parser.QUERIES)
def test_it_is_read_back(text: str) -> None:
    query = parse(text, NOW)
    assert parse(written(query), NOW) == query


def test_random_queries_are_read_back() -> None:
    @settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=HealthCheck)
    @given(text=QUERIES)
    def read_back(text: str) -> None:
        query = parse(text, NOW)
        assert parse(written(query), NOW) == query

    read_back()
