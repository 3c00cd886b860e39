"""What `collector forget` does: history or a person out of the profile's store, a person out of the tree as well."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from collector.auth import stored_sign_in
from collector.auth.configured import token_file
from collector.clock import Clock
from collector.errors import CollectorError
from collector.model.naming import comparable
from collector.resources import users
from collector.resources.declaration import invitation_of
from collector.settings.profile import Profile, collect_lock, upload_lock
from collector.store import Store
from collector.store.forgetting import Forgotten, Person, forget
from collector.tree import TREE_FOLDER, is_tree_of, write_tree


class TreeChange(Enum):
    """What became of the tree in the working folder."""

    NONE = auto()
    REWRITTEN = auto()
    LEFT = auto()
    """It was not written from the profile's latest run, so it stays until it is written again."""


@dataclass(frozen=True)
class ForgetReport:
    """What was removed. `signed_in`: whether the profile's sign-in is that of the person who was forgotten."""

    forgotten: Forgotten
    tree: TreeChange = TreeChange.NONE
    signed_in: bool = False


def forget_in_profile(
    profile: Profile, folder: Path, clock: Clock, *, before: int | None, email: str | None
) -> ForgetReport:
    """Forget the history before an instant (milliseconds since 1970), and whoever has or had an e-mail address.

    The tree in `folder` is written anew without the person if it is the one of the profile's latest run. Raises
    UsageError when nothing was collected yet or the store knows nobody by that address, ProfileBusy while another
    command works on the profile, and CollectionFailed when store or tree cannot be written.
    """
    path, tree_folder = profile.store_path, folder / TREE_FOLDER
    person = None if email is None else _person(email)
    with Store.open_existing(path) as store, collect_lock(profile), upload_lock(profile):
        record = store.latest_run()
        ours = person is not None and record is not None and is_tree_of(tree_folder, record)
        forgotten = forget(path, before=before, person=person)
        if person is None:
            return ForgetReport(forgotten)
        signed_in = comparable(_signed_in_as(profile, clock)) == comparable(person.email)
        if not ours:
            tree = TreeChange.LEFT if os.path.lexists(tree_folder) else TreeChange.NONE
            return ForgetReport(forgotten, tree, signed_in)
        try:
            write_tree(store, tree_folder)
        except CollectorError as failure:
            raise type(failure)(
                f"{email} was removed from the store. {failure.message}", failure.next_step
            ) from failure
    return ForgetReport(forgotten, TreeChange.REWRITTEN, signed_in)


def _person(email: str) -> Person:
    address = email.strip().lower()
    return Person(users.ENTITY.type, address, users.ENTITY.key(invitation_of(address)))


def _signed_in_as(profile: Profile, clock: Clock) -> str:
    """The e-mail address of who signed in to the profile; "" without any."""
    account = stored_sign_in(token_file(profile), None, clock).account or {}
    return str(account.get("email") or "")
