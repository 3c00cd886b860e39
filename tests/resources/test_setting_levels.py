"""How settings of users correspond to those of groups and of the account: the table, and what is made of it."""

from __future__ import annotations

from collections import Counter

import pytest

from collector.resources.catalogue import ACCOUNT, GROUP, catalogue
from collector.resources.setting_levels import lock_name, other_names, setting_levels

TABLE = other_names()
KEPT = {setting.path for setting in catalogue().values() if setting.kept}


def test_every_row_is_about_a_setting_of_users_or_a_section_of_them() -> None:
    assert [path for path in TABLE if not any(f"{kept}.".startswith(f"{path}.") for kept in KEPT)] == []


def test_the_rows_are_sorted_and_each_says_something() -> None:
    assert list(TABLE) == sorted(TABLE)
    assert [path for path, names in TABLE.items() if not (names.account or names.group or names.lock)] == []


@pytest.mark.parametrize("level", ["account", "group"])
def test_no_two_settings_have_the_same_other_name(level: str) -> None:
    names = Counter(getattr(each, level) for each in TABLE.values() if getattr(each, level))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("level", ["account", "group"])
def test_no_other_name_is_the_name_it_has_anyway(level: str) -> None:
    assert [path for path, names in TABLE.items() if getattr(names, level) == path] == []
    assert [path for path, names in TABLE.items() if names.lock == path] == []


@pytest.mark.parametrize("level", [ACCOUNT, GROUP])
def test_every_other_name_is_catalogued_there(level: str) -> None:
    paths = {setting.path for setting in catalogue(level).values()}
    sections = {path.rsplit(".", parts)[0] for path in paths for parts in range(path.count(".") + 1)}
    names = {getattr(each, level) for each in TABLE.values()} - {""}
    assert names - sections == set()
    locked = {setting.name for setting in catalogue(level).values()}
    assert [each.lock for each in TABLE.values() if each.lock and lock_name(each.lock) not in locked] == []


@pytest.mark.parametrize("level", ["account", "group"])
def test_every_setting_can_be_looked_for_at_every_level(level: str) -> None:
    settings = [each for each in setting_levels().settings if each.user]
    assert [each.path for each in settings if not (getattr(each, level).values and getattr(each, level).locks)] == []


def test_every_kept_setting_of_users_is_there_once() -> None:
    settings = setting_levels().settings
    assert sorted(setting.path for setting in settings if setting.user) == sorted(KEPT)
    assert len({setting.name for setting in settings}) == len(settings)


@pytest.mark.parametrize(("whose", "level"), [(ACCOUNT, "account"), (GROUP, "group")])
def test_every_kept_setting_of_account_and_groups_is_there(whose: str, level: str) -> None:
    places = {place.property for each in setting_levels().settings for place in getattr(each, level).values}
    kept = {setting.name for setting in catalogue(whose).values() if setting.kept and not setting.is_lock}
    assert kept - places == set()


@pytest.mark.parametrize(
    ("path", "account_locks", "group_values"),
    [
        ("security.sign_in_with_two_factor_auth", [], 0),
        ("chat.share_files.enable", ["lockedChatShareFiles"], 1),
        ("schedule_meeting.upcoming_meeting_reminder", [], 1),
    ],
)
def test_what_users_do_not_have(path: str, account_locks: list[str], group_values: int) -> None:
    (setting,) = (each for each in setting_levels().settings if each.path == path)
    assert setting.user is None
    assert [place.property for place in setting.account.locks] == account_locks
    assert len(setting.group.values) == group_values


def test_the_precedence_is_a_property_of_users() -> None:
    levels = setting_levels()
    assert levels.precedence in {prop.name for prop in levels.user.entity.properties}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("in_meeting.waiting_room", "lockedInMeetingWaitingRoom"),
        ("meeting_authentication", "lockedMeetingAuthentication"),
    ],
)
def test_a_lock_is_named_after_what_it_locks(path: str, name: str) -> None:
    assert lock_name(path) == name
