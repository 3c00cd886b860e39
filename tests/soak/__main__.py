"""`make soak`: collects a big account from a Zoom that misbehaves at random; the graph must be right."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import get_args

import click

from collector.sandbox.fault import FaultKind
from tests.bench.machine import described
from tests.soak.soaking import NeverComplete, Soaked, soak


@click.command()
@click.option("--users", default=10_000, show_default=True, type=click.IntRange(1), help="Size of the account.")
@click.option(
    "--rate",
    default=0.01,
    show_default=True,
    type=click.FloatRange(0, 0.1),
    help="The share of answers that are faults.",
)
@click.option("--times", default=10, show_default=True, help="How often each fault occurs that a client must believe.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same account and faults.")
@click.option("--date", required=True, help="The day to put above the result.")
def main(users: int, rate: float, times: int, seed: int, date: str) -> None:
    """Collect a misbehaving sandbox until a run is complete; exits with 1 if the graph is wrong."""
    machine = described()
    with tempfile.TemporaryDirectory(prefix="zoom-collector-soak-") as folder:
        try:
            soaked = soak(Path(folder), users, rate, times, seed)
        except NeverComplete as failure:
            raise click.ClickException(str(failure)) from None
    click.echo(f"{date}, {machine}.\n")
    click.echo(_describe(soaked, users, rate, seed))
    sys.exit(1 if soaked.differences else 0)


def _describe(soaked: Soaked, users: int, rate: float, seed: int) -> str:
    exits = ", ".join(f"{count} × {code}" for code, count in soaked.exits.most_common())
    kinds = ", ".join(f"`{kind}` {soaked.faults[kind]}" for kind in sorted(get_args(FaultKind)))
    graph = f"{soaked.entities:,} entities and {soaked.relationships:,} relationships"
    verdict = [f"The graphs are equal: {graph}."]
    if soaked.differences:
        verdict = [f"**The graphs differ.** The right one has {graph}.", *soaked.differences]
    lines = [
        f"{users:,} users, {rate:.1%} of the answers a fault, seed {seed}: {soaked.seconds:.0f} s.",
        f"{len(soaked.runs)} runs; they ended with {exits}.",
        f"{soaked.calls:,} calls; the baseline run makes {soaked.baseline_calls:,}.",
        f"{soaked.faults.total():,} faults: {kinds}.",
        *verdict,
    ]
    return "\n".join(f"* {line}" for line in lines)


if __name__ == "__main__":
    main()
