"""`make bench`: measures the collector beside a bare pool of threads and prints the Markdown of docs/performance.md."""

from __future__ import annotations

import dataclasses

import click

from tests.bench.machine import described
from tests.bench.rows import QUICK, ROWS, Sizes
from tests.bench.table import Line, markdown


@click.command()
@click.argument("rows", nargs=-1, type=click.Choice(list(ROWS)))
@click.option("--quick", is_flag=True, help="Small sizes: shows that it works; the figures mean little.")
@click.option("--repeats", type=click.IntRange(1, 20), help="How often what is short is repeated.")
@click.option("--date", required=True, help="The day to put above the table.")
def bench(rows: tuple[str, ...], quick: bool, repeats: int | None, date: str) -> None:
    """Measure these ROWS, without any all of them, and print one table."""
    machine = described()
    sizes = QUICK if quick else Sizes()
    sizes = dataclasses.replace(sizes, repeats=repeats or sizes.repeats)
    lines: list[Line] = []
    for name in rows or tuple(ROWS):
        click.echo(f"measuring: {name}", err=True)
        lines += ROWS[name](sizes)
    click.echo(f"{date}, {machine}.{' Quick sizes.' if quick else ''}\n")
    click.echo(markdown(lines))


if __name__ == "__main__":
    bench()
