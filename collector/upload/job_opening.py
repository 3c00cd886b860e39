"""Opens a job in JupiterOne in such a way that a kill cannot part it from its name.

JupiterOne lists no jobs. Had a process been killed between JupiterOne's creating a job and the answer that names it,
the job would stay open for good. So this one request is left to a process of its own (`job_opener`), which goes on when
the other is killed, and writes the job's id into the store.
"""

from __future__ import annotations

import json
import logging
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import requests

import collector
from collector.clock import Clock
from collector.errors import CollectionFailed, CollectorError, Interrupted, ProfileBusy
from collector.jupiterone.connection import Access, JupiterOne
from collector.jupiterone.failures import AccessRefused, InstanceMissing, UploadFailed
from collector.jupiterone.jobs import Counts, JobReport, Target
from collector.jupiterone.synchronization import Synchronization
from collector.model.graph import JsonObject
from collector.redaction import Secret
from collector.settings.profile import opening_alone
from collector.store import Store

_LOOK_SECONDS = 0.02
_PROGRAM = (
    "import sys; sys.path[:1] = []; sys.path.append(sys.argv[1]);from collector.upload.job_opener import main; main()"
)
"""Finds this very package, and nothing in the working folder."""
_PACKAGE_FOLDER = Path(collector.__file__).resolve().parent.parent
_TOLD: tuple[type[CollectorError], ...] = (
    AccessRefused,
    CollectionFailed,
    InstanceMissing,
    Interrupted,
    ProfileBusy,
    UploadFailed,
)


@dataclass(frozen=True)
class Order:
    """Open a job at `target` for the upload of this number in the store of this file, which has begun and has none."""

    access: Access
    target: Target
    store: Path
    upload: int

    def as_json(self) -> JsonObject:
        """With the API key: for a pipe, never for a file or a command line."""
        access = {**asdict(self.access), "api_key": self.access.api_key.reveal()}
        return {"access": access, "target": asdict(self.target), "store": str(self.store), "upload": self.upload}

    @classmethod
    def from_json(cls, order: Mapping[str, Any]) -> Order:
        access = Access(**{**order["access"], "api_key": Secret(order["access"]["api_key"])})
        return cls(access, Target(**order["target"]), Path(order["store"]), order["upload"])


OpenJob = Callable[[Order, Clock], JobReport]


def open_job(
    order: Order,
    clock: Clock,
    randomness: random.Random,
    new_session: Callable[[], requests.Session] = requests.Session,
) -> JobReport:
    """Create the job and record it. Raises what `Synchronization.start` raises, ProfileBusy or CollectionFailed.

    An upload that has been given up meanwhile gets no job.
    """
    with opening_alone(order.store.parent), Store.open_existing(order.store) as store:
        store.wait_for_others()
        if not store.uploads.awaits_job(order.upload):
            raise UploadFailed("This upload was given up before its job was created.", "Run `collector sync` again.")
        jupiterone = JupiterOne(order.access, clock, randomness, new_session)
        job = Synchronization(jupiterone).start(order.target)
        try:
            store.uploads.opened(order.upload, job.id)
        except CollectorError:
            job.abort("The job could not be recorded.")
            raise
        return job.report


def open_job_apart(order: Order, clock: Clock) -> JobReport:
    """`open_job` in a process of its own, which Ctrl-C in the terminal does not reach either.

    When the clock is stopped, it gives up before the next try; a job that it has created by then is returned. Raises as
    `open_job`.
    """
    with _place_for_its_words() as said:
        with (
            suppress(Interrupted, BrokenPipeError),  # by leaving: that ends its input, and waits for it
            _started(said) as opener,
        ):
            assert opener.stdin is not None  # noqa: S101 - asked for
            opener.stdin.write(json.dumps({**order.as_json(), "logLevel": _log_level()}) + "\n")
            opener.stdin.flush()
            while opener.poll() is None:
                clock.wait(_LOOK_SECONDS)
        said.seek(0)
        return _understood(said.read())


def _place_for_its_words() -> IO[str]:
    try:
        return tempfile.TemporaryFile("w+", encoding="utf-8")
    except OSError as obstacle:
        raise _not_started(
            obstacle, "Make room for temporary files, or set TMPDIR to a folder that can be written to"
        ) from None


def _started(said: IO[str]) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-c", _PROGRAM, str(_PACKAGE_FOLDER)],
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
    except OSError as obstacle:
        raise _not_started(
            obstacle, "Mend that (where there are too many processes: end some, or raise `ulimit -u`)"
        ) from None


def _not_started(obstacle: OSError, what_mends_it: str) -> CollectionFailed:
    return CollectionFailed(
        "The program that creates the synchronization job could not be started: "
        f"{obstacle.strerror or type(obstacle).__name__}. No job was created.",
        f"{what_mends_it}, then run `collector sync` again.",
    )


def as_told(outcome: JobReport | CollectorError) -> JsonObject:
    """What the process of its own prints."""
    if isinstance(outcome, CollectorError):
        return {"failure": [type(outcome).__name__, outcome.message, outcome.next_step]}
    return {"job": asdict(outcome)}


def _understood(said: str) -> JobReport:
    try:
        told = json.loads(said)
    except ValueError:
        raise UploadFailed(
            "The program that creates the synchronization job ended without a word; an empty job may stay open in "
            "JupiterOne, without effect.",
            "Run `collector sync` again.",
        ) from None
    for name, level, message in told["log"]:
        logging.getLogger(name).log(level, "%s", message)
    if "failure" in told:
        kind, message, next_step = told["failure"]
        raise {one.__name__: one for one in _TOLD}.get(kind, UploadFailed)(message, next_step)
    job = told["job"]
    return JobReport(**{**job, "entities": Counts(**job["entities"]), "relationships": Counts(**job["relationships"])})


def _log_level() -> int:
    return logging.getLogger("collector").getEffectiveLevel()
