"""Putting a finished folder in the place of another, removing one, and clearing up after those who were killed.

Everything in the making stands beside its target, as `<target>.new-<process id>-<random>`; what the target was before
stands there as `<target>.old-…` until the new one is in its place. The working folder may be one that others can write
to: what is not a folder of this user's own is none of ours, whatever its name.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from collector.errors import CollectionFailed


def new_folder(target: Path) -> Path:
    """A new, empty folder in which this process builds what will become the target. Raises OSError."""
    return _beside(target, "new")


def put_in_place(new: Path, target: Path) -> None:
    """Make the finished new folder the target, and delete what the target was.

    Between two renames there is no target for a moment; who is killed there is put right by `clean_up_stale_folders`.
    What of the old one cannot be deleted is left to it, too. Raises OSError.
    """
    if not target.exists():
        new.rename(target)
        return
    old = target.rename(_beside(target, "old"))
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def clean_up_stale_folders(target: Path) -> None:
    """Delete what killed processes left beside the target, after putting back a target they had taken away.

    Leftovers of processes still alive are theirs. What cannot be deleted stays: it is in nobody's way. Raises OSError.
    """
    for stale in list(_stale_folders(target, "old")):
        if target.exists():
            shutil.rmtree(stale, ignore_errors=True)
        else:
            stale.rename(target)
    for stale in list(_stale_folders(target, "new")):
        shutil.rmtree(stale, ignore_errors=True)


def _beside(target: Path, state: str) -> Path:
    """A name nobody could foresee, so that nobody can have taken it."""
    return Path(tempfile.mkdtemp(prefix=f"{target.name}.{state}-{os.getpid()}-", dir=target.parent))


def _stale_folders(target: Path, state: str) -> Iterator[Path]:
    name = re.compile(re.escape(f"{target.name}.{state}-") + r"(\d+)(-\w+)?")
    for path in sorted(target.parent.iterdir()):
        match = name.fullmatch(path.name)
        if match and (int(match[1]) == os.getpid() or not _alive(int(match[1]))) and _is_own_folder(path):
            yield path


def _is_own_folder(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def remove_tree(folder: Path) -> None:
    """Remove the tree in `folder`. Who is killed on the way leaves a whole tree, or what the next call clears away.

    Whether it is a tree, and whose, is for the caller to know. Raises CollectionFailed.
    """
    target = folder.parent.resolve() / folder.name
    try:
        clean_up_stale_folders(target)
        if target.is_dir():
            shutil.rmtree(target.rename(new_folder(target)))
    except OSError as error:
        raise CollectionFailed(
            f"The tree {target} could not be removed: {error.strerror or error}.",
            "Give yourself the right to write there and run the command again, or delete the folder.",
        ) from error
