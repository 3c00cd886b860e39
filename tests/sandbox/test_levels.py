"""Settings of the account and of groups reach the users who did not choose; locks overrule those who did."""

from __future__ import annotations

from typing import Any

import pytest

from collector.sandbox import Account, Sandbox, generate_account, manage_centrally
from tests.sandbox.client import SandboxClient

WAITING_ROOM = "meeting_security.waiting_room"
CHAT = "in_meeting.chat"


@pytest.fixture
def account() -> Account:
    account = Account(seed=7)
    account.add_user("owner@example.com", role_id="0")
    return account


@pytest.fixture
def zoom(account: Account) -> SandboxClient:
    return SandboxClient(Sandbox(account))


def chat_of(zoom: SandboxClient, email: str) -> Any:
    return zoom.document(f"/users/{email}/settings")["in_meeting"]["chat"]


def waiting_rooms_of(zoom: SandboxClient, email: str) -> tuple[Any, Any]:
    """The setting in the main document, and in the one of meeting_security."""
    security = zoom.document(f"/users/{email}/settings", option="meeting_security")
    return (
        zoom.document(f"/users/{email}/settings")["in_meeting"]["waiting_room"],
        security["meeting_security"]["waiting_room"],
    )


def test_the_account_hands_down_to_those_who_did_not_choose(account: Account, zoom: SandboxClient) -> None:
    account.change_settings(account.add_user("chooses@example.com").id, {CHAT: True})
    account.levels.change({CHAT: False, WAITING_ROOM: True})
    assert chat_of(zoom, "owner@example.com") is False
    assert chat_of(zoom, "chooses@example.com") is True
    assert waiting_rooms_of(zoom, "owner@example.com") == (True, True)


def test_the_first_group_wins_over_the_second_and_over_the_account(account: Account, zoom: SandboxClient) -> None:
    first, second = account.add_group("First").id, account.add_group("Second").id
    account.add_user("both@example.com", group_ids=(first, second))
    account.add_user("second@example.com", group_ids=(second,))
    account.levels.change({CHAT: False})
    account.levels.change({CHAT: True}, first)
    account.levels.change({CHAT: False}, second)
    assert chat_of(zoom, "both@example.com") is True
    assert chat_of(zoom, "second@example.com") is False


def test_only_the_first_group_hands_down(account: Account, zoom: SandboxClient) -> None:
    first, second = account.add_group("First").id, account.add_group("Second").id
    account.add_user("both@example.com", group_ids=(first, second))
    account.levels.change({CHAT: False}, second)
    assert chat_of(zoom, "both@example.com") is True
    account.levels.lock(CHAT, group_id=second)
    assert chat_of(zoom, "both@example.com") is False


def test_a_group_has_what_the_account_has_until_it_is_changed(account: Account, zoom: SandboxClient) -> None:
    group = account.add_group("Group").id
    account.levels.change({CHAT: False, WAITING_ROOM: True})

    def of_group() -> tuple[Any, Any, Any]:
        main = zoom.document(f"/groups/{group}/settings")["in_meeting"]
        security = zoom.document(f"/groups/{group}/settings", option="meeting_security")["meeting_security"]
        return main["chat"], main["waiting_room"], security["waiting_room"]

    assert of_group() == (False, True, True)
    account.levels.change({WAITING_ROOM: False}, group)
    assert of_group() == (False, False, False)
    account.levels.change({CHAT: True}, group)
    assert of_group() == (True, False, False)


def test_a_lock_overrules_a_choice_and_the_accounts_overrules_a_groups(account: Account, zoom: SandboxClient) -> None:
    group = account.add_group("Group").id
    account.change_settings(account.add_user("member@example.com", group_ids=(group,)).id, {CHAT: True})
    account.levels.change({CHAT: False}, group)
    assert chat_of(zoom, "member@example.com") is True
    account.levels.lock(CHAT, group_id=group)
    assert chat_of(zoom, "member@example.com") is False
    account.levels.lock(CHAT)
    assert chat_of(zoom, "member@example.com") is True  # which is the account's value
    account.levels.unlock(CHAT)
    account.remove_group(group)
    assert chat_of(zoom, "member@example.com") is True


@pytest.mark.parametrize(
    ("path", "value", "of_users"),
    [
        ("schedule_meeting.participant_video", True, ("schedule_meeting", "participants_video")),
        ("in_meeting.record_play_own_voice", True, ("in_meeting", "record_play_voice")),
    ],
)
def test_users_spell_some_settings_in_another_way(
    account: Account, zoom: SandboxClient, path: str, value: object, of_users: tuple[str, str]
) -> None:
    account.levels.change({path: value})
    section, leaf = of_users
    assert zoom.document("/users/owner@example.com/settings")[section][leaf] is value
    above, name = path.split(".")
    assert zoom.document("/accounts/me/settings")[above][name] is value


def test_authentication_is_handed_down_too(account: Account, zoom: SandboxClient) -> None:
    account.levels.change({"meeting_authentication": True})
    answer = zoom.document("/users/owner@example.com/settings", option="meeting_authentication")
    assert answer["meeting_authentication"] is True


@pytest.mark.parametrize("name", ["meeting_authentication", "recording_authentication"])
def test_a_lock_of_authentication_overrules_a_choice(account: Account, zoom: SandboxClient, name: str) -> None:
    section = name.replace("_authentication", "").replace("meeting", "schedule_meeting")
    account.change_settings(account.owner.id, {name: False})
    account.levels.change({name: True})
    account.levels.lock(f"{section}.{name}")
    assert zoom.document("/users/owner@example.com/settings", option=name)[name] is True


def test_locks_are_told_per_level(account: Account, zoom: SandboxClient) -> None:
    group = account.add_group("Group").id
    account.levels.lock(CHAT, group_id=group)
    account.levels.lock(WAITING_ROOM)
    assert zoom.document(f"/groups/{group}/lock_settings")["in_meeting"]["chat"] is True
    assert zoom.document("/accounts/me/lock_settings")["in_meeting"]["chat"] is False
    locked = zoom.document(f"/accounts/{account.id}/lock_settings", option="meeting_security")
    assert locked["meeting_security"]["waiting_room"] is True


def test_a_centrally_managed_account() -> None:
    account = generate_account(users=20, groups=3)
    manage_centrally(account)
    zoom = SandboxClient(Sandbox(account))
    security = zoom.document("/accounts/me/settings", option="security")["security"]
    assert security["signin_with_sso"]["sso_bypass_users"] == [{"id": account.owner.id, "email": account.owner.email}]
    assert security["sign_in_with_two_factor_auth"] == "role"
    assert zoom.document("/accounts/me/managed_domains")["total_records"] == 2
    assert zoom.document("/accounts/me/trusted_domains") == {"trusted_domains": ["example.net"]}
    weaker = zoom.document(f"/groups/{account.groups[1].id}/settings", option="meeting_security")
    assert weaker["meeting_security"]["waiting_room"] is False


@pytest.mark.parametrize("path", ["settings", "lock_settings", "managed_domains", "trusted_domains"])
def test_another_account_does_not_exist(zoom: SandboxClient, path: str) -> None:
    assert zoom.refusal(f"/accounts/another/{path}") == (404, 2001, "Account does not exist: another")
