"""Standard output and standard error that cannot be written: the work is done all the same, and one rule says how."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from collector.cli import run
from collector.sandbox import Sandbox
from collector.sandbox.jupiterone import JupiterOneSandbox

from .conftest import Command, served_jupiterone

FULL = Path("/dev/full")
NOT_PRINTED = (
    "Error: Standard output could not be written: No space left on device. Everything else was done (exit code {}).\n"
    "Next: Make room for it; `collector status` shows how the last collection and upload went.\n"
)
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


@pytest.fixture
def full() -> Iterator[TextIO]:
    """A file on a disk without room."""
    with FULL.open("w", buffering=1) as file:
        yield file


@pytest.fixture
def unread() -> Iterator[TextIO]:
    """A pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as file:
        yield file


@pytest.fixture
def jupiterone(monkeypatch: pytest.MonkeyPatch) -> Iterator[JupiterOneSandbox]:
    with served_jupiterone(JupiterOneSandbox(settling_polls=0), monkeypatch) as sandbox:
        monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", sandbox.add_instance().id)
        yield sandbox


def states(jupiterone: JupiterOneSandbox) -> list[str]:
    return [job.status for job in jupiterone.jobs]


def process(*arguments: str, out: TextIO, err: TextIO | int, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "collector", *arguments], cwd=cwd, stdout=out, stderr=err, text=True)


@pytest.mark.parametrize("arguments", [("run",), ("run", "--json"), ("-v", "run")])
def test_a_run_uploads_though_nobody_can_be_told(
    zoom: Sandbox, jupiterone: JupiterOneSandbox, work: Path, full: TextIO, arguments: tuple[str, ...]
) -> None:
    assert process(*arguments, out=full, err=full, cwd=work).wait(60) == 1
    assert states(jupiterone) == ["FINISHED"]


def test_a_run_uploads_though_its_progress_cannot_be_shown(
    zoom: Sandbox,
    jupiterone: JupiterOneSandbox,
    work: Path,
    full: TextIO,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stderr", full)
    assert run(["run"]) == 0
    assert "JupiterOne says:" in capsys.readouterr().out
    assert states(jupiterone) == ["FINISHED"]


def test_a_run_whose_report_cannot_be_printed_says_what_was_done(
    zoom: Sandbox,
    jupiterone: JupiterOneSandbox,
    full: TextIO,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdout", full)
    assert run(["run"]) == 1
    assert capsys.readouterr().err.endswith(NOT_PRINTED.format(0))
    assert states(jupiterone) == ["FINISHED"]


def test_a_run_whose_reader_has_gone_is_a_run_like_any(
    zoom: Sandbox, jupiterone: JupiterOneSandbox, work: Path, unread: TextIO
) -> None:
    started = process("run", out=unread, err=subprocess.PIPE, cwd=work)
    _, err = started.communicate(timeout=60)
    assert (started.returncode, "Error" in err, "Traceback" in err) == (0, False, False)
    assert states(jupiterone) == ["FINISHED"]


def test_polling_goes_on_without_its_log(
    zoom: Sandbox,
    jupiterone: JupiterOneSandbox,
    work: Path,
    full: TextIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POLLING_INTERVAL", "THIRTY_MINUTES")
    started = process("run", "--poll", out=full, err=subprocess.PIPE, cwd=work)
    try:
        patience = time.monotonic() + 60
        while states(jupiterone) != ["FINISHED"]:
            assert time.monotonic() < patience
            time.sleep(0.05)
        started.send_signal(signal.SIGTERM)
        _, err = started.communicate(timeout=60)
    finally:
        started.kill()
    assert started.returncode == 130
    assert "Standard output could not be written: No space left on device." in err
    assert "nobody foresaw" not in err


VERBS = [
    ("--help",),
    ("--version",),
    ("collect", "--help"),
    ("collect",),
    ("plan",),
    ("plan", "--json"),
    ("instance", "list"),
    ("auth", "token"),
    ("auth", "status"),
    ("doctor",),
]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_full_disk_in_any_verb(
    zoom: Sandbox,
    jupiterone: JupiterOneSandbox,
    full: TextIO,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verb: tuple[str, ...],
) -> None:
    monkeypatch.setattr(sys, "stdout", full)
    assert run(verb) == 1
    assert capsys.readouterr().err.endswith(NOT_PRINTED.format(0))


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_reader_that_has_gone_in_any_verb(
    zoom: Sandbox,
    jupiterone: JupiterOneSandbox,
    unread: TextIO,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verb: tuple[str, ...],
) -> None:
    monkeypatch.setattr(sys, "stdout", unread)
    assert run(verb) == 0
    assert "Error" not in capsys.readouterr().err


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_closed_streams_in_any_verb(
    zoom: Sandbox, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    """As `>&- 2>&-` leaves them."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run(verb) == 0


def test_a_worse_exit_code_stays(
    full: TextIO, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", full)
    assert run(["show", "account", "--json"]) == 2
    assert "could not be written" not in capsys.readouterr().err  # nothing was to be printed
    assert run(["doctor"]) == 2
    assert capsys.readouterr().err == "Error: Standard output could not be written: No space left on device.\n"


def test_what_can_be_written_again_is_written(
    collector: Command, zoom: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log of one that polls goes on when there is room again."""
    log = (tmp_path / "log").open("w")
    written, failures = log.buffer.raw.write, [OSError(28, "No space left on device")]

    class Short:
        """Takes a few bytes at a time, and once nothing."""

        def write(self, data: memoryview) -> int:
            if failures:
                raise failures.pop()
            return written(data[:7])

    monkeypatch.setattr(sys, "stdout", log)
    monkeypatch.setattr("collector.cli.streams._file_of", lambda stream: Short() if stream is log else stream.buffer)
    with log:
        assert run(["plan", "--json"]) == 1
        assert run(["plan", "--json"]) == 0
    assert json.loads((tmp_path / "log").read_text())["exitCode"] == 0
