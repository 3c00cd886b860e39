"""`collector document`."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.options import common_options
from collector.explore.document import data_model_section
from collector.explore.document import document as regenerate
from collector.resources import all_resources, entity_types, relationship_types


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("docs/jupiterone.md"),
    show_default=True,
    help="The file whose generated section is replaced; it must exist.",
)
@common_options
def document(output: Path) -> None:
    """Regenerate the data-model section of the documentation."""
    resources = all_resources()
    changed = regenerate(output, data_model_section(entity_types(resources), relationship_types(resources)))
    click.echo(f"{output} was {'regenerated' if changed else 'up to date already'}.")
