"""What changed between two runs, told literally, over scripted runs of a small account (tests/collect/conftest.py)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.errors import UsageError
from collector.model.graph import Properties, type_of_key
from collector.model.graph_schema import EntitySchema, GraphSchema, PartSource
from collector.model.step import Step, StepResult, StepStatus
from collector.query.change import Change, Changes, Kind
from collector.query.change_texts import without_repeats
from collector.query.changes import AREAS, changes, compared_runs, previous_run
from collector.resources import all_resources
from collector.resources.declaration import SettingsChoice
from collector.resources.graph_schema import graph_schema
from collector.sandbox import Account, Fault
from collector.store import ROW, Store
from tests.collect.conftest import people
from tests.collect.profile import Profile
from tests.served import NEEDED_GRANULAR
from tests.store.graph import ACCOUNT, ADA, ASSIGNED_ROLE, GROUP_HAS_USER, user

DAY = 86_400
FAILED = "failed 5 times: Zoom answered HTTP 500: Internal error"
OPTIONAL = frozenset(
    scope
    for resource in all_resources()
    for document in resource.documents
    for scope in document.endpoint.scopes.granular
)
NOT_GRANTED = (
    "`account_settings`, `account_security`, `account_meeting_security` and 6 more of the account"
    " (1 never read; its scope is not granted).",
    "`group_settings`, `group_meeting_security`, `group_meeting_authentication` and 3 more of groups"
    " (3 never read; its scope is not granted).",
)


class Days:
    """An account that is collected once a day."""

    def __init__(self, folder: Path) -> None:
        self.account: Account = people()
        self.profile = Profile(folder, self.account)

    def id(self, name: str) -> str:
        """Zoom's id of a user, group or role."""
        of_users = {user.email.partition("@")[0]: user.id for user in self.account.users}
        return {**{each.name: each.id for each in (*self.account.groups, *self.account.roles)}, **of_users}[name]

    def collect(self, *faults: Fault, optional: bool = True, **options: object) -> None:
        self.profile.clock.time += DAY
        self.profile.sandbox.faults.add(*faults)
        scopes = NEEDED_GRANULAR | OPTIONAL if optional else NEEDED_GRANULAR
        self.profile.collect(scopes=scopes, **options)  # type: ignore[arg-type]
        self.profile.sandbox.faults.clear()

    def changes(self, since: str | None = None, until: str | None = None, of: tuple[str, ...] = AREAS) -> Changes:
        store = self.profile.store
        return changes(store, graph_schema(all_resources()), *compared_runs(store, since, until), of)


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Days]:
    """Before the first run."""
    days = Days(tmp_path)
    yield days
    days.profile.store.close()


@pytest.fixture
def days(new: Days) -> Days:
    """After the first run, which is complete."""
    new.collect()
    return new


def told(found: tuple[Change, ...]) -> set[str]:
    """Each change on a line; without what follows from it in rows."""
    return {_line(each) for each in found if each.property not in ("groupIds", "roleId", "totalMembers", "userIds")}


def _line(change: Change) -> str:
    who = ", ".join(sorted(each.name for each in change.who))
    if change.of is not None:
        return f"{change.kind.value} {change.of.name}: {who}"
    if change.property:
        values = f"{change.old!r} → {change.new!r}"
        return f"{change.kind.value} {change.type.removeprefix('zoom_')}.{change.property} {values}: {who}"
    return f"{change.kind.value} {change.type.removeprefix('zoom_')}: {who}"


def broken(path: str, **query: str) -> Fault:
    return Fault("status_500", path, query=query or None, times=None)


