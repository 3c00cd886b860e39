"""The collector reads the prepared account completely, and it has the stated size."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from collector.sandbox import generate_account
from collector.store import Store
from tests.bench.collecting_prepared import collect_prepared
from tests.bench.preparing import prepare

USERS = 400


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    path = tmp_path_factory.mktemp("prepared") / "graph.db"
    prepared = json.loads(json.dumps(asdict(prepare(generate_account(users=60)))))
    measured = collect_prepared({"prepared": prepared, "users": USERS, "path": str(path)})
    assert measured.facts is not None
    assert measured.facts["users"] == USERS
    assert measured.facts["bytes"] == path.stat().st_size
    assert measured.calls > 4 * 388
    return Store.open_existing(path)


def test_everybody_of_every_status_is_there(store: Store) -> None:
    statuses = [user["status"] for user in store.entities("zoom_user")]
    assert {status: statuses.count(status) for status in set(statuses)} == {
        "active": 364,
        "inactive": 24,
        "pending": 12,
    }


def test_everybody_who_can_have_settings_has_them(store: Store) -> None:
    parts = [{age.part for age in store.parts(str(user["_key"]))} for user in store.entities("zoom_user")]
    whole = {"row", "settings", "meeting_authentication", "recording_authentication", "meeting_security"}
    assert sum(whole <= names for names in parts) == 388


def test_every_list_is_read_to_its_end(store: Store) -> None:
    assert store.count("zoom_group_has_user") == sum(
        [sum(number % 5 != 4 for number in range(USERS))]
        + [sum((number + group) % 7 == 0 for number in range(USERS)) for group in range(1, 5)]
    )
    assert store.count("zoom_user_assigned_role") == USERS


def test_users_are_set_up_in_different_ways(store: Store) -> None:
    waiting = [user.get("meetingSecurityWaitingRoom") for user in store.entities("zoom_user")]
    assert {True, False} <= set(waiting)
