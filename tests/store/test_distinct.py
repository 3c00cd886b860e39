"""A set of any number of texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import CollectionFailed
from collector.store.distinct import Distinct


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=3)))
def test_it_behaves_like_a_set(texts: list[str]) -> None:
    met: set[str] = set()
    with Distinct() as distinct:
        for text in texts:
            assert distinct.add(text) is (text not in met)
            met.add(text)
        assert distinct.count == len(met)


def test_many_more_than_its_cache_holds() -> None:
    texts = [f"user-{number * 7919 % 20_011:022}" for number in range(20_011)]
    with Distinct() as distinct:
        assert all(distinct.add(text) for text in texts)
        assert not any(distinct.add(text) for text in texts)
        assert distinct.count == 20_011


def test_two_are_independent() -> None:
    with Distinct() as one, Distinct() as other:
        assert one.add("a")
        assert other.add("a")


def test_no_space_left() -> None:
    with Distinct() as distinct:
        distinct._execute("PRAGMA max_page_count = 3")
        with pytest.raises(CollectionFailed, match="database or disk is full") as raised:
            list(map(distinct.add, map(str, range(10_000))))
    assert "TMPDIR" in raised.value.next_step
