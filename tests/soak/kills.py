"""`make kills`: kills runs at random times and resumes them.

Each collection starts with an empty store in its own process, is killed with SIGKILL after a random share of the time a
whole one takes, and is resumed. The graph must be that of the baseline run, and no more calls may be repeated than were
in flight or not committed.

The answers are prepared and come from the same process, which is quick; with `--served`, the real command collects from
a sandbox in another process.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from collector.collect.run import WORKERS
from collector.sandbox import generate_account
from collector.store import Store
from tests.bench.machine import described
from tests.bench.preparing import prepare
from tests.bench.process import ROOT
from tests.bench.server import Served, sandbox
from tests.soak.comparing import differences

SPARE_CALLS = 2 * WORKERS + 20
"""The most calls a kill may cost: in flight, waiting to be stored, or not committed."""
_LONGEST_SECONDS = 600


class Collections(ABC):
    """A way to collect the same account repeatedly."""

    @abstractmethod
    def start(self, folder: Path) -> subprocess.Popen[bytes]:
        """Start or resume the collection in this folder."""

    @abstractmethod
    def take_calls(self) -> int:
        """The calls since the last time."""

    @abstractmethod
    def store(self, folder: Path) -> Path:
        """Where the collection in this folder keeps the graph."""


@dataclass(frozen=True)
class Baseline:
    """A whole run: its store, how many calls it made and how many seconds it took."""

    store: Path
    calls: int
    seconds: float


@dataclass(frozen=True)
class Killed:
    """A run that was killed `after` seconds, and the one that resumed it. `found`: the differences."""

    after: float
    calls: int
    extra: int
    found: list[str]

    @property
    def good(self) -> bool:
        return not self.found and self.extra <= SPARE_CALLS


class Prepared(Collections):
    """Collections of prepared answers, which count their calls in a file."""

    def __init__(self, users: int, folder: Path) -> None:
        self._job = {"prepared": asdict(prepare(generate_account(users=300))), "users": users}
        self._counter = folder / "calls"
        self._counter.write_bytes(bytes(8))

    def start(self, folder: Path) -> subprocess.Popen[bytes]:
        folder.mkdir(exist_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.collect_counted"], cwd=ROOT, stdin=subprocess.PIPE
        )
        assert process.stdin is not None
        job = {**self._job, "path": str(self.store(folder)), "counter": str(self._counter)}
        process.stdin.write(json.dumps(job).encode())
        process.stdin.close()
        return process

    def take_calls(self) -> int:
        calls: int = struct.unpack("q", self._counter.read_bytes())[0]
        self._counter.write_bytes(bytes(8))
        return calls

    def store(self, folder: Path) -> Path:
        return folder / "graph.db"


class ByCommand(Collections):
    """The real command against a sandbox; its Medium calls are counted."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def start(self, folder: Path) -> subprocess.Popen[bytes]:
        folder.mkdir(exist_ok=True)
        home = {"ZOOM_PLAN": "unlimited", "ZOOM_HOME": str(folder / "home"), "no_proxy": "127.0.0.1"}
        return subprocess.Popen(
            [Path(sys.executable).with_name("collector"), "collect", "--json"],
            cwd=folder,
            env={**os.environ, **self._served.environment, **home},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def take_calls(self) -> int:
        return len(self._served.take_log())

    def store(self, folder: Path) -> Path:
        return folder / "home" / "default" / "graph.db"


def baseline(collections: Collections, folder: Path) -> Baseline:
    """One uninterrupted collection."""
    began = time.monotonic()
    collections.start(folder).wait(_LONGEST_SECONDS)
    return Baseline(collections.store(folder), collections.take_calls(), time.monotonic() - began)


def kill_once(collections: Collections, folder: Path, whole: Baseline, chance: random.Random) -> Killed:
    """Kill a collection, unless it ends before, and resume it."""
    after = chance.uniform(0.0, whole.seconds)
    process = collections.start(folder)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        if not _has_ended(collections.store(folder)):
            collections.start(folder).wait(_LONGEST_SECONDS)
    calls = collections.take_calls()
    with Store.open(whole.store) as expected, Store.open(collections.store(folder)) as found:
        return Killed(after, calls, calls - whole.calls, differences(expected, found))


def _has_ended(store: Path) -> bool:
    """Whether the collection was complete when the process was killed."""
    try:
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT concluded FROM run ORDER BY id DESC LIMIT 1").fetchone() == (1,)
    except sqlite3.OperationalError:
        return False  # killed before there was a store


def kill_many(users: int, kills: int, seed: int, served: bool, folder: Path) -> tuple[Baseline, list[Killed]]:
    """Kill this many runs, one after another."""
    chance = random.Random(seed)
    killed = []
    with ExitStack() as stack:
        collections = ByCommand(stack.enter_context(sandbox(users))) if served else Prepared(users, folder)
        whole = baseline(collections, folder / "whole")
        for number in range(kills):
            with tempfile.TemporaryDirectory(dir=folder) as empty:
                killed.append(kill_once(collections, Path(empty), whole, chance))
            click.echo(f"{number + 1}: killed after {killed[-1].after:.2f} s, {killed[-1].extra} extra calls", err=True)
    return whole, killed


@click.command()
@click.option("--users", default=2000, show_default=True, type=click.IntRange(1), help="Size of the account.")
@click.option("--kills", default=200, show_default=True, type=click.IntRange(1), help="How many runs to kill.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1), help="How many at the same time.")
@click.option("--seed", default=1, show_default=True, help="The same seed kills at the same times.")
@click.option("--served", is_flag=True, help="The real command against a sandbox; some 15 seconds a kill.")
@click.option("--date", required=True, help="The day to put above the result.")
def main(users: int, kills: int, jobs: int, seed: int, served: bool, date: str) -> None:
    """Kill and resume runs; exits with 1 if a graph is wrong or too many calls were repeated."""
    began = time.monotonic()
    shares = [kills // jobs + (job < kills % jobs) for job in range(jobs)]
    with tempfile.TemporaryDirectory(prefix="zoom-collector-kills-") as folder, ThreadPoolExecutor(jobs) as pool:
        folders = [Path(folder) / str(job) for job in range(jobs)]
        for one in folders:
            one.mkdir()
        results = list(pool.map(kill_many, [users] * jobs, shares, range(seed, seed + jobs), [served] * jobs, folders))
    killed = [one for _, several in results for one in several]
    whole = results[0][0]
    bad = [one for one in killed if not one.good]
    extras = sorted(one.extra for one in killed)
    click.echo(f"{date}, {described()}.\n")
    click.echo(f"* {users:,} users, {kills} runs killed at random in {time.monotonic() - began:.0f} s, seed {seed}.")
    click.echo(f"* The baseline run makes {whole.calls:,} calls and takes {whole.seconds:.1f} s.")
    click.echo(f"* Equal graphs: {sum(not one.found for one in killed)} of {kills}.")
    click.echo(
        f"* Calls beyond those of the baseline run: median {extras[len(extras) // 2]}, most {extras[-1]}; "
        f"the bound is {SPARE_CALLS}."
    )
    for one in bad:
        click.echo(f"* **Killed after {one.after:.2f} s: {one.extra} extra calls, {'; '.join(one.found) or 'equal'}**")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
