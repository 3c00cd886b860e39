"""The answers to the questions as the page shows them: counts, the first rows, and for each person the verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from collector.model.graph import type_of_key
from collector.questions.question import BAD, GOOD, INFORMATIVE, UNKNOWN, SecurityQuestion
from collector.questions.run import QuestionAnswer, by_urgency
from collector.report.redaction import Redaction

LETTERS = {GOOD: "g", BAD: "b", UNKNOWN: "u", INFORMATIVE: "l"}
_WORST_FIRST = (BAD, UNKNOWN, GOOD, INFORMATIVE)
_NO_VERDICT = ord("-")
_ROWS_OF_PEOPLE = 10
"""The table of people has all of them."""
ROWS_OF_OTHERS = 200
_KEY_PREFIX = "zoom_"
_ACCOUNT = "zoom_account"
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_NOUNS = {
    "zoom_group": ("group", "groups"),
    "zoom_role": ("role", "roles"),
    "zoom_user": ("person", "people"),
}


@dataclass(frozen=True)
class Found:
    """What a question found good, bad or not known. `rows`: the first of them; each ends with the entity's key.

    `count`: of entities, of which each may have several rows. `more`: rows that are not shown.
    """

    results_are: str
    count: int
    rows: tuple[tuple[object, ...], ...]
    more: int


@dataclass(frozen=True)
class AnswerView:
    """An answered question. `of`: the `_type` of what it sorts, "" if its rows do not name it.

    `columns`: without that of the key.
    """

    question: SecurityQuestion
    of: str
    columns: tuple[str, ...]
    found: tuple[Found, ...]
    complete: bool
    warnings: tuple[str, ...]

    def count(self, results_are: str) -> int:
        return sum(each.count for each in self.found if each.results_are == results_are)

    @property
    def worst_first(self) -> list[Found]:
        """What it found, in the order in which somebody wants to know it."""
        return sorted(self.found, key=lambda each: _WORST_FIRST.index(each.results_are))

    @property
    def bad_in_words(self) -> str:
        """How many of what are bad: "5 people", "the account"."""
        count = self.count(BAD)
        if self.of == _ACCOUNT:
            return "the account"
        if self.of not in _NOUNS:
            return f"{count:,}"
        one, several = _NOUNS[self.of]
        return f"{count:,} {one if count == 1 else several}"

    @property
    def why(self) -> str:
        """Why it matters, in one sentence."""
        return _SENTENCE.split(self.question.why, maxsplit=1)[0]

    @property
    def requirements(self) -> tuple[str, ...]:
        """The ids of the requirements of standards it touches."""
        return tuple(id_ for each in self.question.compliance for id_ in each.requirements)

    @property
    def verdict(self) -> str:
        """bad if it found something bad, else not known if something is not known, else good; "" if it only lists."""
        for results_are in (BAD, UNKNOWN, GOOD):
            if self.count(results_are):
                return results_are
        return GOOD if self.question.has_verdict and self.complete else UNKNOWN if self.question.has_verdict else ""


@dataclass
class Answers:
    """The views, and for each question about people one letter a person."""

    views: list[AnswerView] = field(default_factory=list)
    verdicts: dict[str, bytearray] = field(default_factory=dict)


def view_answers(
    answers: Iterable[QuestionAnswer], people: Mapping[str, int], user_type: str, redaction: Redaction
) -> Answers:
    """The most urgent first. `people`: the place of each in the page, by key. One answer is held at a time."""
    result = Answers()
    counted = []
    for answer in answers:
        view = _view(answer, user_type, redaction)
        if view.of == user_type:
            result.verdicts[answer.question.id] = _letters(answer, people)
        result.views.append(view)
        counted.append(answer.without_rows())
        del answer  # or its keys would be kept while the next question is answered
    urgency = {answer.question.id: place for place, answer in enumerate(by_urgency(counted))}
    result.views.sort(key=lambda view: urgency[view.question.id])
    return result


def _letters(answer: QuestionAnswer, people: Mapping[str, int]) -> bytearray:
    letters = bytearray([_NO_VERDICT]) * len(people)
    for query in answer.question.queries:
        letter = ord(LETTERS[query.results_are])
        for key in answer.keys[query.name]:
            if (place := people.get(str(key))) is not None:
                letters[place] = letter
    return letters


def _view(answer: QuestionAnswer, user_type: str, redaction: Redaction) -> AnswerView:
    keys = {str(row[-1]) for rows in answer.verdicts.values() for row in rows[:1]}
    types = {type_of_key(key) for key in keys if key.startswith(_KEY_PREFIX)}
    of = types.pop() if len(types) == 1 else ""
    limit = _ROWS_OF_PEOPLE if of == user_type else ROWS_OF_OTHERS
    counts = answer.counts
    found = tuple(
        Found(
            query.results_are,
            counts[query.name],
            tuple(_row(row, redaction) for row in answer.verdicts[query.name][:limit]),
            max(0, answer.row_counts[query.name] - limit),
        )
        for query in answer.question.queries
    )
    warnings = answer.warnings if not redaction.is_on else ("Not all it rests on was read.",) * bool(answer.warnings)
    return AnswerView(answer.question, of, answer.columns[:-1], found, answer.complete, warnings)


def _row(row: Sequence[object], redaction: Redaction) -> tuple[object, ...]:
    """The row as the page shows it; in a redacted page, what names the entity first is its pseudonym."""
    *cells, key = row
    if not redaction.is_on:
        return (*(_cell(cell) for cell in cells), str(key))
    shown = redaction.entity(str(key))
    hidden = [redaction.value(cell if isinstance(cell, list) else _cell(cell)) for cell in cells]
    return (shown, *(_cell(cell) for cell in hidden[1:]), shown)


def _cell(cell: object) -> str | int | float | bool | None:
    """A value of a row for people; lists are joined."""
    if isinstance(cell, list):
        return ", ".join(str(each) for each in cell)
    return cell if cell is None or isinstance(cell, str | int | float) else str(cell)
