"""How questions and their answers are printed."""

from __future__ import annotations

import csv
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click
from rich.console import Console
from rich.table import Table

from collector.cli.options import render
from collector.cli.output import console, format_time, print_json, print_table, to_json
from collector.cli.plain_text import printable
from collector.cli.query_output import csv_cell, table_cell
from collector.cli.wrapping import print_wrapped, say
from collector.next_steps import Command, NextStep
from collector.query.j1ql import columns_of
from collector.questions.question import BAD, GOOD, UNKNOWN, NamedQuery, SecurityQuestion
from collector.questions.run import QuestionAnswer, by_urgency
from collector.questions.validation import Validation
from collector.store import RunRecord

SHOWN_ROWS = 20
"""Of each query, in a table."""
_HEADINGS = {BAD: "Bad", UNKNOWN: "Not known", GOOD: "Good"}


def print_list(questions: Sequence[SecurityQuestion], *, json_output: bool) -> None:
    """Print what can be asked."""
    if json_output:
        print_json([{"id": each.id, "title": each.title, "tags": list(each.tags)} for each in questions])
        return
    table = _table("Question", "Id", "Tags")
    for question in questions:
        table.add_row(question.title, question.short_id, ", ".join(question.tags))
    out = console()
    print_table(out, table)


def print_question(question: SecurityQuestion, *, json_output: bool) -> None:
    """Print a question with its queries, as commands to copy."""
    if json_output:
        print_json(_question_to_json(question))
        return
    out = console()
    out.print(question.title, style="bold")
    out.print(question.id)
    for text in (question.description, f"Why: {question.why}", "What to do: " + question.fix):
        out.print()
        print_wrapped(out, text)
    out.print()
    print_wrapped(out, f"Tags: {', '.join(question.tags)}")
    for compliance in question.compliance:
        print_wrapped(out, f"Touches: {compliance.standard} {', '.join(compliance.requirements)}")
    for query in question.queries:
        out.print(f"\n{_HEADINGS.get(query.results_are, 'Listed')}:")
        command = Command("query", shlex.quote(" ".join(line.strip() for line in query.text.splitlines())))
        out.print(render(NextStep("{}", command)), soft_wrap=True)
    out.print()
    print_wrapped(out, render(NextStep("Next: `{}` answers it.", Command("questions run", question.short_id))))


def print_answers(
    answers: Iterable[QuestionAnswer],
    questions: Sequence[SecurityQuestion],
    record: RunRecord,
    format_: str,
    *,
    in_full: bool,
) -> None:
    """Print the answers to these questions. In a table `in_full`: with who; else a line for each."""
    match format_:
        case "json":
            _print_json(answers, record)
        case "jsonl":
            for row in _rows(answers):
                click.echo(to_json(row))
        case "csv":
            _print_csv(answers, questions)
        case _ if in_full:
            _print_in_full(answers, record)
        case _:
            print_overview(answers, record)
            more = NextStep("Next: `{}` shows who, and what to do.", Command("questions run", "ID"))
            print_wrapped(console(), f"\n{render(more)}")


def print_overview(answers: Iterable[QuestionAnswer], record: RunRecord, most: int | None = None) -> None:
    """A line for each question, those with something bad first; at most so many."""
    table = _table("Question", "Bad", "Not known", "Good", "Listed", "Read", "Id")
    for column in table.columns[1:5]:
        column.justify = "right"
    counted = [answer.without_rows() for answer in answers]
    for answer in by_urgency(counted)[:most]:
        read = "" if answer.complete else "partly"
        table.add_row(answer.question.title, *_cells(answer), read, answer.question.short_id)
    out = console()
    print_wrapped(out, _when(record))
    out.print()
    print_table(out, table)
    left = 0 if most is None else len(counted) - most
    if left > 0:
        out.print(f"and {left:,} more questions")
    _print_warnings(counted)


def print_validation(found: Validation, *, json_output: bool) -> None:
    """Print what is wrong with a file, each with its line."""
    queries = sum(len(question.queries) for question in found.questions)
    if json_output:
        problems = [
            {"line": each.line, "question": each.question or None, "problem": each.what, "nextStep": each.next_step}
            for each in found.problems
        ]
        print_json({"file": str(found.path), "questions": len(found.questions), "problems": problems})
        return
    path = printable(str(found.path))
    for problem in found.problems:
        who = f"{problem.question}: " if problem.question else ""
        say(printable(f"{path}:{problem.line}: {who}{problem.what}"))
        say(f"  {printable(render(problem.next_step))}")
    if not found.problems:
        say(f"{path}: {_many(len(found.questions), 'question')}, {_many(queries, 'query', 'queries')}, all right.")


