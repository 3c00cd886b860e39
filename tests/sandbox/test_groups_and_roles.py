"""GET /groups…, /roles… and their members."""

from __future__ import annotations

import pytest

from collector.sandbox import Account

from .client import SandboxClient


def test_groups_come_whole_unasked(zoom: SandboxClient, account: Account) -> None:
    document = zoom.document("/groups")
    assert document.keys() == {"total_records", "groups"}
    assert {group["id"]: group["total_members"] for group in document["groups"]} == {
        group.id: len(account.users_in_group(group.id)) for group in account.groups
    }


def test_groups_come_in_pages_for_a_page_size(zoom: SandboxClient, account: Account) -> None:
    first = zoom.document("/groups", page_size=3)
    assert first.keys() == {"total_records", "page_size", "next_page_token", "groups"}
    assert len(first["groups"]) == 3
    rows = zoom.all_rows("/groups", "groups", page_size=3)
    assert [row["id"] for row in rows] == [group.id for group in account.groups]


def test_one_group(zoom: SandboxClient, account: Account) -> None:
    group = account.groups[0]
    assert zoom.document(f"/groups/{group.id}")["name"] == group.name


def test_members_are_the_memberships(zoom: SandboxClient, account: Account) -> None:
    emails = {user.id: user.email for user in account.users}
    listed = {
        (group.id, row["email"])
        for group in account.groups
        for row in zoom.all_rows(f"/groups/{group.id}/members", "members")
    }
    assert listed == {(group_id, emails[user_id]) for group_id, user_id in account.memberships}


def test_pending_members_have_no_id(zoom: SandboxClient, account: Account) -> None:
    pending = {user.email for user in account.users_with_status("pending")}
    rows = zoom.all_rows(f"/groups/{account.groups[0].id}/members", "members")
    assert {row["email"] for row in rows if "id" not in row} == pending
    assert {len(row["member_id"]) for row in rows} == {64}


def test_an_empty_group(zoom: SandboxClient, account: Account) -> None:
    assert zoom.document(f"/groups/{account.groups[-1].id}/members", page_size=100, page_number=1) == {
        "page_count": 0,
        "page_number": 1,
        "page_size": 100,
        "total_records": 0,
        "members": [],
    }


def test_roles_have_texts_for_ids_and_count_their_holders(zoom: SandboxClient, account: Account) -> None:
    roles = zoom.document("/roles")["roles"]
    assert [role["id"] for role in roles][:3] == ["0", "1", "2"]
    assert [role["name"] for role in roles] == ["Owner", "Admin", "Member", "Helpdesk", "Auditor"]
    assert {role["id"]: role["total_members"] for role in roles} == {
        role.id: len(account.users_with_role(role.id)) for role in account.roles
    }


def test_one_role_has_privileges(zoom: SandboxClient, account: Account) -> None:
    helpdesk = account.roles[3]
    assert zoom.document(f"/roles/{helpdesk.id}")["privileges"] == ["User:Read", "User:Edit", "Group:Read"]


def test_role_members_may_be_inactive_but_not_pending(zoom: SandboxClient, account: Account) -> None:
    listed = {row["id"] for row in zoom.all_rows("/roles/2/members", "members", page_size=300)}
    assert listed == {user.id for user in account.users if user.role_id == "2" and user.status != "pending"}
    assert listed & {user.id for user in account.users_with_status("inactive")}


def test_departments_come_only_where_there_are_some(zoom: SandboxClient) -> None:
    rows = zoom.all_rows("/roles/2/members", "members")
    assert {"" if "department" not in row else "set" for row in rows} == {"", "set"}


@pytest.mark.parametrize("path", ["/groups/gone", "/groups/gone/members"])
def test_an_unknown_group(zoom: SandboxClient, path: str) -> None:
    assert zoom.refusal(path) == (404, 4130, "A group with this gone does not exist.")


@pytest.mark.parametrize("path", ["/roles/gone", "/roles/gone/members"])
def test_an_unknown_role(zoom: SandboxClient, path: str) -> None:
    assert zoom.refusal(path) == (400, 1034, "Provided `role_id` does not exist.")
