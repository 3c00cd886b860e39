"""The record of uploads."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from collector.store import ROW, RememberedInstance, Store, UploadDestination, UploadRecord, UploadState, Version
from collector.store.forgetting import Person, forget
from collector.store.schema import MIGRATIONS

from .graph import ACCOUNT, ADA, ASSIGNED_ROLE, BOB, CYD, HAS_USER, begin, collect, finish, user

PLACE = UploadDestination("api.us.jupiterone.io", "j1dev", "integration-external", "5f7a")
ELSEWHERE = UploadDestination("api.us.jupiterone.io", "j1dev", "api", "zoom")


def finished(store: Store, destination: UploadDestination = PLACE, run: int = 1) -> int:
    number = store.uploads.begin(run, destination, ["zoom_role"], 1000)
    store.uploads.opened(number, f"job-{number}")
    store.uploads.sent(number, {"zoom_user": 2})
    store.uploads.finalized(number)
    store.uploads.end(number, UploadState.FINISHED, 2000, outcome={"entitiesCreated": 2})
    return number


def test_an_upload_from_its_beginning_to_its_end(store: Store) -> None:
    number = store.uploads.begin(7, PLACE, ["zoom_role"], 1000)
    begun = UploadRecord(number, 7, PLACE, None, UploadState.BEGUN, 1000, None, ("zoom_role",), {}, {}, "")
    assert store.uploads.latest() == begun
    store.uploads.opened(number, "job")
    store.uploads.sent(number, {"zoom_user": 2})
    latest = store.uploads.latest()
    assert latest is not None
    assert (latest.state, latest.job, latest.counts) == (UploadState.OPEN, "job", {"zoom_user": 2})
    store.uploads.end(number, UploadState.ABORTED, 2000, reason="Interrupted.")
    latest = store.uploads.latest()
    assert latest is not None
    assert (latest.state, latest.ended_at, latest.reason) == (UploadState.ABORTED, 2000, "Interrupted.")


@pytest.mark.parametrize("state", UploadState)
def test_which_uploads_are_unsettled(store: Store, state: UploadState) -> None:
    store.uploads.end(store.uploads.begin(1, PLACE, [], 1000), state, 2000)
    unfinished = {UploadState.BEGUN, UploadState.OPEN, UploadState.FINALIZED}
    assert bool(store.uploads.unfinished(PLACE.host, "j1dev")) is (state in unfinished)
    assert store.uploads.unfinished(PLACE.host, "another") == []
    assert store.uploads.unfinished("api.eu.jupiterone.io", "j1dev") == []


def test_every_place_has_its_own_record(store: Store) -> None:
    numbers = [finished(store), finished(store, ELSEWHERE), finished(store)]
    assert [upload.id for upload in store.uploads.finished(PLACE)] == [numbers[2], numbers[0]]
    assert [upload.id for upload in store.uploads.finished(ELSEWHERE)] == [numbers[1]]
    latest = store.uploads.latest_finished()
    assert latest is not None
    assert latest.id == numbers[2]


def test_uploads_outlive_the_runs_they_came_from(store: Store, path: Path) -> None:
    first = collect(store, "Ada")
    store.conclude()
    finished(store, run=first)
    second = collect(store, "Ada")
    store.conclude()
    forget(path, before=5000)
    assert (store.knows_run(first), store.knows_run(second)) == (False, True)
    assert [upload.run for upload in store.uploads.finished(PLACE)] == [first]


def test_a_person_is_masked_in_the_reason_of_an_upload(store: Store, path: Path) -> None:
    run = begin(store)
    run.put("zoom_user:pending:ada@example.com", ROW, user("Ada", email=["ada@example.com"]), 1000)
    finish(run)
    number = store.uploads.begin(1, PLACE, [], 1000)
    reason = "zoom_user:pending:ada@example.com is larger than JupiterOne takes."
    store.uploads.end(number, UploadState.ABORTED, 2000, reason=reason)
    forget(path, person=Person("zoom_user", "ada@example.com", "zoom_user:pending:ada@example.com"))
    latest = store.uploads.latest()
    assert latest is not None
    assert "ada" not in latest.reason
    assert b"ada@example.com" not in path.read_bytes()


def test_versions_of_two_runs(store: Store) -> None:
    first, second = collect(store, "Ada", "Bob"), collect(store, "Ada")
    versions = {version.key: version for version in store.entity_versions("zoom_user", first)}
    assert list(versions) == ["zoom_user:ada", "zoom_user:bob"]
    assert list(store.entity_versions("zoom_user", second)) == [versions[ADA]]
    ties = list(store.relationship_versions(HAS_USER.type, second))
    assert [(tie.key, tie.ends) for tie in ties] == [("zoom_account:acme|has|zoom_user:ada", (ACCOUNT, ADA))]
    assert list(store.relationship_versions(ASSIGNED_ROLE.type, second)) == []
    assert (store.existed("zoom_user:bob", first), store.existed("zoom_user:bob", second)) == (True, False)


def test_versions_since_an_earlier_run(store: Store) -> None:
    """Everything that existed at any time between the two runs."""
    first, second, third = collect(store, "Ada", "Bob"), collect(store, "Ada", "Cyd"), collect(store, "Ada")
    (ada,) = store.entity_versions("zoom_user", third)
    assert list(store.entity_versions("zoom_user", third, first)) == [ada, Version(BOB), Version(CYD)]
    assert list(store.entity_versions("zoom_user", third, second)) == [ada, Version(CYD)]
    ties = store.relationship_versions(HAS_USER.type, third, first)
    assert [tie.ends for tie in ties] == [(ACCOUNT, ADA), (ACCOUNT, BOB), (ACCOUNT, CYD)]
    assert [tie.ends for tie in store.relationship_versions(HAS_USER.type, third, third)] == [(ACCOUNT, ADA)]


def test_a_store_from_before_there_were_uploads(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    with sqlite3.connect(path) as connection:
        for statement in (statement for version in MIGRATIONS[:2] for statement in version):
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    with Store.open(path) as store:
        finished(store)
        store.remember_instance("5f7a")
    with Store.open(path) as store:
        assert store.instance_id == "5f7a"
        assert len(store.uploads.finished(PLACE)) == 1
        store.remember_instance("another")
        assert store.instance_id == "another"
        store.remember_instance(None)
        assert store.instance_id is None


def test_uploads_of_which_the_host_was_not_written_down(store: Store) -> None:
    """They do not count as finished, but their open jobs are found."""
    nowhere = replace(PLACE, host="")
    finished(store, nowhere)
    number = store.uploads.begin(2, nowhere, [], 1000)
    assert store.uploads.finished(PLACE) == []
    assert [upload.id for upload in store.uploads.unfinished(PLACE.host, PLACE.account)] == [number]


def test_the_places_of_uploads(store: Store) -> None:
    assert store.uploads.destinations() == []
    finished(store)
    finished(store, ELSEWHERE)
    finished(store)
    another = replace(PLACE, account="another")
    store.uploads.begin(2, another, [], 1000)
    assert store.uploads.destinations() == [PLACE, ELSEWHERE], "a job was opened"


def test_the_instance_and_where_it_is(store: Store) -> None:
    assert store.instance is None
    store.remember_instance("5f7a", "api.us.jupiterone.io", "j1dev")
    assert store.instance == RememberedInstance("5f7a", "api.us.jupiterone.io", "j1dev")
    assert store.instance_id == "5f7a"
    store.remember_instance("another")
    assert store.instance == RememberedInstance("another")
    store.remember_instance("5f7a", "api.us.jupiterone.io", "j1dev")
    store.remember_instance(None)
    assert store.instance is None


@pytest.mark.parametrize(
    ("instance", "may_be"),
    [
        (RememberedInstance("5f7a", "api.us.jupiterone.io", "j1dev"), True),
        (RememberedInstance("5f7a", "api.us.jupiterone.io", "staging"), False),
        (RememberedInstance("5f7a", "api.eu.jupiterone.io", "j1dev"), False),
        (RememberedInstance("5f7a", "", "j1dev"), True),
        (RememberedInstance("5f7a", "", "staging"), False),
        (RememberedInstance("5f7a"), True),
    ],
)
def test_an_unknown_host_matches_any(instance: RememberedInstance, may_be: bool) -> None:
    assert instance.matches("api.us.jupiterone.io", "j1dev") is may_be
