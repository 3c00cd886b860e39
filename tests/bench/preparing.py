"""Gets from a sandbox the answers that `prepared.py` repeats; separate, to measure memory without a sandbox."""

from __future__ import annotations

import json

from collector.sandbox import Account, Sandbox
from tests.bench.prepared import Prepared, Row
from tests.served import NEEDED_GRANULAR


def prepare(account: Account) -> Prepared:
    """Ask a sandbox of this account, which has users of every status, for one of each kind of answer."""
    sandbox = Sandbox(account, scopes=NEEDED_GRANULAR)
    client, headers = sandbox.app.test_client(), {"Authorization": f"Bearer {sandbox.issue_token()}"}

    def text(path: str, **query: str) -> str:
        return str(client.get(f"/v2{path}", query_string=query, headers=headers).text)

    def first(path: str, name: str, **query: str) -> Row:
        row: Row = json.loads(text(path, **query))[name][0]
        return row

    options = ("", "meeting_authentication", "recording_authentication", "meeting_security")
    one_each = {(user.profile, user.type): user.id for user in account.users if user.status == "active"}
    return Prepared(
        me=text("/users/me"),
        rows={status: first("/users", "users", status=status) for status in ("active", "inactive", "pending")},
        member=first(f"/groups/{account.groups[0].id}/members", "members"),
        group=first("/groups", "groups"),
        settings=[
            {option: text(f"/users/{user_id}/settings", **({"option": option} if option else {})) for option in options}
            for user_id in one_each.values()
        ],
        roles={role.id: json.loads(text(f"/roles/{role.id}")) for role in account.roles},
    )
