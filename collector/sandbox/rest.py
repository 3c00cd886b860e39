"""What the REST API answers a request that was let in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args

from collector.clock import Clock
from collector.sandbox import rows
from collector.sandbox.account import Account
from collector.sandbox.answers import as_json
from collector.sandbox.directory import Group, Role, User, UserStatus
from collector.sandbox.errors import (
    group_does_not_exist,
    role_does_not_exist,
    user_does_not_exist,
    user_is_pending,
    validation_failed,
)
from collector.sandbox.paging import ListQuery, Page, Pager
from collector.sandbox.settings import MAIN, OPTIONS, UserSettings


class RestApi:
    """One method an endpoint, by the endpoint's name. Each gives the JSON body or raises ZoomError."""

    def __init__(self, account: Account, pager: Pager, settings: UserSettings, clock: Clock) -> None:
        self._account = account
        self._pager = pager
        self._settings = settings
        self._clock = clock
        self._methods: dict[str, Callable[[str, ListQuery], bytes]] = {
            "me": self._me,
            "users": self._users,
            "user": self._user,
            "user_settings": self._user_settings,
            "groups": self._groups,
            "group": self._group,
            "group_members": self._group_members,
            "roles": self._roles,
            "role": self._role,
            "role_members": self._role_members,
        }

    def answer(self, endpoint: str, item_id: str, query: ListQuery) -> bytes:
        """`item_id`: what stands for `<…>` in the endpoint's path."""
        return self._methods[endpoint](item_id, query)

    def _me(self, _: str, query: ListQuery) -> bytes:
        user = self._find_user(query.subject)
        return as_json(rows.own_detail(self._account, user, self._clock.now()))

    def _user(self, user_id: str, _: ListQuery) -> bytes:
        return as_json(rows.detail(self._account, self._find_user(user_id), self._clock.now()))

    def _users(self, _: str, query: ListQuery) -> bytes:
        status = query.parameters.get("status", "active")
        if status not in get_args(UserStatus):
            raise validation_failed("status")
        users = self._account.users_with_status(status)
        if "role_id" in query.parameters:
            users = [user for user in users if user.role_id == query.parameters["role_id"]]
        now = self._clock.now()
        fields = query.parameters.get("include_fields", "")
        page = self._pager.page(users, query)
        return _listing(page, "users", [rows.list_row(user, now, fields) for user in page.items])

    def _user_settings(self, user_id: str, query: ListQuery) -> bytes:
        user = self._find_user(query.subject if user_id == "me" else user_id)
        if user.status == "pending":
            raise user_is_pending()
        option = query.parameters.get("option", MAIN)
        if option not in (MAIN, *OPTIONS):
            raise validation_failed("option")
        return self._settings.answer(user, option, query.parameters.get("custom_query_fields", ""))

    def _groups(self, _: str, query: ListQuery) -> bytes:
        """The whole list, or pages of it for those who ask with a page size."""
        groups = self._account.groups
        if not {"page_size", "next_page_token"} & query.parameters.keys():
            return self._group_list(groups, {"total_records": len(groups)})
        page = self._pager.page(groups, query)
        kept = ("next_page_token", "page_size", "total_records")
        return self._group_list(page.items, {name: page.frame[name] for name in kept if name in page.frame})

    def _group_list(self, groups: Sequence[Group], frame: dict[str, Any]) -> bytes:
        return as_json({**frame, "groups": [rows.group_row(self._account, group) for group in groups]})

    def _group(self, group_id: str, _: ListQuery) -> bytes:
        return as_json(rows.group_row(self._account, self._find_group(group_id)))

    def _group_members(self, group_id: str, query: ListQuery) -> bytes:
        self._find_group(group_id)
        page = self._pager.page(self._account.users_in_group(group_id), query)
        return _listing(page, "members", [rows.group_member(group_id, user) for user in page.items])

    def _roles(self, _: str, __: ListQuery) -> bytes:
        roles = self._account.roles
        listed = [rows.role_row(self._account, role) for role in roles]
        return as_json({"total_records": len(roles), "roles": listed})

    def _role(self, role_id: str, _: ListQuery) -> bytes:
        return as_json(rows.role_detail(self._account, self._find_role(role_id)))

    def _role_members(self, role_id: str, query: ListQuery) -> bytes:
        self._find_role(role_id)
        page = self._pager.page(self._account.users_with_role(role_id), query)
        return _listing(page, "members", [rows.role_member(user) for user in page.items])

    def _find_user(self, user_id: str) -> User:
        user = self._account.user(user_id)
        if user is None:
            raise user_does_not_exist(user_id)
        return user

    def _find_group(self, group_id: str) -> Group:
        group = self._account.group(group_id)
        if group is None:
            raise group_does_not_exist(group_id)
        return group

    def _find_role(self, role_id: str) -> Role:
        role = self._account.role(role_id)
        if role is None:
            raise role_does_not_exist()
        return role


def _listing(page: Page[User], name: str, listed: list[rows.Row]) -> bytes:
    return as_json({**page.frame, name: listed})
