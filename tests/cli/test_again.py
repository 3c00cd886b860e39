"""The commands somebody is told to run next work on the profile and the place of this call."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import pytest

from collector.cli.again import again
from collector.cli.options import Options
from collector.sandbox import Sandbox
from collector.sandbox.jupiterone import JupiterOneSandbox

from .conftest import Command, served_jupiterone


@pytest.fixture
def jupiterone(monkeypatch: pytest.MonkeyPatch) -> Iterator[JupiterOneSandbox]:
    with served_jupiterone(JupiterOneSandbox(settling_polls=0), monkeypatch) as sandbox:
        monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", sandbox.add_instance().id)
        yield sandbox


@pytest.mark.parametrize(
    ("told", "given", "wanted"),
    [
        ("Next: collector sync", Options(), "Next: collector sync"),
        ("Next: collector sync", Options(profile="u2"), "Next: collector --profile u2 sync"),
        (
            "Run `collector sync --dry-run`, `collector collect`.",
            Options(profile="u2", place=" --source api --scope x"),
            "Run `collector --profile u2 sync --source api --scope x --dry-run`, `collector --profile u2 collect`.",
        ),
        ("Run: collector auth login --profile u2", Options(profile="u2"), "Run: collector auth login --profile u2"),
        (
            "a scope (`collector sync --source api --scope NAME`)",
            Options(place=" --source integration-managed"),
            "a scope (`collector sync --source api --scope NAME`)",
        ),
        (
            "`collector collect`, or name one with `--profile NAME`.",
            Options(profile="u2"),
            "`collector --profile u2 collect`, or name one with `--profile NAME`.",
        ),
        ("To see the collector: `collector demo`.", Options(profile="u2"), "To see the collector: `collector demo`."),
    ],
)
def test_commands_are_completed(told: str, given: Options, wanted: str) -> None:
    with click.Context(click.Command("collector"), obj=given):
        assert again(told) == wanted


def test_without_a_call_nothing_is_added() -> None:
    assert again("Next: collector sync") == "Next: collector sync"


def test_the_profile(collector: Command, zoom: Sandbox, jupiterone: JupiterOneSandbox) -> None:
    assert "Next: collector --profile u2 show user " in collector("collect", "--profile", "u2").out
    assert "Next: collector --profile u2 sync\n" in collector("--profile", "u2", "sync", "--dry-run").out


def test_the_profile_of_the_environment_needs_no_option(
    collector: Command, zoom: Sandbox, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOOM_PROFILE", "u2")
    assert "Next: collector show user " in collector("collect").out


def test_the_profile_in_a_failure(collector: Command) -> None:
    outcome = collector("--profile", "u2", "status")
    assert outcome.code == 2
    assert "Next: Run `collector --profile u2 collect` first, or name the right profile" in outcome.err


def test_the_place_of_an_upload(collector: Command, zoom: Sandbox, jupiterone: JupiterOneSandbox) -> None:
    assert collector("collect").code == 0
    there = ("--source", "api", "--scope", "our zoom")
    assert "Next: collector sync --source api --scope 'our zoom'\n" in collector("sync", *there, "--dry-run").out
    left_open = " ".join(collector("sync", *there, "--skip-finalize").out.split())
    assert left_open.endswith("upload anew with: collector sync --source api --scope 'our zoom'")
    report = json.loads(collector("sync", *there, "--dry-run", "--json").out)
    assert report["place"]["scope"] == "our zoom"
