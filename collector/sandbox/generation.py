"""Generates an account from a seed, with the oddities of real directories."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from collector.sandbox.account import Account
from collector.sandbox.directory import ADMIN_ROLE, BASIC, LICENSED, MEMBER_ROLE, OWNER_ROLE, UserStatus
from collector.sandbox.profiles import PROFILE_SHARES

_FIRST_NAMES = (
    "Ada", "Alan", "Barbara", "Bjarne", "Chidi", "Dana", "Edsger", "Fatima", "Grace", "Hedy", "Ines",
    "Jürgen", "Katherine", "Linus", "Margaret", "Niklaus", "Olga", "Priya", "Radia", "Sören", "Wei", "Zoë",
)  # fmt: skip
_LAST_NAMES = (
    "Almeida", "Byron", "Chen", "Dijkstra", "Eze", "Fischer", "García", "Hopper", "Ivanova", "Johnson",
    "Lamarr", "Müller", "Nakamura", "O'Brien", "Perlman", "Quist", "Rao", "Stone", "Turing", "Østergaard",
)  # fmt: skip
_DEPARTMENTS = ("Engineering", "Sales", "Finance", "R&D", "Support", "Legal", "")
_GROUP_NAMES = ("All Staff", "Engineering", "Sales", "Contractors", "Leadership", "Support")
_CUSTOM_ROLES = (
    ("Helpdesk", "Reset users", ("User:Read", "User:Edit", "Group:Read")),
    ("Auditor", "Looks, touches nothing", ("User:Read", "Group:Read", "Role:Read", "AccountSetting:Read")),
)


@dataclass(frozen=True)
class _Recipe:
    """The size of an account. Shares are of all users, 0 to 1."""

    users: int
    groups: int
    custom_roles: int
    inactive_share: float
    pending_share: float


@dataclass(frozen=True)
class _Oddity:
    """What is unusual about one of the first users."""

    first_name: str
    last_name: str
    display_name: str
    email: str


_ADMIN, _MEMBER = "1", "2"
"""Zoom's ids of these roles."""
_ODDITIES = (
    _Oddity("Ada", "Byron", "Ada Byron", "ada@example.com"),  # whom the documentation shows
    _Oddity("", "", "", "no.name@example.com"),
    _Oddity("Robert", "Tables", "<script>alert(1)</script>", "bobby@example.com"),
    _Oddity("Yuki", "Rocket 🚀", "Yuki 🚀✨", "yuki@example.com"),
    _Oddity("Jürgen", "Größe-Übermut", "Jürgen Größe-Übermut", "juergen@example.com"),
    _Oddity("Camel", "Case", "Camel Case", "Camel.Case@Example.COM"),
    _Oddity("Plus", "Address", "Plus Address", "plus+zoom@example.com"),
)


def generate_account(
    users: int = 250,
    groups: int = 6,
    custom_roles: int = 2,
    seed: int = 7,
    inactive_share: float = 0.06,
    pending_share: float = 0.03,
) -> Account:
    """An account of this size with every oddity that fits into it; the same seed gives the same account."""
    account = Account(seed)
    _populate(account, _Recipe(users, groups, custom_roles, inactive_share, pending_share))
    return account


def manage_centrally(account: Account) -> None:
    """Set what a careful administrator sets: single sign-on, two factors for administrators, a waiting room for
    everybody, no local recording, locked file transfer; but the second group is weaker than the account.
    """
    levels, owner = account.levels, account.owner
    levels.managed_domains = ["example.com", "example.org"]
    levels.trusted_domains = ["example.net"]
    levels.change(
        {
            "security.signin_with_sso": {
                "enable": True,
                "require_sso_for_domains": True,
                "domains": ["example.com"],
                "sso_bypass_users": [{"id": owner.id, "email": owner.email}],
            },
            "security.sign_in_with_two_factor_auth": "role",
            "security.sign_in_with_two_factor_auth_roles": [OWNER_ROLE, ADMIN_ROLE],
            "meeting_security.waiting_room": True,
            "recording.local_recording": False,
            "in_meeting.file_transfer": False,
        }
    )
    levels.lock("in_meeting.file_transfer", "meeting_security.meeting_password")
    if len(account.groups) > 1:
        weaker = account.groups[1].id
        levels.change({"meeting_security.waiting_room": False, "recording.local_recording": True}, weaker)


