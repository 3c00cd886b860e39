"""A profile: its folder, its files, and its locks: one collection, one upload and one sending of alerts at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from collector.errors import CollectionFailed, ProfileBusy
from collector.private_files import keep_private

DEFAULT_PROFILE = "default"


@dataclass(frozen=True)
class Profile:
    """A profile's name, and the folder of its token and graph."""

    name: str
    folder: Path

    @property
    def name_to_give(self) -> str:
        """The name to pass with --profile; "" for the default profile."""
        return "" if self.name == DEFAULT_PROFILE else self.name

    @property
    def store_path(self) -> Path:
        """The file of its graph."""
        return self.folder / "graph.db"


@contextmanager
def collect_lock(profile: Profile) -> Iterator[None]:
    """Hold the profile for one collection at a time. Raises ProfileBusy or CollectionFailed."""
    with _lock(profile.folder, "collect.lock", "collection (or `forget`, `uninstall`)"):
        yield


@contextmanager
def upload_lock(profile: Profile) -> Iterator[None]:
    """Hold the profile for one upload at a time. Raises ProfileBusy or CollectionFailed."""
    with _lock(profile.folder, "sync.lock", "upload (or `instance`, `forget`, `uninstall`)"):
        yield


@contextmanager
def alerts_lock(profile: Profile) -> Iterator[None]:
    """Hold the profile for one sending of alerts at a time. Raises ProfileBusy or CollectionFailed."""
    with _lock(profile.folder, "alerts.lock", "sending of alerts"):
        yield


@contextmanager
def _lock(profile_folder: Path, file: str, work: str) -> Iterator[None]:
    lock = FileLock(profile_folder / file, mode=0o600, fallback_to_soft=False)
    try:
        keep_private(profile_folder)
        keep_private(profile_folder / file)
        lock.acquire(timeout=0)
    except Timeout:
        raise ProfileBusy(
            f"Another {work} of profile {profile_folder.name!r} is already running.",
            "Wait for it to finish, or use another profile with --profile NAME.",
        ) from None
    except (OSError, NotImplementedError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else "this file system has no locks"
        raise CollectionFailed(
            f"The profile folder {profile_folder} cannot be locked: {reason}.",
            "Make it writable for your user, or choose another folder with ZOOM_HOME.",
        ) from None
    try:
        yield
    finally:
        lock.release()
