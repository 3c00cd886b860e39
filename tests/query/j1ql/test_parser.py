"""Texts and the values they become, written out."""

from __future__ import annotations

import pytest

from collector.query.j1ql.parser import parse
from collector.query.j1ql.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Condition,
    Direction,
    Hop,
    Item,
    Literal,
    Node,
    Optional,
    OrderKey,
    Path,
    Pattern,
    Query,
    Values,
)

NOW = 1_700_000_000_000
DAY = 86_400_000
USER, GROUP = Node(("zoom_user",)), Node(("zoom_group",))


def equals(name: str, value: str | int | float | bool | None) -> Comparison:
    return Comparison(Path((name,)), "=", False, Literal(value))


QUERIES = {
    "FIND zoom_user": Query(USER),
    "zoom_user": Query(USER),
    "find (User | zoom_group|*) as x": Query(Node(("User", "zoom_group", "*"), alias="x")),
    "FIND 'it\\'s' WITH a = 1": Query(Node(("*",), "it's", equals("a", 1))),
    "FIND zoom_user /* all of\n them */ THAT HAS zoom_group": Query(USER, (Hop(("HAS",), GROUP),)),
    "FIND zoom_user THAT assigned TO << AS r zoom_group": Query(
        USER, (Hop(("ASSIGNED",), GROUP, Direction.BACKWARD, alias="r"),)
    ),
    "FIND zoom_user THAT HAS AS r >> zoom_group": Query(USER, (Hop(("HAS",), GROUP, Direction.FORWARD, alias="r"),)),
    "FIND zoom_user THAT !RELATES TO zoom_group": Query(USER, (Hop((), GROUP, negated=True),)),
    "FIND zoom_user THAT (HAS|owns TO) zoom_group": Query(USER, (Hop(("HAS", "OWNS"), GROUP),)),
    "FIND zoom_user (THAT HAS zoom_group THAT * zoom_user)? AS both": Query(
        USER, (Optional((Hop(("HAS",), GROUP), Hop((), USER)), "both"),)
    ),
    "FIND zoom_user WITH a = 1 OR b = 2 AND c = 3": Query(
        Node(
            ("zoom_user",),
            with_=Condition(False, (equals("a", 1), Condition(True, (equals("b", 2), equals("c", 3))))),
        )
    ),
    "FIND zoom_user WITH (a = 1 OR b = 2) AND c = 3": Query(
        Node(
            ("zoom_user",),
            with_=Condition(True, (Condition(False, (equals("a", 1), equals("b", 2))), equals("c", 3))),
        )
    ),
    "FIND zoom_user AS u WHERE u.[tag.a-b] !~= ('x' AND ('y' OR /z+/i))": Query(
        Node(("zoom_user",), alias="u"),
        where=Comparison(
            Path(("u", "tag.a-b")),
            "~=",
            True,
            Values(True, (Literal("x"), Values(False, (Literal("y"), Pattern("z+", True))))),
        ),
    ),
    "FIND zoom_user WITH a = date.now - 2 days - 1hr": Query(
        Node(("zoom_user",), with_=equals("a", NOW - 2 * DAY - DAY // 24))
    ),
    "FIND zoom_user WITH a = date(2023-11-14T22:13:20Z)": Query(Node(("zoom_user",), with_=equals("a", NOW))),
    "FIND zoom_user WITH a = 1 month + 1 year": Query(Node(("zoom_user",), with_=equals("a", 395 * DAY))),
    "FIND zoom_user WITH order = UNDEFINED": Query(Node(("zoom_user",), with_=equals("order", None))),
    "FIND zoom_user WITH limit = True": Query(Node(("zoom_user",), with_=equals("limit", True))),
    "FIND zoom_user AS u WHERE u.a / 2 > -u.b ^ 2": Query(
        Node(("zoom_user",), alias="u"),
        where=Comparison(
            Arithmetic("/", Path(("u", "a")), Literal(2)),
            ">",
            False,
            Arithmetic("^", Arithmetic("-", Literal(0), Path(("u", "b"))), Literal(2)),
        ),
    ),
    "FIND UNIQUE zoom_user AS u RETURN u.name AS 'Full name', u, u.*, Count(u) * 2 ORDER BY u.name DESC, u.b LIMIT 9": (
        Query(
            Node(("zoom_user",), alias="u"),
            unique=True,
            items=(
                Item(Path(("u", "name")), "Full name"),
                Item(Path(("u",)), "u"),
                Item(Path(("u",)), "u.*", everything=True),
                Item(Arithmetic("*", Call("COUNT", (Path(("u",)),)), Literal(2)), "count(u) * 2"),
            ),
            order=(OrderKey(Path(("u", "name")), True), OrderKey(Path(("u", "b")))),
            limit=9,
        )
    ),
    "FIND zoom_user RETURN tree SKIP 2": Query(USER, tree=True, skip=2),
    "FIND zoom_user RETURN tree.name": Query(USER, items=(Item(Path(("tree", "name")), "tree.name"),)),
}


@pytest.mark.parametrize("text", QUERIES)
def test_a_text_is_read_as(text: str) -> None:
    assert parse(text, NOW) == QUERIES[text]
