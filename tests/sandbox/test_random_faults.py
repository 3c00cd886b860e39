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


def test_the_same_request_is_drawn_for_anew() -> None:
    again = kinds(RandomFaults(0.03, SOME, seed=1), ["/users"] * 20_000)
    assert 500 < 20_000 - again.count(None) < 700


def test_pages_of_a_list_are_told_apart_by_their_order_not_their_token() -> None:
    first, second = RandomFaults(0.5, SOME, seed=1), RandomFaults(0.5, SOME, seed=1)
    applied = [first.next_fault("/users", {"next_page_token": f"a{page}"}) for page in range(50)]
    assert applied == [second.next_fault("/users", {"next_page_token": f"b{page}"}) for page in range(50)]
    assert len(set(applied)) == 4


def test_no_more_often_than_its_times() -> None:
    counts = Counter(kinds(RandomFaults(0.5, (Fault("reset", times=7), SOME[0]), seed=1), PATHS))
    assert counts["reset"] == 7
    assert counts["status_500"] > 9000


def test_only_what_a_fault_is_planned_for() -> None:
    chance = RandomFaults(1.0, (Fault("reset", "/users", times=None), Fault("repeated_token", times=None)), seed=1)
    assert kinds(chance, ["/groups", "/users"]) == [None, "reset"]


def test_a_sandbox_counts_what_strikes(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("status_502_html"))
    sandbox.faults.at_random(1.0, [Fault("status_500", times=3)], seed=1)
    assert [zoom.get("/users").status_code for _ in range(6)] == [502, 500, 500, 500, 200, 200]
    assert sandbox.faults.applied == {"status_502_html": 1, "status_500": 3}


def test_a_cleared_sandbox_behaves(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.at_random(1.0, SOME)
    sandbox.faults.clear()
    assert {zoom.get("/users").status_code for _ in range(20)} == {200}
