"""Putting a finished folder in the place of another in one step, and clearing up after those who were killed.

Everything in the making stands beside its target, as `<target>.new-<process id>`; what the target was before stands
there as `<target>.old-<process id>` where the file system cannot exchange two folders.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

_AT_FDCWD = -100  # linux/fcntl.h
_RENAME_EXCHANGE = 2  # renameat2(2)
_RENAME_SWAP = 2  # renamex_np(2), sys/stdio.h of macOS
_NOT_HERE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}


def new_folder(target: Path) -> Path:
    """Where this process builds what will become the target."""
    return _beside(target, "new")


def put_in_place(target: Path) -> None:
    """Make the finished new folder the target, and delete what the target was.

    On file systems that can exchange two folders (ext4, xfs, btrfs, tmpfs, APFS) there is always a whole target. Others
    are without one for the moment between two renames; who is killed there is put right by `clear_leftovers`. What of
    the old one cannot be deleted is left to it, too. Raises OSError.
    """
    new, old = new_folder(target), _beside(target, "old")
    if not target.exists():
        new.rename(target)
    elif _exchange(new, target):
        shutil.rmtree(new, ignore_errors=True)
    else:
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


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or the file system cannot."""
    library = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            failed = library.renamex_np(*paths, _RENAME_SWAP)
        else:
            failed = library.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE)
    except AttributeError:  # a C library without it, such as musl
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in _NOT_HERE:
        return False
    raise OSError(code, os.strerror(code), str(other))
