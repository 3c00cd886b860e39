"""The coverage law, one rule a test (docs/architecture.md, "The coverage law").

The people are those of conftest.py. `sandbox.faults` makes Zoom misbehave, `account` changes what is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from collector.collect.run import WORKERS
from collector.errors import CollectionFailed, DailyLimitReached, OtherAccount, SignInRequired, UsageError
from collector.sandbox import CLASSIC_SCOPES, GRANULAR_SCOPES, Account, Fault, User
from collector.sandbox.served import users
from tests.wsgi_adapter import Unreachable

from .profile import Profile, coverage, not_complete, notes, statuses

DOCUMENTS = ("settings", "meeting_security", "meeting_authentication", "recording_authentication")
EVERYBODY = {f"{name}@example.com" for name in ("olive", "ada", "bob", "cyd", "max", "ina", "pia", "pim")}
ALL_TYPES = [
    "zoom_account",
    "zoom_account_has_group",
    "zoom_account_has_role",
    "zoom_account_has_user",
    "zoom_group",
    "zoom_group_has_user",
    "zoom_role",
    "zoom_user",
    "zoom_user_assigned_role",
]
USER_TYPES = ["zoom_account_has_user", "zoom_group_has_user", "zoom_user", "zoom_user_assigned_role"]
GROUP_AND_ROLE_TYPES = [
    "zoom_account_has_group",
    "zoom_account_has_role",
    "zoom_group",
    "zoom_group_has_user",
    "zoom_role",
    "zoom_user_assigned_role",
]


def broken(path: str, **query: str | None) -> Fault:
    """Zoom answers HTTP 500 there, however often it is asked."""
    return Fault("status_500", path, query=query or None, times=None)


def person(account: Account, name: str) -> User:
    user = account.user(f"{name}@example.com")
    assert user is not None
    return user


def settings_of(account: Account, name: str) -> str:
    """The path of somebody's settings."""
    return f"/users/{person(account, name).id}/settings"


def leave(account: Account, name: str) -> None:
    """Somebody is deleted in Zoom."""
    account.remove_user(person(account, name).id)


class TestCompleteRun:
    def test_everything_is_read(self, profile: Profile) -> None:
        record = profile.collect()
        assert record.exit_code == 0
        assert record.partial_types == []
        assert not_complete(record) == {}
        assert profile.users == EVERYBODY
        assert profile.groups == {"Engineering", "Sales", "Empty"}
        assert profile.members == {
            ("Engineering", "ada@example.com"),
            ("Engineering", "bob@example.com"),
            ("Engineering", "ina@example.com"),
            ("Sales", "cyd@example.com"),
            ("Sales", "pia@example.com"),
        }
        assert profile.assignments == {
            ("olive@example.com", "Owner"),
            ("ada@example.com", "Admin"),
            ("bob@example.com", "Helpdesk"),
            ("cyd@example.com", "Auditor"),
            ("max@example.com", "Member"),
            ("ina@example.com", "Member"),
            ("pia@example.com", "Member"),
            ("pim@example.com", "Member"),
        }

    def test_every_reading_has_its_coverage(self, profile: Profile) -> None:
        record = profile.collect()
        assert [(entry.step, entry.dataset, entry.is_set, entry.read) for entry in record.coverage] == [
            ("fetch-users", "users?status=active", True, 5),
            ("fetch-users", "users?status=inactive", True, 1),
            ("fetch-users", "users?status=pending", True, 2),
            ("fetch-users", "settings", False, 6),
            ("fetch-users", "meeting_authentication", False, 6),
            ("fetch-users", "recording_authentication", False, 6),
            ("fetch-users", "meeting_security", False, 6),
            ("fetch-account", "account", True, 1),
            ("build-account-and-user-relationship", "zoom_account_has_user", True, 8),
            ("fetch-groups", "groups", True, 3),
            ("build-user-and-group-relationship", "members of groups", True, 5),
            ("build-account-and-group-relationship", "zoom_account_has_group", True, 3),
            ("fetch-roles", "roles", True, 5),
            ("fetch-roles", "privileges", False, 5),
            ("build-user-and-role-relationship", "members of roles", True, 4),
            ("build-account-and-role-relationship", "zoom_account_has_role", True, 5),
        ]

    def test_every_call_is_counted_once(self, profile: Profile) -> None:
        record = profile.collect()
        assert {result.step.id: result.calls for result in record.steps if result.calls} == {
            "fetch-users": 27,  # three lists, four documents of six people
            "fetch-account": 1,
            "fetch-groups": 1,
            "build-user-and-group-relationship": 3,
            "fetch-roles": 6,  # the list, five roles' privileges
            "build-user-and-role-relationship": 4,  # not the Member role
        }
        assert profile.sandbox.calls.count() == 42

    def test_who_leaves_is_gone_after_the_next_run(self, profile: Profile, account: Account) -> None:
        profile.collect()
        leave(account, "bob")
        account.remove_group(next(group.id for group in account.groups if group.name == "Sales"))
        record = profile.collect()
        assert record.exit_code == 0
        assert profile.users == EVERYBODY - {"bob@example.com"}
        assert profile.groups == {"Engineering", "Empty"}
        assert profile.members == {("Engineering", "ada@example.com"), ("Engineering", "ina@example.com")}

    def test_nothing_changes_when_nothing_changed(self, profile: Profile) -> None:
        first = profile.collect()
        before = [list(profile.store.entities(type_)) for type_ in profile.store.entity_types()]
        second = profile.collect()
        assert second.exit_code == first.exit_code == 0
        assert [list(profile.store.entities(type_)) for type_ in profile.store.entity_types()] == before


