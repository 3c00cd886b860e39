"""`collector document`."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.options import example, options_without_json
from collector.cli.plain_text import printable
from collector.cli.wrapping import say
from collector.questions.docs import write_document
from collector.questions.library import load_questions
from collector.resources import all_resources, entity_types, relationship_types
from collector.resources.data_model_docs import data_model_section
from collector.resources.data_model_docs import document as regenerate


@click.command(epilog=example("collector document --output docs/jupiterone.md"))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("docs/jupiterone.md"),
    show_default=True,
    help="The file to update; it must exist. Without a generated section, one is added at its end.",
)
@click.option(
    "--questions",
    "questions",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write what the questions are about to this file (docs/questions.md).",
)
@options_without_json
def document(output: Path, questions: Path | None) -> None:
    """Regenerate the data model in docs/jupiterone.md."""
    resources = all_resources()
    change = regenerate(output, data_model_section(entity_types(resources), relationship_types(resources)))
    say(printable(f"{output} {change.value}."))
    if questions is not None:
        changed = write_document(questions, load_questions())
        say(printable(f"{questions} {'was generated' if changed else 'was up to date already'}."))
