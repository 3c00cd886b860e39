"""Collects an account from a misbehaving sandbox, run after run, until a run is complete.

Client, engine and store are real; the network is a call into the sandbox, and the clock is fake, so that limits clear
at once.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from collector.collect.progress import NoProgress
from collector.collect.run import CollectionInputs, collect
from collector.errors import CollectorError, ExitCode
from collector.resources import all_resources
from collector.sandbox import GRANULAR_SCOPES, Account, Sandbox, generate_account
from collector.settings.choices import ZoomPlan
from collector.store import Store
from collector.zoom.client import ZoomClient
from collector.zoom.pacing import Pacer
from tests.collect.profile import SandboxTokens
from tests.fakes import FakeClock
from tests.soak.comparing import differences, size
from tests.soak.misbehaviour import LIES, misbehave
from tests.wsgi_adapter import ADDRESS, WsgiAdapter, session_with

RESUME = (ExitCode.FAILED, ExitCode.INCOMPLETE, ExitCode.SIGN_IN, ExitCode.DAILY_LIMIT)
"""Exit codes after which the collection is run again; a Server-to-Server app needs no new sign-in."""
MOST_RUNS = 200


class NeverComplete(Exception):
    """None of MOST_RUNS runs was complete."""


@dataclass(frozen=True)
class SoakRun:
    """One run: its exit code, calls and faults."""

    exit_code: ExitCode
    calls: int
    faults: int


@dataclass
class Soaked:
    """`seconds`: elapsed. `differences`: empty if the graphs are equal."""

    runs: list[SoakRun] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    baseline_calls: int = 0
    entities: int = 0
    relationships: int = 0
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def calls(self) -> int:
        """Of all runs together."""
        return sum(run.calls for run in self.runs)

    @property
    def exits(self) -> Counter[int]:
        """How often each exit code came."""
        return Counter(int(run.exit_code) for run in self.runs)


def soak(folder: Path, users: int, rate: float, times: int, seed: int) -> Soaked:
    """Collect a well-behaved and a misbehaving sandbox of the same account, and compare the graphs.

    `rate`: the share of answers that are faults. `times`: see `misbehaviour.misbehave`. Raises NeverComplete.
    """
    began = time.monotonic()
    account = generate_account(users=users, groups=8, custom_roles=3, seed=seed)
    soaked = Soaked()
    with Store.open(folder / "baseline.db") as expected, Store.open(folder / "soaked.db") as found:
        baseline = _Collector(account, expected, seed)
        soaked.baseline_calls = baseline.run().calls
        disturbed = _Collector(account, found, seed)
        misbehave(disturbed.sandbox, rate, times, seed)
        _until_complete(disturbed, soaked)
        soaked.faults.update(disturbed.sandbox.faults.applied)
        soaked.entities, soaked.relationships = size(expected)
        soaked.differences = differences(expected, found)
    soaked.seconds = time.monotonic() - began
    return soaked


def _until_complete(collector: _Collector, soaked: Soaked) -> None:
    """Run until a session without false answers (`misbehaviour.LIES`) ends with 0."""
    lies = collector.lies
    for _ in range(MOST_RUNS):
        run = collector.run()
        soaked.runs.append(run)
        if run.exit_code is ExitCode.COMPLETE and collector.lies == lies:
            return
        if run.exit_code in (ExitCode.COMPLETE, ExitCode.INCOMPLETE):
            lies = collector.lies  # the next run starts a new session
    raise NeverComplete(f"After {MOST_RUNS} runs none was complete; they ended with {dict(soaked.exits)}.")


class _Collector:
    """A profile that collects one sandbox, run after run."""

    def __init__(self, account: Account, store: Store, seed: int) -> None:
        self.clock = FakeClock()
        self.sandbox = Sandbox(account, clock=self.clock)
        self._store = store
        self._randomness = random.Random(seed)

    @property
    def lies(self) -> int:
        return sum(self.sandbox.faults.applied[kind] for kind in LIES)

    def run(self) -> SoakRun:
        """One run; after a daily limit the clock moves to when it clears. Raises what another run cannot fix."""
        client = ZoomClient(
            SandboxTokens(self.sandbox, GRANULAR_SCOPES, scopes_known=True),
            Pacer(ZoomPlan.UNLIMITED, 1.0, self.clock),
            self.clock,
            self._randomness,
            oauth_url=ADDRESS,
            configured_api_url=ADDRESS,
            new_session=lambda: session_with(WsgiAdapter(self.sandbox.app)),
        )
        faults = self.sandbox.faults.applied.total()
        exit_code = self._collect(client)
        if client.daily_limit is not None:
            self.clock.time = max(self.clock.time, client.daily_limit.clears_at / 1000)
        return SoakRun(exit_code, client.calls.total(), self.sandbox.faults.applied.total() - faults)

    def _collect(self, client: ZoomClient) -> ExitCode:
        job = CollectionInputs(
            client=client,
            store=self._store,
            clock=self.clock,
            progress=NoProgress(),
            resources=all_resources(),
            scopes=GRANULAR_SCOPES,
            account_id=self.sandbox.account.id,
        )
        try:
            record = collect(job)
        except CollectorError as failure:
            if failure.exit_code not in RESUME:
                raise
            return failure.exit_code
        self._store.conclude()
        return ExitCode(record.exit_code)
