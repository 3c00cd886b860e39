"""Whose tree it is that lies in a folder."""

from __future__ import annotations

import json
from pathlib import Path

from collector.private_files import read_file
from collector.store import RunRecord
from collector.tree.summary import STEPS, summary

_LARGEST = 64 * 1024 * 1024


def is_tree_of(folder: Path, record: RunRecord) -> bool:
    """Whether the tree in `folder` was written from this run: their steps agree, to the millisecond of each.

    What stands in the summary beside the steps is ours, and another version may write more of it. A folder that cannot
    be read holds no such tree.
    """
    try:
        content, _ = read_file(folder / "summary.json", _LARGEST)
        found = json.loads(content)[STEPS]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return False
    return not folder.is_symlink() and found == json.loads(json.dumps(summary(record)[STEPS]))
