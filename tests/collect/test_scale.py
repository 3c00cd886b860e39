"""A thousand users: every membership to the last one, with both styles of scopes."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.sandbox import Account, generate_account
from tests.served import NEEDED_CLASSIC, NEEDED_GRANULAR

from .profile import Profile, not_complete, notes


@pytest.fixture(scope="module")
def account() -> Account:
    return generate_account(users=1000, groups=20, custom_roles=2, seed=11)


@pytest.fixture(scope="module")
def keys(account: Account) -> dict[str, str]:
    """Zoom's id of everybody → the key in the graph."""
    return {
        user.id: f"zoom_user:pending:{user.email.lower()}" if user.status == "pending" else f"zoom_user:{user.id}"
        for user in account.users
    }


@pytest.mark.parametrize("scopes", [NEEDED_CLASSIC, NEEDED_GRANULAR], ids=["classic", "granular"])
def test_every_membership_is_there(
    tmp_path: Path, account: Account, keys: dict[str, str], scopes: frozenset[str]
) -> None:
    profile = Profile(tmp_path, account)
    record = profile.collect(scopes=scopes)

    assert record.exit_code == 0
    assert not_complete(record) == {}
    assert notes(record) == []
    store = profile.store
    assert {entity["_key"] for entity in store.entities("zoom_user")} == set(keys.values())
    assert {entity["_key"] for entity in store.entities("zoom_group")} == {
        f"zoom_group:{group.id}" for group in account.groups
    }
    assert {(tie.source_key, tie.target_key) for tie in store.relationships("zoom_group_has_user")} == {
        (f"zoom_group:{group_id}", keys[user_id]) for group_id, user_id in account.memberships
    }
    assert {(tie.source_key, tie.target_key) for tie in store.relationships("zoom_user_assigned_role")} == {
        (keys[user.id], f"zoom_role:{user.role_id}") for user in account.users
    }
    assert {tie.target_key for tie in store.relationships("zoom_account_has_user")} == set(keys.values())
    with_settings = [entity for entity in store.entities("zoom_user") if "meetingSecurityWaitingRoom" in entity]
    assert len(with_settings) == 970
    store.close()
