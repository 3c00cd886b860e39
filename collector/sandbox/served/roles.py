"""The administrator roles of the account and their members (Zoom developer docs, roles)."""

from __future__ import annotations

from collector.sandbox.account import Account
from collector.sandbox.backend import Backend, Row, listing
from collector.sandbox.directory import Role, User
from collector.sandbox.endpoints import Endpoint
from collector.sandbox.errors import role_does_not_exist
from collector.sandbox.paging import ListQuery
from collector.sandbox.responses import json_bytes


def _roles(zoom: Backend, _: str, __: ListQuery) -> bytes:
    roles = zoom.account.roles
    listed = [role_row(zoom.account, role) for role in roles]
    return json_bytes({"total_records": len(roles), "roles": listed})


def _role(zoom: Backend, role_id: str, _: ListQuery) -> bytes:
    return json_bytes(role_detail(zoom.account, _find(zoom, role_id)))


def _members(zoom: Backend, role_id: str, query: ListQuery) -> bytes:
    _find(zoom, role_id)
    page = zoom.pager.page(zoom.account.users_with_role(role_id), query)
    return listing(page, "members", [role_member(user) for user in page.items])


def _find(zoom: Backend, role_id: str) -> Role:
    role = zoom.account.role(role_id)
    if role is None:
        raise role_does_not_exist(role_id)
    return role


def role_row(account: Account, role: Role) -> Row:
    """A row of "List roles"."""
    return {
        "id": role.id,
        "name": role.name,
        "description": role.description,
        "type": "common",
        "total_members": len(account.users_with_role(role.id)),
    }


def role_detail(account: Account, role: Role) -> Row:
    """The answer of "Get role information"."""
    return {**role_row(account, role), "privileges": list(role.privileges)}


def role_member(user: User) -> Row:
    """A row of "List role members"; `department` only when there is one."""
    row: Row = {
        "id": user.id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "type": user.type,
    }
    if user.department:
        row["department"] = user.department
    return row


_READ = ("role:read:admin",)

ENDPOINTS = (
    Endpoint(
        "/roles",
        "Medium",
        _READ,
        ("role:read:list_roles:admin", "role:read:list_roles"),
        "Role",
        _roles,
        role_does_not_exist,
        rows="roles",
    ),
    Endpoint(
        "/roles/<role_id>",
        "Light",
        _READ,
        ("role:read:role:admin", "role:read:role"),
        "Role",
        _role,
        role_does_not_exist,
    ),
    Endpoint(
        "/roles/<role_id>/members",
        "Medium",
        _READ,
        ("role:read:list_members:admin", "role:read:list_members"),
        "Role",
        _members,
        role_does_not_exist,
        rows="members",
    ),
)
