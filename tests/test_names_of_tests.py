"""The tests have the same names in every process: else they cannot be shared out, nor one of them run again by name."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def test_names_do_not_depend_on_the_run(request: pytest.FixtureRequest) -> None:
    """Collected by another process, later and with other hashes, the tests of this run are called the same."""
    files = sorted({item.nodeid.partition("::")[0] for item in request.session.items})
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--override-ini=addopts=-p no:cacheprovider", "--collect-only", "-q", *files],
        cwd=request.config.rootpath,
        env=os.environ | {"PYTHONHASHSEED": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert {item.nodeid for item in request.session.items} - set(collected) == set()
