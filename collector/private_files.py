"""Files only this user can read: created private, replaced atomically; links and other users' files are refused.

Others may have planted links, pipes or files in a folder they can or could write to. None of these is used.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_log = logging.getLogger("collector.files")

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_READING = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def make_private_folder(folder: Path) -> None:
    """Create the folder and its missing parents with mode 0700; make an existing one private.

    Raises OSError, PermissionError for a folder of another user.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)
    keep_private(folder)


def keep_private(path: Path) -> None:
    """Remove other users' permissions from a folder or file, if it exists. Links to files are not followed.

    Raises PermissionError when it belongs to another user, OSError when it is neither file nor folder.
    """
    try:
        status = path.stat() if path.is_dir() else path.lstat()
    except FileNotFoundError:
        return
    _keep_private(path, path, status)


def read_private_file(path: Path, limit: int) -> bytes | None:
    """At most `limit` bytes of the file, None if there is none. Other users' permissions on it are removed.

    Links are not followed, pipes not waited for. Raises OSError when it cannot be read, PermissionError for a file of
    another user, who could otherwise choose the account that is read.
    """
    try:
        descriptor = os.open(path, _READING | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _irregular(path)
        _keep_private(path, descriptor, os.fstat(descriptor))
        return file.read(limit)


def read_file(path: Path, limit: int) -> tuple[bytes, os.stat_result]:
    """The content of any regular file, with its owner and mode. Links are followed, since Kubernetes makes them.

    Raises OSError when it cannot be read, is not a regular file or has more than `limit` bytes.
    """
    descriptor = os.open(path, _READING)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _irregular(path)
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"it has more than {limit:,} bytes", str(path))
    return content, status


def _keep_private(path: Path, opened: Path | int, status: os.stat_result) -> None:
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise OSError(errno.EINVAL, f"{path.name} is not a regular file", str(path))
    if status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, f"{path.name} belongs to another user", str(path))
    if not status.st_mode & _OTHERS:
        return
    try:
        os.chmod(opened, stat.S_IMODE(status.st_mode) & ~_OTHERS)
    except OSError as problem:
        if problem.errno != errno.EROFS:  # a read-only file system is used as it is
            raise
        return
    if stat.S_ISREG(status.st_mode):
        _log.warning("%s was accessible to other users of this computer; it is private now.", path)


def _irregular(path: Path) -> OSError:
    number = errno.EISDIR if path.is_dir() else errno.EINVAL
    return OSError(number, os.strerror(number) if path.is_dir() else "it is not a regular file", str(path))


@contextmanager
def prepared_replacement(path: Path, reserve_bytes: int = 0) -> Iterator[Callable[[bytes], None]]:
    """Prepare the replacement of a private file; gives the function that writes it.

    `reserve_bytes`: disk space to reserve. Readers, and a crash at any moment, see the old file or the new one, whole.
    Both steps may raise OSError and leave nothing behind. One writer at a time: temporary files of killed ones are
    removed.
    """
    remove_stale_temporary_files(path)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path), suffix=".tmp")

    def put(content: bytes) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        _write(descriptor, content)
        os.ftruncate(descriptor, len(content))
        os.fsync(descriptor)
        os.replace(temporary, path)
        _sync_folder(path.parent)

    try:
        if reserve_bytes:
            _write(descriptor, b" " * reserve_bytes)  # some file systems reserve nothing for zeros
            os.fsync(descriptor)
        yield put
    finally:
        os.close(descriptor)
        with suppress(OSError):
            os.unlink(temporary)


def replace_private_file(path: Path, content: bytes) -> None:
    """Replace the file atomically and durably, with mode 0600. Raises OSError."""
    with prepared_replacement(path) as put:
        put(content)


def remove_stale_temporary_files(path: Path) -> None:
    """Remove temporary files that killed writers of this file left."""
    for temporary in path.parent.glob(f"{_prefix(path)}*.tmp"):
        with suppress(OSError):
            temporary.unlink()


def _write(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def _prefix(path: Path) -> str:
    return f".{path.name}-"


def _sync_folder(folder: Path) -> None:
    """Make the rename survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
