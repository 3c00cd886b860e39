"""`--changed` and `--settings`: which documents are read, and how the others are reported."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from collector.resources.declaration import SettingsChoice
from collector.sandbox import Account, Fault, User, generate_account
from collector.sandbox.served import users

from .profile import Profile, coverage
from .test_resume import SETTINGS, graph

DAY = 24 * 3600
WEEK = 7 * DAY * 1000
"""Milliseconds."""
KINDS = ("settings", "meeting_authentication", "recording_authentication", "meeting_security")


def person(account: Account, name: str) -> User:
    return next(user for user in account.users if user.email == f"{name}@example.com")


def _last_logins(profile: Profile) -> dict[object, object]:
    return {entity["_key"]: entity.get("lastLoginTime") for entity in profile.store.entities("zoom_user")}


@pytest.fixture
def collected(profile: Profile) -> Profile:
    """A day after everything was read."""
    profile.collect()
    profile.clock.time += DAY
    profile.sandbox.calls.clear()
    return profile


class TestChanged:
    def test_nothing_changed_and_no_settings_are_read(self, collected: Profile) -> None:
        record = collected.collect(max_age=WEEK)
        assert record.exit_code == 0
        assert record.partial_types == []
        assert collected.sandbox.calls.count(SETTINGS) == 0
        for kind in KINDS:
            entry = coverage(record, kind)
            assert (entry.status.value, entry.read, entry.stale) == ("skipped", 0, 6)
            assert entry.oldest is not None
            assert entry.oldest < record.started_at - (DAY - 60) * 1000
            assert entry.reason == "unchanged since they were read (--changed)"

    def test_users_whose_row_changed(self, collected: Profile, account: Account) -> None:
        account.update_user(person(account, "bob").id, department="Workshop")
        record = collected.collect(max_age=WEEK)
        assert collected.sandbox.calls.count(SETTINGS) == len(KINDS)
        assert (coverage(record, "settings").read, coverage(record, "settings").stale) == (1, 5)

    def test_users_who_only_signed_in(self, tmp_path: Path) -> None:
        account = generate_account(users=97, seed=3)
        profile = Profile(tmp_path, account)
        profile.collect()
        before = _last_logins(profile)
        profile.sandbox.calls.clear()
        profile.clock.time += 6 * DAY
        record = profile.collect(max_age=WEEK)
        after = _last_logins(profile)
        assert sum(after[key] != before[key] for key in before) >= 33
        assert (record.exit_code, profile.sandbox.calls.count(SETTINGS)) == (0, 0)
        profile.store.close()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("last_login_time", "2026-11-25T11:00:00Z"),
            ("last_client_version", "7.0.0.1(mac)"),
            ("pic_url", "https://us06web.zoom.us/p/v2/another"),
            ("last_login_time", ""),
            ("last_client_version", None),
        ],
    )
    def test_changes_that_do_not_count(self, collected: Profile, field: str, value: str | None) -> None:
        real = users.list_row
        with patch.object(users, "list_row", lambda *given: {**real(*given), field: value}):
            record = collected.collect(max_age=WEEK)
        assert (record.exit_code, collected.sandbox.calls.count(SETTINGS)) == (0, 0)
        name = {"last_login_time": "lastLoginTime", "last_client_version": "lastClientVersion", "pic_url": "picUrl"}[
            field
        ]
        assert {entity.get(name) for entity in collected.store.entities("zoom_user")} >= {value or None}

    def test_new_users(self, collected: Profile, account: Account) -> None:
        account.add_user("new@example.com", "New", "Comer")
        collected.collect(max_age=WEEK)
        assert collected.sandbox.calls.count(SETTINGS) == len(KINDS)
        assert collected.user("new@example.com")["meetingSecurityWaitingRoom"] is not None

    def test_users_whose_groups_changed(self, collected: Profile, account: Account) -> None:
        account.add_member(account.groups[0].id, person(account, "max").id)
        collected.collect(max_age=WEEK)
        assert collected.sandbox.calls.count(SETTINGS) == len(KINDS)

    def test_users_whose_role_changed(self, collected: Profile, account: Account) -> None:
        account.update_user(person(account, "max").id, role_id="1")
        collected.collect(max_age=WEEK)
        assert collected.sandbox.calls.count(SETTINGS) == len(KINDS)

    def test_users_who_changed_in_a_run_without_settings(self, collected: Profile, account: Account) -> None:
        account.update_user(person(account, "bob").id, department="Workshop")
        collected.collect(settings=SettingsChoice.NONE)
        collected.collect(max_age=WEEK)
        assert collected.sandbox.calls.count(SETTINGS) == len(KINDS)

    def test_whose_settings_could_not_be_read_when_the_groups_changed(
        self, collected: Profile, account: Account
    ) -> None:
        bob = person(account, "bob")
        account.remove_member(account.groups[0].id, bob.id)
        collected.sandbox.faults.add(Fault("status_500", f"/users/{bob.id}/settings", times=None))
        assert collected.collect().exit_code == 3
        collected.sandbox.faults.clear()
        collected.sandbox.calls.clear()
        assert collected.collect(max_age=WEEK).exit_code == 0
        assert collected.sandbox.calls.count(SETTINGS) == len(KINDS)

    def test_settings_older_than_the_greatest_age_are_read_again(self, collected: Profile) -> None:
        record = collected.collect(max_age=(DAY - 60) * 1000)
        assert collected.sandbox.calls.count(SETTINGS) == 6 * len(KINDS)
        assert coverage(record, "settings").status.value == "complete"

    def test_settings_read_in_the_future_are_read_again(self, collected: Profile) -> None:
        collected.clock.time -= 2 * DAY
        collected.collect(max_age=WEEK)
        assert collected.sandbox.calls.count(SETTINGS) == 6 * len(KINDS)

    def test_the_graph_is_that_of_a_full_run_with_a_twentieth_of_the_calls(self, tmp_path: Path) -> None:
        account = generate_account(users=300, groups=5, custom_roles=2, seed=11)
        profile, full = (Profile(tmp_path / name, account) for name in ("changed", "full"))
        profile.collect()
        calls = profile.sandbox.calls.count()
        active = next(user for user in account.users if user.status == "active")
        account.update_user(active.id, department="Workshop", group_ids=(account.groups[0].id,))
        profile.sandbox.calls.clear()
        assert profile.collect(max_age=WEEK).exit_code == 0
        assert profile.sandbox.calls.count() <= calls * 0.05
        full.collect()
        assert graph(profile) == graph(full)
        profile.store.close()
        full.store.close()


class TestSettingsChoice:
    @pytest.mark.parametrize(
        ("choice", "read"),
        [
            (SettingsChoice.NONE, ()),
            (SettingsChoice.SECURITY, KINDS[1:]),
            (SettingsChoice.ALL, KINDS),
        ],
    )
    def test_only_the_chosen_documents_are_read(
        self, profile: Profile, choice: SettingsChoice, read: tuple[str, ...]
    ) -> None:
        record = profile.collect(settings=choice)
        assert (record.exit_code, record.partial_types) == (0, [])
        assert profile.sandbox.calls.count(SETTINGS) == 6 * len(read)
        assert profile.sandbox.calls.count("/v2/roles/<role_id>") > 0  # privileges are no settings
        for kind in KINDS:
            assert coverage(record, kind).status.value == ("complete" if kind in read else "skipped")

    def test_skipped_documents_are_kept_and_reported_as_stale(self, collected: Profile) -> None:
        before = graph(collected)
        record = collected.collect(settings=SettingsChoice.NONE)
        entry = coverage(record, "settings")
        assert (entry.read, entry.stale, entry.missing) == (0, 6, 0)
        assert entry.oldest is not None
        assert entry.oldest < record.started_at
        assert entry.reason == "left out by choice of --settings none"
        assert graph(collected) == before
