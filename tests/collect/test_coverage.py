"""The coverage law, one rule a test (docs/architecture.md, "Coverage").

The users are those of conftest.py. `sandbox.faults` makes Zoom misbehave, `account` changes the account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest

from collector.collect.run import WORKERS
from collector.errors import CollectionFailed, DailyLimitReached, OtherAccount, SignInRequired, UsageError
from collector.sandbox import Account, Fault, User
from collector.sandbox.served import users
from tests.served import NEEDED_CLASSIC, NEEDED_GRANULAR
from tests.wsgi_adapter import Unreachable

from .profile import Profile, coverage, not_complete, notes, statuses

DOCUMENTS = ("settings", "meeting_security", "meeting_authentication", "recording_authentication")
OPTIONAL_OF_ACCOUNT = (
    "account_settings",
    "account_security",
    "account_meeting_security",
    "account_meeting_authentication",
    "account_recording_authentication",
    "account_locks",
    "account_meeting_security_locks",
    "managed_domains",
    "trusted_domains",
)
OPTIONAL_OF_GROUPS = (
    "group_settings",
    "group_meeting_security",
    "group_meeting_authentication",
    "group_recording_authentication",
    "group_locks",
    "group_meeting_security_locks",
)
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
    """Zoom always answers HTTP 500 there."""
    return Fault("status_500", path, query=query or None, times=None)


def person(account: Account, name: str) -> User:
    user = account.user(f"{name}@example.com")
    assert user is not None
    return user


def settings_of(account: Account, name: str) -> str:
    """The path of somebody's settings."""
    return f"/users/{person(account, name).id}/settings"