class TestWhoCameAndWent:
    def test_nothing_changed(self, days: Days) -> None:
        days.collect()
        found = days.changes()
        assert (found.changes, found.uncertain, found.not_compared, found.complete) == ((), (), (), True)
        assert (found.since.id, found.until.id) == (1, 2)

    def test_users_groups_and_roles(self, days: Days) -> None:
        days.account.remove_user(days.id("max"))
        days.account.add_user("eve@example.com", "Eve", "New", group_ids=[days.id("Empty")])
        days.account.remove_group(days.id("Sales"))
        days.account.add_group("Support")
        days.account.remove_role(days.id("Auditor"))
        days.account.add_role("Planner", ["User:Read"])
        days.collect()
        found = days.changes(of=("users", "groups", "roles"))
        assert told(found.changes) == {
            "came user: Eve New",
            "went user: Max Rao",
            "came group: Support",
            "went group: Sales",
            "came role: Planner",
            "went role: Auditor",
            "joined Empty: Eve New",
            "joined Member: Cyd Chen, Eve New",
        }
        assert told(days.changes(of=("groups",)).changes) == {
            "came group: Support",
            "went group: Sales",
            "joined Empty: Eve New",
        }

    def test_whoever_was_gone_and_is_back_came(self, days: Days) -> None:
        pim = days.id("pim")
        days.account.remove_user(pim)
        days.collect()
        assert told(days.changes().changes) == {"went user: pim@example.com"}
        days.account.add_user("pim@example.com", status="pending")
        days.collect()
        assert told(days.changes().changes) == {"came user: pim@example.com", "joined Member: pim@example.com"}
        assert told(days.changes("1").changes) == set()

    def test_an_accepted_invitation_is_nobody_who_went(self, days: Days) -> None:
        days.account.update_user(days.id("pia"), status="active", first_name="Pia", last_name="Lund")
        days.collect()
        (found,) = days.changes(of=("users", "settings")).changes
        assert (found.kind, [each.name for each in found.who]) == (Kind.ACCEPTED, ["Pia Lund"])
        assert found.invitations == ("zoom_user:pending:pia@example.com",)
        assert told(days.changes(of=("groups", "roles")).changes) == set()

    def test_how_many_members_a_group_has_follows_from_who_went(self, days: Days) -> None:
        """Also from who accepted an invitation; until then, Zoom counts nobody."""
        days.account.remove_user(days.id("bob"))
        days.account.update_user(days.id("pia"), status="active")
        days.collect()
        found = days.changes()
        counted = {each.name for change in found.changes if change.property == "totalMembers" for each in change.who}
        assert counted >= {"Engineering", "Helpdesk", "Member"}
        assert [change.kind for change, _ in without_repeats(found.changes, found.left_behind)] == [
            Kind.ACCEPTED,
            Kind.WENT,
        ]

    def test_how_many_members_a_group_has_is_told_if_it_was_not_read_who_they_are(self, days: Days) -> None:
        days.account.remove_user(days.id("bob"))
        days.account.add_member(days.id("Sales"), days.id("max"))
        days.collect(Fault("missing_privilege", f"/groups/{days.id('Sales')}/members", times=None))
        found = days.changes(of=("groups",))
        distinct = without_repeats(found.changes, found.left_behind)
        counted = {(change.property, each.name) for change, _ in distinct for each in change.who}
        assert counted == {("totalMembers", "Engineering"), ("totalMembers", "Sales")}

    def test_a_changed_person(self, days: Days) -> None:
        days.account.update_user(days.id("max"), first_name="Maxim", type=1, status="inactive")
        days.collect()
        assert told(days.changes(of=("users",)).changes) == {
            "changed user.firstName 'Max' → 'Maxim': Max Rao",
            "changed user.name 'Max Rao' → 'Maxim Rao': Max Rao",
            "changed user.type 2 → 1: Max Rao",
            "changed user.status 'active' → 'inactive': Max Rao",
            "changed user.active True → False: Max Rao",
            "changed user.isActive True → False: Max Rao",
        }

    def test_what_moves_by_itself_is_no_change(self, tmp_path: Path) -> None:
        """Nor that version 0.1 kept it in the row."""
        with Store.open(tmp_path / "graph.db") as store:
            for client, in_row in (("6.1", True), ("6.2", False), ("6.3", False)):
                run = store.begin(1_000, {})
                run.put(ADA, ROW, user("Ada", **({"lastClientVersion": client} if in_row else {})), 1_000)
                if not in_row:
                    run.put(ADA, "activity", {"lastClientVersion": client}, 1_000)
                run.finish(2_000, 0, [], [], [])
            for since in ("1", "2"):
                found = changes(store, graph_schema(all_resources()), *compared_runs(store, since), ["users"])
                assert (found.changes, found.uncertain) == ((), ())