class TestSetBrokenOff:
    def test_a_list_that_fails_makes_its_type_and_all_that_touches_it_partial(self, profile: Profile) -> None:
        profile.sandbox.faults.add(broken("/users", status="inactive"))
        record = profile.collect()
        assert record.exit_code == 3
        assert record.partial_types == USER_TYPES
        assert not_complete(record) == dict.fromkeys(("users?status=inactive", *DOCUMENTS), "partial")
        assert (
            coverage(record, "users?status=inactive").reason
            == "/users failed 5 times: Zoom answered HTTP 500: Internal error"
        )
        assert profile.users == EVERYBODY - {"ina@example.com"}

    def test_the_steps_that_depend_on_it_say_so(self, profile: Profile) -> None:
        profile.sandbox.faults.add(broken("/users", status="inactive"))
        assert statuses(profile.collect()) == {
            "fetch-users": "failure",
            "fetch-account": "success",
            "build-account-and-user-relationship": "partial_success_due_to_dependency_failure",
            "fetch-groups": "success",
            "build-user-and-group-relationship": "partial_success_due_to_dependency_failure",
            "build-account-and-group-relationship": "success",
            "fetch-roles": "success",
            "build-user-and-role-relationship": "partial_success_due_to_dependency_failure",
            "build-account-and-role-relationship": "success",
        }

    @pytest.mark.parametrize("status", ["active", "inactive", "pending"])
    def test_nobody_is_deleted_from_an_incomplete_set(self, profile: Profile, account: Account, status: str) -> None:
        profile.collect()
        before = profile.members, profile.assignments
        for name in ("bob", "ina", "pia"):
            leave(account, name)
        profile.sandbox.faults.add(broken("/users", status=status))
        record = profile.collect()
        assert record.exit_code == 3
        assert record.partial_types == USER_TYPES
        assert profile.users == EVERYBODY
        assert (profile.members, profile.assignments) == before

    def test_a_list_broken_off_in_the_middle_keeps_the_pages_read(self, profile: Profile, account: Account) -> None:
        for number in range(600):
            account.add_user(f"active{number:03}@example.com")
        profile.sandbox.faults.add(Fault("status_500", "/users", query={"status": "active"}, after=2, times=None))
        record = profile.collect(steps=("fetch-users",), scopes={"user:read:list_users:admin"})
        assert coverage(record, "users?status=active").read == 600
        assert coverage(record, "users?status=active").status.value == "partial"
        assert len(profile.users) == 603

    def test_one_group_whose_members_cannot_be_read_keeps_all_memberships(
        self, profile: Profile, account: Account
    ) -> None:
        profile.collect()
        before = profile.members
        sales = next(group for group in account.groups if group.name == "Sales")
        for member in list(account.users_in_group(sales.id)):
            account.remove_member(sales.id, member.id)
        profile.sandbox.faults.add(broken(f"/groups/{account.groups[0].id}/members"))
        record = profile.collect()
        assert record.exit_code == 3
        assert record.partial_types == ["zoom_group_has_user"]
        assert profile.members == before

    def test_earlier_entities_of_a_broken_set_are_counted_in_the_graph(self, profile: Profile) -> None:
        profile.collect()
        profile.sandbox.faults.add(broken("/groups"))
        record = profile.collect()
        counts = {result.step.id: dict(result.counts) for result in record.steps}
        assert counts["fetch-groups"] == {"zoom_group": 3}
        assert record.partial_types == ["zoom_account_has_group", "zoom_group", "zoom_group_has_user"]

    def test_documents_of_those_not_listed_were_not_read_either(self, profile: Profile) -> None:
        first = profile.collect()
        profile.clock.time += 86_400
        profile.sandbox.faults.add(broken("/users", status="inactive"))
        record = profile.collect()
        for document in DOCUMENTS:
            entry = coverage(record, document)
            assert (entry.status.value, entry.read, entry.stale, entry.missing) == ("partial", 5, 1, 0)
            assert entry.oldest == first.started_at
            assert entry.reason == coverage(record, "users?status=inactive").reason

    def test_where_nobody_is_listed_no_document_is_called_complete(self, profile: Profile) -> None:
        profile.sandbox.faults.add(broken("/users"))
        record = profile.collect()
        assert {(coverage(record, one).status.value, coverage(record, one).read) for one in DOCUMENTS} == {
            ("partial", 0)
        }


