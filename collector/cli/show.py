"""`collector show`: what the graph says of one thing."""

from __future__ import annotations

import click
from rich.console import Console

from collector.cli.options import common_options, options
from collector.cli.output import console, moment, print_json
from collector.cli.plain_text import printable
from collector.query.show import Card, find_cards
from collector.resources import all_resources
from collector.resources.declaration import Resource
from collector.settings.profile import Profile
from collector.store import Store

_MOST_NAMES = 20


@click.group()
@common_options
def show() -> None:
    """Show an entity: its properties, what it is tied to, when each part was read."""


def _verb(resource: Resource) -> click.Command:
    noun = resource.noun

    def command(context: click.Context, text: str | None = None) -> None:
        given = options(context)
        show_cards(given.settings().profile, resource, text, as_json_text=given.json)

    named = click.pass_context(command)
    description = f"Show the {noun}."
    if resource.listing.rows is not None:
        named = click.argument("text", metavar="NAME")(named)
        description = f"Show the {noun} of this name, id, _key or e-mail address."
    return click.command(noun, help=description)(common_options(named))


for _resource in all_resources():
    show.add_command(_verb(_resource))


def show_cards(
    profile: Profile,
    resource: Resource,
    text: str | None,
    *,
    as_json_text: bool = False,
    most_properties: int | None = None,
) -> None:
    """Print what the graph says of the entities this names; of each at most so many properties."""
    with Store.open_existing(profile.store_path) as store:
        cards = find_cards(store, resource.entity, text)
    if as_json_text:
        print_json([_as_json(card) for card in cards])
        return
    for card in cards:
        _print_card(console(), card, most_properties)


def _as_json(card: Card) -> dict[str, object]:
    return {
        "entity": card.entity,
        "relationships": {tie.sentence: list(tie.names) for tie in card.ties},
        "parts": [{"part": part.part, "readAt": part.read_at} for part in card.parts],
    }


def _print_card(out: Console, card: Card, most_properties: int | None) -> None:
    out.print(printable(f"{card.entity.get('displayName')}  {card.entity['_key']}"), style="bold")
    out.print("\nRelationships", style="bold")
    for tie in card.ties:
        more = f" and {len(tie.names) - _MOST_NAMES} more" if len(tie.names) > _MOST_NAMES else ""
        out.print(printable(f"  {tie.sentence}: {', '.join(tie.names[:_MOST_NAMES])}{more}"))
    if not card.ties:
        out.print("  none")
    out.print("\nRead", style="bold")
    for part in card.parts:
        out.print(f"  {part.part}: {moment(part.read_at)}")
    out.print("\nProperties", style="bold")
    properties = list(card.entity.items())
    for name, value in properties[:most_properties]:
        out.print(printable(f"  {name}: {_text(value)}"))
    if len(properties) > len(properties[:most_properties]):
        out.print(f"  and {len(properties) - len(properties[:most_properties])} more")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "(none)"
    return "(none)" if value is None else str(value)
