"""What each comparison makes of each value, as JupiterOne documents it and as it is chosen where that is silent."""

from __future__ import annotations

from typing import Any

import pytest

from collector.store import ROW, Store

from .conftest import Rows

MISSING = object()
VALUES: dict[str, Any] = {"missing": MISSING, "a": "a", "b": "b", "[a]": ["a"], "[a b]": ["a", "b"], "[c]": ["c"]}
FILTERS = {
    "= undefined": {"missing"},
    "!= undefined": {"a", "b", "[a]", "[a b]", "[c]"},
    "= 'a'": {"a", "[a]", "[a b]"},
    "!= 'a'": {"missing", "b", "[c]"},
    "= ('a' OR 'b')": {"a", "b", "[a]", "[a b]"},
    "!= ('a' OR 'b')": {"missing", "[c]"},
    "= ('a' AND 'b')": {"[a b]"},
    "!= ('a' AND 'b')": {"missing", "a", "b", "[a]", "[c]"},
}
"""Eight filters on six values: whom each finds."""


@pytest.fixture
def things(store: Store) -> None:
    """One user for each value, in the row (`list`) and in the settings (`many`)."""
    write(store, VALUES)


def write(store: Store, values: dict[str, Any]) -> None:
    run = store.begin(1000, {})
    for name, value in values.items():
        row = {"_type": "t_user", "_class": ["User"], "name": name}
        run.put(f"t_user:{name}", ROW, row if value is MISSING else {**row, "list": value}, 1000)
        if value is not MISSING:
            run.put(f"t_user:{name}", "settings", {"many": value}, 1000)
    run.finish(2000, 0, [], [], [])


@pytest.mark.parametrize("property_", ["list", "many"], ids=["of the row", "of the settings"])
@pytest.mark.parametrize("filter_", FILTERS)
@pytest.mark.usefixtures("things")
def test_a_filter_with(filter_: str, property_: str, rows: Rows) -> None:
    found = rows(f"FIND t_user WITH {property_} {filter_} AS u RETURN u.name")
    assert {name for (name,) in found} == FILTERS[filter_]


@pytest.mark.parametrize("filter_", FILTERS)
@pytest.mark.usefixtures("things")
def test_a_filter_where(filter_: str, rows: Rows) -> None:
    found = rows(f"FIND t_user AS u WHERE u.many {filter_} RETURN u.name")
    assert {name for (name,) in found} == FILTERS[filter_]


MORE = {
    "missing": MISSING,
    "null": None,
    "true": True,
    "false": False,
    "0": 0,
    "1": 1,
    "1.5": 1.5,
    "'1'": "1",
    "'true'": "true",
    "'Ada'": "Ada",
    "[]": [],
    "[1]": [1],
}
STRICT = {
    "= undefined": {"missing", "null"},
    "= true": {"true"},
    "!= true": set(MORE) - {"true"},
    "= false": {"false"},
    "= 1": {"1", "[1]"},
    "= 0": {"0"},
    "= '1'": {"'1'"},
    "= 'true'": {"'true'"},
    "> 0": {"1", "1.5", "[1]"},
    ">= 1.5": {"1.5"},
    "< 1": {"0"},
    "< 'B'": {"'1'", "'Ada'"},
    "~= 'd'": {"'Ada'"},
    "!~= 'd'": set(MORE) - {"'Ada'"},
    "^= 'A'": {"'Ada'"},
    "!^= 'A'": set(MORE) - {"'Ada'"},
    "$= 'a'": {"'Ada'"},
    "!$= 'a'": set(MORE) - {"'Ada'"},
    "~= ''": {"'1'", "'true'", "'Ada'"},
    "= /d/": {"'Ada'"},
    "= /D/i": {"'Ada'"},
    "= /D/": set(),
    "^= /[A-Z]d/": {"'Ada'"},
    "$= /d/": set(),
    "$= /d./": {"'Ada'"},
    "!= /./": set(MORE) - {"'1'", "'true'", "'Ada'"},
    "= (undefined OR true)": {"missing", "null", "true"},
    "!= (undefined OR true)": set(MORE) - {"missing", "null", "true"},
    "= date(1970-01-01)": {"0"},
    "< date.now - 24hr": {"0", "1", "1.5", "[1]"},
    "= 4 / 2 - 1": {"1", "[1]"},
    "= 1 / 0": {"missing", "null"},
}
"""Strict types: nothing equals a value of another type."""


@pytest.mark.parametrize("property_", ["list", "many"], ids=["of the row", "of the settings"])
@pytest.mark.parametrize("filter_", STRICT)
def test_types_are_strict(filter_: str, property_: str, store: Store, rows: Rows) -> None:
    write(store, MORE)
    found = rows(f"FIND t_user WITH {property_} {filter_} AS u RETURN u.name")
    assert {name for (name,) in found} == STRICT[filter_]


def test_what_is_missing_equals_nothing_not_even_itself(store: Store, rows: Rows) -> None:
    write(store, MORE)
    equal = rows("FIND t_user AS u WHERE u.list = u.many RETURN u.name")
    assert {name for (name,) in equal} == set(MORE) - {"missing", "null", "[]"}
    assert len(rows("FIND t_user AS u WHERE u.list != u.many")) == 3


def test_undefined_sorts_last_both_ways_and_equals_by_key(store: Store, rows: Rows) -> None:
    write(store, {"d": 2, "a": MISSING, "c": 1, "b": 1})
    assert rows("FIND t_user AS u RETURN u.name ORDER BY u.list") == [["b"], ["c"], ["d"], ["a"]]
    assert rows("FIND t_user AS u RETURN u.name ORDER BY u.list DESC") == [["d"], ["b"], ["c"], ["a"]]
    assert rows("FIND t_user AS u RETURN u.name ORDER BY u.list DESC SKIP 1 LIMIT 2") == [["b"], ["c"]]


def test_texts_sort_by_code_point(store: Store, rows: Rows) -> None:
    write(store, {"1": "é", "2": "B", "3": "a", "4": "z"})
    assert rows("FIND t_user AS u RETURN u.list ORDER BY u.list") == [["B"], ["a"], ["z"], ["é"]]


def test_escapes_in_texts(store: Store, rows: Rows) -> None:
    write(store, {"1": "it's", "2": 'say "x"', "3": "back\\slash", "4": "n\\n"})
    for number, written in [("1", r"'it\'s'"), ("1", '"it\'s"'), ("2", r'"say \"x\""'), ("3", r"'back\\slash'"),
                            ("4", r"'n\n'")]:  # fmt: skip
        assert rows(f"FIND t_user WITH list = {written} AS u RETURN u.name") == [[number]]
