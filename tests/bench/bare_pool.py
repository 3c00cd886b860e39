"""The comparison: threads over `requests`, 32 calls in flight, answers discarded."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from tests.bench.process import Measured, do_job, timed

IN_FLIGHT = 32


def read_all(job: Mapping[str, Any]) -> Measured:
    """GET every path of the job once, `url` before it, with the job's `token`."""
    local = threading.local()
    headers = {"Authorization": f"Bearer {job['token']}"}

    def read(path: str) -> int:
        session: requests.Session | None = getattr(local, "session", None)
        if session is None:
            session = local.session = requests.Session()
            session.trust_env = False
        answer = session.get(job["url"] + path, headers=headers, timeout=30)
        return answer.status_code if answer.content else 0

    with timed() as measured, ThreadPoolExecutor(IN_FLIGHT) as pool:
        statuses = Counter(pool.map(read, job["paths"]))
    measured.calls = statuses.total()
    measured.facts = {"statuses": {str(status): count for status, count in statuses.items()}}
    return measured


if __name__ == "__main__":
    do_job(read_all)
