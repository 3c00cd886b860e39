"""Checks that the files of a profile are private and writable, without creating any."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from collector.errors import CollectorError, ExitCode
from collector.settings import SECRET_NAMES
from collector.settings.profile import Profile
from collector.settings.reader import read_dotenv
from collector.store import Store
from collector.upkeep.doctor.finding import Finding, Level

_SUBJECT = "files"
_MAKE_WRITABLE = "Give yourself the right to write there, or choose another folder with ZOOM_HOME."
_OPENED_FOR_WRITING = (
    "graph.db",
    "graph.db-wal",
    "graph.db-shm",
    "token.lock",
    "collect.lock",
    "sync.lock",
    "alerts.lock",
)


def check_profile_files(profile: Profile) -> Iterator[Finding]:
    """Check the profile's folder, or whether it could be created."""
    folder = profile.folder
    if not os.path.lexists(folder):
        yield _planned_folder(folder)
        return
    if not folder.is_dir():
        yield _failure(f"{folder} is not a folder", f"Move {folder} aside, or choose another folder with ZOOM_HOME.")
        return
    yield _privacy(folder)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield _failure(f"nothing can be written to {folder}", _MAKE_WRITABLE)
        return
    for name in ("token.json", "graph.db"):
        if (folder / name).exists():
            yield _privacy(folder / name)
    for name in _OPENED_FOR_WRITING:
        if (folder / name).exists() and not os.access(folder / name, os.W_OK):
            yield _failure(f"{folder / name} cannot be opened for writing", _MAKE_WRITABLE)
    yield from _store(profile)


def check_dotenv(path: Path) -> Iterator[Finding]:
    """Check whether others can read `./.env`, if it holds secrets."""
    held = [name for name in SECRET_NAMES if read_dotenv(path).get(name)]
    if not held:
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o044:
        message = f"{path} can be read by others (mode {mode:o}) and holds {' and '.join(held)}"
        yield Finding(_SUBJECT, Level.WARNING, message, f"chmod 600 {shlex.quote(str(path))}")
    else:
        yield Finding(_SUBJECT, Level.OK, f"{path} is private (mode {mode:o})")


def _planned_folder(folder: Path) -> Finding:
    """Whether the folder, and its missing parents, can be created."""
    above = next(parent for parent in folder.parents if os.path.lexists(parent))
    if not above.is_dir():
        return _failure(
            f"{folder} cannot be created: {above} is not a folder",
            f"Move {above} aside, or choose another folder with ZOOM_HOME.",
        )
    if not os.access(above, os.W_OK | os.X_OK):
        return _failure(f"{folder} cannot be created: nothing can be written to {above}", _MAKE_WRITABLE)
    return Finding(_SUBJECT, Level.OK, f"{folder} will be created by the first run")


def _privacy(path: Path) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        wanted = "700" if path.is_dir() else "600"
        return Finding(
            _SUBJECT,
            Level.WARNING,
            f"{path} can be read by others (mode {mode:o})",
            f"chmod {wanted} {shlex.quote(str(path))}",
        )
    return Finding(_SUBJECT, Level.OK, f"{path} is private (mode {mode:o})")


def _store(profile: Profile) -> Iterator[Finding]:
    """Whatever else prevents the store from being read."""
    path = profile.store_path
    try:
        if Store.exists(path) and os.access(path, os.W_OK):
            Store.open_existing(path).close()
    except CollectorError as failure:
        yield Finding.of(_SUBJECT, failure)


def _failure(message: str, fix: str) -> Finding:
    return Finding(_SUBJECT, Level.FAILURE, message, fix, ExitCode.FAILED)
