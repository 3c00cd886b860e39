"""Checks a question file: JupiterOne's rules (JupiterOne integration SDK, `validate-question-file`), then that every
query can be answered, then that no verdict takes what is not known for bad.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.errors import UsageError
from collector.model.graph_schema import GraphSchema
from collector.model.older_integration import OLDER_NAMES, USER_TYPE, OlderName
from collector.next_steps import NextStep
from collector.query.j1ql import CheckedQuery, check_query
from collector.questions.question import BAD, GOOD, UNKNOWN, VERDICTS, NamedQuery, SecurityQuestion
from collector.questions.reading import Problem, QuestionFile, read_file

_KEY_COLUMN = "Key"
_CORRECT_IT = "Correct the query; docs/jupiterone.md lists the types and properties."


@dataclass(frozen=True)
class Validation:
    """What was checked, and what is wrong with it."""

    path: Path
    questions: tuple[SecurityQuestion, ...]
    problems: tuple[Problem, ...]


def validate(path: Path, schema: GraphSchema, *, own: bool) -> Validation:
    """Check a file; `own`: that which comes with the collector, of which more is demanded than JupiterOne does.

    Raises UsageError if the file cannot be read.
    """
    file = read_file(path)
    return Validation(path, file.questions, tuple(_problems(file, schema, own=own)))


def _problems(file: QuestionFile, schema: GraphSchema, *, own: bool) -> Iterator[Problem]:
    yield from file.problems
    yield from _repeated(file.questions)
    for question in file.questions:
        if own:
            yield from _left_out(question)
        yield from _of_queries(question, schema, own=own)


def _repeated(questions: Sequence[SecurityQuestion]) -> Iterator[Problem]:
    """JupiterOne's own checks, in its order and words."""
    ids: set[str] = set()
    titles: set[str] = set()
    for question in questions:
        if question.id in ids:
            what = f"Non-unique question ID found in file (questionId={question.id})"
            yield _of(question, what, "Give each question an id of its own.")
        ids.add(question.id)
    for question in questions:
        if question.title in titles:
            what = f"Non-unique question title found in file (questionId={question.id}, questionTitle={question.title})"
            yield _of(question, what, "Give each question a title of its own.")
        titles.add(question.title)
    for question in questions:
        for tag in _twice(question.tags):
            what = f"Non-unique question tag found (questionId={question.id}, tag={tag})"
            yield _of(question, what, "Leave the tag once.")
    for question in questions:
        for name in _twice([query.name for query in question.queries if query.name]):
            what = f"Duplicate query name in question detected (questionId={question.id}, queryName={name})"
            yield _of(question, what, "Give each query of a question a name of its own.")


