"""Writing the tree from a store, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collector.store import Store
from collector.tree import write_tree
from tests.bench.process import Measured, do_job, timed


def write(job: Mapping[str, Any]) -> Measured:
    """Write the store at `path` as the tree `folder`."""
    with Store.open_existing(Path(job["path"])) as store, timed() as measured:
        write_tree(store, Path(job["folder"]))
    return measured


if __name__ == "__main__":
    do_job(write)