def _print_json(answers: Iterable[QuestionAnswer], record: RunRecord) -> None:
    click.echo(f'{{"run": {record.id}, "questions": [', nl=False)
    for number, answer in enumerate(answers):
        said = {
            **_question_to_json(answer.question, with_queries=False),
            "counts": dict(answer.counts),
            "columns": list(answer.columns),
            "rows": {name: list(rows) for name, rows in answer.verdicts.items()},
            "complete": answer.complete,
            "warnings": list(answer.warnings),
        }
        click.echo(f"{',' if number else ''}\n{to_json(said)}", nl=False)
    click.echo("\n]}")


def _print_csv(answers: Iterable[QuestionAnswer], questions: Sequence[SecurityQuestion]) -> None:
    """The questions have different columns: a row leaves empty what its question does not have."""
    own = dict.fromkeys(name for question in questions for name in columns_of(question.queries[0].text))
    columns = ("question", "verdict", *own)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([csv_cell(name) for name in columns])
    for row in _rows(answers):
        writer.writerow([csv_cell(row.get(name)) for name in columns])


def _rows(answers: Iterable[QuestionAnswer]) -> Iterator[Mapping[str, object]]:
    """Every row of every answer; warnings go to standard error."""
    read = []
    for answer in answers:
        for name, rows in answer.verdicts.items():
            for row in rows:
                yield {
                    "question": answer.question.id,
                    "verdict": name,
                    **dict(zip(answer.columns, row, strict=True)),
                }
        read.append(answer.without_rows())
    _print_warnings(read)


def _print_in_full(answers: Iterable[QuestionAnswer], record: RunRecord) -> None:
    out = console()
    print_wrapped(out, _when(record))
    read = []
    for answer in answers:
        question = answer.question
        out.print()
        out.print(question.title, style="bold")
        out.print(question.id)
        print_wrapped(out, question.description)  # says what the values mean
        for query in sorted(question.queries, key=_place):
            count = answer.counts[query.name]
            out.print(f"\n{_HEADINGS.get(query.results_are, 'Listed')}: {count:,}")
            if query.results_are != GOOD:
                _print_rows(out, answer, query.name)
        if answer.count(BAD):
            out.print()
            print_wrapped(out, "What to do: " + question.fix)
        read.append(answer.without_rows())
    _print_warnings(read)


def _place(query: NamedQuery) -> int:
    """Bad comes first."""
    return [*_HEADINGS, query.results_are].index(query.results_are)


def _print_rows(out: Console, answer: QuestionAnswer, name: str) -> None:
    """The first rows, without the key."""
    rows = answer.verdicts[name]
    table = _table(*answer.columns[:-1])
    for row in rows:
        table.add_row(*(table_cell(value) for value in row[:-1]))
    if rows:
        print_table(out, table)
    more = answer.row_counts[name] - len(rows)
    if more:
        command = Command("questions run", f"{answer.question.short_id} --format csv")
        print_wrapped(out, render(NextStep(f"and {more:,} more: `{{}}` prints all", command)))


def _print_warnings(answers: Sequence[QuestionAnswer]) -> None:
    """Each warning once, with how many of the questions it is about."""
    counts: dict[str, int] = {}
    for answer in answers:
        for warning in answer.warnings:
            counts[warning] = counts.get(warning, 0) + 1
    for warning, number in counts.items():
        about = f" ({_many(number, 'question')})" if len(answers) > 1 else ""
        say(f"Warning: {printable(warning)}{about}", err=True)


def _cells(answer: QuestionAnswer) -> list[str]:
    if not answer.question.has_verdict:
        return ["", "", "", f"{sum(answer.counts.values()):,}"]
    return [*(f"{answer.count(verdict):,}" for verdict in _HEADINGS), ""]


def _question_to_json(question: SecurityQuestion, *, with_queries: bool = True) -> dict[str, object]:
    queries = [{"name": query.name, "resultsAre": query.results_are, "query": query.text} for query in question.queries]
    return {
        "id": question.id,
        "title": question.title,
        "description": question.description,
        "why": question.why,
        "fix": question.fix,
        "tags": list(question.tags),
        "compliance": [
            {"standard": each.standard, "requirements": list(each.requirements)} for each in question.compliance
        ],
        **({"queries": queries} if with_queries else {}),
    }


def _when(record: RunRecord) -> str:
    return f"The account as run {record.id} read it, until {format_time(record.ended_at)}"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(printable(heading))
    return table


def _many(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
