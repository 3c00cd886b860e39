"""Trouble at random: as often as asked for, the same for the same seed, whatever comes at the same time."""

from __future__ import annotations

from collections import Counter

from collector.sandbox import Fault, Sandbox
from collector.sandbox.faults import RandomFaults

from .client import SandboxClient

SOME = (Fault("status_500", times=None), Fault("reset", times=None), Fault("truncated", times=None))


def kinds(chance: RandomFaults, paths: list[str]) -> list[str | None]:
    applied = [chance.next_fault(path, {}) for path in paths]
    return [None if fault is None else fault.kind for fault in applied]


PATHS = [f"/users/{number}/settings" for number in range(20_000)]


def test_as_often_as_asked_for_and_each_as_often_as_the_others() -> None:
    counts = Counter(kinds(RandomFaults(0.03, SOME, seed=1), PATHS))
    assert 500 < 20_000 - counts[None] < 700
    assert all(150 < counts[fault.kind] < 250 for fault in SOME)


def test_the_same_for_the_same_seed_only() -> None:
    assert kinds(RandomFaults(0.03, SOME, seed=1), PATHS) == kinds(RandomFaults(0.03, SOME, seed=1), PATHS)
    assert kinds(RandomFaults(0.03, SOME, seed=1), PATHS) != kinds(RandomFaults(0.03, SOME, seed=2), PATHS)


def test_a_request_meets_the_same_whatever_came_before() -> None:
    in_order = dict(zip(PATHS, kinds(RandomFaults(0.03, SOME, seed=1), PATHS), strict=True))
    backwards = dict(zip(PATHS[::-1], kinds(RandomFaults(0.03, SOME, seed=1), PATHS[::-1]), strict=True))
    assert in_order == backwards


def test_a_sandbox_counts_what_strikes(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("status_502_html"))
    sandbox.faults.at_random(1.0, [Fault("status_500", times=3)], seed=1)
    assert [zoom.get("/users").status_code for _ in range(6)] == [502, 500, 500, 500, 200, 200]
    assert sandbox.faults.applied == {"status_502_html": 1, "status_500": 3}
