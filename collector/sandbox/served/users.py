"""The users of the account and their settings (Zoom developer docs, users).

The order of keys, and which are left out when empty, follow the recorded answers.
"""

from __future__ import annotations

from typing import get_args

from collector.sandbox.account import Account
from collector.sandbox.backend import Backend, Row, listing, requested_option
from collector.sandbox.canaries import CANARY, personal_meeting_id
from collector.sandbox.directory import LICENSED, User, UserStatus
from collector.sandbox.endpoints import Endpoint
from collector.sandbox.errors import user_does_not_exist, user_is_pending, validation_failed
from collector.sandbox.paging import ListQuery
from collector.sandbox.responses import json_bytes
from collector.sandbox.settings import MAIN, OPTIONS
from collector.sandbox.timestamps import timestamp

_EPOCH = 1_609_459_200
"""2021-01-01T00:00:00Z in seconds since 1970, when the first user joined."""
_DAY = 86_400
_LANGUAGES = ("en-US", "de-DE", "ja-JP", "")
_TIME_ZONES = ("America/New_York", "Europe/Berlin", "Asia/Tokyo", "")


def _users(zoom: Backend, _: str, query: ListQuery) -> bytes:
    status = query.parameters.get("status", "active")
    if status not in get_args(UserStatus):
        raise validation_failed("status")
    users = zoom.account.users_with_status(status)
    now = zoom.clock.now()
    page = zoom.pager.page(users, query)
    return listing(page, "users", [list_row(user, now) for user in page.items])


def _me(zoom: Backend, _: str, query: ListQuery) -> bytes:
    return json_bytes(own_detail(zoom.account, _find(zoom, query.subject), zoom.clock.now()))


def _user(zoom: Backend, user_id: str, _: ListQuery) -> bytes:
    return json_bytes(detail(zoom.account, _find(zoom, user_id), zoom.clock.now()))


def _settings(zoom: Backend, user_id: str, query: ListQuery) -> bytes:
    user = _find(zoom, query.subject if user_id == "me" else user_id)
    if user.status == "pending":
        raise user_is_pending()
    option = requested_option(query, (MAIN, *OPTIONS))
    return zoom.settings.answer(user, option)


def _find(zoom: Backend, user_id: str) -> User:
    user = zoom.account.user(user_id)
    if user is None:
        raise user_does_not_exist(user_id)
    return user


def list_row(user: User, now: float) -> Row:
    """A row of "List users"."""
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
        row["custom_attributes"] = [{"key": "cost", "name": "Cost Center", "value": f"CC-{user.number % 10}"}]
    return row


def own_detail(account: Account, user: User, now: float) -> Row:
    """The answer for `me`: until 2022 Zoom put the host key in, so it may do so again."""
    return {**detail(account, user, now), "host_key": f"{CANARY}-HOSTKEY-{user.number:05}"}


def _pmi(user: User) -> int:
    """Zoom shows 0 for some Basic users."""
    return personal_meeting_id(user.number) if user.type == LICENSED or user.number % 2 else 0


def _picture(user: User) -> str:
    return f"https://us06web.zoom.us/p/v2/picture-{user.number}" if user.number % 5 == 0 else ""


def _joined(user: User) -> int:
    return _EPOCH + (user.number * 7919) % 1800 * _DAY + user.number % _DAY


def _last_login(user: User, now: float) -> int:
    """Active users sign in every three to thirty days; Zoom updates the time every three days at most."""
    first = _joined(user) + (user.number * 104_729) % 300 * _DAY + 3600
    if user.status != "active" or now < first:
        return first
    days = 3 + user.number * 11 % 28
    return first + int((now - first) // (days * _DAY)) * days * _DAY


def _client_version(user: User, now: float) -> str:
    """That of the month of the last sign-in; some have never used a client."""
    months = (_last_login(user, now) - _EPOCH) // (30 * _DAY)
    return f"6.{months // 12}.{months % 12}.{30_000 + months}(mac)" if user.number % 3 else ""


_READ = ("user:read:admin", "user:read")

ENDPOINTS = (
    Endpoint(
        "/users/me",
        "Light",
        (*_READ, "user_profile", "user_info:read"),
        ("user:read:user:admin", "user:read:user"),
        "User",
        _me,
        user_does_not_exist,
    ),
    Endpoint(
        "/users",
        "Medium",
        _READ[:1],
        ("user:read:list_users:admin",),
        "User",
        _users,
        user_does_not_exist,
        rows="users",
    ),
    Endpoint(
        "/users/<user_id>",
        "Light",
        (*_READ, "user_profile"),
        ("user:read:user:admin", "user:read:user"),
        "User",
        _user,
        user_does_not_exist,
    ),
    Endpoint(
        "/users/<user_id>/settings",
        "Medium",
        _READ,
        ("user:read:settings:admin", "user:read:settings"),
        "User",
        _settings,
        user_does_not_exist,
    ),
)
