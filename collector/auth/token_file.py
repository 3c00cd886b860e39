"""token.json of a profile: one lock around reading, refreshing and writing; one rename per change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from collector import private_files
from collector.auth.stored_token import StoredToken
from collector.auth.token_errors import SIGN_IN_AGAIN
from collector.clock import Clock
from collector.errors import ProfileBusy, SignInRequired, StorageFailed

_LOCK_TIMEOUT = 30.0
_LOCK_POLL = 0.1
_MAX_BYTES = 1 << 20
_RESERVED = 16 << 10
"""Bytes reserved for the next document, more than twice what two of Zoom's tokens and some fields take."""


@contextmanager
def storage_errors(done: str, path: Path) -> Iterator[None]:
    """An OSError inside becomes StorageFailed. `done`: what could not be done with the file, e.g. "written"."""
    try:
        yield
    except OSError as problem:
        raise StorageFailed(
            f"The sign-in could not be {done}: {path}: {problem.strerror or problem}.",
            "Free disk space or fix the folder's permissions, then run this again.",
        ) from None


class TokenFile:
    """The token a profile keeps on disk, in `<folder>/token.json`.

    `folder`: the profile's folder, created when needed; `profile`: its name in messages. The folder has mode
    0700, the files 0600. Every method may raise OSError.
    """

    def __init__(self, folder: Path, profile: str) -> None:
        self.path = folder / "token.json"
        self.profile = profile

    @contextmanager
    def locked(self, clock: Clock, timeout: float = _LOCK_TIMEOUT) -> Iterator[None]:
        """Keep other processes and threads from changing the file.

        The kernel drops the lock with the process, so the lock file itself stays. Raises ProfileBusy when
        another holds it for `timeout` seconds.
        """
        private_files.make_private_folder(self.path.parent)
        lock_path = self.path.with_name("token.lock")
        private_files.keep_private(lock_path)
        # A soft lock (on a file system without flock) would let two refreshes happen at once.
        lock = FileLock(lock_path, mode=0o600, blocking=False, fallback_to_soft=False)
        self._acquire(lock, clock, timeout)
        try:
            yield
        finally:
            lock.release()

    def load(self) -> StoredToken | None:
        """What the file holds, None if there is none.

        Raises SignInRequired when it is damaged (empty, truncated, or not what this program writes) and NewerVersion.
        """
        content = private_files.read_private_file(self.path, _MAX_BYTES)
        if content is None:
            return None
        try:
            return StoredToken.from_bytes(content)
        except ValueError:
            # Not chained: a JSONDecodeError carries the whole document, token included.
            pass
        raise SignInRequired(
            f'The token file of the profile "{self.profile}" is damaged: {self.path}.',
            SIGN_IN_AGAIN,
        )

    def save(self, document: StoredToken) -> None:
        """Replace the file's content. Call it inside `locked`."""
        private_files.replace_private_file(self.path, document.to_bytes())

    @contextmanager
    def reserved(self) -> Iterator[Callable[[StoredToken], None]]:
        """Reserve disk space for the next document, before a refresh token is used; gives the function that saves it.

        Call it inside `locked`.
        """
        size = self.path.stat().st_size if self.path.exists() else 0
        with private_files.prepared_replacement(self.path, reserve_bytes=max(_RESERVED, 2 * size)) as put:
            yield lambda document: put(document.to_bytes())

    def forget(self) -> None:
        """Remove the token and the damaged copies of earlier versions. Call it inside `locked`."""
        self.path.unlink(missing_ok=True)
        private_files.remove_stale_temporary_files(self.path)
        for copy in self.path.parent.glob(f"{self.path.name}.corrupt-*"):
            copy.unlink(missing_ok=True)

    def _acquire(self, lock: FileLock, clock: Clock, timeout: float) -> None:
        deadline = clock.monotonic() + timeout
        while True:
            try:
                lock.acquire()
                return
            except Timeout:
                if clock.monotonic() >= deadline:
                    break
            clock.wait(_LOCK_POLL)
        raise ProfileBusy(
            f'Another process has locked the sign-in of the profile "{self.profile}" for {timeout:.0f} s.',
            "Wait for it to finish and run this again, or use another profile with --profile NAME.",
        )