class TestGroupsAndRoles:
    def test_who_joined_and_left(self, days: Days) -> None:
        days.account.add_member(days.id("Sales"), days.id("ada"))
        days.account.add_member(days.id("Sales"), days.id("max"))
        days.account.remove_member(days.id("Engineering"), days.id("ada"))
        days.account.rename_group(days.id("Empty"), "Void")
        days.collect()
        assert told(days.changes(of=("users", "groups", "roles")).changes) == {
            "joined Sales: Ada Byron, Max Rao",
            "left Engineering: Ada Byron",
            "changed group.name 'Empty' → 'Void': Void",
            "changed group.displayName 'Empty' → 'Void': Void",
        }

    def test_a_role_given_and_its_privileges(self, days: Days) -> None:
        days.account.update_user(days.id("max"), role_id=days.id("Helpdesk"))
        days.account.update_role(days.id("Auditor"), privileges=("User:Edit", "User:Read"))
        days.collect()
        roles = {
            "joined Helpdesk: Max Rao",
            "left Member: Max Rao",
            "changed role.privilegeNames ['Role:Read', 'User:Read'] → ['User:Edit', 'User:Read']: Auditor",
            "changed role.admin False → True: Auditor",
        }
        assert told(days.changes(of=("roles",)).changes) == roles
        assert told(days.changes(of=("users",)).changes) == {
            "changed user.isAdmin False → True: Cyd Chen, Max Rao",
            "changed user.admin False → True: Cyd Chen, Max Rao",
        }
        assert told(days.changes(of=("settings",)).changes) == set()


class TestSettings:
    def test_equal_changes_are_told_once(self, days: Days) -> None:
        for name in ("ada", "max"):
            days.account.change_settings(days.id(name), {"schedule_meeting.host_video": True})
        days.account.change_settings(days.id("bob"), {"meeting_security.waiting_room": True})
        days.collect()
        assert told(days.changes().changes) == {
            "changed user.scheduleMeetingHostVideo False → True: Ada Byron, Max Rao",
            "changed user.meetingSecurityWaitingRoom False → True: Bob Stone",
        }

    def test_back_and_forth_is_a_change_of_each_day_and_none_of_both(self, days: Days) -> None:
        days.account.change_settings(days.id("ada"), {"schedule_meeting.host_video": True})
        days.collect()
        days.account.change_settings(days.id("ada"), {"schedule_meeting.host_video": False})
        days.collect()
        video = "changed user.scheduleMeetingHostVideo {}: Ada Byron"
        assert told(days.changes("1", "2").changes) == {video.format("False → True")}
        assert told(days.changes().changes) == {video.format("True → False")}
        assert told(days.changes("1").changes) == set()

    def test_defaults_and_locks(self, days: Days) -> None:
        days.account.levels.change({"security.hide_billing_info": True})
        days.account.levels.lock("in_meeting.chat")
        days.account.levels.lock("in_meeting.annotation", group_id=days.id("Sales"))
        days.collect()
        acme = days.account.number
        assert told(days.changes(of=("settings",)).changes) == {
            f"changed account.securityHideBillingInfo False → True: {acme}",
            f"changed account.lockedInMeetingChat False → True: {acme}",
            "changed group.lockedInMeetingAnnotation False → True: Sales",
        }
        days.account.levels.unlock("in_meeting.chat")
        days.collect()
        assert told(days.changes().changes) == {f"changed account.lockedInMeetingChat True → False: {acme}"}