def _twice(values: Sequence[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if values.count(value) > 1]


def _left_out(question: SecurityQuestion) -> Iterator[Problem]:
    for key in ("why", "fix"):
        if not getattr(question, key):
            yield _of(question, f"The question has no `{key}`.", f"Add `{key}:` with a sentence for people.")
    for query in question.queries:
        if not query.name:
            yield _of(question, "A query has no name.", "Name it good, bad, unknown or list.", query)


def _of_queries(question: SecurityQuestion, schema: GraphSchema, *, own: bool) -> Iterator[Problem]:
    checked: list[tuple[NamedQuery, CheckedQuery]] = []
    for query in question.queries:
        try:
            found = check_query(query.text, schema)
        except UsageError as refusal:
            yield _of(question, f"{_named(query)} is refused: {refusal.message}", refusal.next_step, query)
            yield from (_of_older(question, query, name) for name in _mentioned(query.text))
            continue
        checked.append((query, found))
        older = _older_names(found, schema)
        for name in older:
            yield _of_older(question, query, name)
        for problem in found.problems:
            if not any(f"`{name.name}`" in problem for name in older):
                yield _of(question, f"{_named(query)}: {problem}", _CORRECT_IT, query)
        if query.results_are != UNKNOWN:
            yield from _takes_unread(question, query, found, [name.name for name in older])
        if own and found.columns[-1:] != (_KEY_COLUMN,):
            what = f"{_named(query)} has another last column than {_KEY_COLUMN}."
            yield _of(question, what, f"End with `_key AS {_KEY_COLUMN}` of what is asked about.", query)
    if len(checked) == len(question.queries):
        yield from _alike(question, checked)
        if question.has_verdict:
            yield from _of_verdict(question, checked)


def _older_names(checked: CheckedQuery, schema: GraphSchema) -> list[OlderName]:
    """The names of the older integration that the query asks of types which have no such property."""
    declared = {entity.type: entity.properties for entity in schema.entities}
    unknown = {
        (type_, name)
        for types, name in checked.asked
        if not any(name in declared[type_] for type_ in types)
        for type_ in types
    }
    return [older for older in OLDER_NAMES if (older.type, older.name) in unknown]


def _mentioned(text: str) -> list[OlderName]:
    """The same for a query that cannot be answered here, such as one about another system's users, too."""
    words = set(re.findall(r"\w+", text))
    return [older for older in OLDER_NAMES if older.type == USER_TYPE and older.name in words]


def _of_older(question: SecurityQuestion, query: NamedQuery, older: OlderName) -> Problem:
    what = f"{_named(query)}: `{older.name}` of {older.type} is a name of the older integration. {older.why}"
    if not older.now:
        return _of(question, what, "Leave it out: nothing has replaced it.", query)
    kept = "; with DATA_MODEL=legacy the older name is there, too" if older.legacy else ""
    return _of(question, what, f"Write `{older.now}`{kept}.", query)


def _alike(question: SecurityQuestion, checked: Sequence[tuple[NamedQuery, CheckedQuery]]) -> Iterator[Problem]:
    """All queries of a question are about the same, and are read side by side."""
    (_, as_first), *others = checked
    for query, found in others:
        if found.columns != as_first.columns:
            columns = ", ".join(as_first.columns) or "none"
            what = f"{_named(query)} returns other columns than the first one ({columns})."
            yield _of(question, what, "Return the same columns, in the same order, from all of them.", query)
        if found.start != as_first.start:
            types = ", ".join(as_first.start)
            what = f"{_named(query)} starts from another type than the first one ({types})."
            yield _of(question, what, "Begin all of them with what the question asks about.", query)


def _of_verdict(question: SecurityQuestion, checked: Sequence[tuple[NamedQuery, CheckedQuery]]) -> Iterator[Problem]:
    missing = [verdict for verdict in VERDICTS if question.query(verdict) is None]
    if missing:
        what = f"The question has no query whose `resultsAre` is {' or '.join(missing)}."
        advice = "Add it: good, bad and unknown are all asked, so that who was not read is neither good nor bad."
        yield _of(question, what, advice)
    asked: set[str] = set()
    for query, found in checked:
        if query.results_are in (GOOD, BAD):
            asked |= {each.name for each in found.compared if each.may_be_unread}
    for query, found in checked:
        if query.results_are == UNKNOWN:
            found_undefined = {each.name for each in found.compared if each.finds_undefined}
            if not found_undefined:
                what = f"{_named(query)} does not ask what is undefined."
                yield _of(question, what, "Ask for those whose property `= undefined`.", query)
            elif left := sorted(asked - found_undefined):
                names = ", ".join(f"`{name}`" for name in left)
                what = f"{_named(query)} leaves out those of whom {names} was not read."
                yield _of(question, what, "Ask for those of whom it is `= undefined`, too.", query)


def _takes_unread(
    question: SecurityQuestion, query: NamedQuery, checked: CheckedQuery, wrong_names: Collection[str]
) -> Iterator[Problem]:
    """Unless the query also compares the property in a way that it must be known, or lists those of whom it is not."""
    meant = {GOOD: "good", BAD: "bad"}.get(query.results_are, "meant")
    settled = {*wrong_names, *(each.name for each in checked.compared if not each.finds_undefined)}
    if meant == "meant":
        settled |= {each.name for each in checked.compared if not each.negated}
    for name in dict.fromkeys(each.name for each in checked.compared if each.may_be_unread):
        if name not in settled:
            what = f"{_named(query)} also finds those of whom `{name}` was not read."
            advice = f"Name the value that is {meant}, or add `{name} != undefined`."
            yield _of(question, what, advice, query)


def _named(query: NamedQuery) -> str:
    return f"The query `{query.name}`" if query.name else "The query"


def _of(question: SecurityQuestion, what: str, next_step: str, query: NamedQuery | None = None) -> Problem:
    line = question.line if query is None else query.line
    return Problem(line, question.id, what, NextStep(next_step))
