"""What `collector uninstall` does: ends and removes what the collector made for a profile, part by part.

A part that fails leaves the others possible. Whatever is still needed to try it again is kept: the token until Zoom has
revoked it, the store until the open jobs, the integration instance and the tree it tells about are gone.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from platformdirs import user_data_path

from collector import signin
from collector.auth import stored_sign_in
from collector.auth.token_document import SIGN_IN_GRANT
from collector.auth.token_file import DamagedTokenFile
from collector.clock import Clock
from collector.collection import TREE_FOLDER, oauth_client, store_path, token_file
from collector.errors import CollectorError, Interrupted
from collector.jupiterone.instances import Instances
from collector.jupiterone_access import jupiterone_access, jupiterone_client
from collector.profile_instance import SETTING, account_in_words, check_account, delete_instance, own_instances
from collector.profile_lock import alone, opening_alone, uploading_alone
from collector.settings import Settings
from collector.store import RememberedInstance, Store, UploadRecord
from collector.tree import is_tree_of, remove_tree
from collector.uploading.left_open import end_jobs_left_open, jobs_left_open

_TOKEN_FILES = ("token.json", "token.json.corrupt-*", ".token.json-*.tmp")
_STORE_FILES = ("graph.db-wal", "graph.db-shm", "graph.db-journal", "graph.db.damaged", "graph.db")
_LOCKS = ("token.lock", "collect.lock", "sync.lock", "job.lock")
_WITHOUT_REVOKING = (
    "If it cannot be revoked, remove the token only: `collector auth logout`, then `collector uninstall` again."
)
_WITHOUT_ENDING = "To leave the job open: `collector uninstall --keep-jobs`."
_WITHOUT_DELETING = "To leave the instance in JupiterOne: `collector uninstall --keep-instance`."


_Result = tuple["Outcome", str]


class Outcome(Enum):
    """What became of a part."""

    DONE = "done"
    NOTHING = "nothing"
    """There was nothing to do."""
    LEFT = "left"
    """It stays, for good reason."""
    FAILED = "failed"


@dataclass(frozen=True)
class Part:
    """One thing to remove and what became of it, in a sentence; `next_step` for those that failed."""

    name: str
    outcome: Outcome
    message: str
    next_step: str = ""


@dataclass(frozen=True)
class Found:
    """What there is to remove, looked up without asking anybody.

    `sign_in`: who has signed in with the browser, "" when that is not known, None when nobody has. `jobs`: those in
    JupiterOne that uploads left open. `instance_ids`: the profile's own; `other_instance_id`: the configured one if it
    is not among them, which stays. `tree`: the one of this profile in the working folder. `files`: those in the
    profile's folder that are the collector's.
    """

    sign_in: str | None
    jobs: tuple[str, ...]
    instance_ids: tuple[str, ...]
    other_instance_id: str | None
    tree: Path | None
    files: tuple[Path, ...]

    @property
    def is_nothing(self) -> bool:
        return self.sign_in is None and not self.instance_ids and self.tree is None and not self.files


def look(settings: Settings, folder: Path, clock: Clock) -> Found:
    """What `uninstall` would remove. A store that cannot be read is told of by the parts that need it."""
    try:
        own, tree_is_ours = own_instances(settings), _is_ours(settings, folder / TREE_FOLDER)
        other, jobs = _other_instance_id(settings, own), _jobs_left_open(settings)
    except CollectorError:
        own, other, jobs, tree_is_ours = (), None, (), False
    stored = stored_sign_in(token_file(settings), None, clock)
    email = str((stored.account or {}).get("email") or "")
    return Found(
        sign_in=None if stored.state == "none" else email,
        jobs=tuple(str(each.job) for each in jobs),
        instance_ids=tuple(each.id for each in own),
        other_instance_id=other,
        tree=folder / TREE_FOLDER if tree_is_ours else None,
        files=tuple(_present(settings, (*_TOKEN_FILES, *_STORE_FILES, *_LOCKS))),
    )


def uninstall(
    settings: Settings,
    folder: Path,
    clock: Clock,
    randomness: random.Random,
    *,
    keep_jobs: bool = False,
    keep_instance: bool = False,
) -> Generator[Part, None, None]:
    """Revoke the sign-in, end open jobs and delete the instance in JupiterOne, remove the tree, remove the profile.

    Gives a part at each step. A job that is being created for an upload that was killed is waited for.

    Raises ProfileBusy, before anything is done, while another command works on the profile; Interrupted.
    """
    with ExitStack() as held:
        if settings.profile_folder.is_dir():
            held.enter_context(alone(settings))
            held.enter_context(uploading_alone(settings))
            held.enter_context(opening_alone(settings.profile_folder))
        sign_in = _done("sign-in at Zoom", lambda: _end_sign_in(settings, clock, randomness), _WITHOUT_REVOKING)
        yield sign_in
        jobs = _done(
            "open jobs in JupiterOne", lambda: _end_jobs(settings, clock, randomness, keep_jobs), _WITHOUT_ENDING
        )
        yield jobs
        instance = _done(
            "instance in JupiterOne",
            lambda: _delete_instances(settings, clock, randomness, keep_instance),
            _WITHOUT_DELETING,
        )
        yield instance
        tree = _done(TREE_FOLDER, lambda: _remove_tree(settings, folder / TREE_FOLDER))
        yield tree
        keep_store = Outcome.FAILED in (jobs.outcome, instance.outcome, tree.outcome)
        yield _done("profile", lambda: _remove_profile(settings, keep_store, sign_in.outcome is Outcome.FAILED))


def _done(name: str, work: Callable[[], _Result], otherwise: str = "") -> Part:
    """The part after its work was tried. `otherwise`: how to go on without it, for those that fail."""
    try:
        outcome, message = work()
    except Interrupted:
        raise
    except CollectorError as failure:
        return Part(name, Outcome.FAILED, failure.message, f"{failure.next_step} {otherwise}".strip())
    except OSError as failure:
        reason = f"It could not be removed: {failure.filename}: {failure.strerror}."
        return Part(name, Outcome.FAILED, reason, "Mend the permissions, then run `collector uninstall` again.")
    return Part(name, outcome, message)


def _end_sign_in(settings: Settings, clock: Clock, randomness: random.Random) -> _Result:
    file = token_file(settings)
    if not os.path.lexists(file.path):
        return Outcome.NOTHING, "Nobody is signed in."
    try:
        document = file.load()
    except DamagedTokenFile:
        signin.forget(file, clock)
        return Outcome.DONE, "The token file is damaged, so nothing could be revoked with it; it is removed."
    if document is not None and document.grant == SIGN_IN_GRANT:
        signin.revoke(oauth_client(settings), file, clock, randomness)
        return Outcome.DONE, "The sign-in is revoked and the token removed; Zoom has removed the app from the account."
    signin.forget(file, clock)
    return Outcome.DONE, "The token of the Server-to-Server app is removed; it ends by itself within an hour."


def _end_jobs(settings: Settings, clock: Clock, randomness: random.Random, keep: bool) -> _Result:
    jobs = _jobs_left_open(settings)
    if jobs and keep:
        where = (f"{job.job} in the account {account_in_words(job.place.host, job.place.account)}" for job in jobs)
        return Outcome.LEFT, f"{' and '.join(where)} stays open, as you asked."
    if Store.exists(store_path(settings)):
        with Store.open_existing(store_path(settings)) as store:
            end_jobs_left_open(settings, store, clock, randomness)
    if not jobs:
        return Outcome.NOTHING, "No upload has left one open."
    return Outcome.DONE, f"{' and '.join(str(job.job) for job in jobs)}, which an upload left open, is no longer so."


def _jobs_left_open(settings: Settings) -> Sequence[UploadRecord]:
    """Raises as Store does."""
    if not Store.exists(store_path(settings)):
        return ()
    with Store.open_existing(store_path(settings)) as store:
        return jobs_left_open(store)


def _delete_instances(settings: Settings, clock: Clock, randomness: random.Random, keep: bool) -> _Result:
    own = own_instances(settings)
    other = _other_instance_id(settings, own)
    stays = "" if other is None else _why_it_stays(other)
    if not own:
        return (Outcome.LEFT, stays) if stays else (Outcome.NOTHING, "The profile has none.")
    names = " and ".join(each.id for each in own)
    if keep:
        return Outcome.LEFT, f"{names} stays in JupiterOne with its entities, as you asked. {stays}".strip()
    for each in own:
        check_account(each, jupiterone_access(settings))
    instances = Instances(jupiterone_client(settings, clock, randomness))
    deleted = [each.id for each in own if delete_instance(settings, instances, each.id)]
    if not deleted:
        return Outcome.NOTHING, f"JupiterOne no longer knows {names}. {stays}".strip()
    said = f"{' and '.join(deleted)} is deleted; JupiterOne deletes its entities with it."
    return Outcome.DONE, f"{said} {stays}".strip()


def _remove_tree(settings: Settings, tree: Path) -> _Result:
    if not os.path.lexists(tree):
        return Outcome.NOTHING, "There is none in this folder."
    if not _is_ours(settings, tree):
        return Outcome.LEFT, f"{tree} was not written from what this profile holds; it stays."
    remove_tree(tree)
    return Outcome.DONE, f"{tree} is removed."


def _remove_profile(settings: Settings, keep_store: bool, keep_token: bool) -> _Result:
    """Remove the files that nothing needs any more, then the folder, unless somebody else's files are in it."""
    folder = settings.profile_folder
    if not folder.is_dir():
        return Outcome.NOTHING, f"There is no folder {folder}."
    kept = _STORE_FILES * keep_store + _TOKEN_FILES * keep_token
    patterns = [each for each in (*_TOKEN_FILES, *_STORE_FILES, *_LOCKS) if each not in kept]
    for path in _present(settings, patterns):
        path.unlink(missing_ok=True)
    left = sorted(path.name for path in folder.iterdir())
    if left:
        needed = " It is needed to try again what failed above." if kept else " They are not the collector's."
        return Outcome.LEFT, f"{folder} stays with {', '.join(left)}.{needed}"
    folder.rmdir()
    if _is_default_home(settings.home) and not any(settings.home.iterdir()):
        settings.home.rmdir()
    return Outcome.DONE, f"{folder} is removed, with the store and its history."


