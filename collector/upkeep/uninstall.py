"""`collector uninstall`: revoke, abort, delete and remove everything a profile created, part by part.

If a part fails, the others are still done; only the profile's folder stays, so that the failed part can be retried.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from collector.auth import signin, stored_sign_in
from collector.auth.configured import oauth_client, token_file
from collector.clock import Clock
from collector.errors import CollectorError, Interrupted
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.instances import Instances
from collector.next_steps import Command, NextStep, joined
from collector.settings import Settings
from collector.settings.profile import collect_lock, upload_lock
from collector.store import RememberedInstance, Store
from collector.tree import TREE_FOLDER, is_tree_of, remove_tree
from collector.upload.destination import access_to
from collector.upload.instance import check_account, delete_instance, own_instances
from collector.upload.orphaned_jobs import abort_orphaned_jobs, orphaned_jobs

_FILES = (
    *("token.json", "token.json.corrupt-*", ".token.json-*.tmp"),
    *("graph.db-wal", "graph.db-shm", "graph.db-journal", "graph.db.damaged", "graph.db"),
    *("report.key", ".report.key-*.tmp"),
    *("token.lock", "collect.lock", "sync.lock", "alerts.lock", "job.lock"),  # job.lock: an earlier version's
)


class PartOutcome(Enum):
    """What happened to a part. NOTHING: there was nothing to do. LEFT: it was kept on purpose."""

    DONE = "done"
    NOTHING = "nothing"
    LEFT = "left"
    FAILED = "failed"


@dataclass(frozen=True)
class UninstallPart:
    """One thing to remove.

    `action`: what `work` does, to follow "uninstalling will"; empty if there is nothing to do. `remains`: a sentence
    about what is kept, and why. `alternative`: what to do without this part if it fails.
    """

    name: str
    action: str = ""
    work: Callable[[], None] = lambda: None
    remains: str = ""
    alternative: str = ""


@dataclass(frozen=True)
class Result:
    """The outcome of a part; `next_step` if it failed."""

    part: UninstallPart
    outcome: PartOutcome
    message: str
    next_step: str = ""


@dataclass(frozen=True)
class Uninstall:
    """What to uninstall. `folder`: the folder that holds the tree."""

    settings: Settings
    folder: Path
    clock: Clock
    randomness: random.Random
    keep_jobs: bool = False
    keep_instance: bool = False

    def parts(self) -> list[UninstallPart]:
        """What there is to do, without any network call. Raises like Store if it cannot be read."""
        return [self._sign_in(), self._jobs(), self._instances(), self._tree(), self._profile()]

    def run(self) -> Iterator[Result]:
        """Remove part after part.

        Raises, before anything is removed, what `parts` raises, and ProfileBusy while another command uses the
        profile. Raises Interrupted between parts.
        """
        with ExitStack() as held:
            if self.settings.profile.folder.is_dir():
                held.enter_context(collect_lock(self.settings.profile))
                held.enter_context(upload_lock(self.settings.profile))
            *others, profile = self.parts()
            failed = False
            for part in others:
                result = _result(part)
                failed = failed or result.outcome is PartOutcome.FAILED
                yield result
            if failed:
                yield Result(profile, PartOutcome.LEFT, "Kept, so that what failed above can be retried.")
            else:
                yield _result(profile)

    def _sign_in(self) -> UninstallPart:
        file, name = token_file(self.settings.profile), "sign-in at Zoom"
        stored = stored_sign_in(file, None, self.clock)
        if not os.path.lexists(file.path):
            return UninstallPart(name)
        if stored.state == "none":
            return UninstallPart(name, "remove the token of the app", lambda: signin.forget(file, self.clock))
        email = (stored.account or {}).get("email")
        return UninstallPart(
            name,
            f"end the sign-in{f' of {email}' if email else ''} at Zoom, which also removes the app from the account "
            "there",
            lambda: signin.revoke(oauth_client(self.settings), file, self.clock, self.randomness),
            alternative=NextStep(
                "If it cannot be revoked, remove the token only: `{}`, then `{}` again.",
                Command("auth logout"),
                Command("uninstall"),
            ),
        )

    def _jobs(self) -> UninstallPart:
        name, jobs = "open jobs in JupiterOne", ""
        if Store.exists(self.settings.profile.store_path):
            with Store.open_existing(self.settings.profile.store_path) as store:
                found = (f"{each.job} (account {each.destination.account})" for each in orphaned_jobs(store))
                jobs = " and ".join(found)
        if not jobs or self.keep_jobs:
            return UninstallPart(name, remains=jobs and f"{jobs} stays open, as you asked.")
        return UninstallPart(
            name,
            f"end the job {jobs} in JupiterOne, which an upload left open",
            self._end_jobs,
            alternative=NextStep("To leave the job open: `{}`.", Command("uninstall", "--keep-jobs")),
        )

    def _end_jobs(self) -> None:
        with Store.open_existing(self.settings.profile.store_path) as store:
            abort_orphaned_jobs(access_to(self.settings.jupiterone), store, self.clock, self.randomness)

    def _instances(self) -> UninstallPart:
        name = "instance in JupiterOne"
        own = " and ".join(each.id for each in self._own_instances())
        if not own or self.keep_instance:
            return UninstallPart(name, remains=own and f"{own} stays in JupiterOne with its entities, as you asked.")
        return UninstallPart(
            name,
            f"delete the integration instance {own} in JupiterOne, with all its entities",
            self._delete_instances,
            alternative=NextStep("To leave the instance in JupiterOne: `{}`.", Command("uninstall", "--keep-instance")),
        )

    def _delete_instances(self) -> None:
        own, access = self._own_instances(), access_to(self.settings.jupiterone)
        for each in own:
            check_account(each, access)
        instances = Instances(JupiterOne(access, self.clock, self.randomness))
        for each in own:
            delete_instance(self.settings.profile, access, instances, each.id)

    def _own_instances(self) -> tuple[RememberedInstance, ...]:
        return own_instances(self.settings.profile, self.settings.jupiterone.instance_id)

    def _tree(self) -> UninstallPart:
        tree = self.folder / TREE_FOLDER
        if not os.path.lexists(tree):
            return UninstallPart(TREE_FOLDER)
        if Store.exists(self.settings.profile.store_path):
            with Store.open_existing(self.settings.profile.store_path) as store:
                if any(is_tree_of(tree, record) for record in store.finished_runs()):
                    return UninstallPart(TREE_FOLDER, f"remove the tree {tree}", lambda: remove_tree(tree))
        return UninstallPart(TREE_FOLDER, remains=f"{tree} was not written by this profile; kept.")

    def _profile(self) -> UninstallPart:
        """The collector's files; the folder too, unless it holds other files."""
        folder = self.settings.profile.folder
        ours = _files(folder)
        others = sorted({path.name for path in folder.glob("*")} - {path.name for path in ours})

        def remove() -> None:
            for path in _files(folder):
                path.unlink(missing_ok=True)
            if not others:
                folder.rmdir()

        return UninstallPart(
            "profile",
            f"remove the folder {folder}: token, store and its history" if ours else "",
            remove,
            remains=f"{folder} is kept: {', '.join(others)} is not the collector's." if others else "",
        )


def _files(folder: Path) -> list[Path]:
    """The collector's files in the folder of a profile."""
    return [path for name in _FILES for path in sorted(folder.glob(name))]


def _result(part: UninstallPart) -> Result:
    """Do the work of a part, and return its outcome."""
    if not part.action:
        return Result(part, PartOutcome.LEFT if part.remains else PartOutcome.NOTHING, part.remains)
    try:
        part.work()
    except Interrupted:
        raise
    except CollectorError as failure:
        return Result(part, PartOutcome.FAILED, failure.message, joined(failure.next_step, part.alternative))
    except OSError as failure:
        reason = f"It could not be removed: {failure.filename}: {failure.strerror}."
        return Result(
            part,
            PartOutcome.FAILED,
            reason,
            NextStep("Fix the permissions, then run `{}` again.", Command("uninstall")),
        )
    return Result(part, PartOutcome.LEFT, part.remains) if part.remains else Result(part, PartOutcome.DONE, part.action)
