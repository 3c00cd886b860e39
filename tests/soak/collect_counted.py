"""Collects prepared answers until it is killed, and counts the calls where a SIGKILL leaves the count.

A job goes in through standard input: `prepared` answers, `users`, `path` of the store, `counter`: a file of 8 bytes.
"""

from __future__ import annotations

import json
import mmap
import random
import struct
import sys
import threading
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter

from collector.auth import EnvironmentToken
from collector.clock import SystemClock
from collector.redaction import Secret
from collector.store import Store
from collector.zoom.client import ZoomClient
from collector.zoom.pacing import Pacer, Plan
from tests.bench.collecting import run
from tests.bench.prepared import Prepared, PreparedZoom
from tests.wsgi_adapter import ADDRESS, session_with


class Counted(BaseAdapter):
    """Passes calls on and counts them in memory that is shared with a file."""

    def __init__(self, inner: BaseAdapter, counter: Path) -> None:
        super().__init__()
        self._inner = inner
        self._lock = threading.Lock()
        with counter.open("r+b") as file:
            self._count = mmap.mmap(file.fileno(), 8)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        with self._lock:
            self._count[:8] = struct.pack("q", struct.unpack("q", self._count[:8])[0] + 1)
        return self._inner.send(request, *args, **options)

    def close(self) -> None:
        pass


def main() -> None:
    job = json.load(sys.stdin)
    clock = SystemClock()
    zoom = Counted(PreparedZoom(Prepared(**job["prepared"]), job["users"]), Path(job["counter"]))
    client = ZoomClient(
        EnvironmentToken(Secret("prepared")),
        Pacer(Plan.UNLIMITED, 1.0, clock),
        clock,
        random.Random(0),
        oauth_url=ADDRESS,
        configured_api_url=ADDRESS,
        new_session=lambda: session_with(zoom),
    )
    with Store.open(Path(job["path"])) as store:
        run(client, store, scopes=None, account_id=None)
        store.conclude()


if __name__ == "__main__":
    main()