class TestDenied:
    def test_a_scope_the_token_is_known_to_lack_costs_no_call(self, profile: Profile) -> None:
        record = profile.collect(scopes=GRANULAR_SCOPES - {"group:read:list_groups:admin"})
        assert record.exit_code == 3
        assert record.partial_types == ["zoom_account_has_group", "zoom_group", "zoom_group_has_user"]
        assert profile.sandbox.calls.count("/v2/groups") == 0
        entry = coverage(record, "groups")
        assert entry.status.value == "denied"
        assert entry.scopes == ("group:read:admin", "group:read:list_groups:admin")
        assert entry.next_step == (
            "Add group:read:admin (classic app) or group:read:list_groups:admin (granular app) in the Zoom Marketplace."
        )

    def test_what_depends_on_it_is_not_run_and_says_why(self, profile: Profile) -> None:
        record = profile.collect(scopes=GRANULAR_SCOPES - {"group:read:list_groups:admin"})
        entry = coverage(record, "zoom_group_has_user")
        assert (entry.status.value, entry.reason) == ("denied", "depends on fetch-groups, which is not read")
        assert statuses(record)["build-user-and-group-relationship"] == "disabled"

    @pytest.mark.parametrize(
        ("held", "code"),
        [
            (GRANULAR_SCOPES - {"group:read:list_groups:admin"}, "[group:read:list_groups:admin]"),
            (CLASSIC_SCOPES - {"group:read:admin"}, "[group:read:admin]"),
        ],
        ids=["4711", "4700"],
    )
    def test_when_the_token_does_not_say_zooms_answer_is_the_check(
        self, profile: Profile, held: frozenset[str], code: str
    ) -> None:
        record = profile.collect(scopes=held, scopes_told=False)
        assert record.exit_code == 3
        assert record.partial_types == ["zoom_account_has_group", "zoom_group", "zoom_group_has_user"]
        assert profile.sandbox.calls.count("/v2/groups", 400) == 1
        entry = coverage(record, "groups")
        assert entry.status.value == "denied"
        assert entry.reason == (f"the token lacks a scope (Invalid access token, does not contain scopes:{code}.)")
        assert entry.scopes == (code.strip("[]"),)
        assert "group:read:admin (classic app) or group:read:list_groups:admin (granular app)" in entry.next_step

    def test_a_denied_list_is_asked_for_once_not_for_every_status(self, profile: Profile) -> None:
        record = profile.collect(scopes=GRANULAR_SCOPES - {"user:read:list_users:admin"}, scopes_told=False)
        assert profile.sandbox.calls.count("/v2/users") == 1
        assert record.partial_types == USER_TYPES

    def test_denied_documents_are_asked_for_once_and_leave_the_set_complete(self, profile: Profile) -> None:
        record = profile.collect(scopes=GRANULAR_SCOPES - {"user:read:settings:admin"}, scopes_told=False)
        assert record.exit_code == 3
        assert record.partial_types == []
        assert coverage(record, "settings").status.value == "denied"
        assert coverage(record, "settings").missing == 6
        # Those under way when the first refusal comes are not called back.
        assert profile.sandbox.calls.count("/v2/users/<user_id>/settings", 400) <= 2 * WORKERS

    def test_denied_member_lists_are_not_asked_for_group_by_group(self, profile: Profile) -> None:
        for number in range(4 * WORKERS):
            profile.sandbox.account.add_group(f"Group {number}")
        record = profile.collect(scopes=GRANULAR_SCOPES - {"group:read:list_members:admin"}, scopes_told=False)
        assert record.partial_types == ["zoom_group_has_user"]
        # Those under way when the first refusal comes are not called back.
        assert profile.sandbox.calls.count("/v2/groups/<group_id>/members") <= 2 * WORKERS

    @pytest.mark.parametrize(
        ("privilege", "partial"),
        [
            ("Group:Read", ["zoom_account_has_group", "zoom_group", "zoom_group_has_user"]),
            ("Role:Read", ["zoom_account_has_role", "zoom_role", "zoom_user_assigned_role"]),
        ],
    )
    def test_a_privilege_the_administrators_role_lacks(
        self, profile: Profile, privilege: str, partial: list[str]
    ) -> None:
        profile.sandbox.denied_privileges.add(privilege)
        record = profile.collect(user_id=profile.account.users[1].id)  # ada, who is no owner
        assert record.exit_code == 3
        assert record.partial_types == partial
        entry = coverage(record, privilege.partition(":")[0].lower() + "s")
        assert entry.status.value == "denied"
        assert entry.next_step == (
            f"Give the role of the administrator who installed the app the privilege {privilege}."
        )

    def test_nothing_denied_is_deleted(self, profile: Profile) -> None:
        profile.collect()
        before = profile.members
        profile.sandbox.denied_privileges.add("Group:Read")
        profile.collect()
        assert profile.groups == {"Engineering", "Sales", "Empty"}
        assert profile.members == before


