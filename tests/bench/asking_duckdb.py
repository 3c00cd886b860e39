"""The same questions to DuckDB over the exported Parquet files: a new connection each."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from tests.bench.process import Measured, do_job, timed


def ask_files(job: Mapping[str, Any]) -> Measured:
    """Ask the files in `folder` each of these `texts`, in SQL, `repeats` times. Facts as in `asking.py`."""
    files, facts = sorted(Path(job["folder"]).glob("*.parquet")), {}
    with timed() as measured:
        for text in job["texts"]:
            times = []
            for _ in range(job["repeats"]):
                began = time.perf_counter()
                with duckdb.connect() as connection:
                    for file in files:
                        connection.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM read_parquet('{file}')")
                    rows = len(connection.execute(text).fetchall())
                times.append(time.perf_counter() - began)
            facts[text] = {"seconds": times, "rows": rows}
    measured.facts = facts
    return measured


if __name__ == "__main__":
    do_job(ask_files)
