"""The JSON objects Zoom shows for users, members, groups and roles (Zoom developer docs, the lists of each).

Key order and which keys are left out when there is nothing to say follow the recorded answers.
"""

from __future__ import annotations

from typing import Any

from collector.sandbox.account import Account
from collector.sandbox.canaries import CANARY, personal_meeting_id
from collector.sandbox.directory import LICENSED, Group, Role, User
from collector.sandbox.identifiers import identifier
from collector.sandbox.timestamps import timestamp

Row = dict[str, Any]

_EPOCH = 1_609_459_200
"""2021-01-01T00:00:00Z, in seconds since 1970: nobody joined earlier."""
_DAY = 86_400
_LANGUAGES = ("en-US", "de-DE", "ja-JP", "")
_TIME_ZONES = ("America/New_York", "Europe/Berlin", "Asia/Tokyo", "")


def list_row(user: User, now: float, include_fields: str = "") -> Row:
    """A row of "List users". `include_fields` may name custom_attributes and host_key, joined by a comma."""
    if user.status == "pending":
        return _pending_row(user, now)
    row: Row = {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "display_name": user.display_name,
        "email": user.email,
        "type": user.type,
        "pmi": _pmi(user),
        "timezone": _TIME_ZONES[user.number % 4],
        "verified": 1,
        "dept": user.department,
        "created_at": timestamp(_joined(user)),
        "last_login_time": timestamp(_last_login(user, now)),
        "last_client_version": _client_version(user, now),
        "pic_url": _picture(user),
        "group_ids": list(user.group_ids),
        "language": _LANGUAGES[user.number % 4],
        "phone_number": "",
        "status": user.status,
        "role_id": user.role_id,
        "user_created_at": timestamp(_joined(user)),
    }
    for name in ("dept", "last_client_version", "pic_url", "group_ids"):
        if not row[name]:
            del row[name]
    if "host_key" in include_fields:
        row["host_key"] = _host_key(user)
    if "custom_attributes" in include_fields:
        row["custom_attributes"] = _custom_attributes(user)
    return row


def _pending_row(user: User, now: float) -> Row:
    return {
        "email": user.email,
        "type": user.type,
        "verified": 0,
        "created_at": timestamp(now),
        "status": "pending",
        "role_id": user.role_id,
    }


def detail(account: Account, user: User, now: float) -> Row:
    """The answer of "Get a user". For invited people it is short, but has the id their list row hides."""
    if user.status == "pending":
        return {"id": user.id, **_pending_row(user, now), "account_id": account.id}
    role = account.role(user.role_id)
    row: Row = {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "display_name": user.display_name,
        "email": user.email,
        "type": user.type,
        "role_name": role.name if role else "",
        "pmi": _pmi(user),
        "use_pmi": False,
        "personal_meeting_url": f"https://us06web.zoom.us/j/{_pmi(user)}?pwd={CANARY}-PWD-{user.number}",
        "timezone": _TIME_ZONES[user.number % 4],
        "verified": 1,
        "dept": user.department,
        "created_at": timestamp(_joined(user)),
        "last_login_time": timestamp(_last_login(user, now)),
        "pic_url": _picture(user),
        "cms_user_id": "",
        "jid": f"{user.id.lower()}@xmpp.zoom.us",
        "group_ids": list(user.group_ids),
        "im_group_ids": [],
        "account_id": account.id,
        "language": _LANGUAGES[user.number % 4],
        "phone_country": "",
        "phone_number": "",
        "status": user.status,
        "job_title": "",
        "location": "",
        "login_types": [100],
        "role_id": user.role_id,
        "account_number": account.number,
        "cluster": "us06",
        "user_created_at": timestamp(_joined(user)),
    }
    if not row["pic_url"]:
        del row["pic_url"]
    if user.number % 11 == 0:
        row["vanity_url"] = f"https://us06web.zoom.us/my/{CANARY}-VANITY-{user.number}"
    if user.number % 7 == 0:
        row["custom_attributes"] = _custom_attributes(user)
    return row


def own_detail(account: Account, user: User, now: float) -> Row:
    """The answer for `me`: until 2022 Zoom put the host key in, so it may do so again."""
    return {**detail(account, user, now), "host_key": _host_key(user)}


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


def _pmi(user: User) -> int:
    """Zoom shows 0 for some Basic users."""
    return personal_meeting_id(user.number) if user.type == LICENSED or user.number % 2 else 0


def _picture(user: User) -> str:
    return f"https://us06web.zoom.us/p/v2/picture-{user.number}" if user.number % 5 == 0 else ""


def _joined(user: User) -> int:
    return _EPOCH + (user.number * 7919) % 1800 * _DAY + user.number % _DAY


def _last_login(user: User, now: float) -> int:
    """Everybody who is active signs in every three to thirty days; Zoom moves the time every three days at most."""
    first = _joined(user) + (user.number * 104_729) % 300 * _DAY + 3600
    if user.status != "active" or now < first:
        return first
    days = 3 + user.number * 11 % 28
    return first + int((now - first) // (days * _DAY)) * days * _DAY


def _client_version(user: User, now: float) -> str:
    """That of the month of the last sign-in; some have never used a client."""
    months = (_last_login(user, now) - _EPOCH) // (30 * _DAY)
    return f"6.{months // 12}.{months % 12}.{30_000 + months}(mac)" if user.number % 3 else ""


def _host_key(user: User) -> str:
    return f"{CANARY}-HOSTKEY-{user.number:05}"


def _custom_attributes(user: User) -> list[Row]:
    return [{"key": "cost", "name": "Cost Center", "value": f"CC-{user.number % 10}"}]
