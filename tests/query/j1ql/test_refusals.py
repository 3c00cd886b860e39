"""What is malformed, or cannot be answered here, is refused: where, and why."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from collector.errors import UsageError
from collector.query.j1ql.compiler import compile_query
from collector.query.j1ql.parser import parse
from collector.query.j1ql.routes import Graph
from collector.store import Store

from .conftest import Rows
from .graphs import SCHEMA

PLATFORM = "known to JupiterOne only"
REFUSED = {
    "": ("1:1", "the query is empty"),
    "FIND": ("1:5", "the query ends; expected .*a name"),
    "FIND t_user WITH": ("1:17", "the query ends; expected .*a property"),
    "FIND t_user WITH name": ("1:22", r"the query ends; expected .*a comparison \(="),
    "FIND t_user WITH name =": ("1:24", "expected .*a text in quotes"),
    "FIND t_user WITH name = 'a": ("1:25", "a quote is opened here and not closed"),
    "FIND t_user WITH name = a": ("1:25", "`a` is not a value; a text has quotes: 'a'"),
    "FIND t_user\nWITH name = Ada": ("2:13", "a text has quotes: 'Ada'"),
    "FIND t_user WITH name == 'a'": ("1:24", "expected"),
    "FIND t_user WITH name LIKE 'a'": ("1:23", "'LIKE' is not understood; expected .*a comparison"),
    "FIND t_user WITH (name = 'a'": ("1:29", r"the query ends; expected .*`\)`"),
    "FIND t_user WITH name = 'a')": ("1:28", r"'\)' is not understood"),
    "FIND t_user WITH NOT name = 'a'": ("1:22", "'name' is not understood"),
    "FIND t_user WITH name = 'a' name = 'b'": ("1:29", "'name' is not understood; expected .*AND"),
    "FIND t_user AS u WITH name = 'a'": ("1:18", "WITH comes before AS"),
    "FIND t_user u": ("1:13", "'u' is not understood; expected AS"),
    "FIND t_user HAS t_group": ("1:13", "'HAS' is not understood; expected .*THAT"),
    "FIND t_user THAT t_group": ("1:25", "the query ends"),
    "FIND t_user THAT HAS": ("1:21", "the query ends; expected .*a name"),
    "FIND t_user THAT HAS >> AS r << t_group": ("1:30", "one direction"),
    "FIND t_user (THAT HAS t_group)": ("1:31", r"the query ends; expected `\?`"),
    "SELECT name FROM t_user": ("1:8", "'name' is not understood"),
    "FIND t_user; DROP TABLE entity": ("1:12", "';' is not understood"),
    "FIND t_user WHERE name = 'a'": ("1:19", "lacks a selector before it"),
    "FIND t_user AS u WHERE u.name = b": ("1:33", "`b` is not a value; a text has quotes: 'b', or `selector.b`"),
    "FIND t_user AS u WHERE v.name = 'a'": ("1:24", "`v` is not a selector of this query; expected `u`"),
    "FIND t_user AS u RETURN v.name": ("1:25", "`v` is not a selector"),
    "FIND * RETURN u.name": ("1:15", "name what is looked for with AS"),
    "FIND t_user AS u THAT HAS t_group AS u": ("1:27", "the alias `u` is given twice"),
    "FIND t_user THAT KNOWS t_user RETURN t_user.name": ("1:38", "`t_user` stands for two things"),
    "FIND t_user THAT !HAS t_group AS g RETURN g.name": ("1:43", "far side of a negated relationship"),
    "FIND t_user THAT !HAS AS r t_group RETURN r._type": ("1:43", "far side of a negated relationship"),
    "FIND UNIQUE t_user": ("1:13", "UNIQUE is for RETURN"),
    "FIND t_user AS u RETURN": ("1:24", "the query ends"),
    "FIND t_user AS u RETURN u.name,": ("1:32", "the query ends"),
    "FIND t_user AS u RETURN count(*)": ("1:31", r"COUNT\(\*\) is not supported"),
    "FIND t_user AS u RETURN count()": ("1:25", "COUNT takes one argument"),
    "FIND t_user AS u RETURN count(u, u.name)": ("1:25", "COUNT takes one argument"),
    "FIND t_user AS u RETURN median(u.n)": ("1:25", "'median' is not a function here; expected COUNT"),
    "FIND t_user AS u RETURN sum(u)": ("1:29", "`u` lacks a property here"),
    "FIND t_user AS u RETURN sum(count(u))": ("1:29", "COUNT is within SUM"),
    "FIND t_user AS u RETURN count(u) + u.n": ("1:36", "items of their own"),
    "FIND t_user AS u RETURN 5": ("1:25", "RETURN takes selectors"),
    "FIND t_user AS u RETURN u.status, count(u) ORDER BY u.name": ("1:53", "beside an aggregate only what is returned"),
    "FIND UNIQUE t_user AS u RETURN u.n ORDER BY u.name": ("1:45", "beside UNIQUE only what is returned"),
    "FIND t_user AS u THAT HAS t_group AS g ORDER BY g.name": ("1:49", "without RETURN"),
    "FIND t_user AS u RETURN TREE ORDER BY u.name": ("1:39", "RETURN TREE is not sorted"),
    "FIND t_user AS u RETURN u.name ORDER u.name": ("1:32", "expected .*ORDER BY"),
    "FIND t_user LIMIT 0": ("1:19", "expected a whole number from 1 to 250"),
    "FIND t_user LIMIT 251": ("1:19", "expected a whole number from 1 to 250"),
    "FIND t_user LIMIT 2.5": ("1:19", "expected a whole number"),
    "FIND t_user LIMIT all": ("1:19", "expected a number"),
    "FIND t_user WITH n > true": ("1:22", "`>` takes a number or a text, and true is neither"),
    "FIND t_user WITH n > undefined": ("1:22", "undefined is neither"),
    "FIND t_user WITH n > (1 OR 2)": ("1:23", "takes one value, no list"),
    "FIND t_user WITH name ~= 5": ("1:26", "`~=` takes a text in quotes, and 5 is none"),
    "FIND t_user WITH n < /a/": ("1:22", "takes no regular expression"),
    "FIND t_user WITH 'a' = 'b'": ("1:18", "a property is expected before"),
    "FIND t_user WITH n = 'a' + 1": ("1:22", r"`\+` takes numbers; 'a' is none"),
    "FIND t_user WITH count(n) > 1": ("1:18", "COUNT belongs after RETURN"),
    "FIND t_user WITH name = /^a/": ("1:25", r"anchors \(`\^`\) are not supported by JupiterOne"),
    "FIND t_user WITH name = /a$/": ("1:25", "anchors"),
    "FIND t_user WITH name = /a|b/": ("1:25", "alternatives"),
    "FIND t_user WITH name = /(a)/": ("1:25", "groups"),
    r"FIND t_user WITH name = /a\s/": ("1:25", r"`\\s` is not supported"),
    "FIND t_user WITH name = /a/g": ("1:25", "the flag 'g'"),
    "FIND t_user WITH name = /[a/": ("1:25", "not understood"),
    "FIND t_user WITH name = /*/": ("1:25", "not understood|expected"),
    "FIND t_user WITH n > date(yesterday)": ("1:22", "'yesterday' is no ISO 8601 date"),
    "FIND t_user WITH n > 2026-11-23": ("1:22", r"a date is written date\(2026-11-23\)"),
    "FIND t_user WITH n > date(2026-02-30)": ("1:22", "no ISO 8601 date"),
    "FIND t_user AS u RETURN u.n HAVING u.n > 1": ("1:29", "HAVING is not documented"),
    "FIND t_user WITH name = (FIND t_group)": ("1:26", "a query within a query is not supported"),
    "FIND t_user AS u RETURN UNWIND(u.list)": ("1:25", "UNWIND is not supported"),
    "FIND t_user WITH name = cidr(10.0.0.0/8)": ("1:25", "CIDR"),
    "FIND SHORTEST PATH FROM t_user TO t_group": ("1:6", "path finding"),
    "FIND #CriticalAsset": ("1:6", PLATFORM),
    "FIND #CriticalAsset THAT HAS t_user": ("1:6", PLATFORM),
    "FIND t_user WITH name = ${param.name}": ("1:25", PLATFORM),
    "FIND t_user WITH name = {{name}}": ("1:25", PLATFORM),
    "FIND t_user WITH name = 'x {{name}}'": ("1:25", PLATFORM),
    "FIND Person": ("1:6", f"`Person` is not in this graph.*{PLATFORM}"),
    "FIND aws_account": ("1:6", PLATFORM),
    "FIND t_usr": ("1:6", "the graph has no `t_usr`; is `t_user`"),
    "FIND okta_user": ("1:6", f"`okta_user` is not in this graph.*{PLATFORM}"),
    "FIND user": ("1:6", "the graph has no `user`; is `User`.* meant"),
    "FIND t_user THAT HAS Person": ("1:22", PLATFORM),
    "FIND t_user THAT OWNS t_group": ("1:18", "no relationship `OWNS`; expected ASSIGNED, HAS, KNOWS or RELATES TO"),
    "FIND t_user WITH _createdOn > date.now - 1 day": ("1:18", "`_createdOn` is metadata and known to JupiterOne only"),
    "FIND t_user WITH _integrationType = 'zoom'": ("1:18", PLATFORM),
    "FIND t_user AS u WHERE u._source = 'x'": ("1:24", PLATFORM),
    "FIND t_user AS u RETURN u._id": ("1:25", PLATFORM),
    "FIND t_user AS u RETURN u.name ORDER BY u._version": ("1:41", PLATFORM),
    'FIND t_user WITH [a"b] = 1': ("1:18", "no quotes"),
    "FIND t_user " + "(THAT KNOWS t_user)? " * 7: ("1:145", "more than 6 optional"),
    "FIND t_user WITH " + "(" * 61 + "n = 1" + ")" * 61: ("1:78", "more than 60 parentheses"),
    "FIND t_user WITH n = " + "-" * 3000 + "1": ("1:82", "more than 60 operators"),
    "FIND t_user WITH n" + " + 1" * 3000 + " = 2": ("1:18", "more than 60 operators"),
    "FIND t_user AS u RETURN u.n" + " * 2" * 61: ("1:25", "more than 60 operators"),
    "FIND t_user WITH n = 9223372036854775808": ("1:22", r"9223372036854775808 is too large; expected less than 2\^63"),
    "FIND t_user WITH n = " + "9" * 5000: ("1:22", "9… is too large"),
    "FIND t_user WITH n = " + "9" * 400 + ".5": ("1:22", "9… is too large"),
    "FIND t_user WITH n > date.now - 999999999999 years": ("1:33", "999999999999 is too large"),
    "FIND t_user LIMIT " + "9" * 5000: ("1:19", "expected a whole number from 1 to 250"),
    "FIND t_user SKIP " + "9" * 5000: ("1:18", "expected a whole number from 0"),
    "FIND t_user LIMIT \N{ARABIC-INDIC DIGIT THREE}": ("1:19", "is not understood; expected a number"),
    "FIND t_user WITH name = 'a\udcff'": ("1:27", r"the character U\+DCFF is not possible"),
    "FIND t_user\nWITH name = 'a\0b'": ("2:15", r"the character U\+0000 is not possible"),
    "FIND t_user WITH name = /a{99999999999}/": ("1:25", "not understood: the repetition number is too large"),
    "FIND t_user WITH " + "[" * 5000: ("1:18", "…' is not understood"),
}


def compiled(text: str) -> None:
    compile_query(parse(text, 0), SCHEMA, Graph(1, True, {}), None)


@pytest.mark.parametrize("text", REFUSED)
def test_is_refused_with_its_place_and_the_reason(text: str) -> None:
    place, reason = REFUSED[text]
    with pytest.raises(UsageError) as raised:
        compiled(text)
    line, column = place.split(":")
    assert raised.value.message.startswith(f"Line {line}, column {column}: ")
    assert re.search(reason, raised.value.message)
    assert len(raised.value.message) < 400


@pytest.mark.parametrize("text", [text for text, (_, reason) in REFUSED.items() if reason.endswith(PLATFORM)])
def test_what_only_the_platform_knows_is_to_be_asked_there(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        compiled(text)
    assert "j1 --account NAME --query" in raised.value.next_step


@pytest.mark.parametrize("cut", range(3, 150, 4))
def test_a_query_that_is_cut_off_anywhere_is_understood_or_refused(cut: int) -> None:
    """Never an error of another kind."""
    whole = (
        "FIND UNIQUE (User|t_team) WITH name ~= ('a' OR /b/i) AND n > -1.5 AS u (THAT !HAS >> t_group)? AS x "
        "THAT RELATES TO * AS y WHERE u.n + 1 != y.n RETURN u.name AS 'N', count(y) * 2 ORDER BY u.name DESC LIMIT 3"
    )
    with suppress(UsageError):
        compiled(whole[:cut])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FIND t_user " + "THAT KNOWS t_user " * 30 + "RETURN TREE", "more than 20 relationships"),
        (
            "FIND t_user AS x0 "
            + " ".join(f"THAT KNOWS t_user WITH both + 1 = 2 AND flag + 1 = 2 AS x{at}" for at in range(1, 12)),
            "too many relationships and settings",
        ),
        ("FIND t_user WITH " + " OR ".join(["n = 1"] * 501), "more than 500 comparisons"),
        ("FIND t_user WITH n = (" + " OR ".join(["1"] * 501) + ")", "more than 500"),
    ],
)
def test_what_sqlite_could_not_take_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        compiled(text)


def test_a_huge_query_is_refused() -> None:
    with pytest.raises(UsageError, match="20,000"):
        compiled("FIND t_user WITH name = '" + "a" * 20_000 + "'")


COLUMNS = ", ".join(["u.n"] * 2500)
TOO_LARGE = {
    "too many columns": f"FIND t_user AS u RETURN {COLUMNS}",
    "too many groups": f"FIND t_user AS u RETURN count(u), {COLUMNS}",
    "too many keys": f"FIND t_user AS u RETURN u.n ORDER BY {COLUMNS}",
    "too many arguments": f"FIND t_user AS u RETURN COALESCE({COLUMNS})",
    "a long sum": "FIND t_user AS u RETURN u.n" + " + 1" * 60,
    "sums within sums": "FIND t_user AS u RETURN " + "(1 - " * 59 + "u.n" + ")" * 59,
    "calls within calls": "FIND t_user AS u RETURN " + "CONCAT(u.n, " * 60 + "u.n" + ")" * 60,
    "aggregates within calls": "FIND t_user AS u RETURN " + "CONCAT(1, " * 59 + "count(u)" + ")" * 59,
    "conditions within conditions": "FIND t_user WITH " + "(n = 1 OR (name = 'a' AND " * 30 + "n = 2" + "))" * 30,
    "conditions on settings": "FIND t_user WITH " + "(flag = 1 OR (word = 'a' AND " * 30 + "flag = 2" + "))" * 30,
    "conditions on ways": "FIND t_user AS u WHERE " + "(u.n = 1 OR (u.n = u.name AND " * 30 + "u.n = 2" + "))" * 30,
    "lists within lists": "FIND t_user WITH n = " + "(1 OR (2 AND " * 30 + "3" + "))" * 30,
    "many settings": "FIND t_user WITH " + " OR ".join(["flag = 'a'"] * 500),
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_what_sqlite_does_not_take_is_no_fault_of_the_store(what: str, store: Store, rows: Rows) -> None:
    store.begin(1000, {}).finish(2000, 0, [], [], [])
    with pytest.raises(UsageError, match="is too large for one statement of SQLite"):
        rows(TOO_LARGE[what])


def test_a_sqlite_without_what_is_needed(store: Store, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    store.begin(1000, {}).finish(2000, 0, [], [], [])
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr("sqlite3.sqlite_version", "3.34.1")
    with pytest.raises(UsageError, match=r"Queries need SQLite 3.35 or newer, and this Python \(.*\) has 3.34.1"):
        rows("FIND t_user")
