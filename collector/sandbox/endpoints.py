"""What the sandbox answers: path, rate-limit label, scopes and privilege of every request.

The facts are those of the Zoom developer docs (each endpoint's page) and of the published API descriptions.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Literal

Label = Literal["Light", "Medium"]


@dataclass(frozen=True)
class Endpoint:
    """One GET.

    `rule` is its path under /v2 with the varying part in `<>`. A token needs one of `classic` or one of
    `granular`. `area`: the administrator's role needs the privilege `<area>:Read`. `paid`: not on free accounts.
    """

    name: str
    rule: str
    label: Label
    classic: tuple[str, ...]
    granular: tuple[str, ...]
    area: Literal["User", "Group", "Role"]

    @property
    def paid(self) -> bool:
        return self.area != "User"

    @property
    def rows(self) -> str:
        """The key of the rows in a list answer; "" when the answer is no list."""
        last = self.rule.rpartition("/")[2]
        return last if last in ("users", "groups", "roles", "members") else ""

    def allows(self, scopes: Set[str]) -> bool:
        """Whether a token with these scopes may ask. A family's classic write scopes grant reading, too."""
        accepted = {*self.classic, *self.granular}
        accepted.update(scope.replace(":read", ":write") for scope in self.classic)
        return not accepted.isdisjoint(scopes)


_USER = ("user:read:admin", "user:read")
_GROUP = ("group:read:admin",)
_ROLE = ("role:read:admin",)

ENDPOINTS = (
    Endpoint(
        "me",
        "/users/me",
        "Light",
        (*_USER, "user_profile", "user_info:read"),
        ("user:read:user:admin", "user:read:user"),
        "User",
    ),
    Endpoint("users", "/users", "Medium", _USER[:1], ("user:read:list_users:admin",), "User"),
    Endpoint(
        "user",
        "/users/<user_id>",
        "Light",
        (*_USER, "user_profile"),
        ("user:read:user:admin", "user:read:user"),
        "User",
    ),
    Endpoint(
        "user_settings",
        "/users/<user_id>/settings",
        "Medium",
        _USER,
        ("user:read:settings:admin", "user:read:settings"),
        "User",
    ),
    Endpoint("groups", "/groups", "Medium", _GROUP, ("group:read:list_groups:admin",), "Group"),
    Endpoint("group", "/groups/<group_id>", "Light", _GROUP, ("group:read:group:admin",), "Group"),
    Endpoint(
        "group_members",
        "/groups/<group_id>/members",
        "Medium",
        _GROUP,
        ("group:read:list_members:admin",),
        "Group",
    ),
    Endpoint("roles", "/roles", "Medium", _ROLE, ("role:read:list_roles:admin", "role:read:list_roles"), "Role"),
    Endpoint("role", "/roles/<role_id>", "Light", _ROLE, ("role:read:role:admin", "role:read:role"), "Role"),
    Endpoint(
        "role_members",
        "/roles/<role_id>/members",
        "Medium",
        _ROLE,
        ("role:read:list_members:admin", "role:read:list_members"),
        "Role",
    ),
)

CLASSIC_SCOPES = frozenset(endpoint.classic[0] for endpoint in ENDPOINTS)
"""What an app made before 2024 asks for to read everything here."""

GRANULAR_SCOPES = frozenset(endpoint.granular[0] for endpoint in ENDPOINTS)
"""What an app made since 2024 asks for to read everything here."""


def is_granular(scope: str) -> bool:
    """`user:read:list_users:admin` is, `user:read:admin` is not."""
    parts = scope.split(":")
    return len(parts) > 2 and not (len(parts) == 3 and parts[2] in ("admin", "master"))
