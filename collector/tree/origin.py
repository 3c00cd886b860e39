"""Whose tree it is that lies in a folder."""

from __future__ import annotations

import json
from pathlib import Path

from collector.private_files import read_file
from collector.store import RunRecord
from collector.tree.summary import summary

_LARGEST = 64 * 1024 * 1024


def is_tree_of(folder: Path, record: RunRecord) -> bool:
    """Whether the tree in `folder` was written from this run: their summaries agree, to the millisecond of each step.

    A folder that cannot be read holds no such tree.
    """
    try:
        content, _ = read_file(folder / "summary.json", _LARGEST)
        found = json.loads(content)
    except (OSError, ValueError, RecursionError):
        return False
    return not folder.is_symlink() and found == json.loads(json.dumps(summary(record)))
