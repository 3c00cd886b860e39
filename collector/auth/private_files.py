"""Files that hold secrets: private from birth and replaced whole or not at all."""

from __future__ import annotations

import errno
import logging
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

_log = logging.getLogger("collector.auth")

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private_folder(folder: Path) -> None:
    """Create the folder and its missing parents with mode 0700; take other people's rights from an old one.

    Raises OSError when that cannot be done.
    """
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=0o700, exist_ok=True)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & _OTHERS:
        folder.chmod(mode & ~_OTHERS)


def read_private_file(path: Path, limit: int) -> bytes | None:
    """At most `limit` bytes of the file, None if there is none. Other people's rights on it are taken away.

    Links are not followed and pipes not waited for. Raises OSError for what cannot be read, PermissionError
    for a file of another user: whoever planted it would choose the account that is read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        if status.st_uid != os.geteuid():
            raise PermissionError(errno.EPERM, "it belongs to another user", str(path))
        if status.st_mode & _OTHERS:
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode) & ~_OTHERS)
            _log.warning("%s was open to other users of this computer; it is private now.", path)
        return file.read(limit)


def replace_private_file(path: Path, content: bytes) -> None:
    """Write the file with mode 0600 so that readers, and a crash at any moment, see the old or the new one.

    Raises OSError when it could not be written or not be made durable.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path), suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def remove_leftovers(path: Path, older_than: float) -> None:
    """Remove what killed writers of this file left beside it before `older_than` (seconds since 1970)."""
    for temporary in path.parent.glob(f"{_prefix(path)}*.tmp"):
        with suppress(OSError):
            if temporary.lstat().st_mtime < older_than:
                temporary.unlink()


def _prefix(path: Path) -> str:
    return f".{path.name}-"


def _sync_folder(folder: Path) -> None:
    """Make the new name of a replaced file survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