class TestNotLicensed:
    @pytest.mark.parametrize("privilege", ["Group:Read", "Role:Read"])
    @pytest.mark.parametrize(("owner_asks", "free_plan"), [(True, False), (True, True), (False, True)])
    def test_where_no_privilege_would_help_it_is_the_plan(
        self, profile: Profile, privilege: str, owner_asks: bool, free_plan: bool
    ) -> None:
        profile.sandbox.denied_privileges.add(privilege)
        asking = profile.account.owner if owner_asks else profile.account.users[1]
        record = profile.collect(user_id=asking.id, free_plan=free_plan)
        assert record.exit_code == 0
        assert set(not_complete(record).values()) == {"not licensed"}
        name = privilege.partition(":")[0].lower() + "s"
        entry = coverage(record, name)
        assert entry.next_step == ""
        assert entry.reason.startswith("Zoom says: ")
        assert entry.reason.endswith(
            f": a free plan (ZOOM_PLAN=free) has no API of {name}"
            if free_plan
            else f": the token is of the account's owner, who has every privilege, so the plan has no API of {name}"
        )

    def test_a_scope_that_is_missing_is_no_matter_of_the_plan(self, profile: Profile) -> None:
        record = profile.collect(scopes=GRANULAR_SCOPES - {"group:read:list_groups:admin"}, free_plan=True)
        assert coverage(record, "groups").status.value == "denied"

    def test_the_users_of_an_account_are_in_every_plan(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("missing_privilege", "/users", times=None))
        record = profile.collect(free_plan=True)
        assert (record.exit_code, coverage(record, "users?status=active").status.value) == (3, "denied")

    def test_a_free_plan_is_no_failure(self, tmp_path: Path, account: Account) -> None:
        profile = Profile(tmp_path, account, plan="free")
        record = profile.collect()
        assert record.exit_code == 0
        assert record.partial_types == GROUP_AND_ROLE_TYPES
        assert not_complete(record) == {
            "groups": "not licensed",
            "zoom_group_has_user": "not licensed",
            "zoom_account_has_group": "not licensed",
            "roles": "not licensed",
            "privileges": "not licensed",
            "zoom_user_assigned_role": "not licensed",
            "zoom_account_has_role": "not licensed",
        }
        assert coverage(record, "groups").reason == f"Zoom says: Only available for paid account: {account.id}."
        assert profile.users == EVERYBODY
        profile.store.close()

    def test_what_was_known_before_the_plan_ended_stays(self, profile: Profile) -> None:
        profile.collect()
        profile.sandbox.faults.add(Fault("not_licensed", "/groups", times=None))
        assert profile.collect().exit_code == 0
        assert profile.groups == {"Engineering", "Sales", "Empty"}


class TestDocumentUnread:
    def test_it_is_carried_over_and_named_with_its_age(self, profile: Profile, account: Account) -> None:
        first = profile.collect()
        before = profile.user("ada@example.com")
        assert before["scheduleMeetingHostVideo"] is False
        account.change_settings(str(before["id"]), {"schedule_meeting.host_video": True})
        profile.sandbox.faults.add(broken(settings_of(account, "ada"), option=None))
        profile.clock.time += 86_400
        record = profile.collect()
        assert record.exit_code == 3
        assert not_complete(record) == {"settings": "partial"}
        entry = coverage(record, "settings")
        assert (entry.read, entry.stale, entry.missing, entry.oldest) == (5, 1, 0, first.started_at)
        assert entry.reason == "/users/{userId}/settings failed 5 times: Zoom answered HTTP 500: Internal error"
        assert profile.user("ada@example.com") == before

    def test_the_set_is_complete_all_the_same_so_who_left_leaves(self, profile: Profile, account: Account) -> None:
        profile.collect()
        leave(account, "bob")
        profile.sandbox.faults.add(broken(settings_of(account, "ada"), option=None))
        record = profile.collect()
        assert record.exit_code == 3
        assert record.partial_types == []
        assert profile.users == EVERYBODY - {"bob@example.com"}

    def test_the_first_time_it_is_missing(self, profile: Profile, account: Account) -> None:
        profile.sandbox.faults.add(broken(settings_of(account, "ada"), option="meeting_security"))
        record = profile.collect()
        assert record.exit_code == 3
        assert record.partial_types == []
        entry = coverage(record, "meeting_security")
        assert (entry.read, entry.stale, entry.missing, entry.oldest) == (5, 0, 1, None)
        assert "meetingSecurityWaitingRoom" not in profile.user("ada@example.com")
        assert "meetingSecurityWaitingRoom" in profile.user("bob@example.com")

    def test_the_age_is_that_of_the_oldest(self, profile: Profile, account: Account) -> None:
        first = profile.collect()
        profile.clock.time += 86_400
        profile.sandbox.faults.add(broken(settings_of(account, "ada"), option=None))
        profile.collect()
        profile.clock.time += 86_400
        profile.sandbox.faults.add(broken(settings_of(account, "bob"), option=None))
        entry = coverage(profile.collect(), "settings")
        assert (entry.stale, entry.oldest) == (2, first.started_at)

    def test_a_document_read_again_says_what_holds_now(self, profile: Profile, account: Account) -> None:
        profile.collect()
        profile.sandbox.faults.add(broken(settings_of(account, "ada"), option=None))
        profile.collect()
        profile.sandbox.faults.clear()
        account.change_settings(str(profile.user("ada@example.com")["id"]), {"schedule_meeting.host_video": True})
        assert profile.collect().exit_code == 0
        assert profile.user("ada@example.com")["scheduleMeetingHostVideo"] is True

    def test_25_in_a_row_close_the_reading(self, profile: Profile, account: Account) -> None:
        for number in range(100):
            account.add_user(f"more{number:03}@example.com")
        profile.sandbox.faults.add(broken("/users/*/settings", option=None))
        record = profile.collect()
        entry = coverage(record, "settings")
        assert (entry.status.value, entry.read, entry.missing) == ("partial", 0, 106)
        tries = profile.sandbox.calls.count("/v2/users/<user_id>/settings", 500)
        handed_out = 2 * WORKERS  # at most so many were in flight or waiting when the 25th failed
        assert 25 * 5 <= tries <= (25 + handed_out) * 5 < 106 * 5
        assert coverage(record, "meeting_security").read == 106
        assert record.partial_types == []

    def test_pending_users_have_no_documents_and_that_is_no_gap(self, profile: Profile) -> None:
        record = profile.collect()
        assert coverage(record, "settings").read == 6
        assert profile.sandbox.calls.count("/v2/users/<user_id>/settings") == 24


