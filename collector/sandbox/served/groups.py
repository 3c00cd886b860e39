"""The groups of the account and their members (Zoom developer docs, groups)."""

from __future__ import annotations

from collector.sandbox.account import Account
from collector.sandbox.backend import Backend, Row, listing, requested_option
from collector.sandbox.directory import Group, User
from collector.sandbox.endpoints import Endpoint
from collector.sandbox.errors import group_does_not_exist
from collector.sandbox.identifiers import identifier
from collector.sandbox.paging import ListQuery
from collector.sandbox.responses import json_bytes


def _groups(zoom: Backend, _: str, query: ListQuery) -> bytes:
    page = zoom.pager.page(zoom.account.groups, query)
    frame = {name: value for name, value in page.frame.items() if name not in ("page_count", "page_number")}
    return json_bytes({**frame, "groups": [group_row(zoom.account, group) for group in page.items]})


def _group(zoom: Backend, group_id: str, _: ListQuery) -> bytes:
    return json_bytes(group_row(zoom.account, _find(zoom, group_id)))


def _members(zoom: Backend, group_id: str, query: ListQuery) -> bytes:
    _find(zoom, group_id)
    page = zoom.pager.page(zoom.account.users_in_group(group_id), query)
    return listing(page, "members", [group_member(group_id, user) for user in page.items])


def _settings(zoom: Backend, group_id: str, query: ListQuery) -> bytes:
    _find(zoom, group_id)
    option = requested_option(query, ("", "meeting_authentication", "recording_authentication", "meeting_security"))
    return json_bytes(zoom.account.levels.settings(option, group_id))


def _lock_settings(zoom: Backend, group_id: str, query: ListQuery) -> bytes:
    _find(zoom, group_id)
    return json_bytes(zoom.account.levels.locks(requested_option(query, ("", "meeting_security")), group_id))


def _find(zoom: Backend, group_id: str) -> Group:
    group = zoom.account.group(group_id)
    if group is None:
        raise group_does_not_exist(group_id)
    return group


def group_row(account: Account, group: Group) -> Row:
    """A row of "List groups", and the whole answer of "Get a group"."""
    return {
        "id": group.id,
        "name": group.name,
        "total_members": len(account.users_in_group(group.id)),
        "in_directory": False,
        "directory_privacy": 0,
    }


def group_member(group_id: str, user: User) -> Row:
    """A row of "List group members". Invited people have no `id` in it."""
    row: Row = {
        "id": user.id,
        "member_id": identifier(group_id, user.id, size=48),
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "type": user.type,
        "primary_group": user.group_ids[0] == group_id,
    }
    if user.status == "pending":
        del row["id"]
    return row


_READ = ("group:read:admin",)

ENDPOINTS = (
    Endpoint(
        "/groups",
        "Medium",
        _READ,
        ("group:read:list_groups:admin",),
        "Group",
        _groups,
        group_does_not_exist,
        rows="groups",
    ),
    Endpoint(
        "/groups/<group_id>",
        "Light",
        _READ,
        ("group:read:group:admin",),
        "Group",
        _group,
        group_does_not_exist,
    ),
    Endpoint(
        "/groups/<group_id>/members",
        "Medium",
        _READ,
        ("group:read:list_members:admin",),
        "Group",
        _members,
        group_does_not_exist,
        rows="members",
    ),
    Endpoint(
        "/groups/<group_id>/settings",
        "Medium",
        _READ,
        ("group:read:settings:admin",),
        "Group",
        _settings,
        group_does_not_exist,
    ),
    Endpoint(
        "/groups/<group_id>/lock_settings",
        "Medium",
        _READ,
        ("group:read:lock_settings:admin",),
        "Group",
        _lock_settings,
        group_does_not_exist,
    ),
)
