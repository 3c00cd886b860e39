"""Uploads as processes of their own: two at once, asked to stop, killed; and one that polls."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.sandbox import Sandbox
from collector.sandbox.jupiterone import Fault, JupiterOneSandbox
from tests.fakes import BlockedCall

from .conftest import Command, served_jupiterone
from .processes import ended, started

AS_IT_WAS = (
    "Error: The upload was asked to stop before its job was finalized, so the graph in JupiterOne is as it was.\n"
    "Next: Run `collector sync` again.\n"
)


@pytest.fixture
def gate() -> Iterator[BlockedCall]:
    gate = BlockedCall()
    yield gate
    gate.open.set()


@pytest.fixture
def jupiterone(gate: BlockedCall, monkeypatch: pytest.MonkeyPatch) -> Iterator[JupiterOneSandbox]:
    """On a socket. What is slow there comes once the gate is open."""
    with served_jupiterone(JupiterOneSandbox(clock=gate, polls_until_finished=0), monkeypatch) as sandbox:
        monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", sandbox.add_instance().id)
        yield sandbox
        gate.open.set()


@pytest.fixture
def _collected(collector: Command, zoom: Sandbox) -> None:
    assert collector("collect").code == 0


@pytest.fixture
def _slow(_collected: None, jupiterone: JupiterOneSandbox) -> None:
    jupiterone.faults.add(Fault("slow", operation="entities"))


@pytest.mark.usefixtures("_slow")
def test_two_at_once_and_asked_to_stop(jupiterone: JupiterOneSandbox, gate: BlockedCall, work: Path) -> None:
    with started("sync", cwd=work) as process:
        assert gate.reached.wait(60)
        code, _, err = ended("sync", cwd=work)
        assert (code, "Another upload (or `instance`, `forget`, `uninstall`) of profile 'default'" in err) == (2, True)
        process.send_signal(signal.SIGTERM)
        gate.open.set()
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, AS_IT_WAS)
    assert [job.status for job in jupiterone.jobs] == ["ABORTED"]
    assert jupiterone.entities() == {}
    assert ended("sync", cwd=work)[0] == 0
    assert len(jupiterone.entities()) == 17


@pytest.mark.usefixtures("_slow")
def test_killed(jupiterone: JupiterOneSandbox, gate: BlockedCall, work: Path) -> None:
    with started("sync", cwd=work) as process:
        assert gate.reached.wait(60)
        process.kill()
        process.wait(60)
    gate.open.set()
    code, _, err = ended("sync", cwd=work)
    assert (code, "which an earlier upload left open, is ended." in err) == (0, True)
    assert [job.status for job in jupiterone.jobs] == ["ABORTED", "FINISHED"]
    assert len(jupiterone.entities()) == 17


@pytest.fixture
def _slow_to_open_a_job(_collected: None, jupiterone: JupiterOneSandbox) -> None:
    jupiterone.faults.add(Fault("slow", operation="create"))


@pytest.mark.usefixtures("_slow_to_open_a_job")
def test_killed_while_its_job_is_being_created(jupiterone: JupiterOneSandbox, gate: BlockedCall, work: Path) -> None:
    with started("sync", cwd=work) as process:
        assert gate.reached.wait(60)
        process.kill()
        process.wait(60)
    gate.open.set()
    code, _, err = ended("sync", cwd=work)
    assert (code, "an empty job may stay open in JupiterOne, without effect" in err) == (0, True)
    assert len(jupiterone.entities()) == 17


@pytest.mark.usefixtures("_slow_to_open_a_job")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 2])
def test_asked_to_stop_while_its_job_is_being_created(
    jupiterone: JupiterOneSandbox, gate: BlockedCall, work: Path, number: signal.Signals, times: int
) -> None:
    with started("sync", cwd=work) as process:
        assert gate.reached.wait(60)
        for _ in range(times):
            process.send_signal(number)
        gate.open.set()
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, AS_IT_WAS)
    assert [job.status for job in jupiterone.jobs] == ["ABORTED"]


@pytest.mark.usefixtures("_collected")
def test_asked_to_stop_when_its_job_is_finalized(jupiterone: JupiterOneSandbox, gate: BlockedCall, work: Path) -> None:
    gate.open.set()
    jupiterone.faults.add(Fault("never_finishes", operation="finalize"))
    with started("sync", cwd=work) as process:
        patience = time.monotonic() + 60
        while [job.status for job in jupiterone.jobs] != ["FINALIZE_PENDING"]:
            assert time.monotonic() < patience
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == (
        "Error: The upload was asked to stop when its job was finalized already: JupiterOne goes on by itself.\n"
        "Next: Run `collector sync` again; it first checks how the job ended.\n"
    )


def test_polling(zoom: Sandbox, jupiterone: JupiterOneSandbox, gate: BlockedCall, work: Path) -> None:
    gate.open.set()
    with started("run", "--poll", cwd=work, settings={"POLLING_INTERVAL": "THIRTY_MINUTES"}) as process:
        assert process.stdout is not None
        lines = [json.loads(process.stdout.readline()) for _ in range(5)]
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert [line["event"] for line in lines] == ["polling", "waiting", "run started", "run ended", "waiting"]
    assert lines[3]["entities"]["created"] == 17
    assert [json.loads(line)["event"] for line in out.splitlines()] == ["stopped"]
    assert err == ""