class TestMissingFromAllLists:
    def test_who_is_in_no_list_is_asked_for_once_and_gone_after_404(self, profile: Profile, account: Account) -> None:
        profile.collect()
        leave(account, "bob")
        profile.sandbox.calls.clear()
        record = profile.collect()
        assert record.exit_code == 0
        assert profile.sandbox.calls.count("/v2/users/<user_id>", 404) == 1
        assert coverage(record, "known users missing from the lists").deleted_meanwhile == 1
        assert profile.users == EVERYBODY - {"bob@example.com"}

    def test_who_is_still_there_stays(self, profile: Profile) -> None:
        profile.collect()
        with _lists_forget(profile.account, "ina"):
            record = profile.collect()
        assert record.exit_code == 0
        entry = coverage(record, "known users missing from the lists")
        assert (entry.status.value, entry.read, entry.deleted_meanwhile) == ("complete", 1, 0)
        assert profile.users == EVERYBODY
        assert coverage(record, "settings").read == 6

    def test_who_cannot_be_asked_for_makes_the_listing_partial(self, profile: Profile, account: Account) -> None:
        profile.collect()
        bob = person(account, "bob")
        leave(account, "bob")
        profile.sandbox.faults.add(broken(f"/users/{bob.id}"))
        record = profile.collect()
        assert record.exit_code == 3
        assert coverage(record, "known users missing from the lists").status.value == "partial"
        assert record.partial_types == USER_TYPES
        assert profile.users == EVERYBODY

    def test_without_the_scope_to_ask_nobody_leaves(self, profile: Profile, account: Account) -> None:
        profile.collect()
        leave(account, "bob")
        record = profile.collect(scopes=GRANULAR_SCOPES - {"user:read:user:admin"})
        assert record.exit_code == 3
        assert coverage(record, "known users missing from the lists").status.value == "denied"
        assert "zoom_user" in record.partial_types
        assert "bob@example.com" in profile.users

    def test_a_listing_with_one_question_open_still_lets_the_memberships_be_read(
        self, profile: Profile, account: Account
    ) -> None:
        profile.collect()
        leave(account, "bob")
        account.add_member(account.groups[2].id, account.owner.id)
        record = profile.collect(scopes=GRANULAR_SCOPES - {"user:read:user:admin"})
        assert statuses(record)["fetch-users"] == "failure"
        assert ("Empty", "olive@example.com") in profile.members


