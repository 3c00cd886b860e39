"""The commands somebody is told to run next work on the profile and the target of this call, in any shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collector.cli.options import render
from collector.next_steps import Command as NextCommand
from collector.next_steps import NextStep
from collector.sandbox import Fault, Sandbox
from collector.sandbox.jupiterone import JupiterOneSandbox

from .conftest import Command


@pytest.fixture
def jupiterone(jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch) -> JupiterOneSandbox:
    """With an instance, which is configured."""
    monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", jupiterone.add_instance().id)
    return jupiterone


def test_without_a_call_nothing_is_added() -> None:
    assert render(NextStep("Next: {}", NextCommand("sync"))) == "Next: collector sync"


def test_the_profile(collector: Command, zoom: Sandbox, jupiterone: JupiterOneSandbox) -> None:
    assert "Next: collector --profile u2 show user " in collector("collect", "--profile", "u2").out
    assert "Next: collector --profile u2 sync\n" in collector("--profile", "u2", "sync", "--dry-run").out


@pytest.mark.parametrize(
    ("environment", "given", "named"),
    [
        (None, (), ""),
        ("default", (), ""),
        ("u2", (), " --profile u2"),
        (None, ("--profile", "u2"), " --profile u2"),
        ("u2", ("--profile", "u3"), " --profile u3"),
        ("u2", ("--profile", "default"), " --profile default"),
    ],
)
def test_the_profile_in_a_failure(
    collector: Command,
    zoom: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    environment: str | None,
    given: tuple[str, ...],
    named: str,
) -> None:
    """It is named where a shell without ZOOM_PROFILE would work on another one, or this one would."""
    if environment is not None:
        monkeypatch.setenv("ZOOM_PROFILE", environment)
    outcome = collector("status", *given)
    assert outcome.code == 2
    assert f"Next: Run `collector{named} collect` first, or name the right profile" in outcome.err


def test_the_profile_where_something_was_not_read(collector: Command, zoom: Sandbox) -> None:
    """The terminal and its JSON name it; the summary beside the tree, which is kept, has the command alone."""
    zoom.faults.add(Fault("daily_429", "/groups", times=None))
    wanted = "Run `collector --profile u2 collect` again after it clears."
    assert f"    Next: {wanted}\n" in collector("collect", "--profile", "u2").out
    printed = json.loads(collector("collect", "--profile", "u2", "--json").out)
    assert wanted in {entry["nextStep"] for entry in printed["coverage"]}
    assert "Run `collector collect` again after it clears." in Path(".j1-integration", "summary.json").read_text()


def test_the_target_of_an_upload(collector: Command, zoom: Sandbox, jupiterone: JupiterOneSandbox) -> None:
    assert collector("collect").code == 0
    there = ("--source", "api", "--scope", "our zoom")
    assert "Next: collector sync --source api --scope 'our zoom'\n" in collector("sync", *there, "--dry-run").out
    left_open = " ".join(collector("sync", *there, "--skip-finalize").out.split())
    assert left_open.endswith("upload again with: collector sync --source api --scope 'our zoom'")
    report = json.loads(collector("sync", *there, "--dry-run", "--json").out)
    assert report["place"]["scope"] == "our zoom"
