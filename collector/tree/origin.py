"""Whose tree it is that lies in a folder."""

from __future__ import annotations

import json
from pathlib import Path

from collector.store import RunRecord
from collector.tree.summary import summary


def is_tree_of(folder: Path, record: RunRecord) -> bool:
    """Whether the tree in `folder` was written from this run: their summaries agree, to the millisecond of each step.

    A folder that cannot be read holds no such tree.
    """
    try:
        found = json.loads((folder / "summary.json").read_bytes())
    except (OSError, ValueError):
        return False
    return not folder.is_symlink() and found == json.loads(json.dumps(summary(record)))
