"""`collector show`: what the graph says of one thing."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from collector.cli.options import common_options, options
from collector.cli.output import console, moment, print_json, printable
from collector.collection import store_path
from collector.explore.show import Card, find_cards
from collector.settings import Settings
from collector.store import Store

_MOST_NAMES = 20


@click.group()
@common_options
def show() -> None:
    """Show an entity: its properties, what it is tied to, when each part was read."""


def _verb(noun: str, argument: str | None) -> click.Command:
    def command(context: click.Context, text: str | None = None) -> None:
        given = options(context)
        show_cards(given.settings(), noun, text, as_json_text=given.json)

    named = click.pass_context(command)
    if argument is not None:
        named = click.argument("text", metavar=argument)(named)
    description = f"Show the {noun}." if argument is None else f"Show the {noun} of this {argument.lower()} (or id)."
    return click.command(noun, help=description)(common_options(named))


for _noun, _argument in (("user", "EMAIL"), ("group", "NAME"), ("role", "NAME"), ("account", None)):
    show.add_command(_verb(_noun, _argument))


def show_cards(settings: Settings, noun: str, text: str | None, *, as_json_text: bool = False) -> None:
    """Print everything the graph says of the entities this names."""
    with Store.open_existing(store_path(settings)) as store:
        cards = find_cards(store, noun, text)
    if as_json_text:
        print_json([_as_json(card) for card in cards])
        return
    for card in cards:
        _print_card(console(), card)


def _as_json(card: Card) -> dict[str, object]:
    return {
        "entity": card.entity,
        "relationships": {tie.sentence: list(tie.names) for tie in card.ties},
        "parts": [{"part": part.part, "readAt": part.read_at} for part in card.parts],
    }


def _print_card(out: Console, card: Card) -> None:
    out.print(printable(f"{card.entity.get('displayName')}  {card.entity['_key']}"), style="bold")
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=False, overflow="fold")
    table.add_column(overflow="fold")
    for name, value in card.entity.items():
        table.add_row(name, printable(_text(value)))
    out.print(table)
    out.print("\nRelationships", style="bold")
    for tie in card.ties:
        more = f" and {len(tie.names) - _MOST_NAMES} more" if len(tie.names) > _MOST_NAMES else ""
        out.print(printable(f"  {tie.sentence}: {', '.join(tie.names[:_MOST_NAMES])}{more}"))
    if not card.ties:
        out.print("  none")
    out.print("\nRead", style="bold")
    for part in card.parts:
        out.print(f"  {part.part}: {moment(part.read_at)}")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "(none)"
    return "(none)" if value is None else str(value)
