"""token.json of a profile: one lock around re-reading, asking and writing, one rename per change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from collector.auth import private_files
from collector.auth.token_document import TokenDocument
from collector.clock import Clock
from collector.errors import ProfileBusy, SignInRequired

_LOCK_TIMEOUT = 30.0
_LOCK_POLL = 0.1
_LEFTOVER_AGE = 3600.0
_LARGEST = 1 << 20
_DAMAGED_COPIES = 3


class DamagedTokenFile(SignInRequired):
    """token.json is empty, cut short or not what this program writes."""


class TokenFile:
    """The token a profile keeps on disk, in `<folder>/token.json`.

    `folder`: the profile's folder, created when needed; `profile`: its name in messages. The folder has mode
    0700, the files 0600. Every method raises OSError when the disk does not let it.
    """

    def __init__(self, folder: Path, profile: str) -> None:
        self.path = folder / "token.json"
        self._profile = profile

    @contextmanager
    def locked(self, clock: Clock) -> Iterator[None]:
        """Keep other processes, and other holders in this one, from changing the file.

        The kernel drops the lock with the process, so the lock file itself stays where it is. Raises
        ProfileBusy when somebody else holds it for 30 s.
        """
        private_files.make_private_folder(self.path.parent)
        # A lock that only pretends (a file system without flock) would let two refreshes happen at once.
        lock = FileLock(self.path.with_name("token.lock"), mode=0o600, blocking=False, fallback_to_soft=False)
        self._acquire(lock, clock)
        try:
            private_files.remove_leftovers(self.path, clock.now() - _LEFTOVER_AGE)
            yield
        finally:
            lock.release()

    def load(self) -> TokenDocument | None:
        """What the file holds, None if there is none.

        Raises DamagedTokenFile, and NewerVersion when a newer version of this program wrote it.
        """
        content = private_files.read_private_file(self.path, _LARGEST)
        if content is None:
            return None
        try:
            return TokenDocument.from_bytes(content)
        except ValueError:
            # Not chained: a JSONDecodeError carries the whole document, token included.
            pass
        raise DamagedTokenFile(
            f'The token file of the profile "{self._profile}" is damaged: {self.path}.',
            "Sign in again: python oauth-server",
        )

    def save(self, document: TokenDocument) -> None:
        """Replace the file's content. Call it inside `locked`."""
        private_files.replace_private_file(self.path, document.to_bytes())

    def set_aside(self, now: float) -> Path:
        """Rename a damaged file to `token.json.corrupt-<now>` and give its new path.

        `now`: seconds since 1970. The latest three are kept. Call it inside `locked`.
        """
        aside = self.path.with_name(f"{self.path.name}.corrupt-{int(now)}")
        self.path.replace(aside)
        for old in sorted(self.path.parent.glob(f"{self.path.name}.corrupt-*"))[:-_DAMAGED_COPIES]:
            old.unlink()
        return aside

    def _acquire(self, lock: FileLock, clock: Clock) -> None:
        deadline = clock.monotonic() + _LOCK_TIMEOUT
        while True:
            try:
                lock.acquire()
                return
            except Timeout:
                if clock.monotonic() >= deadline:
                    break
            clock.wait(_LOCK_POLL)
        raise ProfileBusy(
            f'Another process has been changing the sign-in of the profile "{self._profile}" for '
            f"{_LOCK_TIMEOUT:.0f} s.",
            "Wait for it to end and run this again, or use another profile with --profile NAME.",
        )
