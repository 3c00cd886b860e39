"""Replaces and removes folders, and cleans up after killed processes.

A new folder is built beside its target, as `<target>.new-<process id>-<random>`; the old one is moved to
`<target>.old-…` until the new one is in place. Others may be able to write to the parent folder: whatever is not a
folder of this user is left alone.
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


def why_not_replaceable(target: Path) -> str:
    """Why what is there must not be replaced, as the end of a sentence; "" if it is this user's folder, or nothing."""
    if target.is_symlink():
        return "is a symbolic link"
    if not target.exists():
        return ""
    if not target.is_dir():
        return "is a file"
    return "" if target.stat().st_uid == os.geteuid() else "belongs to another user"


def new_folder(target: Path) -> Path:
    """A new, empty folder for what will become the target. Raises OSError."""
    return _beside(target, "new")


def put_in_place(new: Path, target: Path) -> None:
    """Replace the target with the new folder, and delete the old one.

    For a moment, between two renames, there is no target; `clean_up_stale_folders` restores it if the process is killed
    then, and deletes what could not be deleted here. Raises OSError.
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
    """Delete what killed processes left beside the target; restore a target they had moved away.

    Folders of running processes are left alone, as is what cannot be deleted. Raises OSError.
    """
    for stale in list(_stale_folders(target, "old")):
        if target.exists():
            shutil.rmtree(stale, ignore_errors=True)
        else:
            stale.rename(target)
    for stale in list(_stale_folders(target, "new")):
        shutil.rmtree(stale, ignore_errors=True)


def _beside(target: Path, state: str) -> Path:
    """A new folder with an unpredictable name."""
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
    """Remove the tree in `folder`, which the caller has checked. Raises CollectionFailed.

    A killed process leaves a whole tree, or something the next call removes.
    """
    target = folder.parent.resolve() / folder.name
    try:
        clean_up_stale_folders(target)
        if target.is_dir():
            shutil.rmtree(target.rename(new_folder(target)))
    except OSError as error:
        raise CollectionFailed(
            f"The tree {target} could not be removed: {error.strerror or error}.",
            "Make the folder writable and run the command again, or delete it yourself.",
        ) from error
