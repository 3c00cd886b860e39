"""`collector document`."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.options import example, options_without_json
from collector.cli.plain_text import printable
from collector.cli.wrapping import say
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
@options_without_json
def document(output: Path) -> None:
    """Regenerate the data model in docs/jupiterone.md."""
    resources = all_resources()
    change = regenerate(output, data_model_section(entity_types(resources), relationship_types(resources)))
    say(printable(f"{output} {change.value}."))
