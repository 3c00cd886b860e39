"""The values an account is made of: users, groups and roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

UserStatus = Literal["active", "inactive", "pending"]

BASIC = 1
LICENSED = 2

OWNER_ROLE = "0"
ADMIN_ROLE = "1"
MEMBER_ROLE = "2"


@dataclass(frozen=True, slots=True)
class User:
    """One person, in whatever status.

    `number` counts the users ever made in the account, from 1; timestamps, meeting ids and secrets are derived
    from it. `type`: 1 Basic, 2 Licensed. `profile` names the settings profile. Zoom hides the `id` of pending
    users in its lists. `group_ids`: the first is the primary group.
    """

    number: int
    id: str
    email: str
    first_name: str
    last_name: str
    display_name: str
    type: int
    status: UserStatus
    role_id: str
    group_ids: tuple[str, ...]
    department: str
    profile: str


@dataclass(frozen=True)
class Group:
    """A group; its members are kept with the users."""

    id: str
    name: str


@dataclass(frozen=True)
class Role:
    """An administrator role. `privileges`: texts like "User:Read" (Zoom developer docs, role privileges)."""

    id: str
    name: str
    description: str
    privileges: tuple[str, ...]


_EVERYTHING = ("User", "Role", "Group", "AccountProfile", "AccountSetting", "Recording", "BillingInformation")

BUILT_IN_ROLES = (
    Role(
        OWNER_ROLE,
        "Owner",
        "Account owner has full privileges to access and manage a Zoom account.",
        tuple(f"{area}:{verb}" for area in _EVERYTHING for verb in ("Read", "Edit")),
    ),
    Role(
        ADMIN_ROLE,
        "Admin",
        "Admins have wide range privileges to access and manage a Zoom account.",
        tuple(f"{area}:{verb}" for area in _EVERYTHING[:5] for verb in ("Read", "Edit")),
    ),
    Role(
        MEMBER_ROLE,
        "Member",
        "Members have access to basic Zoom video meeting functions but no account management privileges.",
        (),
    ),
)
"""The roles every account has, with the descriptions Zoom gives them."""
