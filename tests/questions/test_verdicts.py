"""Good, bad and not known: together everybody asked about, nobody twice, and never bad because it was not read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import TypeVar

import pytest

from collector.query.chosen_run import chosen_run
from collector.query.j1ql import QueryRequest, ask, check_query
from collector.query.j1ql.parser import parse
from collector.query.j1ql.syntax import (
    Bool,
    Comparison,
    Condition,
    Hop,
    Pattern,
    Value,
    Values,
    comparisons,
    in_words,
    paths,
)
from collector.questions.library import load_questions
from collector.questions.question import BAD, GOOD, UNKNOWN, SecurityQuestion
from collector.questions.run import answer_questions
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.sandbox import Account
from tests.collect.profile import Profile

from .readings import ACCOUNTS, READINGS, demo, read, two_days

SCHEMA = graph_schema(all_resources())
WITH_VERDICT = [question for question in load_questions() if question.has_verdict]
Keys = Mapping[str, set[object]]
T = TypeVar("T")


def verdicts(
    profile: Profile, run: int | None = None, questions: Sequence[SecurityQuestion] = WITH_VERDICT
) -> dict[SecurityQuestion, Keys]:
    """The keys of who is good, bad and not known, of each question."""
    found = {}
    for answer in answer_questions(profile.store, SCHEMA, questions, chosen_run(profile.store, run), profile.clock):
        keys: dict[str, set[object]] = {verdict: set() for verdict in (GOOD, BAD, UNKNOWN)}
        for query in answer.question.queries:
            keys[query.results_are] |= {row[-1] for row in answer.verdicts[query.name]}
        found[answer.question] = keys
    return found


def wrongly_sorted(found: Mapping[SecurityQuestion, Keys], profile: Profile, run: int | None = None) -> list[str]:
    """The questions of which the three are not everybody, or somebody is in two."""
    known: dict[str, set[object]] = {}
    wrong = []
    for question, keys in found.items():
        text = asked_about(question, int(profile.clock.now() * 1000))
        if text not in known:
            answer = ask(profile.store, SCHEMA, QueryRequest(text, run=run, limit=0), profile.clock)
            known[text] = {row[0] for row in answer.rows}  # type: ignore[index]
        if sum(map(len, keys.values())) != len(known[text]) or set().union(*keys.values()) != known[text]:
            wrong.append(question.id)
    return wrong


def asked_about(question: SecurityQuestion, now: int) -> str:
    """A query for everybody of whom good and bad demand the same, also where it is not known whether that is so."""
    decided = [query.text for query in question.queries if query.results_are in (GOOD, BAD)]
    queries = [parse(text, now) for text in decided]
    unread = {each.name for text in decided for each in check_query(text, SCHEMA).compared if each.may_be_unread}
    (start,) = {query.start.names for query in queries}
    with_ = [or_unread(each, unread) for each in common([demanded(query.start.with_) for query in queries])]
    where = [as_text(each) for each in common([demanded(query.where) for query in queries])]
    hops = common([list(query.steps) for query in queries])
    text = f"FIND {' | '.join(start)}{written(' WITH ', with_)} AS {queries[0].start.alias}"
    for hop in hops:
        assert isinstance(hop, Hop)
        named = f" AS {hop.node.alias}" if hop.node.alias else ""
        filters = written(" WITH ", [as_text(each) for each in demanded(hop.node.with_)])
        text += f" THAT {'!' if hop.negated else ''}{'|'.join(hop.verbs) or 'RELATES TO'} {hop.node.names[0]}"
        text += f"{filters}{named}"
    return f"{text}{written(' WHERE ', where)} RETURN {queries[0].start.alias}._key AS Key"


def common(lists: list[list[T]]) -> list[T]:
    """What is in all of them."""
    return reduce(lambda left, right: [each for each in left if each in right], lists)


def demanded(condition: Bool | None) -> list[Bool]:
    """What a condition joins by AND."""
    if condition is None:
        return []
    if isinstance(condition, Condition) and condition.all_of:
        return [each for member in condition.members for each in demanded(member)]
    return [condition]


def or_unread(condition: Bool, unread: set[str]) -> str:
    """The condition, or that a property in it was not read."""
    names = {path.text for each in comparisons(condition) for path in paths(each.left)} & unread
    return f"({' OR '.join([as_text(condition), *(f'{name} = undefined' for name in sorted(names))])})"


def written(word: str, conditions: list[str]) -> str:
    return f"{word}{' AND '.join(conditions)}" if conditions else ""


def as_text(value: Bool | Value) -> str:
    """J1QL of a condition or a value."""
    match value:
        case Comparison():
            negated = "!" if value.negated else ""
            return f"{in_words(value.left)} {negated}{value.operator} {as_text(value.right)}"
        case Condition() | Values():
            return f"({(' AND ' if value.all_of else ' OR ').join(map(as_text, value.members))})"
        case Pattern():
            return f"/{value.text}/{'i' if value.ignore_case else ''}"
    return in_words(value)


@pytest.fixture
def reading(tmp_path: Path) -> Callable[..., Profile]:
    def made(account: Callable[[], Account], **choices: object) -> Profile:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        return read(folder, account, **choices)  # type: ignore[arg-type]

    return made


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Mapping[SecurityQuestion, Keys]:
    """The answers about an account that was read completely."""
    return verdicts(read(tmp_path_factory.mktemp("complete"), demo))


@pytest.mark.parametrize("account", ACCOUNTS)
def test_everybody_is_in_one_of_the_three(account: str, reading: Callable[..., Profile]) -> None:
    profile = reading(ACCOUNTS[account])
    assert wrongly_sorted(verdicts(profile), profile) == []


@pytest.mark.parametrize("what", READINGS)
def test_what_was_not_read_makes_nobody_bad_or_good(
    what: str, reading: Callable[..., Profile], complete: Mapping[SecurityQuestion, Keys]
) -> None:
    """Compared with the same account read completely, the answers are fewer, and no other ones."""
    partial = reading(demo, **READINGS[what])
    found = verdicts(partial)
    assert wrongly_sorted(found, partial) == []
    assert [question.id for question, keys in found.items() if not keys[BAD] <= complete[question][BAD]] == []
    assert [question.id for question, keys in found.items() if not keys[GOOD] <= complete[question][GOOD]] == []
    if what != "without the scopes of groups":  # where no group is known to be asked about
        everybody = [(set().union(*complete[question].values()), keys) for question, keys in found.items()]
        assert [keys for asked, keys in everybody if not asked <= set().union(*keys.values())] == []


def test_an_earlier_run_is_answered_as_it_was_then(tmp_path: Path) -> None:
    for name in ("then", "later"):
        (tmp_path / name).mkdir()
    then = verdicts(read(tmp_path / "then", ACCOUNTS["monday's"]))
    profile = two_days(tmp_path / "later")
    assert verdicts(profile, 1) == then
    assert verdicts(profile) != then
    assert wrongly_sorted(verdicts(profile), profile) == []


@pytest.mark.parametrize(
    ("verdict", "right", "wrong"),
    [(UNKNOWN, "= undefined", "= 'x'"), (UNKNOWN, "= undefined", "!= true"), (BAD, "= false", "= undefined")],
)
def test_this_would_see_somebody_missing_or_twice(
    verdict: str, right: str, wrong: str, reading: Callable[..., Profile]
) -> None:
    (question,) = [each for each in WITH_VERDICT if each.short_id == "scheduled-meeting-required-password"]
    queries = [
        replace(query, text=query.text.replace(right, wrong)) if query.results_are == verdict else query
        for query in question.queries
    ]
    broken = replace(question, queries=tuple(queries))
    profile = reading(demo, **READINGS["some settings unanswered"])
    assert wrongly_sorted(verdicts(profile, questions=[question]), profile) == []
    assert wrongly_sorted(verdicts(profile, questions=[broken]), profile) == [question.id]
