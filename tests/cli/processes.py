"""`collector` as a process of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.served import COLLECTOR


@contextmanager
def started(*arguments: str, cwd: Path, settings: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A running `collector`; whatever the test does, it does not outlive it."""
    process = subprocess.Popen(
        [*COLLECTOR, *arguments],
        cwd=cwd,
        env={**os.environ, **(settings or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def ended(*arguments: str, cwd: Path, settings: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `collector`."""
    with started(*arguments, cwd=cwd, settings=settings) as process:
        out, err = process.communicate(timeout=180)
    return process.returncode, out, err
