"""`collector show`: what the graph holds about one entity."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.console import Console

from collector.cli.options import common_options, example, options
from collector.cli.output import console, format_time, print_json
from collector.cli.plain_text import printable
from collector.cli.wrapping import print_wrapped
from collector.query.show import EntityView, RelatedEntity, find_entities, not_read
from collector.query.why import value_text
from collector.resources import all_resources
from collector.resources.declaration import Resource
from collector.resources.graph_schema import graph_schema
from collector.settings.profile import Profile
from collector.store import Store

_MAX_NAMES = 20
_EXAMPLES = {"user": "ada@example.com", "group": "Engineering", "role": "Admin"}


@click.group(epilog=example("collector show user ada@example.com"))
@common_options
def show() -> None:
    """Show a user, group, role or the account.

    Shows relationships, properties, and when each part was read.
    """


def _verb(resource: Resource) -> click.Command:
    noun = resource.noun

    def command(context: click.Context, text: str | None = None) -> None:
        given = options(context)
        show_entities(given.settings().profile, resource, text, json_output=given.json)

    named = click.pass_context(command)
    description, name = f"Show the {noun}.", ""
    if resource.listing.rows is not None:
        named = click.argument("text", metavar="NAME")(named)
        description = f"Show the {noun} with this name, id, _key or e-mail address."
        name = f" {_EXAMPLES.get(noun, 'NAME')}"
    return click.command(noun, help=description, epilog=example(f"collector show {noun}{name}"))(common_options(named))


for _resource in all_resources():
    show.add_command(_verb(_resource))


def show_entities(
    profile: Profile,
    resource: Resource,
    text: str | None,
    *,
    json_output: bool = False,
    max_properties: int | None = None,
) -> None:
    """Print the entities that match `text`, each with at most `max_properties` properties."""
    with Store.open_existing(profile.store_path) as store:
        views = find_entities(store, resource.entity, text)
        schema = graph_schema(all_resources())
        unread = [not_read(store, schema, view) for view in views]
    if json_output:
        print_json([_to_json(view, warnings) for view, warnings in zip(views, unread, strict=True)])
        return
    for view, warnings in zip(views, unread, strict=True):
        _print_entity(console(), view, warnings, max_properties)


def _to_json(view: EntityView, warnings: Sequence[str]) -> dict[str, object]:
    return {
        "entity": view.entity,
        "relationships": {each.sentence: list(each.names) for each in view.related},
        "related": {each.sentence: [_related_to_json(entity) for entity in each.entities] for each in view.related},
        "parts": [{"part": part.part, "readAt": part.read_at} for part in view.parts],
        "complete": not warnings,
        "warnings": list(warnings),
    }


def _related_to_json(entity: RelatedEntity) -> dict[str, object]:
    return {"_key": entity.key, "id": entity.id or None, "displayName": entity.name}


def _print_entity(out: Console, view: EntityView, warnings: Sequence[str], max_properties: int | None) -> None:
    out.print(printable(f"{view.entity.get('displayName')}  {view.entity['_key']}"), style="bold")
    out.print("\nRelationships", style="bold")
    for each in view.related:
        more = f" and {len(each.names) - _MAX_NAMES} more" if len(each.names) > _MAX_NAMES else ""
        out.print(printable(f"  {each.sentence}: {', '.join(each.names[:_MAX_NAMES])}{more}"))
    if not view.related:
        out.print("  none")
    out.print("\nParts, and when each was read", style="bold")
    for part in view.parts:
        out.print(f"  {part.part}: {format_time(part.read_at)}")
    if warnings:
        out.print("\nNot known", style="bold")
    for warning in warnings:
        print_wrapped(out, printable(f"  {warning}"))
    out.print("\nProperties", style="bold")
    properties = list(view.entity.items())
    for name, value in properties[:max_properties]:
        out.print(printable(f"  {name}: {value_text(value)}"))
    if len(properties) > len(properties[:max_properties]):
        out.print(f"  and {len(properties) - len(properties[:max_properties])} more")
