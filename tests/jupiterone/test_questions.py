"""Saved questions before the sandbox, and before answers it does not give."""

from __future__ import annotations

import pytest

from collector.errors import AccessRefused, RequestFailed
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.questions import Question, QuestionContent, Questions, SavedCompliance, SavedQuery
from collector.sandbox.jupiterone import Fault, JupiterOneSandbox

from .conftest import GOES_BY, GRAPHQL, operations

CONTENT = QuestionContent(
    "Who has no waiting room?",
    "Whose meetings anybody joins at once.",
    ("zoom", "meeting"),
    (SavedQuery("good", "FIND zoom_user", "GOOD"), SavedQuery("list", "FIND zoom_user AS u RETURN u.name")),
    (SavedCompliance("CIS Zoom Benchmark", ("1.1.2.1",)),),
)


@pytest.fixture
def questions(jupiterone: JupiterOne) -> Questions:
    return Questions(jupiterone)


def test_from_nothing_to_a_question_and_back(questions: Questions) -> None:
    made = questions.create(CONTENT, earlier=())
    assert made == Question(made.id, CONTENT, {"pollingInterval": "ONE_DAY", "showTrend": False})
    assert list(questions.list()) == [made]
    other = QuestionContent("Who?", "", (), (SavedQuery("", "FIND User"),))
    assert questions.update(made, other) == Question(made.id, other, made.schedule)
    questions.delete(made.id)
    questions.delete(made.id)
    assert list(questions.list()) == []


def test_the_schedule_chosen_in_jupiterone_stays(questions: Questions, sandbox: JupiterOneSandbox) -> None:
    made = questions.create(CONTENT, earlier=())
    sandbox.change_question(made.id, pollingInterval="ONE_WEEK", showTrend=True)
    (read,) = questions.list()
    questions.update(read, CONTENT)
    (kept,) = sandbox.questions
    assert (kept["pollingInterval"], kept["showTrend"]) == ("ONE_WEEK", True)


def test_all_pages_are_read(questions: Questions, sandbox: JupiterOneSandbox) -> None:
    for number in range(250):
        sandbox.add_question(title=f"Question {number}")
    assert len(questions.list()) == 250
    assert operations(sandbox) == ["questions"] * 3


@pytest.mark.parametrize("kind", GOES_BY)
def test_trouble_makes_neither_two_questions_nor_none(
    questions: Questions, sandbox: JupiterOneSandbox, kind: str
) -> None:
    earlier = questions.create(CONTENT, earlier=()).id
    sandbox.faults.add(Fault(kind, operation="createQuestion", times=1))
    made = questions.create(CONTENT, earlier=[earlier])
    assert [question["id"] for question in sandbox.questions] == [earlier, made.id]


@pytest.mark.parametrize("kind", ["status_500", "lost_answer"])
def test_updating_and_deleting_through_trouble(questions: Questions, sandbox: JupiterOneSandbox, kind: str) -> None:
    made = questions.create(CONTENT, earlier=())
    for operation in ("updateQuestion", "deleteQuestion"):
        sandbox.faults.add(Fault(kind, operation=operation, times=1))
    assert questions.update(made, CONTENT) == made
    questions.delete(made.id)
    assert sandbox.questions == []


@pytest.mark.parametrize(
    ("answer", "failure", "said"),
    [
        ({"errors": [{"message": "Forbidden"}]}, AccessRefused, "refused: Forbidden."),
        ({"errors": [{"message": "", "extensions": {"code": "NOT_FOUND"}}]}, RequestFailed, "NOT_FOUND"),
        ({"data": {"updateQuestion": None}}, RequestFailed, "describes no question"),
    ],
)
def test_what_an_update_may_be_answered_with(client, requests_mock, answer, failure, said) -> None:
    requests_mock.post(GRAPHQL, json=answer)
    with pytest.raises(failure, match=said):
        Questions(client).update(Question("q-1", CONTENT, {}), CONTENT)


def test_what_a_question_of_somebody_elses_may_lack(client, requests_mock) -> None:
    rows = [
        {"id": "q-1", "title": "Who?", "tags": None, "queries": [{"query": "FIND User"}], "compliance": None},
        "odd",
    ]
    requests_mock.post(GRAPHQL, json={"data": {"questions": {"questions": rows, "pageInfo": {"hasNextPage": False}}}})
    assert list(Questions(client).list()) == [
        Question("q-1", QuestionContent("Who?", "", (), (SavedQuery("", "FIND User"),)), {})
    ]
