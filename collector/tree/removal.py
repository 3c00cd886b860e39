"""Removing a tree, and what killed processes left beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from collector.errors import CollectionFailed
from collector.tree.exchange import clear_leftovers, new_folder


def remove_tree(folder: Path) -> None:
    """Remove the tree in `folder`. Who is killed on the way leaves a whole tree, or what the next call clears away.

    Whether it is a tree, and whose, is for the caller to know. Raises CollectionFailed.
    """
    target = folder.parent.resolve() / folder.name
    try:
        clear_leftovers(target)
        if target.is_dir():
            shutil.rmtree(target.rename(new_folder(target)))
    except OSError as error:
        raise CollectionFailed(
            f"The tree {target} could not be removed: {error.strerror or error}.",
            "Give yourself the right to write there and run the command again, or delete the folder.",
        ) from error
