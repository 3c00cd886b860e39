"""While a collection waits for Zoom, every other verb does its work or says at once why not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.sandbox import Account, Fault, Sandbox
from collector.sandbox.jupiterone import JupiterOneSandbox
from tests.fakes import BlockedCall

from .conftest import Command, Outcome, served
from .processes import started

AT_ONCE = 30.0
"""Seconds: less than `sync` waits for another process's transaction; what waits ten seconds for it fails."""


@pytest.fixture
def gate() -> Iterator[BlockedCall]:
    gate = BlockedCall()
    yield gate
    gate.open.set()


@pytest.fixture
def zoom(account: Account, gate: BlockedCall, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """On a socket. What is slow there comes once the gate is open."""
    sandbox = Sandbox(account, clock=gate)
    with served(sandbox, monkeypatch):
        yield sandbox
        gate.open.set()


def at_once(collector: Command, *arguments: str) -> Outcome:
    begun = time.monotonic()
    outcome = collector(*arguments)
    assert time.monotonic() - begun < AT_ONCE, arguments
    return outcome


@pytest.mark.parametrize(
    ("path", "answered"),
    [
        ("/users", 0),
        ("/groups", 0),
        ("/groups/*/members", 1),
        ("/users/*/settings", 7),
    ],
)
def test_what_can_be_done_meanwhile(
    collector: Command,
    zoom: Sandbox,
    jupiterone: JupiterOneSandbox,
    gate: BlockedCall,
    work: Path,
    path: str,
    answered: int,
) -> None:
    assert collector("collect").code == 0
    zoom.faults.add(Fault("slow", path, after=answered, times=None))
    with started("collect", cwd=work) as collection:
        assert gate.reached.wait(60)
        made = at_once(collector, "instance", "create", "--account-name", "Example Ltd")
        assert (made.code, made.err) == (0, "")
        assert collector("instance", "show").code == 0, "it is remembered"
        assert at_once(collector, "sync").code == 0
        assert len(jupiterone.entities(jupiterone.instances[0].id)) == 17
        assert at_once(collector, "status").code == 0
        assert at_once(collector, "show", "user", "ada@example.com").code == 0
        forgotten = at_once(collector, "forget", "--yes", "--user", "bob@example.com")
        assert (forgotten.code, "Another collection" in forgotten.err) == (2, True)
        gate.open.set()
        _, err = collection.communicate(timeout=60)
    assert collection.returncode == 0, err
    assert at_once(collector, "sync").code == 0
