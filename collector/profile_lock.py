"""One collection, and one upload, of a profile at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from collector.errors import CollectionFailed, ProfileBusy
from collector.settings import Settings


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the profile for one collection at a time. Raises ProfileBusy or CollectionFailed."""
    with _held(settings, "collect.lock", "collection"):
        yield


@contextmanager
def uploading_alone(settings: Settings) -> Iterator[None]:
    """Hold the profile for one upload at a time. Raises ProfileBusy or CollectionFailed."""
    with _held(settings, "sync.lock", "upload"):
        yield


@contextmanager
def _held(settings: Settings, file: str, work: str) -> Iterator[None]:
    lock = FileLock(settings.profile_folder / file, mode=0o600, fallback_to_soft=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ProfileBusy(
            f"Another {work} of profile {settings.profile!r} is under way.",
            "Wait until it has ended, or use another profile with --profile NAME.",
        ) from None
    except (OSError, NotImplementedError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else "this file system has no locks"
        raise CollectionFailed(
            f"The profile folder {settings.profile_folder} cannot be locked: {reason}.",
            "Give yourself the right to write there, or choose another folder with ZOOM_HOME.",
        ) from None
    try:
        yield
    finally:
        lock.release()
