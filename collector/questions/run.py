"""Answers questions from graph.db: who is good, who is bad, and of whom it is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from collector.clock import Clock, milliseconds
from collector.model.graph_schema import GraphSchema
from collector.query.j1ql import QueryRequest, ask
from collector.query.j1ql.parser import parse
from collector.questions.library import BAD, UNKNOWN, SecurityQuestion
from collector.store import RunRecord, Store

Row = Sequence[object]


@dataclass(frozen=True)
class QuestionAnswer:
    """A question and its answer after a run.

    `verdicts`: the rows of each query by its name, in the order of the file. `columns`: those of every row; the last
    holds a `_key`. `counts`: how many there are; each counts once, also if it has several rows. `complete`: whether all
    that was asked had been read completely; if not, `warnings` say what is missing.
    """

    question: SecurityQuestion
    run: int
    columns: tuple[str, ...]
    verdicts: Mapping[str, tuple[Row, ...]]
    counts: Mapping[str, int]
    complete: bool
    warnings: tuple[str, ...]

    def count(self, results_are: str) -> int:
        """How many have this verdict (GOOD, BAD, UNKNOWN)."""
        query = self.question.query(results_are)
        return self.counts[query.name] if query else 0

    def without_rows(self) -> QuestionAnswer:
        """The counts alone: the rows of many questions together take much memory."""
        return replace(self, verdicts={})


def answer_questions(
    store: Store,
    schema: GraphSchema,
    questions: Iterable[SecurityQuestion],
    record: RunRecord,
    clock: Clock,
    now: int | None = None,
) -> Iterator[QuestionAnswer]:
    """Answer each question from the graph after this run, one after another. `now`: `date.now`, unless the present."""
    now = milliseconds(clock.now()) if now is None else now
    for question in questions:
        yield _answered(store, schema, question, record, clock, now)


def _answered(
    store: Store, schema: GraphSchema, question: SecurityQuestion, record: RunRecord, clock: Clock, now: int
) -> QuestionAnswer:
    verdicts: dict[str, tuple[Row, ...]] = {}
    warnings: list[str] = []
    columns: tuple[str, ...] = ()
    complete = True
    for query in question.queries:
        answer = ask(store, schema, QueryRequest(parse(query.text, now), run=record.id, limit=0), clock)
        verdicts[query.name] = tuple(cast(Row, row) for row in answer.rows)
        warnings += answer.warnings
        columns, complete = answer.columns, complete and answer.complete
    counts = {name: len({row[-1] for row in rows}) for name, rows in verdicts.items()}
    return QuestionAnswer(question, record.id, columns, verdicts, counts, complete, tuple(dict.fromkeys(warnings)))


def by_urgency(answers: Iterable[QuestionAnswer]) -> list[QuestionAnswer]:
    """The answers by how much of what is asked about is bad, then by how many that are, then the same of what is not
    known; those without a verdict last.
    """
    return sorted(answers, key=_urgency)


def _urgency(answer: QuestionAnswer) -> tuple[object, ...]:
    asked_about = sum(answer.counts.values()) or 1
    bad, unknown = answer.count(BAD), answer.count(UNKNOWN)
    return not answer.question.has_verdict, -bad / asked_about, -bad, -unknown / asked_about, -unknown
