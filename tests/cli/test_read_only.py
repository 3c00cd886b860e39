"""A profile nobody may write to: every verb that opens its store says so."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.sandbox import Sandbox
from tests.served import COLLECTOR

from .conftest import Command, Outcome

SETPRIV = shutil.which("setpriv")
BY_ROOT = os.geteuid() == 0
pytestmark = pytest.mark.skipif(BY_ROOT and SETPRIV is None, reason="root may write anywhere, and there is no setpriv")

Unprivileged = Callable[..., Outcome]


@pytest.fixture
def unprivileged(work: Path) -> Unprivileged:
    """Runs `collector` as a process that file modes apply to."""
    without_rights = (str(SETPRIV), "--bounding-set=-all", "--inh-caps=-all") if BY_ROOT else ()

    def command(*arguments: str) -> Outcome:
        ended = subprocess.run(
            [*without_rights, *COLLECTOR, *arguments],
            cwd=work,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Outcome(ended.returncode, ended.stdout, ended.stderr)

    return command


@pytest.fixture
def profile(collector: Command, zoom: Sandbox, tmp_path: Path) -> Iterator[Path]:
    """The folder of a profile that was collected, and may only be read since."""
    assert collector("collect").code == 0
    folder = tmp_path / "home" / "default"
    modes = {path: path.stat().st_mode for path in (folder, *folder.iterdir())}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    yield folder
    for path, mode in modes.items():
        path.chmod(mode)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("verb", [("status",), ("show", "account"), ("instance", "list")])
def test_the_store_cannot_be_opened(unprivileged: Unprivileged, profile: Path, verb: tuple[str, ...]) -> None:
    before = content(profile)
    outcome = unprivileged(*verb)
    assert (outcome.code, outcome.out) == (1, "")
    assert f"Error: The store {profile / 'graph.db'} cannot be opened: nothing can be written there" in outcome.err
    assert "Next: Make the file and its folder writable" in outcome.err
    assert content(profile) == before


def test_what_has_to_write_says_that_it_cannot(unprivileged: Unprivileged, profile: Path) -> None:
    outcome = unprivileged("collect")
    assert (outcome.code, outcome.out) == (1, "")
    assert f"Error: The store {profile / 'graph.db'} cannot be opened for writing: Permission denied.\n" in outcome.err
    assert "Next: Check the permissions of the file and its folder, or choose another one with ZOOM_HOME.\n" in (
        outcome.err
    )


def test_a_place_nobody_may_enter_is_named(unprivileged: Unprivileged, profile: Path) -> None:
    profile.chmod(0)
    for verb, cannot in ((("status",), "reached"), (("instance", "list"), "reached"), (("collect",), "created")):
        outcome = unprivileged(*verb)
        assert outcome.code == 1
        assert f"Error: The store {profile / 'graph.db'} cannot be {cannot}: Permission denied.\n" in outcome.err
    for verb in (("doctor",), ("uninstall", "--yes")):
        outcome = unprivileged(*verb)
        assert outcome.code != 0
        assert "Please report" not in outcome.err