class TestInvitations:
    def test_who_accepts_becomes_a_user_and_the_invitation_is_gone(self, profile: Profile, account: Account) -> None:
        profile.collect()
        pia = person(account, "pia")
        assert profile.user("pia@example.com")["_key"] == "zoom_user:pending:pia@example.com"
        account.update_user(pia.id, status="active")
        record = profile.collect()
        assert record.exit_code == 0
        assert profile.user("pia@example.com")["_key"] == f"zoom_user:{pia.id}"
        assert profile.users == EVERYBODY
        assert ("Sales", "pia@example.com") in profile.members

    def test_who_accepted_looks_the_same_after_the_next_run(self, profile: Profile, account: Account) -> None:
        profile.collect()
        account.update_user(person(account, "pia").id, status="active")
        profile.collect()
        after_accepting = profile.user("pia@example.com")
        profile.collect()
        assert profile.user("pia@example.com") == after_accepting

    def test_an_invitation_a_list_forgot_stays_the_same_invitation(self, profile: Profile, account: Account) -> None:
        profile.collect()
        before = profile.user("pia@example.com")
        with _lists_forget(account, "pia"):
            record = profile.collect()
        assert record.exit_code == 0
        assert profile.user("pia@example.com") == before
        assert before["_key"] == "zoom_user:pending:pia@example.com"

    def test_who_accepts_while_the_lists_are_read_is_not_lost(self, profile: Profile, account: Account) -> None:
        profile.collect()
        account.update_user(person(account, "pia").id, status="active")
        with _lists_forget(account, "pia"):  # the active list was read before, the pending one after
            record = profile.collect()
        assert record.exit_code == 0
        assert profile.user("pia@example.com")["status"] == "active"

    def test_a_withdrawn_invitation_is_gone(self, profile: Profile, account: Account) -> None:
        profile.collect()
        leave(account, "pia")
        assert profile.collect().exit_code == 0
        assert profile.users == EVERYBODY - {"pia@example.com"}


class TestCountsThatDisagree:
    def test_duplicate_rows_are_no_fault(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("duplicated_rows", "/users", times=None))
        record = profile.collect()
        assert record.exit_code == 0
        assert coverage(record, "users?status=active").read == 5
        assert profile.users == EVERYBODY

    def test_fewer_rows_than_announced_are_read_once_more(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("missing_rows", "/users", query={"status": "active"}))
        record = profile.collect()
        assert record.exit_code == 0
        assert profile.users == EVERYBODY
        assert profile.sandbox.calls.count("/v2/users") == 4

    def test_fewer_rows_also_then_make_the_set_partial(self, profile: Profile, account: Account) -> None:
        profile.collect()
        leave(account, "bob")
        profile.sandbox.faults.add(Fault("missing_rows", "/users", query={"status": "active"}, times=None))
        record = profile.collect()
        assert record.exit_code == 3
        assert record.partial_types == USER_TYPES
        assert coverage(record, "users?status=active").reason == (
            "/users gave 3 of the 4 rows Zoom announces, also when read again"
        )
        assert profile.users == EVERYBODY

    def test_an_expired_page_token_begins_that_listing_again(self, profile: Profile, account: Account) -> None:
        for number in range(300):
            account.add_user(f"more{number:03}@example.com")
        profile.sandbox.faults.add(Fault("expired_page_token", "/users"))
        record = profile.collect(steps=("fetch-users",), scopes={"user:read:list_users:admin"})
        assert coverage(record, "users?status=active").status.value == "complete"
        assert profile.sandbox.calls.count("/v2/users", 400) == 1
        assert profile.sandbox.calls.count("/v2/users", 200) == 5  # first page twice, second, inactive, pending
        assert profile.sandbox.calls.count("/v2/users/me") == 0
        assert len(profile.users) == 308

    def test_page_tokens_that_always_expire_make_the_set_partial(self, profile: Profile, account: Account) -> None:
        for number in range(300):
            account.add_user(f"more{number:03}@example.com")
        profile.sandbox.faults.add(Fault("expired_page_token", "/users", times=None))
        record = profile.collect(steps=("fetch-users",), scopes={"user:read:list_users:admin"})
        assert coverage(record, "users?status=active").status.value == "partial"


class TestChosenSteps:
    def test_only_the_step_and_what_it_needs_is_run(self, profile: Profile) -> None:
        record = profile.collect(steps=("build-user-and-group-relationship",))
        assert record.exit_code == 0
        assert {step for step, status in statuses(record).items() if status == "success"} == {
            "fetch-users",
            "fetch-groups",
            "build-user-and-group-relationship",
        }

    def test_the_types_of_skipped_steps_are_partial(self, profile: Profile) -> None:
        record = profile.collect(steps=("fetch-groups",))
        assert record.exit_code == 0
        assert record.partial_types == [type_ for type_ in ALL_TYPES if type_ != "zoom_group"]
        assert coverage(record, "users").status.value == "skipped"
        assert coverage(record, "users").reason == "not chosen with --step"

    def test_nothing_skipped_is_deleted(self, profile: Profile, account: Account) -> None:
        profile.collect()
        before = profile.members
        leave(account, "bob")
        profile.collect(steps=("fetch-groups",))
        assert profile.users == EVERYBODY
        assert profile.members == before

    def test_an_unknown_step_is_named_together_with_the_known_ones(self, profile: Profile) -> None:
        with pytest.raises(UsageError, match="There is no step fetch-meetings") as failure:
            profile.collect(steps=("fetch-meetings",))
        assert failure.value.next_step == (
            "The steps are: fetch-account, fetch-users, build-account-and-user-relationship, fetch-groups, "
            "build-user-and-group-relationship, build-account-and-group-relationship, fetch-roles, "
            "build-user-and-role-relationship, build-account-and-role-relationship."
        )


