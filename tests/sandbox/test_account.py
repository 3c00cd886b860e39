"""The generated account: the same for the same seed, with every oddity."""

from __future__ import annotations

from collections import Counter

import pytest

from collector.sandbox import generate_account


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
