"""Deletion safety, and what `--dry-run` says: neither sends anything."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from collector.errors import ExitCode, UnsafeUpload, UploadFailed
from collector.jupiterone.jobs import Source, Target
from collector.jupiterone.synchronization import Synchronization
from collector.sandbox.jupiterone import Fault
from collector.store import Version
from collector.store.forgetting import forget
from collector.upkeep.forget import forget_in_profile
from collector.upload.diff import ALL_TYPES, Deletions, TypeChanges, count_changes
from tests.collect.conftest import people
from tests.jupiterone.conftest import ANYWHERE
from tests.served import NEEDED_GRANULAR
from tests.wsgi_adapter import Unreachable, WsgiAdapter

from .conftest import Both


def leave(crowd: Both, number: int) -> None:
    for each in range(number):
        crowd.leaves(f"user{each}@example.com")
    crowd.profile.collect()


@pytest.mark.parametrize(
    ("deleted", "before", "too_many"),
    [
        (0, 0, False),
        (10, 10, False),
        (11, 11, True),
        (11, 55, False),
        (11, 54, True),
        (200, 1000, False),
        (201, 1000, True),
    ],
)
def test_more_than_a_fifth_and_more_than_ten(deleted: int, before: int, too_many: bool) -> None:
    assert Deletions("zoom_user", deleted, before).too_many is too_many


@pytest.mark.parametrize(
    ("before", "after", "whole", "changes"),
    [
        ("", "", True, TypeChanges()),
        ("", "a1 b1", True, TypeChanges(created=2)),
        ("a1 b1", "", True, TypeChanges(deleted=2)),
        ("a1 b1", "", False, TypeChanges(retained=2)),
        ("a1 b1 d1", "b2 c1 d1", True, TypeChanges(created=1, updated=1, deleted=1, unchanged=1)),
        ("a1 z1", "m1", False, TypeChanges(created=1, retained=2)),
    ],
)
def test_counting_changes(before: str, after: str, whole: bool, changes: TypeChanges) -> None:
    def versions(text: str) -> list[Version]:
        return [Version(key, content) for key, content in text.split()]

    assert count_changes(versions(before), versions(after), lambda _: whole) == changes


def test_too_many_users_would_be_deleted(crowd: Both) -> None:
    crowd.profile.collect()
    crowd.sync()
    before, asked = crowd.uploaded, len(crowd.operations())
    leave(crowd, 12)
    with pytest.raises(UnsafeUpload) as raised:
        crowd.sync()
    assert raised.value.exit_code == ExitCode.USAGE
    assert raised.value.message == (
        "This upload would delete 12 of 48 zoom_user (25%), 12 of 48 zoom_account_has_user (25%), "
        "12 of 45 zoom_group_has_user (27%), 12 of 48 zoom_user_assigned_role (25%) in JupiterOne."
    )
    assert "--allow-deletes" in raised.value.next_step
    assert (crowd.uploaded, len(crowd.operations())) == (before, asked)
    crowd.sync(allow_deletes=True)
    assert crowd.uploaded == crowd.stored


def test_a_few_may_go(crowd: Both) -> None:
    crowd.profile.collect()
    crowd.sync()
    leave(crowd, 9)
    crowd.sync()
    assert crowd.uploaded == crowd.stored


def test_no_list_was_read_completely(both: Both) -> None:
    both.profile.collect()
    run = both.store.begin(0, {})
    record = both.store.latest_run()
    assert record is not None
    steps = [replace(result, partial_types=result.step.types) for result in record.steps]
    run.finish(1, ExitCode.INCOMPLETE, steps, [], [])
    with pytest.raises(UnsafeUpload, match="read no list completely"):
        both.sync()
    assert both.operations() == []
    both.sync(allow_deletes=True)


def test_without_a_record_jupiterone_is_asked(crowd: Both) -> None:
    """Another computer uploads to the same instance."""
    crowd.profile.collect()
    crowd.sync()
    crowd.change_uploads("DELETE FROM upload")
    crowd.sync()
    leave(crowd, 12)
    crowd.change_uploads("DELETE FROM upload")
    with pytest.raises(UnsafeUpload, match=r"would delete 12 of 48 zoom_user \(25%\)"):
        crowd.sync()
    crowd.sync(allow_deletes=True)
    assert crowd.uploaded == crowd.stored


def test_a_destination_with_another_account(both: Both, tmp_path: Path) -> None:
    """Of the same size, so the numbers do not tell."""
    both.profile.collect()
    both.sync()
    other = Both(tmp_path / "other")
    other.profile.account.id = "another-account"
    other.profile.collect()
    before = both.uploaded
    other.jupiterone, other.instance = both.jupiterone, both.instance
    with pytest.raises(UnsafeUpload, match="contains another Zoom account than zoom_account:another-account"):
        other.sync()
    assert both.uploaded == before
    other.sync(allow_deletes=True)
    assert both.uploaded == other.stored
    other.store.close()


@pytest.mark.parametrize("partial", ["steps", "scopes"])
def test_another_account_is_found_out_without_reading_this_one_completely(
    crowd: Both, tmp_path: Path, partial: str
) -> None:
    crowd.profile.collect()
    crowd.sync()
    other = Both(tmp_path / "other", people())
    other.profile.account.id = "another-account"
    for number in range(40):
        other.profile.account.add_user(f"stranger{number}@example.org")
    if partial == "steps":
        other.profile.collect(steps=("fetch-users",))
    else:
        other.profile.collect(scopes=NEEDED_GRANULAR - {"user:read:user:admin"})
    other.jupiterone, other.instance = crowd.jupiterone, crowd.instance
    with pytest.raises(UnsafeUpload, match="contains another Zoom account than zoom_account:another-account"):
        other.sync()
    assert crowd.uploaded == crowd.stored
    other.store.close()


@pytest.mark.parametrize("source", ["integration-external", "api"])
def test_a_destination_with_other_entities(both: Both, source: Source) -> None:
    """An upload would replace it, whatever it is."""
    target = Target("api", scope="shared") if source == "api" else Target(instance_id=both.instance)
    client = both.client()
    job = Synchronization(client).start(target)
    rows = ({"_key": f"okta_user:{n}", "_type": "okta_user", "_class": ["User"], "name": "Ada"} for n in range(3))
    job.upload(rows, [])
    job.finalize([])
    job.follow()
    both.profile.collect()
    scope = target.scope
    with pytest.raises(UnsafeUpload, match="contains 3 entities that are not Zoom's"):
        both.sync(source=source, scope=scope)
    assert len(both.jupiterone.entities()) == 3
    both.sync(source=source, scope=scope, allow_deletes=True)
    assert both.uploaded == both.stored
    both.sync(source=source, scope=scope)


def test_another_host_is_another_destination(crowd: Both) -> None:
    """As after a change from one region to the other: this profile has not uploaded there."""
    crowd.profile.collect()
    crowd.sync()
    leave(crowd, 12)
    crowd.change_uploads("UPDATE upload SET host = 'api.eu.jupiterone.io'")
    assert crowd.compute_diff().base is None
    with pytest.raises(UnsafeUpload, match=r"would delete 12 of 48 zoom_user \(25%\)"):
        crowd.sync()


def test_what_stays_is_not_forgotten(crowd: Both) -> None:
    """Who leaves while the type is partial stays in JupiterOne, and is deleted with the first complete upload."""
    crowd.profile.collect()
    crowd.sync()
    crowd.clock.time += 60
    leave(crowd, 12)
    crowd.change_uploads(f"UPDATE step_result SET partial_types = types WHERE run = {crowd.latest_run.id}")
    assert crowd.compute_diff().changes["zoom_user"] == TypeChanges(unchanged=36, retained=12)
    crowd.sync(allow_deletes=True)
    crowd.clock.time += 60
    crowd.profile.collect()
    changes = crowd.compute_diff().changes
    assert changes["zoom_user"] == TypeChanges(unchanged=36, deleted=12)
    assert changes["zoom_account_has_user"] == TypeChanges(unchanged=36, deleted=12)
    with pytest.raises(UnsafeUpload, match=r"would delete 12 of 48 zoom_user \(25%\)"):
        crowd.sync()
    assert crowd.sync(allow_deletes=True).report.entities.deleted == 12
    assert crowd.compute_diff().changes["zoom_user"] == TypeChanges(unchanged=36)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_jupiterone_is_asked_before_every_upload(crowd: Both, times: int) -> None:
    """Another computer has uploaded to the same destination since, or this one was restored from a backup."""
    crowd.profile.collect()
    for _ in range(times):
        crowd.sync()
    crowd.elsewhere(people_more=40)
    before = crowd.uploaded
    diff = crowd.compute_diff()
    assert diff.changes["zoom_user"] == TypeChanges(unchanged=48, deleted=40)
    assert diff.changes["zoom_group"] == TypeChanges(unchanged=3)
    with pytest.raises(UnsafeUpload, match=r"would delete 40 of 88 zoom_user \(45%\) in JupiterOne"):
        crowd.sync()
    assert crowd.uploaded == before
    crowd.sync(allow_deletes=True)
    assert crowd.uploaded == crowd.stored


def test_the_larger_number_of_deletions_counts(crowd: Both) -> None:
    """By the record twelve would be deleted; JupiterOne has fewer than are uploaded."""
    crowd.profile.collect()
    crowd.sync()
    crowd.elsewhere(people_more=-20)
    leave(crowd, 12)
    assert crowd.compute_diff().changes["zoom_user"] == TypeChanges(unchanged=36, deleted=12)
    with pytest.raises(UnsafeUpload, match=r"would delete 12 of 48 zoom_user"):
        crowd.sync()


def test_few_queries_are_enough(crowd: Both) -> None:
    """JupiterOne takes 120 in two minutes."""
    crowd.profile.collect()
    crowd.sync()
    assert crowd.operations().count("queryV1") == 1, "the destination is empty"
    crowd.sync()
    assert crowd.operations().count("queryV1") == 1 + len(ALL_TYPES)
    crowd.profile.collect(steps=("fetch-users",))
    asked = crowd.operations().count("queryV1")
    crowd.sync()
    assert crowd.operations().count("queryV1") == asked + 1, "nothing of a partial type is deleted"


class Rowless(BaseAdapter):
    """A JupiterOne that answers every query with a table without rows."""

    def __init__(self, both: Both, kind: str = "table") -> None:
        super().__init__()
        self._inner = WsgiAdapter(both.jupiterone.app)
        self._kind = kind

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        response = self._inner.send(request, **options)
        if str(request.url).endswith("/graphql"):
            response.raw = io.BytesIO(json.dumps({"data": {"queryV1": {"type": self._kind, "data": []}}}).encode())
        return response

    def close(self) -> None:
        pass


def test_an_answer_without_rows_is_no_zero(crowd: Both) -> None:
    crowd.profile.collect()
    with pytest.raises(UnsafeUpload, match="did not report how many it has of zoom_account, zoom_user") as raised:
        crowd.sync(network=Rowless(crowd))
    assert "--allow-deletes" in raised.value.next_step
    assert crowd.jupiterone.jobs == []
    crowd.sync()
    diff = crowd.sync(network=Rowless(crowd)).diff
    assert diff.query_failure is not None, "then the record decides, and it is said"
    leave(crowd, 12)
    with pytest.raises(UnsafeUpload, match=r"would delete 12 of 48 zoom_user"):
        crowd.sync(network=Rowless(crowd))


def test_an_empty_list_is_nothing(crowd: Both) -> None:
    crowd.profile.collect()
    crowd.sync(network=Rowless(crowd, "list"))
    assert crowd.uploaded == crowd.stored


@pytest.mark.parametrize("recorded", [False, True], ids=["the first time", "later"])
def test_foreseeing_without_jupiterone(crowd: Both, recorded: bool) -> None:
    crowd.profile.collect()
    if recorded:
        crowd.sync()
        leave(crowd, 12)
    expected = TypeChanges(unchanged=36, deleted=12) if recorded else TypeChanges(created=48)
    begun = crowd.clock.now()
    diff = crowd.compute_diff(network=Unreachable())
    assert diff.changes["zoom_user"] == expected
    assert diff.query_failure is not None
    assert "no answer (ConnectionError)" in diff.query_failure.message
    assert crowd.clock.now() - begun < 5, "nobody waits for long"
    crowd.jupiterone.j1ql_allowed = False
    diff = crowd.compute_diff()
    assert diff.changes["zoom_user"] == expected
    assert diff.query_failure is not None
    assert "may not query" in diff.query_failure.message


def test_a_scope_that_no_query_can_name(both: Both) -> None:
    both.profile.collect()
    with pytest.raises(UnsafeUpload, match="A query cannot name"):
        both.sync(source="api", scope="Ada's")
    both.sync(source="api", scope="Ada's", allow_deletes=True)
    assert both.sync(source="api", scope="Ada's").diff.query_failure is not None


def test_a_key_that_may_not_query(both: Both) -> None:
    both.jupiterone.j1ql_allowed = False
    both.profile.collect()
    with pytest.raises(UnsafeUpload) as raised:
        both.sync()
    assert "has not uploaded to this destination before" in raised.value.message
    assert "`collector sync --allow-deletes` once" in raised.value.next_step
    assert both.jupiterone.jobs == []
    both.sync(allow_deletes=True)
    both.sync()
    assert both.uploaded == both.stored


@pytest.mark.parametrize("graphql", ["/graphql", "/nowhere"])
def test_when_jupiterone_cannot_be_asked(both: Both, graphql: str) -> None:
    """That is no reason to do without: nothing says that the key may not query."""
    both.jupiterone.faults.add(Fault("status_500", operation="queryV1", times=None))
    both.profile.collect()
    with pytest.raises(UploadFailed, match="JupiterOne could not say what this upload would delete") as raised:
        both.sync(settings=both.settings(JUPITERONE_GRAPHQL_URL=ANYWHERE + graphql))
    assert ("JUPITERONE_GRAPHQL_URL" in raised.value.next_step) == (graphql != "/graphql")
    assert "--allow-deletes" not in raised.value.next_step
    assert both.jupiterone.jobs == []


def test_history_that_was_forgotten_is_no_record(both: Both) -> None:
    both.profile.collect()
    both.sync()
    both.clock.time += 3600
    both.profile.collect()
    forget(both.profile.path, before=int(both.clock.time * 1000) - 1)
    diff = both.compute_diff()
    assert (diff.base, diff.changes["zoom_user"]) == (None, TypeChanges(unchanged=8))
    both.sync()
    assert both.compute_diff().changes["zoom_user"] == TypeChanges(unchanged=8)


def test_a_person_who_was_forgotten_leaves_jupiterone_too(both: Both) -> None:
    both.profile.collect()
    both.sync()
    forget_in_profile(both.settings().profile, both.folder, both.clock, before=None, email="bob@example.com")
    changes = both.compute_diff().changes
    assert changes["zoom_user"] == TypeChanges(unchanged=7, deleted=1), "whoever was forgotten is only a number now"
    assert changes["zoom_group_has_user"] == TypeChanges(unchanged=4, deleted=1)
    assert both.sync().report.entities.deleted == 1
    assert both.uploaded == both.stored
    assert not [entity for entity in both.uploaded.values() if "bob@example.com" in str(entity)]


def test_foreseeing_sends_nothing(both: Both) -> None:
    both.profile.collect()
    diff = both.compute_diff()
    assert (diff.base, diff.changes["zoom_user"]) == (None, TypeChanges(created=8))
    assert set(both.operations()) == {"queryV1", "deferred"}
    assert both.store.uploads.latest() is None


def test_what_was_foreseen_comes_true(crowd: Both) -> None:
    crowd.profile.collect()
    crowd.sync()
    crowd.leaves("user3@example.com")
    crowd.profile.account.add_user("new@example.com", "New", "Comer")
    ada = crowd.profile.account.user("ada@example.com")
    assert ada is not None
    crowd.profile.account.update_user(ada.id, last_name="Lovelace")
    crowd.profile.collect()
    changes = crowd.compute_diff().changes
    assert changes["zoom_user"] == TypeChanges(created=1, updated=1, deleted=1, unchanged=46)
    report = crowd.sync().report
    entities = [change for type_, change in changes.items() if "_has_" not in type_ and "_assigned_" not in type_]
    ties = [change for type_, change in changes.items() if "_has_" in type_ or "_assigned_" in type_]
    for half, counts in ((entities, report.entities), (ties, report.relationships)):
        for name in ("created", "updated", "deleted"):
            assert sum(getattr(change, name) for change in half) == getattr(counts, name)