class TestRunsThatEndEarly:
    def test_a_daily_limit_ends_in_75_and_keeps_what_was_read(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("daily_429", "/users/*/settings", after=8, times=None))
        record = profile.collect()
        assert record.exit_code == 75
        assert profile.users == EVERYBODY
        assert sum(coverage(record, name).read for name in ("settings", "meeting_security")) > 0
        assert coverage(record, "groups").status.value == "complete"  # sets are read before the many documents
        assert coverage(record, "settings").reason == "Zoom's daily limit for Medium calls is used up."

    def test_a_daily_limit_deletes_nobody(self, profile: Profile, account: Account) -> None:
        profile.collect()
        leave(account, "bob")
        profile.sandbox.faults.add(Fault("daily_429", "/users", query={"status": "pending"}, times=None))
        record = profile.collect()
        assert record.exit_code == 75
        assert profile.users == EVERYBODY

    def test_a_refused_token_is_renewed_once(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("revoked", "/users/*/settings", after=5))
        record = profile.collect()
        assert record.exit_code == 0
        assert profile.users == EVERYBODY

    def test_a_second_refusal_means_to_sign_in_again_and_keeps_what_was_read(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("unauthorized", "/groups", times=2))
        with pytest.raises(SignInRequired, match="also after a new one was asked for"):
            profile.collect()
        assert profile.users == EVERYBODY
        record = profile.store.latest_run()
        assert record is not None
        assert record.exit_code == 4
        assert coverage(record, "groups").reason == "the run failed before this was read"
        assert "zoom_group" in record.partial_types
        assert "zoom_user" not in record.partial_types

    def test_no_network_at_the_start_fails_without_a_run(self, profile: Profile) -> None:
        with pytest.raises(CollectionFailed, match="Zoom's API could not be reached"):
            profile.collect(network=Unreachable())
        assert profile.store.latest_run() is None

    @pytest.mark.parametrize("configured_account", [True, False])
    def test_when_nothing_at_all_could_be_read_the_run_failed(self, profile: Profile, configured_account: bool) -> None:
        profile.collect()
        profile.sandbox.faults.add(broken("*"))
        with pytest.raises(CollectionFailed, match="Zoom answered HTTP 500"):
            profile.collect(configured_account=configured_account)
        assert profile.users == EVERYBODY


class TestMemberships:
    def test_members_nobody_knows_are_counted_and_get_no_relationship(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("missing_rows", "/users", query={"status": "inactive"}, times=None))
        record = profile.collect()
        assert profile.users == EVERYBODY - {"ina@example.com"}
        assert notes(record) == ["1 members of groups are not among the known users and got no relationship."]

    def test_the_row_of_the_user_decides(self, profile: Profile, account: Account) -> None:
        """Zoom's member lists lag behind: one lists max as Admin, whose own row says Member."""
        with _role_list(account, "1", ["ada", "max"]):
            record = profile.collect()
        assert ("max@example.com", "Member") in profile.assignments
        assert ("max@example.com", "Admin") not in profile.assignments
        assert notes(record) == [
            "1 memberships differ between the users list, which decided, and the member lists of roles."
        ]

    def test_a_holder_the_member_list_lacks_is_a_disagreement_too(self, profile: Profile, account: Account) -> None:
        with _role_list(account, "1", []):
            record = profile.collect()
        assert ("ada@example.com", "Admin") in profile.assignments
        assert notes(record) == [
            "1 memberships differ between the users list, which decided, and the member lists of roles."
        ]

    def test_where_rows_name_no_role_the_member_lists_fill_in(self, profile: Profile, account: Account) -> None:
        with _rows_without("role_id", "max@example.com", "cyd@example.com"):
            record = profile.collect()
        assert record.exit_code == 0
        assert ("cyd@example.com", "Auditor") in profile.assignments
        assert ("max@example.com", "Member") in profile.assignments
        assert profile.store.count("zoom_user_assigned_role") == 8

    def test_the_member_role_is_listed_only_when_a_row_names_no_role(self, profile: Profile) -> None:
        def asked() -> bool:
            return any(call.path == "/v2/roles/2/members" for call in profile.sandbox.calls.latest)

        profile.collect()
        assert not asked()
        with _rows_without("role_id", "max@example.com"):
            profile.collect()
        assert asked()

    def test_a_role_that_is_not_listed_gets_no_relationship_and_is_counted(
        self, profile: Profile, account: Account
    ) -> None:
        auditor = next(role.id for role in account.roles if role.name == "Auditor")
        listed = [role for role in account.roles if role.id != auditor]
        with patch.object(type(account), "roles", listed):
            record = profile.collect()
        assert notes(record) == ["1 users name one of the roles that is not listed and got no relationship."]
        assert "cyd@example.com" not in {email for email, _ in profile.assignments}

    def test_a_changed_role_replaces_the_relationship(self, profile: Profile, account: Account) -> None:
        profile.collect()
        account.update_user(person(account, "max").id, role_id="1")
        profile.collect()
        assert {role for email, role in profile.assignments if email == "max@example.com"} == {"Admin"}


