"""`collector forget`: erase history or a person from the store, and a person from the tree as well."""

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
from collector.resources.declaration import invitation_identifier
from collector.settings.profile import Profile, collect_lock, upload_lock
from collector.store import Store
from collector.store.forgetting import Forgotten, Person, forget
from collector.tree import TREE_FOLDER, is_tree_of, write_tree


class TreeChange(Enum):
    """What happened to the tree in the working folder."""

    NONE = auto()
    REWRITTEN = auto()
    LEFT = auto()
    """It is not from the profile's latest run, so it was not changed."""


@dataclass(frozen=True)
class ForgetReport:
    """What was erased. `signed_in`: whether the profile's sign-in is the erased person's."""

    forgotten: Forgotten
    tree: TreeChange = TreeChange.NONE
    signed_in: bool = False


def forget_in_profile(
    profile: Profile, folder: Path, clock: Clock, *, before: int | None, email: str | None
) -> ForgetReport:
    """Erase the history before an instant (milliseconds since 1970), and the person with an e-mail address.

    The tree in `folder` is rewritten without the person if it is from the profile's latest run. Raises UsageError if
    nothing was collected yet or nobody has or had that address, ProfileBusy while another command uses the profile,
    and CollectionFailed if store or tree cannot be written.
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
    return Person(users.ENTITY.type, address, users.ENTITY.key(invitation_identifier(address)))


def _signed_in_as(profile: Profile, clock: Clock) -> str:
    """The e-mail address of the profile's sign-in; "" if there is none."""
    account = stored_sign_in(token_file(profile), None, clock).account or {}
    return str(account.get("email") or "")
