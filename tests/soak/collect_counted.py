"""Collects prepared answers until it is killed, and counts the calls in a file that survives SIGKILL.

The job comes through standard input: `prepared` answers, `users`, `path` of the store, `counter`: a file of 8 bytes.
"""

from __future__ import annotations

import json
import mmap
import struct
import sys
import threading
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter

from collector.store import Store
from tests.bench.collecting import run
from tests.bench.collecting_prepared import client_of
from tests.bench.prepared import Prepared, PreparedZoom


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
    zoom = Counted(PreparedZoom(Prepared(**job["prepared"]), job["users"]), Path(job["counter"]))
    with Store.open(Path(job["path"])) as store:
        run(client_of(zoom), store, scopes=None, account_id=None)
        store.conclude()


if __name__ == "__main__":
    main()
