"""Putting a finished folder in the place of another, and clearing up after those who were killed.

Everything in the making stands beside its target, as `<target>.new-<process id>`; what the target was before stands
there as `<target>.old-<process id>` until the new one is in its place.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path


def new_folder(target: Path) -> Path:
    """Where this process builds what will become the target."""
    return _beside(target, "new")


def put_in_place(target: Path) -> None:
    """Make the finished new folder the target, and delete what the target was.

    Between two renames there is no target for a moment; who is killed there is put right by `clear_leftovers`. What of
    the old one cannot be deleted is left to it, too. Raises OSError.
    """
    new, old = new_folder(target), _beside(target, "old")
    if not target.exists():
        new.rename(target)
        return
    target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def clear_leftovers(target: Path) -> None:
    """Delete what killed processes left beside the target, after putting back a target they had taken away.

    Leftovers of processes still alive are theirs. Raises OSError.
    """
    for leftover in list(_leftovers(target, "old")):
        if target.exists():
            shutil.rmtree(leftover)
        else:
            leftover.rename(target)
    for leftover in list(_leftovers(target, "new")):
        shutil.rmtree(leftover)


def _beside(target: Path, state: str) -> Path:
    return target.with_name(f"{target.name}.{state}-{os.getpid()}")


def _leftovers(target: Path, state: str) -> Iterator[Path]:
    name = re.compile(re.escape(f"{target.name}.{state}-") + r"(\d+)")
    for path in sorted(target.parent.iterdir()):
        match = name.fullmatch(path.name)
        if match and (int(match[1]) == os.getpid() or not _alive(int(match[1]))):
            yield path


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
