"""Standard output that cannot be written: a sentence and an exit code, never a traceback."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from collector.sandbox import Sandbox
from tests.served import COLLECTOR

FULL = Path("/dev/full")
VERBS = [("--help",), ("collect",)]
"""One that click prints, one that rich does."""
TRACES = ("Traceback", "Exception ignored", "Please report")


def shell(command: str, work: Path) -> subprocess.CompletedProcess[str]:
    """What a shell makes of the command, in which `collector` is this one."""
    program = shlex.join(COLLECTOR)
    return subprocess.run(
        ["sh", "-c", command.replace("collector", program)], cwd=work, capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_full_disk(zoom: Sandbox, work: Path, verb: tuple[str, ...]) -> None:
    ended = shell(f"collector {' '.join(verb)} >{FULL}", work)
    assert ended.returncode == 1
    assert "Error: Standard output, or a file, could not be written: No space left on device.\nNext: " in ended.stderr
    assert not any(trace in ended.stderr for trace in TRACES)


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_reader_that_has_gone(zoom: Sandbox, work: Path, verb: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as unread:
        ended = subprocess.run(
            [*COLLECTOR, *verb],
            cwd=work,
            stdout=unread,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert not any(trace in ended.stderr for trace in ("Error", *TRACES))


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_streams_that_were_closed_before_the_start(zoom: Sandbox, work: Path, verb: tuple[str, ...]) -> None:
    assert shell(f"collector {' '.join(verb)} >&- 2>&-", work).returncode == 0
