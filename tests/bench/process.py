"""Measurements in a process of their own: a job goes in as JSON, what was measured comes out as JSON.

Jobs go through standard input, since they hold tokens.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
_STATUS = Path("/proc/self/status")


@dataclass
class Measured:
    """`seconds` on the wall, `processor` seconds of this process (user and system), `peak` bytes of its memory.

    `calls`: requests made. `facts`: what else there is to say, by name.
    """

    calls: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    peak: int = 0
    facts: dict[str, Any] | None = None


def measure(program: str, job: Mapping[str, Any]) -> Measured:
    """Let `python -m tests.bench.<program>` do the job. Raises CalledProcessError when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{program}"],
        input=json.dumps(job),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "no_proxy": "127.0.0.1"},
    )
    return Measured(**json.loads(done.stdout))


def do_job(work: Callable[[Mapping[str, Any]], Measured]) -> None:
    """The other side of `measure`."""
    measured = work(json.load(sys.stdin))
    measured.peak = peak_memory()
    json.dump(asdict(measured), sys.stdout)


def whole_process(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> float:
    """Seconds from the start of a process to its end. Raises CalledProcessError when it fails."""
    began = time.monotonic()
    subprocess.run(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        cwd=folder,
        env={**os.environ, "no_proxy": "127.0.0.1", **environment},
    )
    return time.monotonic() - began


@contextmanager
def timed() -> Iterator[Measured]:
    """Measures the block; `seconds` and `processor` are there afterwards."""
    measured = Measured()
    began, used = time.monotonic(), time.process_time()
    yield measured
    measured.seconds, measured.processor = time.monotonic() - began, time.process_time() - used


def peak_memory() -> int:
    """Bytes. Linux hands ru_maxrss on from the parent, so /proc is asked first."""
    if _STATUS.exists():
        lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