class TestAdministrators:
    def test_users_are_administrators_by_their_roles(self, profile: Profile) -> None:
        profile.collect()
        assert {entity["email"][0]: entity["isAdmin"] for entity in profile.store.entities("zoom_user")} == {
            "olive@example.com": True,
            "ada@example.com": True,
            "bob@example.com": True,
            "cyd@example.com": False,
            "max@example.com": False,
            "ina@example.com": False,
            "pia@example.com": False,
            "pim@example.com": False,
        }

    def test_a_role_whose_privileges_are_denied_is_not_judged(self, profile: Profile) -> None:
        record = profile.collect(scopes=GRANULAR_SCOPES - {"role:read:role:admin"})
        assert record.exit_code == 3
        assert record.partial_types == []
        assert not_complete(record) == {"privileges": "denied"}
        assert coverage(record, "privileges").missing == 5
        judged = {str(entity["name"]): entity.get("admin") for entity in profile.store.entities("zoom_role")}
        assert judged == {"Owner": True, "Admin": True, "Member": False, "Helpdesk": None, "Auditor": None}
        assert "isAdmin" not in profile.user("bob@example.com")
        assert profile.user("ada@example.com")["isAdmin"] is True
        assert profile.user("max@example.com")["isAdmin"] is False

    def test_privileges_read_earlier_are_carried_over(self, profile: Profile) -> None:
        profile.collect()
        profile.sandbox.faults.add(broken("/roles/*[!s]"))
        record = profile.collect()
        assert record.exit_code == 3
        assert coverage(record, "privileges").stale == 5
        assert profile.role("Helpdesk")["admin"] is True
        assert profile.user("bob@example.com")["isAdmin"] is True

    def test_who_loses_the_role_is_no_administrator_any_more(self, profile: Profile, account: Account) -> None:
        profile.collect()
        account.update_user(person(account, "bob").id, role_id="2")
        profile.collect()
        assert profile.user("bob@example.com")["isAdmin"] is False


class TestWhoseAccount:
    def test_another_account_is_refused_before_anything_is_written(self, profile: Profile, tmp_path: Path) -> None:
        profile.collect()
        profile.sandbox.account.id = "another-account"
        with pytest.raises(OtherAccount, match="belongs to another-account") as failure:
            profile.collect(configured_account=False)
        assert "--profile NAME" in failure.value.next_step
        assert len(list(profile.store.finished_runs())) == 1

    def test_without_the_scope_to_check_a_known_store_is_not_touched(self, profile: Profile) -> None:
        profile.collect()
        with pytest.raises(UsageError, match="it cannot be checked whether the token belongs to it"):
            profile.collect(scopes=GRANULAR_SCOPES - {"user:read:user:admin"}, configured_account=False)
        assert len(list(profile.store.finished_runs())) == 1

    def test_nor_when_zoom_does_not_say_whose_token_it_is(self, profile: Profile) -> None:
        profile.collect()
        with (
            patch("collector.sandbox.served.users.own_detail", return_value={"id": "somebody"}),
            pytest.raises(UsageError, match="it cannot be checked whether the token belongs to it"),
        ):
            profile.collect(configured_account=False)
        assert len(list(profile.store.finished_runs())) == 1

    def test_a_daily_limit_on_the_first_call_is_no_wrong_use(self, profile: Profile) -> None:
        profile.collect()
        profile.sandbox.faults.add(Fault("daily_429", "/users/me", times=None))
        with pytest.raises(DailyLimitReached, match="daily limit for Light calls"):
            profile.collect(configured_account=False)
        assert len(list(profile.store.finished_runs())) == 1


@contextmanager
def _lists_forget(account: Account, name: str) -> Iterator[None]:
    """Somebody is there, but in none of the user lists, nor in what they announce."""
    real = account.users_with_status

    def listed(status: str) -> Sequence[User]:
        return [user for user in real(status) if user.email != f"{name}@example.com"]

    with patch.object(account, "users_with_status", listed):
        yield


@contextmanager
def _role_list(account: Account, role_id: str, names: Sequence[str]) -> Iterator[None]:
    """The member list of this role names these people, whatever their own rows say."""
    real = account.users_with_role

    def listed(asked: str) -> Sequence[User]:
        return [person(account, name) for name in names] if asked == role_id else real(asked)

    with patch.object(account, "users_with_role", listed):
        yield


@contextmanager
def _rows_without(field: str, *emails: str) -> Iterator[None]:
    """The user lists' rows of these people lack a field."""
    real = users.list_row

    def row(user: User, now: float) -> dict[str, object]:
        made = real(user, now)
        return {name: value for name, value in made.items() if user.email not in emails or name != field}

    with patch.object(users, "list_row", row):
        yield
