"""The Zoom account behind the answers; it can be changed between two runs."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from collector.sandbox.directory import BUILT_IN_ROLES, MEMBER_ROLE, Group, Role, User, UserStatus
from collector.sandbox.identifiers import identifier, number_from
from collector.sandbox.levels import Levels


@dataclass(frozen=True)
class _Index:
    """The users by status, group and role, rebuilt after a change."""

    by_status: Mapping[str, Sequence[User]]
    by_group: Mapping[str, Sequence[User]]
    by_role: Mapping[str, Sequence[User]]


class Account:
    """Users, groups and roles of one Zoom account, safe to change while it is being served.

    `generation.generate_account` fills one from a seed. Every id and secret follows from `seed`, so two accounts of the
    same seed and the same changes are equal.
    """

    def __init__(self, seed: int = 0, name: str = "Sandbox") -> None:
        self.seed = seed
        self.name = name
        self.id = identifier(seed, "account")
        self.levels = Levels()
        self.number = 7_000_000_000 + number_from(seed, "account number") % 1_000_000_000
        self._lock = threading.RLock()
        self._users: dict[str, User] = {}
        self._ids_by_email: dict[str, str] = {}
        self._groups: dict[str, Group] = {}
        self._roles: dict[str, Role] = {role.id: role for role in BUILT_IN_ROLES}
        self._settings: dict[str, dict[str, object]] = {}
        self._users_made = 0
        self._others_made = 0
        self._index: _Index | None = None

    @property
    def users(self) -> list[User]:
        """Everybody: active, inactive and pending."""
        with self._lock:
            return list(self._users.values())

    @property
    def groups(self) -> list[Group]:
        with self._lock:
            return list(self._groups.values())

    @property
    def roles(self) -> list[Role]:
        """The three built-in roles, then the custom ones."""
        with self._lock:
            return list(self._roles.values())

    @property
    def memberships(self) -> set[tuple[str, str]]:
        """Pairs of group id and user id; the users may be inactive or pending."""
        return {(group_id, user.id) for user in self.users for group_id in user.group_ids}

    @property
    def owner(self) -> User:
        """The user with role "0"."""
        return self.users_with_role("0")[0]

    def user(self, id_or_email: str) -> User | None:
        with self._lock:
            return self._users.get(self._ids_by_email.get(id_or_email.lower(), id_or_email))

    def group(self, group_id: str) -> Group | None:
        with self._lock:
            return self._groups.get(group_id)

    def role(self, role_id: str) -> Role | None:
        with self._lock:
            return self._roles.get(role_id)

    def users_with_status(self, status: str) -> Sequence[User]:
        return self._indexed().by_status.get(status, ())

    def users_in_group(self, group_id: str) -> Sequence[User]:
        """All members of the group, whatever their status (Zoom keeps deactivated users in their groups)."""
        return self._indexed().by_group.get(group_id, ())

    def users_with_role(self, role_id: str) -> Sequence[User]:
        """Active and inactive holders of the role; invited people do not hold it yet."""
        return self._indexed().by_role.get(role_id, ())

    def add_user(
        self,
        email: str,
        first_name: str = "",
        last_name: str = "",
        *,
        display_name: str | None = None,
        type_: int = 2,
        status: UserStatus = "active",
        role_id: str = MEMBER_ROLE,
        group_ids: Iterable[str] = (),
        department: str = "",
        profile: str = "standard",
    ) -> User:
        """Add a user with a new id."""
        with self._lock:
            self._users_made += 1
            user = User(
                number=self._users_made,
                id=identifier(self.seed, "user", self._users_made),
                email=email,
                first_name=first_name,
                last_name=last_name,
                display_name=f"{first_name} {last_name}".strip() if display_name is None else display_name,
                type=type_,
                status=status,
                role_id=role_id,
                group_ids=tuple(group_ids),
                department=department,
                profile=profile,
            )
            self._put(user)
            return user

    def update_user(self, user_id: str, **changes: Any) -> User:
        """The user with some fields of `User` changed, e.g. `role_id="1"` or `status="inactive"`."""
        with self._lock:
            user = self._users[user_id]
            del self._ids_by_email[user.email.lower()]
            changed = replace(user, **changes)
            self._put(changed)
            return changed

    def remove_user(self, user_id: str) -> None:
        with self._lock:
            user = self._users.pop(user_id)
            del self._ids_by_email[user.email.lower()]
            self._settings.pop(user_id, None)
            self._index = None

    def add_group(self, name: str) -> Group:
        with self._lock:
            self._others_made += 1
            group = Group(identifier(self.seed, "group", self._others_made), name)
            self._groups[group.id] = group
            return group

    def rename_group(self, group_id: str, name: str) -> None:
        with self._lock:
            self._groups[group_id] = replace(self._groups[group_id], name=name)

    def remove_group(self, group_id: str) -> None:
        """Remove a group; its members stay users."""
        with self._lock:
            for user in self.users_in_group(group_id):
                self.remove_member(group_id, user.id)
            del self._groups[group_id]
            self.levels.remove(group_id)

    def add_member(self, group_id: str, user_id: str) -> None:
        with self._lock:
            group_ids = self._users[user_id].group_ids
            if group_id not in group_ids:
                self.update_user(user_id, group_ids=(*group_ids, group_id))

    def remove_member(self, group_id: str, user_id: str) -> None:
        with self._lock:
            kept = tuple(other for other in self._users[user_id].group_ids if other != group_id)
            self.update_user(user_id, group_ids=kept)

    def add_role(self, name: str, privileges: Iterable[str], description: str = "") -> Role:
        with self._lock:
            self._others_made += 1
            role = Role(identifier(self.seed, "role", self._others_made), name, description, tuple(privileges))
            self._roles[role.id] = role
            return role

    def update_role(self, role_id: str, **changes: Any) -> Role:
        """The role with some fields of `Role` changed, e.g. `privileges=("User:Read",)`."""
        with self._lock:
            self._roles[role_id] = replace(self._roles[role_id], **changes)
            return self._roles[role_id]

    def remove_role(self, role_id: str) -> None:
        """Remove a role; its holders get the role Member."""
        with self._lock:
            for user in self.users_with_role(role_id):
                self.update_user(user.id, role_id=MEMBER_ROLE)
            del self._roles[role_id]

    def change_settings(self, user_id: str, changes: Mapping[str, object]) -> None:
        """Give one user settings of their own: dotted path → value.

        `in_meeting.waiting_room` is in the main document; `meeting_security.waiting_room`,
        `meeting_authentication` and `recording_authentication` are in those of the options.
        """
        with self._lock:
            self._settings[user_id] = {**self._settings.get(user_id, {}), **changes}

    def changed_settings(self, user_id: str) -> Mapping[str, object]:
        """The changes made by `change_settings` for this user."""
        return self._settings.get(user_id, {})

    def _put(self, user: User) -> None:
        self._users[user.id] = user
        self._ids_by_email[user.email.lower()] = user.id
        self._index = None

    def _indexed(self) -> _Index:
        with self._lock:
            if self._index is None:
                self._index = _index(self._users.values())
            return self._index


def _index(users: Iterable[User]) -> _Index:
    by_status: dict[str, list[User]] = {}
    by_group: dict[str, list[User]] = {}
    by_role: dict[str, list[User]] = {}
    for user in users:
        by_status.setdefault(user.status, []).append(user)
        for group_id in user.group_ids:
            by_group.setdefault(group_id, []).append(user)
        if user.status != "pending":
            by_role.setdefault(user.role_id, []).append(user)
    return _Index(by_status, by_group, by_role)
