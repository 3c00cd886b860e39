"""`collector doctor` on JupiterOne: whether tonight's upload would be let in. Nothing is made there to find out."""

from __future__ import annotations

import importlib
import os
from itertools import takewhile

import pytest

from collector.sandbox import Sandbox
from collector.sandbox.jupiterone import Fault, JupiterOneSandbox
from collector.upkeep.doctor.jupiterone import NONEXISTENT_JOB
from tests.fakes import FakeClock

from .conftest import Command

DOCTOR = importlib.import_module("collector.cli.doctor")  # in the package the name is the command's

pytestmark = pytest.mark.usefixtures("zoom")

KEY_TAKEN = "ok       JupiterOne: the key is accepted for the account sandbox\n"
NO_GRAPHQL = Fault("forbidden", path="/graphql", times=None)


def about_jupiterone(text: str) -> str:
    """The lines about JupiterOne, which come last of all findings."""
    lines = text.splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if " JupiterOne: " in line)
    return "".join(takewhile(str.strip, lines[first:]))


def test_without_a_setting_it_is_not_needed(collector: Command, zoom: Sandbox) -> None:
    outcome = collector("doctor")
    assert outcome.code == 0
    assert about_jupiterone(outcome.out) == "ok       JupiterOne: not configured; needed for `sync` and `run` only\n"


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("JUPITERONE_ACCOUNT", "JUPITERONE_API_KEY is not set"),
        ("JUPITERONE_API_KEY", "JUPITERONE_ACCOUNT is not set"),
        ("JUPITERONE_INTEGRATION_INSTANCE_ID", "JUPITERONE_ACCOUNT and JUPITERONE_API_KEY are not set"),
    ],
)
def test_one_setting_wants_the_others(
    collector: Command, zoom: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str, missing: str
) -> None:
    monkeypatch.setenv(name, "something-long-enough")
    outcome = collector("doctor")
    assert outcome.code == 2
    assert (
        f"failure  JupiterOne: JupiterOne is not configured: {missing}.\n         Fix: Set them in ./.env"
        in outcome.out
    )


def test_the_instance_of_the_profile(collector: Command, jupiterone: JupiterOneSandbox) -> None:
    assert collector("instance", "create", "--account-name", "Example Ltd").code == 0
    (instance,) = jupiterone.instances
    before = len(jupiterone.requests)
    outcome = collector("doctor")
    assert outcome.code == 0
    assert about_jupiterone(outcome.out) == (
        f"{KEY_TAKEN}ok       integration instance: uploads go to 'Example Ltd' ({instance.id})\n"
    )
    asked = [(request.method, request.operation) for request in jupiterone.requests[before:]]
    assert asked == [("HEAD", ""), ("HEAD", ""), ("POST", "integrationInstance")]
    assert jupiterone.jobs == []


def test_both_addresses_are_looked_for(collector: Command, jupiterone: JupiterOneSandbox) -> None:
    assert collector("doctor").out.count("ok       network: http://127.0.0.1:") == 3  # Zoom's, and two of JupiterOne's


def test_no_instance_yet(collector: Command, jupiterone: JupiterOneSandbox) -> None:
    outcome = collector("doctor")
    assert outcome.code == 0
    assert about_jupiterone(outcome.out) == (
        f"{KEY_TAKEN}"
        "warning  integration instance: none is configured, and every source except `api` needs one\n"
        "         Fix: Create one with `collector instance create`, or set JUPITERONE_INTEGRATION_INSTANCE_ID to one "
        "that `collector instance list` shows.\n"
    )
    assert jupiterone.instances == []