class TestUndefined:
    """The store of two runs in which ada's, bob's and cyd's settings are these."""

    @pytest.fixture
    def compared(self, tmp_path: Path) -> Iterator[Callable[..., Changes]]:
        with Store.open(tmp_path / "graph.db") as store:

            def compare(*runs: tuple[Properties, ...]) -> Changes:
                for documents in runs:
                    run = store.begin(1_000, {})
                    for name, document in zip(("Ada", "Bob", "Cyd"), documents, strict=True):
                        run.put(f"zoom_user:{name.lower()}", ROW, user(name), 1_000)
                        run.put(f"zoom_user:{name.lower()}", "settings", document, 1_000)
                    run.finish(2_000, 0, [], [], [])
                return changes(store, SMALL, *compared_runs(store, "1"))

            yield compare

    def test_undefined_and_false_are_apart(self, compared: Callable[..., Changes]) -> None:
        found = compared(({}, {"x": True}, {"x": False}), ({"x": False}, {}, {"x": None}))
        assert told(found.changes) == {
            "changed user.x None → False: Ada",
            "changed user.x True → None: Bob",
            "changed user.x False → None: Cyd",
        }
        assert found.uncertain == ()

    def test_what_nobody_had_before_may_be_no_change(self, compared: Callable[..., Changes]) -> None:
        old: Properties = {"x": True, "gone": 1}
        new: Properties = {"x": True, "new": False}
        found = compared((old, old, old), (new, {**new, "new": True}, {**new, "x": False}))
        assert told(found.changes) == {"changed user.x True → False: Cyd"}
        assert told(found.uncertain) == {
            "newly sent user.new None → False: Ada, Cyd",
            "newly sent user.new None → True: Bob",
            "no longer sent user.gone 1 → None: Ada, Bob, Cyd",
        }

    def test_what_somebody_else_has_all_the_time_is_a_change(self, compared: Callable[..., Changes]) -> None:
        found = compared(({"x": 1}, {}, {"y": 1}), ({"x": 1}, {"x": 1}, {}))
        assert told(found.changes) == {"changed user.x None → 1: Bob"}
        assert told(found.uncertain) == {"no longer sent user.y 1 → None: Cyd"}

    def test_the_order_of_a_list_is_no_change(self, compared: Callable[..., Changes]) -> None:
        found = compared(({"x": ["a", "b"]}, {"x": []}, {}), ({"x": ["b", "a"]}, {"x": ["a"]}, {}))
        assert told(found.changes) == {"changed user.x [] → ['a']: Bob"}

    def test_zero_is_not_false(self, compared: Callable[..., Changes]) -> None:
        found = compared(({"x": 0}, {"x": 1}, {}), ({"x": False}, {"x": True}, {}))
        assert told(found.changes) == {"changed user.x 0 → False: Ada", "changed user.x 1 → True: Bob"}


