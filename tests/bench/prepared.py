"""A transport that answers from prepared bodies: an account of any size in constant memory and next to no time.

So that the engine, the conversion and the store are measured, and neither a server nor this account.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

_GROUPS = 5
_TURNED_ON_OR_OFF = re.compile(r"(?<=:)(?:true|false)\b")
_TURNED = {"true": "false", "false": "true"}
_HEADERS = CaseInsensitiveDict({"Content-Type": "application/json;charset=UTF-8", "X-RateLimit-Category": "Medium"})

Row = dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """What the answers are made of; plain JSON, so that it can be handed to another process.

    `rows`: by status, a row of the user list. `member`: a row of a member list. `settings`: for each way users are set
    up, the bodies by `option`. `roles`: the answers about one role, by id.
    """

    me: str
    rows: Mapping[str, Row]
    member: Row
    group: Row
    settings: list[Mapping[str, str]]
    roles: Mapping[str, Row]


class PreparedZoom(BaseAdapter):
    """`users` people, numbered from 0: 91 of 100 active, 6 inactive, 3 invited; most are in the first of 5 groups.

    `own` of 100 have settings that nobody else has.
    """

    def __init__(self, prepared: Prepared, users: int, own: int = 0) -> None:
        super().__init__()
        self._prepared = prepared
        self._users = users
        self._own = own
        self._roles = list(prepared.roles)
        self._totals: dict[str, int] = {}

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        parts = urlsplit(str(request.url))
        response = requests.Response()
        response.status_code, response.reason, response.headers = 200, "OK", _HEADERS
        response.url, response.request = str(request.url), request
        response.raw = io.BytesIO(self._body(parts.path.removeprefix("/v2/"), dict(parse_qsl(parts.query))).encode())
        return response

    def close(self) -> None:
        pass

    def _body(self, path: str, query: Mapping[str, str]) -> str:
        match path.split("/"):
            case ["users", "me"]:
                return self._prepared.me
            case ["users"]:
                status = query["status"]
                return self._page(status, "users", lambda number: _status(number) == status, self._user, query)
            case ["users", user_id, "settings"]:
                return self._settings(_number(user_id), query.get("option", ""))
            case ["groups"]:
                return json.dumps({"groups": [self._group(number) for number in range(_GROUPS)]})
            case ["groups", group_id, "members"]:
                return self._page(group_id, "members", partial(_is_in, int(group_id)), self._member, query)
            case ["roles"]:
                return json.dumps({"roles": [self._role(role_id) for role_id in self._roles]})
            case ["roles", role_id]:
                return json.dumps(self._role(role_id))
            case ["roles", role_id, "members"]:
                has_role = partial(self._has_role, role_id)
                return self._page(f"role {role_id}", "members", has_role, self._member, query)
        raise LookupError(path)

    def _page(
        self,
        name: str,
        rows: str,
        belongs: Callable[[int], bool],
        row: Callable[[int], Row],
        query: Mapping[str, str],
    ) -> str:
        """The next rows of a list; the page token is the number of the next user."""
        if name not in self._totals:
            self._totals[name] = sum(map(belongs, range(self._users)))
        number, listed = int(query.get("next_page_token", "0")), []
        while number < self._users and len(listed) < int(query["page_size"]):
            if belongs(number):
                listed.append(row(number))
            number += 1
        token = {"next_page_token": str(number)} if any(map(belongs, range(number, self._users))) else {}
        return json.dumps({**token, "total_records": self._totals[name], rows: listed})

    def _user(self, number: int) -> Row:
        status = _status(number)
        row = {**self._prepared.rows[status], **_names(number), "role_id": self._role_of(number)}
        if status == "pending":
            return {"email": row["email"], "status": status, "type": row["type"], "role_id": row["role_id"]}
        return {
            **row,
            "id": _id(number),
            "group_ids": [str(group) for group in range(_GROUPS) if _is_in(group, number)],
        }

    def _settings(self, number: int, option: str) -> str:
        settings = self._prepared.settings
        body = settings[number % len(settings)][option]
        return _of_their_own(body, number) if number * 37 % 100 < self._own else body

    def _member(self, number: int) -> Row:
        row = {**self._prepared.member, **_names(number), "id": _id(number), "member_id": f"m{number}"}
        if _status(number) == "pending":
            del row["id"]
        return row

    def _group(self, number: int) -> Row:
        return {**self._prepared.group, "id": str(number), "name": f"Group {number}"}

    def _role(self, role_id: str) -> Row:
        return self._prepared.roles[role_id]

    def _role_of(self, number: int) -> str:
        """The first is the owner, two of 100 have another role than Member."""
        return "0" if number == 0 else self._roles[number % 100] if number % 100 in (1, 3) else "2"

    def _has_role(self, role_id: str, number: int) -> bool:
        return self._role_of(number) == role_id and _status(number) != "pending"


def _status(number: int) -> str:
    return "active" if number % 100 < 91 else "inactive" if number % 100 < 97 else "pending"


def _is_in(group: int, number: int) -> bool:
    return number % 5 != 4 if group == 0 else (number + group) % 7 == 0


def _id(number: int) -> str:
    """As long as Zoom's are."""
    return f"user-{number:017}"


def _number(user_id: str) -> int:
    return int(user_id.removeprefix("user-"))


def _of_their_own(body: str, number: int) -> str:
    """The settings with those turned round whose place is a bit of the number."""
    places = count()
    return _TURNED_ON_OR_OFF.sub(lambda met: _TURNED[met[0]] if number >> next(places) & 1 else met[0], body)


def _names(number: int) -> Row:
    return {
        "email": f"person.{number}@example.com",
        "first_name": "Person",
        "last_name": f"Number {number}",
        "display_name": f"Person Number {number}",
    }
