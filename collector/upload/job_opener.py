"""The program that opens a job: an order on standard input, the job or the failure on standard output, both as JSON.

It is started by `job_opening` and outlives it. The end of its input tells it that nobody waits any more, or not for
long: it sees the request it is at to its end, and does not try another.
"""

from __future__ import annotations

import json
import logging
import random
import signal
import sys
import threading

from collector.clock import SystemClock
from collector.errors import CollectorError
from collector.jupiterone.failures import UploadFailed
from collector.jupiterone.jobs import JobReport
from collector.upload.job_opening import Order, as_told, open_job


class _Kept(logging.Handler):
    """Keeps what is logged, for the process that has a place to show it."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[tuple[str, int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append((record.name, record.levelno, record.getMessage()))


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    line = sys.stdin.readline()
    if not line:
        return
    given = json.loads(line)
    clock = SystemClock()
    threading.Thread(target=_stop_at_the_end_of_input, args=(clock,), daemon=True).start()
    log = _Kept()
    logging.getLogger("collector").addHandler(log)
    logging.getLogger("collector").setLevel(given.pop("logLevel"))
    outcome: JobReport | CollectorError
    try:
        outcome = open_job(Order.from_json(given), clock, random.Random())
    except CollectorError as failure:
        outcome = failure
    except Exception as failure:  # whoever started this must learn of it
        outcome = UploadFailed(
            f"Creating the synchronization job failed in a way that nobody foresaw ({type(failure).__name__}).",
            "Please report it.",
        )
    json.dump({**as_told(outcome), "log": log.records}, sys.stdout)


def _stop_at_the_end_of_input(clock: SystemClock) -> None:
    sys.stdin.read()
    clock.stop()