class TestWhatWasNotRead:
    def test_a_document_read_for_the_first_time_is_no_change(self, days: Days) -> None:
        days.account.add_user("eve@example.com", "Eve", "New")
        days.collect(broken(f"/users/{days.id('eve')}/settings", option="meeting_security"))
        days.collect()
        found = days.changes()
        assert (found.changes, found.uncertain) == ((), ())
        assert found.not_compared == (
            f"Run 2 did not read `meeting_security` of users (1 never read; /users/{{userId}}/settings {FAILED}).",
            "Read for the first time, so without an earlier value: `meeting_security` of users (1).",
        )

    def test_a_document_that_cannot_be_read_any_more_is_no_change(self, days: Days) -> None:
        days.account.change_settings(days.id("ada"), {"meeting_security.waiting_room": True})
        days.collect(broken(f"/users/{days.id('ada')}/settings"))
        assert told(days.changes().changes) == set()
        days.collect()
        assert told(days.changes().changes) == {
            "changed user.meetingSecurityWaitingRoom False → True: Ada Byron",
        }

    def test_settings_that_zoom_refuses_for_inactive_users(self, days: Days) -> None:
        """Such a run is complete, but what these settings are now is not known."""
        refused = [
            Fault("missing_privilege", f"/users/{days.id(name)}/settings", times=None) for name in ("max", "ada")
        ]
        for name in ("max", "ada"):
            days.account.update_user(days.id(name), status="inactive")
        days.collect(*refused)
        days.collect(*refused)
        days.collect(refused[0])
        gap = (
            "{} did not read `settings`, `meeting_authentication`, `recording_authentication`, `meeting_security`"
            " of users ({} refused by Zoom, as inactive)."
        )
        one, two, both = gap.format("Run 4", 1), gap.format("Run 2", 2), gap.format("Runs 2 and 3", 2)
        assert days.changes("1", "2", of=("settings",)).not_compared == (two,)
        assert days.changes("2", "3", of=("settings",)).not_compared == (both,)
        found = days.changes("2", "4")
        assert (found.changes, found.uncertain, found.not_compared) == ((), (), (two, one))

    def test_settings_left_out_by_choice(self, days: Days) -> None:
        days.account.change_settings(days.id("ada"), {"meeting_security.waiting_room": True})
        days.collect(settings=SettingsChoice.NONE)
        found = days.changes(of=("users", "settings"))
        assert found.changes == ()
        assert (
            "Run 2 did not read `settings`, `meeting_authentication`, `recording_authentication`, `meeting_security`"
            " of users (6 from an earlier run; left out by choice of --settings none)."
        ) in found.not_compared
        assert days.changes(of=("groups", "roles")).not_compared == ()

    def test_a_scope_that_is_granted_later(self, new: Days) -> None:
        new.collect(optional=False)
        new.collect(optional=False)
        assert new.changes().not_compared == tuple(f"Runs 1 and 2 did not read {gap}" for gap in NOT_GRANTED)
        new.collect()
        found = new.changes()
        assert (found.changes, found.uncertain) == ((), ())
        assert found.not_compared[:2] == tuple(f"Run 2 did not read {gap}" for gap in NOT_GRANTED)
        assert len(found.not_compared) == 4

    def test_an_incomplete_list_before(self, days: Days) -> None:
        eve = days.account.add_user("eve@example.com", "Eve", "New", status="inactive")
        days.collect(broken("/users", status="inactive"))
        days.collect()
        found = days.changes(of=("users", "groups"))
        assert told(found.changes) == set()
        assert told(found.uncertain) == {"first read user: Eve New"}
        assert found.not_compared == (
            f"Run 2 did not read all users (/users {FAILED}): which users came since is not certain.",
            "Run 2 did not read all members of groups: who joined groups since is not certain.",
            *(each for each in found.not_compared if "as an earlier run" in each),
        )
        assert told(days.changes("1", of=("users",)).changes) == {"came user: Eve New"}
        assert eve.email == "eve@example.com"

    def test_an_incomplete_list_now(self, days: Days) -> None:
        days.account.remove_user(days.id("ina"))
        days.account.add_user("eve@example.com", "Eve", "New")
        days.collect(broken("/users", status="inactive"))
        found = days.changes(of=("users",))
        assert told(found.changes) == {"came user: Eve New"}
        assert found.not_compared[0] == (
            f"Run 2 did not read all users (/users {FAILED}): which users went is not known."
        )
        days.collect()
        assert told(days.changes(of=("users",)).changes) == {"went user: Ina Quist"}

    def test_who_came_after_an_incomplete_list(self, tmp_path: Path) -> None:
        """Known to be new: whoever was created since, and whom a complete list in between did not have."""
        partial = [StepResult(COMPLETE[0].step, StepStatus.FAILURE, ("zoom_user",))]
        created = {"Ada": 2_001, "Bob": 1_999, "Cyd": 1}
        with Store.open(tmp_path / "graph.db") as store:
            for names, steps in (((), partial), (("Ada", "Bob"), COMPLETE), (("Ada", "Bob", "Cyd"), COMPLETE)):
                run = store.begin(1_000, {})
                for name in names:
                    run.put(f"zoom_user:{name.lower()}", ROW, user(name, createdOn=created[name]), 1_000)
                run.finish(2_000, 0, steps, [], [])
            found = changes(store, SMALL, *compared_runs(store, "1"), ["users"])
        assert told(found.changes) == {"came user: Ada, Cyd"}
        assert told(found.uncertain) == {"first read user: Bob"}
        assert found.not_compared == ("Run 1 did not read any users: which users came since is not certain.",)

    def test_groups_read_for_the_first_time(self, new: Days) -> None:
        new.collect(steps=("fetch-users",))
        new.collect()
        found = new.changes(of=("groups",))
        assert found.changes == ()
        assert told(found.uncertain) == {
            "first read group: Empty, Engineering, Sales",
            "first read in Engineering: Ada Byron, Bob Stone, Ina Quist",
            "first read in Sales: Cyd Chen, pia@example.com",
        }
        assert found.not_compared == (
            "Run 1 did not read any groups (not chosen with --step): which groups came since is not certain.",
            "Run 1 did not read the members of groups (not chosen with --step):"
            " who joined groups since is not certain.",
        )

    def test_what_the_plan_does_not_include(self, new: Days) -> None:
        """There is nothing to compare, and no gap."""
        for _ in range(2):
            new.collect(Fault("not_licensed", "/groups*", times=None), free_plan=True)
        assert new.profile.groups == set()
        found = new.changes(of=("groups",))
        assert (found.changes, found.uncertain, found.not_compared) == ((), (), ())

    def test_denied_members(self, days: Days) -> None:
        days.account.remove_member(days.id("Engineering"), days.id("ada"))
        days.collect(Fault("missing_privilege", "/groups/*/members", times=None))
        found = days.changes(of=("groups",))
        assert told(found.changes) == set()
        assert [each.partition(" (")[0] for each in found.not_compared] == ["Run 2 did not read all members of groups"]
        assert found.not_compared[0].endswith("): who left groups is not known.")


