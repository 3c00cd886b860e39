"""The made-up account: the same for the same seed, with every oddity, changeable."""

from __future__ import annotations

from collections import Counter

import pytest

from collector.sandbox import Account, generate_account


def test_the_same_seed_makes_the_same_account() -> None:
    one, same, other = (generate_account(seed=seed) for seed in (7, 7, 8))
    assert (one.id, one.users, one.groups, one.roles) == (same.id, same.users, same.groups, same.roles)
    assert one.id != other.id
    assert {user.id for user in one.users}.isdisjoint(user.id for user in other.users)


def test_has_the_size_and_the_shares_asked_for() -> None:
    account = generate_account(users=200, groups=3, custom_roles=4, inactive_share=0.1, pending_share=0.05)
    assert Counter(user.status for user in account.users) == {"active": 170, "inactive": 20, "pending": 10}
    assert len(account.groups) == 3
    assert len(account.roles) == 3 + 4


@pytest.mark.parametrize("users", [1, 2, 3, 9, 400])
def test_any_size_is_possible(users: int) -> None:
    account = generate_account(users=users)
    assert len(account.users) == users
    assert (account.owner.status, account.owner.role_id) == ("active", "0")
    assert len({user.email.lower() for user in account.users}) == users


def test_without_shares_everybody_is_active() -> None:
    account = generate_account(users=20, inactive_share=0, pending_share=0)
    assert {user.status for user in account.users} == {"active"}


def test_holds_the_oddities_of_real_directories() -> None:
    account = generate_account(users=500)
    shown = [user.display_name for user in account.users]
    emails = [user.email for user in account.users]
    assert "" in shown
    assert any("<script>" in name for name in shown)
    assert any("🚀" in name for name in shown)
    assert any("ü" in name for name in shown)
    assert any(email != email.lower() for email in emails)
    assert any("+" in email for email in emails)
    assert {user.type for user in account.users} == {1, 2}
    assert any(len(user.group_ids) > 1 for user in account.users)
    assert {user.role_id for user in account.users} == {role.id for role in account.roles}


def test_groups_are_large_empty_and_mixed() -> None:
    account = generate_account(users=500)
    sizes = {group.name: len(account.users_in_group(group.id)) for group in account.groups}
    assert sizes["All Staff"] > 300
    assert sizes["Nobody Here"] == 0
    everybody = account.users_in_group(account.groups[0].id)
    assert {user.status for user in everybody} == {"active", "inactive", "pending"}


def test_custom_roles_have_privileges() -> None:
    privileges = {role.name: set(role.privileges) for role in generate_account().roles}
    assert "User:Edit" in privileges["Helpdesk"]
    assert all(privilege.endswith(":Read") for privilege in privileges["Auditor"])


def test_users_come_change_and_go(account: Account) -> None:
    someone = account.add_user("new@example.com", "New", "Comer")
    assert account.user("NEW@example.com") == someone
    changed = account.update_user(someone.id, role_id="1", email="renamed@example.com", status="inactive")
    assert account.user("new@example.com") is None
    assert changed in account.users_with_role("1")
    assert changed in account.users_with_status("inactive")
    account.remove_user(someone.id)
    assert account.user(someone.id) is None
    assert changed not in account.users_with_role("1")


def test_members_come_and_go(account: Account) -> None:
    group = account.add_group("New Group")
    account.add_member(group.id, account.owner.id)
    account.add_member(group.id, account.owner.id)
    assert (group.id, account.owner.id) in account.memberships
    assert account.users_in_group(group.id) == [account.owner]
    account.remove_member(group.id, account.owner.id)
    assert (group.id, account.owner.id) not in account.memberships


def test_a_group_takes_its_memberships_along(account: Account) -> None:
    group = account.groups[0]
    account.rename_group(group.id, "Renamed")
    assert account.groups[0].name == "Renamed"
    account.remove_group(group.id)
    assert group.id not in {group_id for group_id, _ in account.memberships}
    assert account.group(group.id) is None


def test_holders_of_a_removed_role_are_members(account: Account) -> None:
    role = account.roles[-1]
    holders = [user.id for user in account.users_with_role(role.id)]
    assert holders
    account.update_role(role.id, privileges=("User:Read",))
    assert account.roles[-1].privileges == ("User:Read",)
    account.remove_role(role.id)
    assert {user.role_id for user in account.users if user.id in holders} == {"2"}
