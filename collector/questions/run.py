"""Answers questions from graph.db: who is good, who is bad, and of whom it is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from collector.clock import Clock, milliseconds
from collector.model.graph_schema import GraphSchema
from collector.query.j1ql import DEFAULT_TIMEOUT, AskedGraph, limit_time, prepared_graph
from collector.query.j1ql.parser import parse
from collector.query.j1ql.selectors import aggregates
from collector.query.j1ql.syntax import Query
from collector.questions.question import BAD, UNKNOWN, SecurityQuestion
from collector.store import RunRecord, Store

Row = Sequence[object]


@dataclass(frozen=True)
class QuestionAnswer:
    """A question and its answer after a run.

    `verdicts`: the rows of each query by its name, in the order of the file: all of them, or the first. `columns`:
    those of every row; the last holds a `_key`. `keys`: the keys of all rows, each once. `counts`: how many keys there
    are; `row_counts`: how many rows. `complete`: whether all that was asked had been read completely; if not,
    `warnings` say what is missing.
    """

    question: SecurityQuestion
    run: int
    columns: tuple[str, ...]
    verdicts: Mapping[str, tuple[Row, ...]]
    keys: Mapping[str, tuple[object, ...]]
    counts: Mapping[str, int]
    row_counts: Mapping[str, int]
    complete: bool
    warnings: tuple[str, ...]

    def count(self, results_are: str) -> int:
        """How many have this verdict (GOOD, BAD, UNKNOWN)."""
        query = self.question.query(results_are)
        return self.counts[query.name] if query else 0

    def without_rows(self) -> QuestionAnswer:
        """The counts alone: the rows and keys of many questions together take much memory."""
        return replace(self, verdicts={}, keys={})


@dataclass(frozen=True)
class _Found:
    """What a query found: the first rows, or all; the keys of all, each once; and how many rows there are."""

    rows: tuple[Row, ...]
    keys: tuple[object, ...]
    count: int


def answer_questions(
    store: Store,
    schema: GraphSchema,
    questions: Iterable[SecurityQuestion],
    record: RunRecord,
    clock: Clock,
    now: int | None = None,
    rows: int | None = None,
) -> Iterator[QuestionAnswer]:
    """Answer each question from the graph after this run, one after another.

    `now`: `date.now`, unless the present. `rows`: read only so many of each query; None: all.
    """
    now = milliseconds(clock.now()) if now is None else now
    parsed = {question: [parse(query.text, now) for query in question.queries] for question in questions}
    with prepared_graph(store, schema, record, [query for queries in parsed.values() for query in queries]) as graph:
        for question, queries in parsed.items():
            yield _answered(graph, question, queries, clock, rows)


def _answered(
    graph: AskedGraph, question: SecurityQuestion, queries: Sequence[Query], clock: Clock, most: int | None
) -> QuestionAnswer:
    found: dict[str, _Found] = {}
    warnings: list[str] = []
    columns: tuple[str, ...] = ()
    complete = True
    for named, query in zip(question.queries, queries, strict=True):
        limit_time(graph.database, DEFAULT_TIMEOUT, clock)
        answer = graph.ask(query)
        found[named.name] = _found(graph, query, cast(Iterator[Row], answer.rows), most)
        warnings += answer.warnings
        columns, complete = answer.columns, complete and answer.complete
    return QuestionAnswer(
        question,
        graph.record.id,
        columns,
        {name: each.rows for name, each in found.items()},
        {name: each.keys for name, each in found.items()},
        {name: len(each.keys) for name, each in found.items()},
        {name: each.count for name, each in found.items()},
        complete,
        tuple(dict.fromkeys(warnings)),
    )


def _found(graph: AskedGraph, query: Query, rows: Iterator[Row], most: int | None) -> _Found:
    if most is None or not _has_a_row_for_each_path(query):
        read = tuple(rows)
        return _Found(read[:most], tuple(dict.fromkeys(row[-1] for row in read)), len(read))
    first = cast(tuple[Row, ...], tuple(graph.ask(replace(query, limit=most + 1)).rows) if most else ())
    if 0 < len(first) <= most:
        return _Found(first, tuple(dict.fromkeys(row[-1] for row in first)), len(first))
    keys: Counter[object] = Counter(graph.values(replace(query, items=(query.items or ())[-1:], order=())))
    return _Found(first[:most], tuple(keys), keys.total())


def _has_a_row_for_each_path(query: Query) -> bool:
    """Whether there are as many rows, whatever is returned."""
    grouped = any(aggregates(item.value) for item in query.items or ())
    return not (grouped or query.unique or query.limit or query.skip)


def by_urgency(answers: Iterable[QuestionAnswer]) -> list[QuestionAnswer]:
    """First where something is bad, then where something is not known; those without a verdict last.

    Among equals the order stays, which in the collector's own file is that of importance: one setting of the account
    may matter more than one that everybody has.
    """
    return sorted(answers, key=_urgency)


def _urgency(answer: QuestionAnswer) -> int:
    if not answer.question.has_verdict:
        return 3
    return 0 if answer.count(BAD) else 1 if answer.count(UNKNOWN) else 2