def leave(account: Account, name: str) -> None:
    """Delete a user in Zoom."""
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

    def test_every_dataset_has_its_coverage(self, profile: Profile) -> None:
        record = profile.collect()
        assert [(entry.step, entry.dataset, entry.is_list, entry.read) for entry in record.coverage] == [
            ("fetch-users", "users?status=active", True, 5),
            ("fetch-users", "users?status=inactive", True, 1),
            ("fetch-users", "users?status=pending", True, 2),
            ("fetch-users", "settings", False, 6),
            ("fetch-users", "meeting_authentication", False, 6),
            ("fetch-users", "recording_authentication", False, 6),
            ("fetch-users", "meeting_security", False, 6),
            ("fetch-account", "account", True, 1),
            *(("fetch-account", document, False, 0) for document in OPTIONAL_OF_ACCOUNT),
            ("build-account-and-user-relationship", "zoom_account_has_user", True, 8),
            ("fetch-groups", "groups", True, 3),
            *(("fetch-groups", document, False, 0) for document in OPTIONAL_OF_GROUPS),
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

    def test_deleted_entities_are_gone_after_the_next_run(self, profile: Profile, account: Account) -> None:
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


class TestListFails:
    def test_dependent_steps_are_partial(self, profile: Profile) -> None:
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

    def test_earlier_entities_of_a_broken_set_are_counted_in_the_graph(self, profile: Profile) -> None:
        profile.collect()
        profile.sandbox.faults.add(broken("/groups"))
        record = profile.collect()
        counts = {result.step.id: dict(result.counts) for result in record.steps}
        assert counts["fetch-groups"] == {"zoom_group": 3}
        assert record.partial_types == ["zoom_account_has_group", "zoom_group", "zoom_group_has_user"]

    def test_without_listed_users_no_document_is_complete(self, profile: Profile) -> None:
        profile.sandbox.faults.add(broken("/users"))
        record = profile.collect()
        assert {(coverage(record, one).status.value, coverage(record, one).read) for one in DOCUMENTS} == {
            ("partial", 0)
        }


class TestDenied:
    def test_a_scope_the_token_is_known_to_lack_costs_no_call(self, profile: Profile) -> None:
        record = profile.collect(scopes=NEEDED_GRANULAR - {"group:read:list_groups:admin"})
        assert record.exit_code == 3
        assert record.partial_types == ["zoom_account_has_group", "zoom_group", "zoom_group_has_user"]
        assert profile.sandbox.calls.count("/v2/groups") == 0
        entry = coverage(record, "groups")
        assert entry.status.value == "denied"
        assert entry.scopes == ("group:read:admin", "group:read:list_groups:admin")
        assert entry.next_step == (
            "Add group:read:admin (classic app) or group:read:list_groups:admin (granular app) in the Zoom Marketplace."
        )

    def test_dependent_steps_do_not_run(self, profile: Profile) -> None:
        record = profile.collect(scopes=NEEDED_GRANULAR - {"group:read:list_groups:admin"})
        entry = coverage(record, "zoom_group_has_user")
        assert (entry.status.value, entry.reason) == ("denied", "depends on fetch-groups, which is not read")
        assert statuses(record)["build-user-and-group-relationship"] == "disabled"

    @pytest.mark.parametrize(
        ("held", "code"),
        [
            (NEEDED_GRANULAR - {"group:read:list_groups:admin"}, "[group:read:list_groups:admin]"),
            (NEEDED_CLASSIC - {"group:read:admin"}, "[group:read:admin]"),
        ],
        ids=["4711", "4700"],
    )
    def test_with_unknown_scopes_zooms_answer_decides(self, profile: Profile, held: frozenset[str], code: str) -> None:
        record = profile.collect(scopes=held, scopes_known=False)
        assert record.exit_code == 3
        assert record.partial_types == ["zoom_account_has_group", "zoom_group", "zoom_group_has_user"]
        assert profile.sandbox.calls.count("/v2/groups", 400) == 1
        entry = coverage(record, "groups")
        assert entry.status.value == "denied"
        assert entry.reason == (f"the token lacks a scope (Invalid access token, does not contain scopes:{code}.)")
        assert entry.scopes == (code.strip("[]"),)
        assert "group:read:admin (classic app) or group:read:list_groups:admin (granular app)" in entry.next_step

    def test_a_denied_list_is_called_once(self, profile: Profile) -> None:
        record = profile.collect(scopes=NEEDED_GRANULAR - {"user:read:list_users:admin"}, scopes_known=False)
        assert profile.sandbox.calls.count("/v2/users") == 1
        assert record.partial_types == USER_TYPES

    def test_denied_documents_stop_and_leave_the_list_complete(self, profile: Profile) -> None:
        record = profile.collect(scopes=NEEDED_GRANULAR - {"user:read:settings:admin"}, scopes_known=False)
        assert record.exit_code == 3
        assert record.partial_types == []
        assert coverage(record, "settings").status.value == "denied"
        assert coverage(record, "settings").missing == 6
        # Calls in flight at the first refusal are not cancelled.
        assert profile.sandbox.calls.count("/v2/users/<user_id>/settings", 400) <= 2 * WORKERS

    def test_denied_member_lists_stop(self, profile: Profile) -> None:
        for number in range(4 * WORKERS):
            profile.sandbox.account.add_group(f"Group {number}")
        record = profile.collect(scopes=NEEDED_GRANULAR - {"group:read:list_members:admin"}, scopes_known=False)
        assert record.partial_types == ["zoom_group_has_user"]
        # Calls in flight at the first refusal are not cancelled.
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


class TestNotLicensed:
    @pytest.mark.parametrize("privilege", ["Group:Read", "Role:Read"])
    @pytest.mark.parametrize(("owner_asks", "free_plan"), [(True, False), (True, True), (False, True)])
    def test_a_privilege_nobody_lacks_means_not_licensed(
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
            f": a free plan (ZOOM_PLAN=free) has no API for {name}"
            if free_plan
            else f": the token is the account owner's, who has every privilege, so the plan has no API for {name}"
        )

    def test_a_missing_scope_is_never_not_licensed(self, profile: Profile) -> None:
        record = profile.collect(scopes=NEEDED_GRANULAR - {"group:read:list_groups:admin"}, free_plan=True)
        assert coverage(record, "groups").status.value == "denied"

    def test_the_user_list_is_never_not_licensed(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("missing_privilege", "/users", times=None))
        record = profile.collect(free_plan=True)
        assert (record.exit_code, coverage(record, "users?status=active").status.value) == (3, "denied")

    def test_a_free_plan_ends_with_exit_code_0(self, tmp_path: Path, account: Account) -> None:
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


class TestDocumentFails:
    def test_the_age_is_that_of_the_oldest(self, profile: Profile, account: Account) -> None:
        first = profile.collect()
        profile.clock.time += 86_400
        profile.sandbox.faults.add(broken(settings_of(account, "ada"), option=None))
        profile.collect()
        profile.clock.time += 86_400
        profile.sandbox.faults.add(broken(settings_of(account, "bob"), option=None))
        entry = coverage(profile.collect(), "settings")
        assert (entry.stale, entry.oldest) == (2, first.started_at)

    def test_25_consecutive_failures_stop_the_dataset(self, profile: Profile, account: Account) -> None:
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


class TestMissingFromAllLists:
    def test_a_missing_user_found_by_look_up_stays(self, profile: Profile) -> None:
        profile.collect()
        with _lists_forget(profile.account, "ina"):
            record = profile.collect()
        assert record.exit_code == 0
        entry = coverage(record, "known users missing from the lists")
        assert (entry.status.value, entry.read, entry.deleted_meanwhile) == ("complete", 1, 0)
        assert profile.users == EVERYBODY
        assert coverage(record, "settings").read == 6


class TestInvitations:
    def test_an_accepted_invitation_becomes_a_user(self, profile: Profile, account: Account) -> None:
        profile.collect()
        pia = person(account, "pia")
        assert profile.user("pia@example.com")["_key"] == "zoom_user:pending:pia@example.com"
        account.update_user(pia.id, status="active")
        record = profile.collect()
        assert record.exit_code == 0
        assert profile.user("pia@example.com")["_key"] == f"zoom_user:{pia.id}"
        assert profile.users == EVERYBODY
        assert ("Sales", "pia@example.com") in profile.members

    def test_an_accepted_user_does_not_change_in_the_next_run(self, profile: Profile, account: Account) -> None:
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

    def test_an_invitation_accepted_between_two_lists_is_found(self, profile: Profile, account: Account) -> None:
        profile.collect()
        account.update_user(person(account, "pia").id, status="active")
        with _lists_forget(account, "pia"):  # the active list was read before, the pending one after
            record = profile.collect()
        assert record.exit_code == 0
        assert profile.user("pia@example.com")["status"] == "active"

    def test_a_withdrawn_invitation_is_removed(self, profile: Profile, account: Account) -> None:
        profile.collect()
        leave(account, "pia")
        assert profile.collect().exit_code == 0
        assert profile.users == EVERYBODY - {"pia@example.com"}


class TestChosenSteps:
    def test_only_the_chosen_step_and_its_dependencies_run(self, profile: Profile) -> None:
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
    def test_a_refused_new_token_ends_with_exit_code_4(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("unauthorized", "/groups", times=2))
        with pytest.raises(SignInRequired, match="and a new one as well"):
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
    def test_unknown_members_are_counted_and_get_no_relationship(self, profile: Profile) -> None:
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
            "1 memberships differ between the list of users, which was used, and the member lists of roles."
        ]

    def test_a_holder_the_member_list_lacks_is_a_disagreement_too(self, profile: Profile, account: Account) -> None:
        with _role_list(account, "1", []):
            record = profile.collect()
        assert ("ada@example.com", "Admin") in profile.assignments
        assert notes(record) == [
            "1 memberships differ between the list of users, which was used, and the member lists of roles."
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
        assert notes(record) == ["1 users refer to roles that are not listed and got no relationship."]
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
        record = profile.collect(scopes=NEEDED_GRANULAR - {"role:read:role:admin"})
        assert record.exit_code == 3
        assert record.partial_types == []
        assert not_complete(record) == {"privileges": "denied"}
        assert coverage(record, "privileges").missing == 5
        judged = {str(entity["name"]): entity.get("admin") for entity in profile.store.entities("zoom_role")}
        assert judged == {"Owner": True, "Admin": True, "Member": False, "Helpdesk": None, "Auditor": None}
        assert "isAdmin" not in profile.user("bob@example.com")
        assert profile.user("ada@example.com")["isAdmin"] is True
        assert profile.user("max@example.com")["isAdmin"] is False

    def test_losing_the_role_ends_being_an_administrator(self, profile: Profile, account: Account) -> None:
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
            profile.collect(scopes=NEEDED_GRANULAR - {"user:read:user:admin"}, configured_account=False)
        assert len(list(profile.store.finished_runs())) == 1

    def test_without_an_account_id_a_known_store_is_not_touched(self, profile: Profile) -> None:
        profile.collect()
        with (
            patch("collector.sandbox.served.users.own_detail", return_value={"id": "somebody"}),
            pytest.raises(UsageError, match="it cannot be checked whether the token belongs to it"),
        ):
            profile.collect(configured_account=False)
        assert len(list(profile.store.finished_runs())) == 1

    def test_a_daily_limit_on_the_first_call(self, profile: Profile) -> None:
        profile.collect()
        profile.sandbox.faults.add(Fault("daily_429", "/users/me", times=None))
        with pytest.raises(DailyLimitReached, match="daily limit for Light calls"):
            profile.collect(configured_account=False)
        assert len(list(profile.store.finished_runs())) == 1


@contextmanager
def _lists_forget(account: Account, name: str) -> Iterator[None]:
    """The user lists and their totals omit one user."""
    real = account.users_with_status

    def listed(status: str) -> Sequence[User]:
        return [user for user in real(status) if user.email != f"{name}@example.com"]

    with patch.object(account, "users_with_status", listed):
        yield


@contextmanager
def _role_list(account: Account, role_id: str, names: Sequence[str]) -> Iterator[None]:
    """The member list of this role names these users, whatever their own rows say."""
    real = account.users_with_role

    def listed(asked: str) -> Sequence[User]:
        return [person(account, name) for name in names] if asked == role_id else real(asked)

    with patch.object(account, "users_with_role", listed):
        yield


@contextmanager
def _rows_without(field: str, *emails: str) -> Iterator[None]:
    """The list rows of these users lack a field."""
    real = users.list_row

    def row(user: User, now: float) -> dict[str, object]:
        made = real(user, now)
        return {name: value for name, value in made.items() if user.email not in emails or name != field}

    with patch.object(users, "list_row", row):
        yield