def let_a_day_pass(account: Account, member: str | None = None) -> None:
    """Change the account as on a bad day. Nothing happens in an account with fewer than two groups.

    A member (by id; by default the first active one) gets the role Admin, and switches off the waiting room; somebody
    else changes group; one leaves.
    """
    if len(account.groups) < 2:
        return
    left, joined = account.groups[:2]
    if member is None:
        ordinary = (user.id for user in account.users if (user.status, user.role_id) == ("active", _MEMBER))
        member = next(ordinary, None)
    if member is not None:
        account.update_user(member, role_id=_ADMIN)
        account.change_settings(member, {"meeting_security.waiting_room": False})
    others = [user.id for user in account.users_in_group(left.id) if user.id not in (member, account.owner.id)]
    for mover in others[-1:]:
        account.remove_member(left.id, mover)
        account.add_member(joined.id, mover)
    for leaver in others[-2:-1]:
        account.remove_user(leaver)


def _populate(account: Account, recipe: _Recipe) -> None:
    """Add groups, custom roles and users.

    The first user is the owner, the next ones the oddities. The first group holds most people, every inactive and
    every pending one among them; the last of several is empty.
    """
    randomness = random.Random(f"{account.seed} account")
    group_ids = [account.add_group(_name(_GROUP_NAMES, number)).id for number in range(recipe.groups)]
    if len(group_ids) > 1:
        empty = group_ids.pop()
        account.rename_group(empty, "Nobody Here")
    role_ids = [_add_custom_role(account, number) for number in range(recipe.custom_roles)]
    statuses = _statuses(recipe, randomness)
    for number, status in enumerate(statuses):
        person = _person(number, randomness)
        account.add_user(
            person.email,
            person.first_name,
            person.last_name,
            display_name=person.display_name,
            type_=LICENSED if number == 0 or randomness.random() < 0.7 else BASIC,
            status=status,
            role_id=_role(number, status, role_ids, randomness),
            group_ids=_groups(group_ids, status, randomness),
            department=randomness.choice(_DEPARTMENTS),
            profile=_profile(randomness),
        )


def _name(names: Sequence[str], number: int) -> str:
    return names[number] if number < len(names) else f"{names[number % len(names)]} {number + 1}"


def _add_custom_role(account: Account, number: int) -> str:
    name, description, privileges = _CUSTOM_ROLES[number % len(_CUSTOM_ROLES)]
    if number >= len(_CUSTOM_ROLES):
        name = f"{name} {number + 1}"
    return account.add_role(name, privileges, description).id


def _statuses(recipe: _Recipe, randomness: random.Random) -> list[UserStatus]:
    """One status a user; the owner is active, and a share above 0 gives at least one user if there are enough."""
    others = max(0, recipe.users - 1)
    inactive = min(others, max(1, round(recipe.users * recipe.inactive_share)) if recipe.inactive_share else 0)
    pending = max(1, round(recipe.users * recipe.pending_share)) if recipe.pending_share else 0
    pending = min(others - inactive, pending)
    odd = min(len(_ODDITIES), others - inactive - pending)
    rest: list[UserStatus] = ["active"] * (others - inactive - pending - odd)
    rest += ["inactive"] * inactive
    rest += ["pending"] * pending
    randomness.shuffle(rest)
    first: list[UserStatus] = ["active"] * (min(recipe.users, 1) + odd)
    return first + rest


def _person(number: int, randomness: random.Random) -> _Oddity:
    if 1 <= number <= len(_ODDITIES):
        return _ODDITIES[number - 1]
    first, last = randomness.choice(_FIRST_NAMES), randomness.choice(_LAST_NAMES)
    if number == 0:
        first, last = "Olive", "Owner"
    local = f"{first}.{last}.{number}".encode("ascii", "ignore").decode().replace("'", "").lower()
    return _Oddity(first, last, f"{first} {last}", f"{local}@example.com")


def _role(number: int, status: UserStatus, role_ids: Sequence[str], randomness: random.Random) -> str:
    if number == 0:
        return OWNER_ROLE
    drawn = randomness.random()
    if status == "pending":
        return MEMBER_ROLE
    if drawn < 0.01 or number == 1:
        return ADMIN_ROLE
    if role_ids and (drawn < 0.03 or number <= 1 + len(role_ids)):
        return role_ids[number % len(role_ids)]
    return MEMBER_ROLE


def _groups(group_ids: Sequence[str], status: UserStatus, randomness: random.Random) -> tuple[str, ...]:
    if not group_ids:
        return ()
    everybody, *others = group_ids
    chosen = [everybody] if status != "active" or randomness.random() < 0.8 else []
    return (*chosen, *(group_id for group_id in others if randomness.random() < 0.15))


def _profile(randomness: random.Random) -> str:
    return randomness.choices(list(PROFILE_SHARES), list(PROFILE_SHARES.values()))[0]