class TestWhichRuns:
    def test_an_interrupted_run_is_passed_over(self, days: Days) -> None:
        store = days.profile.store
        store.begin(5_000, {}).finish(6_000, 130, [], [], [])
        days.collect()
        assert [run.id for run in compared_runs(store)] == [1, 3]
        assert [run.id for run in compared_runs(store, "2")] == [2, 3]

    def test_the_runs_of_one_session_are_one_reading(self, tmp_path: Path) -> None:
        with Store.open(tmp_path / "graph.db") as store:
            store.begin(1_000, {}).finish(2_000, 0, [], [], [])
            store.conclude()
            store.begin(3_000, {}).finish(4_000, 75, [], [], [])
            store.begin(5_000, {}, fresh=False).finish(6_000, 0, [], [], [])
            assert [run.id for run in compared_runs(store)] == [1, 3]

    def test_a_date_means_its_end(self, days: Days) -> None:
        days.collect()
        days.collect()
        assert [run.id for run in compared_runs(days.profile.store, "2026-11-24")] == [1, 3]
        assert [run.id for run in compared_runs(days.profile.store, "2026-11-24", "2026-11-25")] == [1, 2]

    def test_the_first_run_has_nothing_before_it(self, days: Days) -> None:
        store = days.profile.store
        latest = store.latest_run()
        assert latest is not None
        assert previous_run(store, latest) is None

    @pytest.mark.parametrize(
        ("since", "until", "said"),
        [
            (None, None, "There is nothing to compare run 1 with: no earlier collection was finished."),
            ("9", None, "There is no finished run 9."),
            ("1", None, "There is nothing to compare: 1 and the newest run are both run 1."),
            ("yesterday", None, "'yesterday' is neither the number of a run nor a date."),
            ("2001-01-01", None, "No run had ended by 2001-01-01."),
            ("²", None, "'²' is neither the number of a run nor a date."),
            (None, "0", "There is no finished run 0."),
            ("", None, "'' is neither the number of a run nor a date."),
        ],
    )
    def test_runs_that_are_none(self, days: Days, since: str | None, until: str | None, said: str) -> None:
        with pytest.raises(UsageError) as failure:
            compared_runs(days.profile.store, since, until)
        assert failure.value.message == said
        assert failure.value.next_step

    def test_the_other_way_round(self, days: Days) -> None:
        days.collect()
        with pytest.raises(UsageError, match=r"Run 2 is after run 1\."):
            compared_runs(days.profile.store, "2", "1")


SMALL = GraphSchema(
    (
        EntitySchema("zoom_account", ("Account",), "account", {}),
        EntitySchema(
            "zoom_user", ("User",), "users", {}, {"settings": PartSource(("settings",))}, frozenset({"settings"})
        ),
        EntitySchema("zoom_group", ("Group",), "groups", {}),
        EntitySchema("zoom_role", ("AccessRole",), "roles", {}),
    ),
    (GROUP_HAS_USER, ASSIGNED_ROLE),
)
TYPES = ("zoom_user", "zoom_group", "zoom_role")
KEYS = [f"zoom_user:{name}" for name in "abcd"] + [f"zoom_{noun}:{name}" for noun in ("group", "role") for name in "gh"]
COMPLETE = [
    StepResult(Step("all", "All", (*TYPES, GROUP_HAS_USER.type, ASSIGNED_ROLE.type)), StepStatus.SUCCESS),
]
Values = dict[str, Properties]
Graph = tuple[Values, set[tuple[str, str, str]]]


