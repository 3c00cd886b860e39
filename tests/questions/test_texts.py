"""What the questions say, and the form of their queries."""

from __future__ import annotations

import re

import pytest

from collector.questions.library import load_questions
from collector.questions.question import BAD, VERDICTS, SecurityQuestion

QUESTIONS = load_questions()
KNOWN_COLUMNS = "u.displayName AS Name, u.username AS Username, u.id AS ID, "
KNOWN = {
    "managed-question-zoom-access-list": "Who has access to Zoom in my organization?",
    "managed-question-zoom-scheduled-meeting-required-password": (
        "Which users of Zoom do not require passwords for scheduled meetings?"
    ),
    "managed-question-zoom-e2e-encryption": "Which users of Zoom do not have end to end encryption enabled?",
}


def returned(text: str) -> str:
    """What a query returns, on one line."""
    return " ".join(text.partition("RETURN ")[2].partition("ORDER BY")[0].split())


@pytest.fixture(params=QUESTIONS, ids=lambda question: question.id.removeprefix("managed-question-zoom-"))
def question(request: pytest.FixtureRequest) -> SecurityQuestion:
    found: SecurityQuestion = request.param
    return found


def test_the_three_known_ones_keep_their_ids_titles_and_columns() -> None:
    known = {question.id: question for question in QUESTIONS if question.id in KNOWN}
    assert {id_: question.title for id_, question in known.items()} == KNOWN
    for question in known.values():
        assert all(returned(query.text).startswith(KNOWN_COLUMNS) for query in question.queries)


def test_each_is_a_question_with_a_reason_and_something_to_do(question: SecurityQuestion) -> None:
    assert re.fullmatch(r"managed-question-zoom-[a-z0-9-]+", question.id)
    assert question.title.endswith("?")
    for text in (question.description, question.why, question.fix):
        assert text.endswith("."), text
        assert "Benchmark" not in text  # a setting that may not be locked passes none
    assert re.search(r"\b(User Management|Account Management|Advanced) > ", question.fix)
    assert question.tags[0] == "zoom"
    assert {"user", "group", "role", "account"}.intersection(question.tags)


def test_it_has_three_verdicts_or_is_a_list(question: SecurityQuestion) -> None:
    named = [(query.name, query.results_are) for query in question.queries]
    assert named in ([("list", "INFORMATIVE")], [(verdict.lower(), verdict) for verdict in VERDICTS])


def test_all_its_queries_return_the_same_columns_and_the_key_last(question: SecurityQuestion) -> None:
    (columns,) = {returned(query.text) for query in question.queries}
    assert re.search(r", [a-z]\._key AS Key$", columns)


def test_nobody_is_bad_for_what_is_not_so(question: SecurityQuestion) -> None:
    """`!= true` also holds of whoever has no value."""
    bad = question.query(BAD)
    assert bad is None or not re.search(r"!= (true|false)", bad.text)
