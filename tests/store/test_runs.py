"""The record of runs."""

from __future__ import annotations

from collector.model.coverage import Coverage, Status
from collector.model.step import Step, StepResult, StepStatus
from collector.model.unknown import UnknownSetting
from collector.store import ROW, RunRecord, Store

from .graph import ADA, begin, finish, user

FETCH_USERS = StepResult(
    Step("fetch-users", "Fetch Users", ("zoom_user",)),
    StepStatus.SUCCESS,
    partial_types=("zoom_user",),
    counts={"zoom_user": 2},
    calls=9,
    started_at=1100,
    ended_at=1900,
    notes=("Zoom schickte „zwei“ Seiten doppelt.",),
)
FETCH_ROLES = StepResult(
    Step("build-user-and-role-relationship", "Build", ("zoom_user_assigned_role",), ("fetch-roles", "fetch-users")),
    StepStatus.DISABLED,
    partial_types=("zoom_user_assigned_role", "zoom_role"),
)
LISTING = Coverage("fetch-users", "users?status=active", Status.PARTIAL, True, read=2, reason="Zoom kept failing.")
SETTINGS = Coverage(
    "fetch-users",
    "settings",
    Status.DENIED,
    False,
    read=1,
    deleted_meanwhile=2,
    stale=3,
    missing=4,
    oldest=900,
    reason="A scope is missing.",
    next_step="Add it.",
    scopes=("user:read:admin", "user:read:settings:admin"),
)
UNKNOWN = (UnknownSetting("in_meeting.new", "boolean", 2, True), UnknownSetting("tsp.new", "string", 1, False))


def test_before_the_first_run_there_is_none(store: Store) -> None:
    assert store.latest_run() is None


def test_a_finished_run_is_read_back_as_it_was(store: Store) -> None:
    run = begin(store, AccountName="acme")
    run.finish(2000, 3, [FETCH_USERS, FETCH_ROLES], [LISTING, SETTINGS], UNKNOWN)
    record = store.latest_run()
    assert record == RunRecord(
        id=1,
        began_at=1000,
        started_at=1000,
        ended_at=2000,
        exit_code=3,
        tags={"tag.AccountName": "acme"},
        steps=(FETCH_USERS, FETCH_ROLES),
        coverage=(LISTING, SETTINGS),
        unknown_settings=UNKNOWN,
    )
    assert record.partial_types == ["zoom_role", "zoom_user", "zoom_user_assigned_role"]


def test_a_run_that_never_ended_is_not_the_latest(store: Store) -> None:
    finish(begin(store, AccountName="one"))
    finish(begin(store, AccountName="two"), exit_code=3)
    killed = begin(store, AccountName="killed")
    killed.put(ADA, ROW, user("Ada"), 1000)
    killed.commit()
    assert [run.id for run in store.finished_runs()] == [2, 1]
    latest = store.latest_run()
    assert latest is not None
    assert (latest.id, latest.exit_code) == (2, 3)
    assert (store.entity(ADA) or {})["tag.AccountName"] == "two"


def test_tags_are_those_of_the_newest_run_and_in_history_those_of_their_run(store: Store) -> None:
    run = begin(store, AccountName="old name")
    run.put(ADA, ROW, user("Ada"), 1000)
    finish(run)
    finish(begin(store, AccountName="new name"))
    finish(begin(store))
    tags = [
        [entity.get("tag.AccountName") for entity in store.entities("zoom_user", number)] for number in (1, 2, 3, None)
    ]
    assert tags == [["old name"], ["new name"], [None], [None]]
    assert store.count("zoom_user") == 1