def _is_default_home(home: Path) -> bool:
    """Whether the collector chose and made this folder; one that somebody named in ZOOM_HOME is theirs."""
    try:
        return home == user_data_path("zoom-collector", appauthor=False).absolute()
    except RuntimeError:  # whoever has no home folder has no default either
        return False


def _other_instance_id(settings: Settings, own: Iterable[RememberedInstance]) -> str | None:
    """The instance that is configured but not the profile's own."""
    configured = settings.jupiterone.instance_id
    return None if configured in {each.id for each in own} else configured


def _why_it_stays(instance_id: str) -> str:
    return (
        f"{instance_id}, which {SETTING} names, stays in JupiterOne: this profile has uploaded nothing to it. "
        f"`collector instance delete {instance_id}` deletes it."
    )


def _is_ours(settings: Settings, tree: Path) -> bool:
    """Whether the tree was written from a run of this profile. Raises as Store does."""
    if not tree.is_dir() or not Store.exists(store_path(settings)):
        return False
    with Store.open_existing(store_path(settings)) as store:
        return any(is_tree_of(tree, record) for record in store.finished_runs())


def _present(settings: Settings, patterns: Iterable[str]) -> Iterator[Path]:
    """The files of these names in the profile's folder, in the order of the patterns."""
    for pattern in patterns:
        yield from sorted(settings.profile_folder.glob(pattern))
