"""Every question, asked of a small account in which the answer is known by hand; wrong queries are noticed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.errors import CollectorError, UsageError
from collector.query.j1ql import Answer, QueryRequest, ask, completeness
from collector.questions.library import load_questions
from collector.questions.question import SecurityQuestion
from collector.store import ROW, Store

from ..fakes import FakeClock
from .accounts import SCHEMA, Table, write
from .answers import ANSWERS
from .mutations import misspelt_columns, mutations

ASSIGNED = next(kind for kind in SCHEMA.relationships if kind.class_ == "ASSIGNED")
QUESTIONS = {question.id: question for question in load_questions()}


class Asked:
    """A question, and the account it is asked of."""

    def __init__(self, question: SecurityQuestion, table: Table, store: Store) -> None:
        self.question, self.table, self._store = question, table, store

    def rows(self, text: str) -> list[int]:
        """The numbers of the rows in the answer to a query."""
        return sorted(int(row[-1].rpartition(":")[2]) for row in self._ask(text).rows)

    def warnings(self, text: str) -> list[str]:
        """What is said about properties that nothing has, or why the query is refused."""
        try:
            return [warning for warning in self._ask(text).warnings if "has no property" in warning]
        except UsageError as refusal:
            return [str(refusal)]

    def is_noticed(self, text: str, rows: list[int]) -> bool:
        """Whether a wrong query is refused, or its answer is not these rows."""
        try:
            return self.rows(text) != rows
        except CollectorError:
            return True

    def _ask(self, text: str) -> Answer:
        answer = ask(self._store, SCHEMA, QueryRequest(text, limit=0), FakeClock())
        answer.rows = iter(list(answer.rows))  # the warnings are whole after that
        return answer


@pytest.fixture(scope="module", autouse=True)
def _no_hints() -> Iterator[None]:
    """Names like a misspelt one are not looked for: that takes longer than the query, and is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(completeness, "nearest", lambda *_: "")
        yield


@pytest.fixture(scope="module", params=QUESTIONS, ids=lambda id_: id_.removeprefix("managed-question-zoom-"))
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    question = QUESTIONS[request.param]
    table = ANSWERS[question.id]
    path: Path = tmp_path_factory.mktemp("account") / "graph.db"
    write(table, path)
    with Store.open(path) as store:
        yield Asked(question, table, store)


def test_every_question_has_its_account() -> None:
    assert ANSWERS.keys() == QUESTIONS.keys()


def test_the_answers_are_those_known_by_hand(asked: Asked) -> None:
    found = defaultdict(list)
    for query in asked.question.queries:
        assert asked.warnings(query.text) == []
        for row in asked.rows(query.text):
            found[row].append(query.name)
    answers = {row.text: " and ".join(found[number]) or "-" for number, row in enumerate(asked.table.rows)}
    assert answers == asked.table.answers


def test_the_account_has_somebody_for_every_query_and_somebody_who_is_not_asked_about(asked: Asked) -> None:
    """So a query that is left out is noticed."""
    expected = {query.name for query in asked.question.queries}
    if asked.table.type != "zoom_account":  # every account is asked
        expected.add("-")
    assert set(asked.table.answers.values()) == expected


def test_every_wrong_query_is_noticed(asked: Asked) -> None:
    for query in asked.question.queries:
        rows = asked.rows(query.text)
        assert [wrong for wrong in mutations(query.text) if not asked.is_noticed(wrong, rows)] == []


def test_every_misspelt_column_is_noticed(asked: Asked) -> None:
    for query in asked.question.queries:
        for text in misspelt_columns(query.text):
            assert asked.warnings(text) != []


def test_people_are_counted_by_role(tmp_path: Path) -> None:
    with Store.open(tmp_path / "graph.db") as store:
        run = store.begin(1000, {})
        for role in ("Owner", "Helpdesk"):
            run.put(f"zoom_role:{role}", ROW, {"_type": "zoom_role", "displayName": role, "admin": True}, 1000)
        for name, role in (("Ada", "Owner"), ("Bob", "Helpdesk"), ("Cy", "Helpdesk")):
            run.put(f"zoom_user:{name}", ROW, {"_type": "zoom_user"}, 1000)
            run.put_relationship(ASSIGNED.between(f"zoom_user:{name}", f"zoom_role:{role}"))
        run.finish(2000, 0, [], [], [])
        (query,) = QUESTIONS["managed-question-zoom-administrators-by-role"].queries
        rows = list(ask(store, SCHEMA, QueryRequest(query.text), FakeClock()).rows)
    assert rows == [["Helpdesk", 2, "zoom_role:Helpdesk"], ["Owner", 1, "zoom_role:Owner"]]
