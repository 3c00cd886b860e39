"""Questions to a collected store, as `collector query` asks them: a new connection each."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collector.clock import SystemClock
from collector.query.j1ql import QueryRequest, ask
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import Store
from tests.bench.process import Measured, do_job, timed


def ask_store(job: Mapping[str, Any]) -> Measured:
    """Ask the store at `path` each of these `texts`, `repeats` times, for `limit` rows.

    The facts are, for each text, the seconds of every time and how many rows there were.
    """
    schema, clock, facts = graph_schema(all_resources()), SystemClock(), {}
    with Store.open_existing(Path(job["path"])) as store, timed() as measured:
        for text in job["texts"]:
            times = []
            for _ in range(job["repeats"]):
                began = time.perf_counter()
                rows = sum(1 for _ in ask(store, schema, QueryRequest(text, limit=job["limit"]), clock).rows)
                times.append(time.perf_counter() - began)
            facts[text] = {"seconds": times, "rows": rows}
    measured.facts = facts
    return measured


if __name__ == "__main__":
    do_job(ask_store)
