"""`collector questions`: what a security owner asks of Zoom, answered from the graph on this computer."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.options import common_options, example, options
from collector.cli.query_options import chosen_format, run_options
from collector.cli.query_output import FORMATS
from collector.cli.questions_output import (
    SHOWN_ROWS,
    print_answers,
    print_list,
    print_question,
    print_validation,
)
from collector.cli.questions_push import dashboard, push, remove
from collector.clock import SystemClock
from collector.errors import ExitCode
from collector.query.chosen_run import chosen_run, date_now
from collector.questions.library import choose, load_questions, shipped_file
from collector.questions.run import answer_questions
from collector.questions.validation import validate as validate_file
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import Store


def _complete_id(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    return [question.short_id for question in load_questions() if question.short_id.startswith(incomplete)]


_with_tags = click.option(
    "--tag", "tags", multiple=True, metavar="TAG", help="Only questions with this tag; may be repeated: all of them."
)


@click.group(epilog=example("collector questions run"))
@common_options
def questions() -> None:
    """Answer the questions a security owner asks of Zoom.

    They come with the collector; docs/questions.md explains each. A question is named by its id, or by what follows
    managed-question-zoom- in it.
    """


@questions.command("list", epilog=example("collector questions list --tag meeting"))
@_with_tags
@common_options
@click.pass_context
def list_(context: click.Context, tags: tuple[str, ...]) -> None:
    """List the questions with their tags."""
    print_list(choose(load_questions(), tags=tags), json_output=options(context).json)


@questions.command(epilog=example("collector questions show e2e-encryption"))
@click.argument("id_", metavar="ID", shell_complete=_complete_id)
@common_options
@click.pass_context
def show(context: click.Context, id_: str) -> None:
    """Show a question: what it asks, why, what to do, its queries."""
    (question,) = choose(load_questions(), [id_])
    print_question(question, json_output=options(context).json)


@questions.command(epilog=example("collector questions run e2e-encryption"))
@click.argument("ids", metavar="[ID]...", nargs=-1, shell_complete=_complete_id)
@_with_tags
@run_options("Ask the graph")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="How to print the answers; default: table.")
@common_options
@click.pass_context
def run(
    context: click.Context,
    ids: tuple[str, ...],
    tags: tuple[str, ...],
    run: int | None,
    at: str | None,
    format_: str | None,
) -> None:
    """Answer the questions: who is good, bad or not known.

    Answered from the graph on this computer, without the network. Without ID: all questions, one a line, first those
    with something bad, then those with something not known, in either case the most important first. With IDs: who is
    bad, and of whom it is not known. All rows are in the other formats. Whose setting was not read is never bad;
    "partly" marks the questions about something that was not read completely.

    Exit codes: 0 answered (whatever the answer), 2 wrong use, 1 it failed or took too long, 130 interrupted.
    """
    given = options(context)
    printed = chosen_format(given, format_) or "table"
    chosen = choose(load_questions(), ids, tags)
    with Store.open_existing(given.settings().profile.store_path) as store:
        record = chosen_run(store, run, at)
        clock = SystemClock()
        now = date_now(record, clock, run, at)
        rows = None if printed != "table" else SHOWN_ROWS if ids else 0
        answers = answer_questions(store, graph_schema(all_resources()), chosen, record, clock, now, rows)
        print_answers(answers, chosen, record, printed, in_full=bool(ids))


@questions.command(epilog=example("collector questions validate questions.yaml"))
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@common_options
@click.pass_context
def validate(context: click.Context, file: Path | None) -> int:
    """Check a question file, by default the collector's own.

    FILE is in JupiterOne's format (`j1-integration validate-question-file`). Beyond JupiterOne's rules, every type,
    relationship and property must be one that this collector writes, every query must be answerable, and none may take
    those whose setting was not read for good or bad, as `!= true` does. Each problem is printed with its line.

    FILE may also hold nothing but queries, each beginning in a line with FIND: your own, from JupiterOne. Those that
    use a name of the older integration are answered with the present one (docs/moving-from-graph-zoom.md).

    Exit codes: 0 all right, 1 something is wrong with the file, 2 the file cannot be read, 130 interrupted.
    """
    schema = graph_schema(all_resources())
    if file is None:
        with shipped_file() as path:
            found = validate_file(path, schema, own=True)
    else:
        found = validate_file(file, schema, own=False)
    print_validation(found, json_output=options(context).json)
    return int(ExitCode.FAILED if found.problems else ExitCode.COMPLETE)


for verb in (push, remove, dashboard):
    questions.add_command(verb)