def test_an_instance_that_is_gone(
    collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", "gone")
    outcome = collector("doctor")
    assert outcome.code == 2
    assert about_jupiterone(outcome.out).startswith(
        f"{KEY_TAKEN}"
        "failure  integration instance: JupiterOne has no integration instance gone in this account.\n"
        "         Fix: `collector instance list` lists the instances"
    )


@pytest.mark.parametrize("name", ["JUPITERONE_API_KEY", "JUPITERONE_ACCOUNT"])
@pytest.mark.parametrize("instance_id", ["", "some-instance"])
def test_a_wrong_key_or_account(
    collector: Command,
    jupiterone: JupiterOneSandbox,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    instance_id: str,
) -> None:
    monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", instance_id)
    monkeypatch.setenv(name, "something-else")
    outcome = collector("doctor")
    assert outcome.code == 2
    printed = about_jupiterone(outcome.out)
    assert printed.startswith("failure  JupiterOne: JupiterOne answered ")
    assert "Fix: Check JUPITERONE_API_KEY, JUPITERONE_ACCOUNT (" in printed
    assert "KEY-" not in outcome.out
    assert len(printed.splitlines()) == 2


def test_a_key_that_may_only_synchronize_is_good_enough(
    collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance_id = jupiterone.add_instance().id
    monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", instance_id)
    jupiterone.faults.add(NO_GRAPHQL)
    outcome = collector("doctor")
    assert outcome.code == 0
    assert about_jupiterone(outcome.out) == (
        f"{KEY_TAKEN}ok       integration instance: {instance_id} was not checked: "
        "the key may not query GraphQL, which `sync` and `run` do not need\n"
    )
    assert jupiterone.jobs == []


def test_such_a_key_is_asked_for_the_job_it_made(
    collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JupiterOne documents no answer for a job that does not exist; it may be a refusal."""
    monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", jupiterone.add_instance().id)
    assert (collector("collect").code, collector("sync").code) == (0, 0)
    jupiterone.faults.add(NO_GRAPHQL, Fault("forbidden", "status", path=f"*/{NONEXISTENT_JOB}", times=None))
    assert KEY_TAKEN in collector("doctor").out
    (job,) = jupiterone.jobs
    assert jupiterone.requests[-1].path.endswith(job.document()["id"])
    monkeypatch.setenv("JUPITERONE_API_BASE_URL", jupiterone_at("localhost"))
    monkeypatch.setenv("JUPITERONE_GRAPHQL_URL", f"{jupiterone_at('localhost')}/graphql")
    outcome = collector("doctor")
    assert outcome.code == 2
    assert "failure  JupiterOne: JupiterOne answered " in outcome.out


def jupiterone_at(host: str) -> str:
    """The same server by another name, where this profile has uploaded nothing yet."""
    return os.environ["JUPITERONE_API_BASE_URL"].replace("127.0.0.1", host)


def test_such_a_key_without_an_instance(collector: Command, jupiterone: JupiterOneSandbox) -> None:
    jupiterone.faults.add(NO_GRAPHQL)
    outcome = collector("doctor")
    assert outcome.code == 0
    assert f"{KEY_TAKEN}warning  integration instance: none is configured" in outcome.out


def test_nobody_answers(collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPITERONE_API_BASE_URL", "http://127.0.0.1:9")
    outcome = collector("doctor")
    assert outcome.code == 1
    assert (
        "failure  network: http://127.0.0.1:9 cannot be reached (ConnectionError)\n"
        "         Fix: Check the network, HTTPS_PROXY, REQUESTS_CA_BUNDLE, JUPITERONE_API_BASE_URL and "
        "JUPITERONE_GRAPHQL_URL.\n"
    ) in outcome.out
    assert "JupiterOne: " not in outcome.out


@pytest.mark.parametrize("operation", ["integrationInstancesV2", "status"])
def test_a_server_that_cannot_tell(
    collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    """Nobody knows what becomes of tonight's run, whichever of the two questions stays open."""
    monkeypatch.setattr(DOCTOR, "SystemClock", FakeClock)
    jupiterone.faults.add(Fault("graphql_error", operation) if operation != "status" else NO_GRAPHQL)
    jupiterone.faults.add(Fault("status_503", "status", times=None))
    outcome = collector("doctor")
    assert outcome.code == 1
    assert about_jupiterone(outcome.out).startswith("failure  JupiterOne: JupiterOne")


def test_what_zoom_says_no_to_keeps_nobody_from_jupiterone(
    collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOOM_CLIENT_SECRET", "something-else")
    outcome = collector("doctor")
    assert outcome.code == 2
    assert KEY_TAKEN in outcome.out
