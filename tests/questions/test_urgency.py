"""In which order answers are shown."""

from __future__ import annotations

import pytest

from collector.questions.library import load_questions
from collector.questions.question import BAD, GOOD, INFORMATIVE, UNKNOWN, NamedQuery, SecurityQuestion
from collector.questions.run import QuestionAnswer, by_urgency


def answer(name: str, counts: dict[str, int]) -> QuestionAnswer:
    queries = tuple(NamedQuery(results_are, "", results_are) for results_are in counts)
    question = SecurityQuestion(name, name, "", "", "", (), (), queries)
    return QuestionAnswer(question, 1, (), {}, {}, counts, counts, complete=True, warnings=())


def verdicts(name: str, bad: int, unknown: int, good: int) -> QuestionAnswer:
    return answer(name, {GOOD: good, BAD: bad, UNKNOWN: unknown})


ALL_GOOD = verdicts("all good", 0, 0, 9)
NOT_KNOWN = verdicts("not known", 0, 1, 8)
LISTED = answer("listed", {INFORMATIVE: 9})
ACCOUNT_IS_BAD = verdicts("the account", 1, 0, 0)
ONE_IS_BAD = verdicts("one", 1, 0, 8)
ALL_ARE_BAD = verdicts("all", 9, 0, 0)
BAD_AND_UNKNOWN = verdicts("some", 5, 3, 1)
NOBODY = verdicts("nobody is asked about", 0, 0, 0)


@pytest.mark.parametrize(
    ("answers", "ordered"),
    [
        ([LISTED, ALL_GOOD, NOT_KNOWN, ONE_IS_BAD], ["one", "not known", "all good", "listed"]),
        ([ONE_IS_BAD, ACCOUNT_IS_BAD, ALL_ARE_BAD], ["one", "the account", "all"]),
        ([ALL_ARE_BAD, ACCOUNT_IS_BAD, ONE_IS_BAD], ["all", "the account", "one"]),
        ([ONE_IS_BAD, BAD_AND_UNKNOWN], ["one", "some"]),
        ([NOBODY, LISTED, NOT_KNOWN], ["not known", "nobody is asked about", "listed"]),
    ],
)
def test_what_is_bad_comes_first_then_what_is_not_known(answers: list[QuestionAnswer], ordered: list[str]) -> None:
    assert [each.question.id for each in by_urgency(answers)] == ordered


def test_signing_in_and_open_meetings_come_before_taste() -> None:
    """The order of the file is that of importance."""
    first = [question.short_id for question in load_questions()].index
    assert first("two-factor") < first("no-protection") < first("waiting-room") < first("screen-sharing")
    assert first("screen-sharing") < first("rename")