def _collect(store: Store, chance: random.Random) -> None:
    """A complete run of a graph made up by chance."""
    run = store.begin(1_000, {})
    for key in KEYS:
        if chance.random() < 0.7:
            dept: Properties = {"dept": chance.choice("xy")} if chance.random() < 0.5 else {}
            run.put(key, ROW, {"_type": type_of_key(key), "_class": ["X"], "displayName": key, **dept}, 1_000)
            run.put(key, "settings", {"a": chance.choice([None, False, 0, 1, True]), "b": True}, 1_000)
        elif run.exists(key):
            run.remove(key)
    for tie in (GROUP_HAS_USER, ASSIGNED_ROLE):
        for ends in product(KEYS, KEYS):
            is_tied = chance.random() < 0.4
            if is_tied and tuple(map(type_of_key, ends)) == (tie.source, tie.target) and all(map(run.exists, ends)):
                run.put_relationship(tie.between(*ends))
        run.remove_missing_relationships(tie.type)
    run.finish(2_000, 0, COMPLETE, [], [])
    store.conclude()


def _graph(store: Store, run: int) -> Graph:
    entities = {
        str(entity["_key"]): {
            name: value for name, value in entity.items() if value is not None and not name.startswith("_")
        }
        for type_ in TYPES
        for entity in store.entities(type_, run)
    }
    ties = {
        (tie.type, *sorted((tie.source_key, tie.target_key)))
        for type_ in (GROUP_HAS_USER.type, ASSIGNED_ROLE.type)
        for tie in store.relationships(type_, run)
    }
    return entities, ties  # type: ignore[return-value]


def _apply(graph: Graph, found: Changes, now: Graph) -> Graph:
    """The graph with the changes made. What is new has no earlier value, so what it has is looked up in `now`."""
    entities = {key: dict(values) for key, values in graph[0].items()}
    ties = set(graph[1])
    for change in (*found.changes, *found.uncertain):
        for each in change.who:
            if change.kind is Kind.CAME:
                assert each.key not in entities
                entities[each.key] = dict(now[0][each.key])
            elif change.kind is Kind.WENT:
                del entities[each.key]
                ties = {tie for tie in ties if each.key not in tie}
            elif change.of is not None:
                type_ = GROUP_HAS_USER.type if change.of.key.startswith("zoom_group") else ASSIGNED_ROLE.type
                tie = (type_, *sorted((each.key, change.of.key)))
                assert (tie in ties) is (change.kind is Kind.LEFT)
                ties ^= {tie}  # type: ignore[arg-type]
            else:
                assert repr(entities[each.key].pop(change.property, None)) == repr(change.old)
                if change.new is not None:
                    entities[each.key][change.property] = change.new
    return entities, ties


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 2**32))
def test_the_changes_make_the_old_graph_the_new_one(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    chance = random.Random(seed)
    with Store.open(tmp_path_factory.mktemp("history") / "graph.db") as store:
        account = store.begin(1_000, {})
        account.put(ACCOUNT, ROW, {"_type": "zoom_account", "_class": ["Account"]}, 1_000)
        account.finish(2_000, 1, [], [], [])
        for _ in range(4):
            _collect(store, chance)
        for since, until in ((2, 3), (4, 5), (2, 5)):
            found = changes(store, SMALL, *compared_runs(store, str(since), str(until)))
            old, new = _graph(store, since), _graph(store, until)
            entities, ties = _apply(old, found, new)
            assert {key: repr(sorted(values.items())) for key, values in entities.items()} == {
                key: repr(sorted(values.items())) for key, values in new[0].items()
            }
            assert ties == new[1]
            assert {each.kind for each in found.uncertain} <= {Kind.NEWLY_SENT, Kind.NO_LONGER_SENT}
