"""`make kills`: runs that are killed at random instants, and what the runs that go on with them come to.

Each time the real command is started over an empty profile against a sandbox in a process of its own, killed with
SIGKILL after a random part of the time a whole run takes, and started again until a run ends by itself. The graph must
be that of a run nobody disturbed, and no more calls may have been made than were in flight when the process was killed.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click

from collector.engine.collect import WORKERS
from collector.store import Store
from tests.bench.machine import described
from tests.bench.server import Served, sandbox
from tests.soak.comparing import differences

SPARE_CALLS = 2 * WORKERS + 20
"""What a kill may cost: calls in flight or waiting to be stored, and documents not committed yet."""
_LONGEST_SECONDS = 600


@dataclass(frozen=True)
class Undisturbed:
    """A whole run: its store, how many calls it made and how many seconds it took."""

    store: Path
    calls: int
    seconds: float


@dataclass(frozen=True)
class Killed:
    """A run that was killed `after` so many seconds, and the one that went on with it. `found`: what differs."""

    after: float
    calls: int
    extra: int
    found: list[str]

    @property
    def good(self) -> bool:
        return not self.found and self.extra <= SPARE_CALLS


def undisturbed(served: Served, folder: Path) -> Undisturbed:
    """One run from beginning to end."""
    served.take_log()
    began = time.monotonic()
    _collect(served.environment, folder).wait(_LONGEST_SECONDS)
    return Undisturbed(_store(folder), len(served.take_log()), time.monotonic() - began)


def kill_once(served: Served, folder: Path, whole: Undisturbed, chance: random.Random) -> Killed:
    """Kill a run, and let the next one end."""
    after = chance.uniform(0.0, whole.seconds)
    process = _collect(served.environment, folder)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        _collect(served.environment, folder).wait(_LONGEST_SECONDS)
    calls = len(served.take_log())
    with Store.open(whole.store) as expected, Store.open(_store(folder)) as found:
        return Killed(after, calls, calls - whole.calls, differences(expected, found))


def _collect(environment: Mapping[str, str], folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "collector", "collect", "--json"],
        cwd=folder,
        env={
            **os.environ,
            **environment,
            "ZOOM_PLAN": "unlimited",
            "ZOOM_HOME": str(folder / "home"),
            "no_proxy": "127.0.0.1",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _store(folder: Path) -> Path:
    return folder / "home" / "default" / "graph.db"


def kill_many(users: int, kills: int, seed: int, folder: Path) -> tuple[Undisturbed, list[Killed]]:
    """So many kills against a sandbox of their own. Run times drift on a busy machine, so the first kills may miss."""
    chance = random.Random(seed)
    killed = []
    with sandbox(users) as served:
        whole = undisturbed(served, folder / "whole")
        for number in range(kills):
            with tempfile.TemporaryDirectory(dir=folder) as empty:
                killed.append(kill_once(served, Path(empty), whole, chance))
            click.echo(f"{number + 1}: killed after {killed[-1].after:.2f} s, {killed[-1].extra} extra calls", err=True)
    return whole, killed


@click.command()
@click.option("--users", default=2000, show_default=True, type=click.IntRange(1), help="Size of the account.")
@click.option("--kills", default=200, show_default=True, type=click.IntRange(1), help="How many runs to kill.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1), help="So many at the same time.")
@click.option("--seed", default=1, show_default=True, help="The same seed kills at the same instants.")
@click.option("--date", required=True, help="The day to put above the result.")
def main(users: int, kills: int, jobs: int, seed: int, date: str) -> None:
    """Kill runs and go on; exits with 1 when a graph is not the right one or calls were made in vain."""
    began = time.monotonic()
    shares = [kills // jobs + (job < kills % jobs) for job in range(jobs)]
    with tempfile.TemporaryDirectory(prefix="zoom-collector-kills-") as folder, ThreadPoolExecutor(jobs) as pool:
        folders = [Path(folder) / str(job) for job in range(jobs)]
        for one in folders:
            one.mkdir()
        results = list(pool.map(kill_many, [users] * jobs, shares, range(seed, seed + jobs), folders))
    killed = [one for _, several in results for one in several]
    whole = results[0][0]
    bad = [one for one in killed if not one.good]
    extras = sorted(one.extra for one in killed)
    click.echo(f"{date}, {described()}.\n")
    click.echo(f"* {users:,} users, {kills} runs killed at random in {time.monotonic() - began:.0f} s, seed {seed}.")
    click.echo(f"* An undisturbed run makes {whole.calls:,} calls of its label and takes {whole.seconds:.1f} s.")
    click.echo(f"* Equal graphs: {sum(not one.found for one in killed)} of {kills}.")
    click.echo(
        f"* Calls beyond those of an undisturbed run: median {extras[len(extras) // 2]}, most {extras[-1]}; "
        f"the bound is {SPARE_CALLS}."
    )
    for one in bad:
        click.echo(f"* **Killed after {one.after:.2f} s: {one.extra} extra calls, {'; '.join(one.found) or 'equal'}**")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
