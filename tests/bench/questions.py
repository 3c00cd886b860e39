"""What the row `query` asks, in J1QL and in SQL over the exported files."""

from __future__ import annotations

from dataclasses import dataclass

from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema

LIMIT = 250
"""Rows that are read, as `collector query` does."""


@dataclass(frozen=True)
class Question:
    """`most`: seconds it may take. `sql`: the same over a view of each file."""

    name: str
    text: str
    sql: str
    most: float = 1.0


def _twenty_settings() -> list[str]:
    (user,) = (entity for entity in graph_schema(all_resources()).entities if entity.type == "zoom_user")
    parts = (("settings",), 12), (("meeting_security",), 8)
    return [name for part, count in parts for name in [n for n, of in user.properties.items() if of == part][:count]]


_TWENTY = _twenty_settings()
QUESTIONS = (
    Question(
        "property of a setting",
        "FIND zoom_user WITH meetingSecurityWaitingRoom != true AS u RETURN u.displayName, u.email",
        'SELECT "displayName", email FROM zoom_user WHERE "meetingSecurityWaitingRoom" IS DISTINCT FROM true'
        f" ORDER BY _key LIMIT {LIMIT}",
    ),
    Question(
        "property of the row",
        "FIND zoom_user WITH status = 'inactive' AS u RETURN u.displayName, u.email",
        f"SELECT \"displayName\", email FROM zoom_user WHERE status = 'inactive' ORDER BY _key LIMIT {LIMIT}",
    ),
    Question(
        "count by status",
        "FIND zoom_user AS u RETURN u.status, count(u)",
        "SELECT status, count(*) FROM zoom_user GROUP BY status ORDER BY status",
    ),
    Question(
        "per group",
        "FIND zoom_group AS g THAT HAS zoom_user WITH meetingSecurityWaitingRoom != true AS u RETURN g.name, count(u)",
        "SELECT g.name, count(DISTINCT u._key) FROM zoom_group AS g"
        " JOIN zoom_group_has_user AS has ON has._fromEntityKey = g._key"
        " JOIN zoom_user AS u ON u._key = has._toEntityKey"
        ' WHERE u."meetingSecurityWaitingRoom" IS DISTINCT FROM true GROUP BY g.name ORDER BY g.name',
    ),
    Question(
        "no group",
        "FIND zoom_user AS u THAT !HAS zoom_group RETURN u.displayName, u.email",
        'SELECT "displayName", email FROM zoom_user WHERE _key NOT IN (SELECT _toEntityKey FROM zoom_group_has_user)'
        f" ORDER BY _key LIMIT {LIMIT}",
    ),
    Question(
        "three hops",
        "FIND zoom_role AS r THAT ASSIGNED zoom_user AS u THAT HAS zoom_group AS g THAT HAS zoom_account"
        " RETURN r.name, g.name, count(u)",
        "SELECT r.name, g.name, count(DISTINCT u._key) FROM zoom_role AS r"
        " JOIN zoom_user_assigned_role AS assigned ON assigned._toEntityKey = r._key"
        " JOIN zoom_user AS u ON u._key = assigned._fromEntityKey"
        " JOIN zoom_group_has_user AS has ON has._toEntityKey = u._key"
        " JOIN zoom_group AS g ON g._key = has._fromEntityKey"
        " JOIN zoom_account_has_group AS its ON its._toEntityKey = g._key"
        " JOIN zoom_account AS a ON a._key = its._fromEntityKey GROUP BY r.name, g.name ORDER BY r.name, g.name",
    ),
    Question(
        "by e-mail",
        "FIND zoom_user WITH email = 'person.777@example.com' AS u RETURN u.displayName, u.status",
        "SELECT \"displayName\", status FROM zoom_user WHERE list_contains(email, 'person.777@example.com')",
        most=0.05,
    ),
    Question(
        "twenty properties, sorted",
        f"FIND zoom_user AS u RETURN u.displayName, {', '.join('u.' + name for name in _TWENTY)}"
        " ORDER BY u.displayName",
        f'SELECT "displayName", {", ".join(_TWENTY)} FROM zoom_user ORDER BY "displayName", _key LIMIT {LIMIT}',
        most=2.0,
    ),
)
ALL_ROWS = {
    "every user": "FIND zoom_user",
    "twenty properties, sorted": QUESTIONS[-1].text,
    "every way over two hops": "FIND zoom_role AS r THAT ASSIGNED zoom_user AS u THAT HAS zoom_group AS g"
    " RETURN r.name, u.email, g.name",
}
"""What is read to the last row, for the memory it takes."""
