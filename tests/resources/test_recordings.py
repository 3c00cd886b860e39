"""Real answers of Zoom, collected into store and tree, give exactly the graph in expected-graph.json.

The answers are those of an ordinary paid account of 2021: an owner, a member, two groups, the three built-in roles.
Everything secret in them was replaced by CANARY…, the personal meeting id by 1234567890 and the host key by 000000.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.auth import EnvironmentTokenSource
from collector.collect.progress import NoProgress
from collector.collect.run import CollectionInputs, collect
from collector.errors import ExitCode
from collector.model.coverage import Status
from collector.model.unknown import UnknownSetting
from collector.redaction import Secret
from collector.resources import all_resources
from collector.settings.choices import ZoomPlan
from collector.store import RunRecord, Store
from collector.tree import write_tree
from collector.zoom.client import ZoomClient
from collector.zoom.pacing import Pacer
from tests.fakes import FakeClock
from tests.replay import RECORDINGS, Replay
from tests.served import NEEDED_GRANULAR

NAMES = {"account", "users", "groups", "roles"}
EXPECTED = json.loads((RECORDINGS / "expected-graph.json").read_text(encoding="utf-8"))
SECRETS = [b"CANARY", b"1234567890", b'"000000"', b"hostKey", b"host_key", b"pwd=", b"secret-token"]


@pytest.fixture
def replay() -> Replay:
    return Replay("zoom-2021-11.json")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "profile" / "graph.db") as store:
        yield store


@pytest.fixture
def run(replay: Replay, store: Store):
    """Collects the recorded account; the record of the run."""

    def collecting() -> RunRecord:
        clock = FakeClock()
        client = ZoomClient(
            EnvironmentTokenSource(Secret("secret-token")),
            Pacer(ZoomPlan.UNLIMITED, 1.0, clock),
            clock,
            random.Random(0),
            oauth_url="https://zoom.us",
            new_session=replay.session,
        )
        resources = tuple(resource for resource in all_resources() if resource.name in NAMES)
        return collect(CollectionInputs(client, store, clock, NoProgress(), resources, NEEDED_GRANULAR))

    return collecting


def graph_in(store: Store) -> dict[str, list[Any]]:
    """All entities and relationships of the store, each sorted by key."""
    entities = [entity for type_ in store.entity_types() for entity in store.entities(type_)]
    relationships = [
        relationship.to_json() for type_ in store.relationship_types() for relationship in store.relationships(type_)
    ]
    return by_key(entities, relationships)


def graph_below(tree: Path) -> dict[str, list[Any]]:
    """All entities and relationships of the tree, each sorted by key."""
    files = [json.loads(path.read_bytes()) for path in (tree / "graph").rglob("*.json")]
    entities = [entity for file in files for entity in file.get("entities", [])]
    relationships = [relationship for file in files for relationship in file.get("relationships", [])]
    return by_key(entities, relationships)


def by_key(entities: list[Any], relationships: list[Any]) -> dict[str, list[Any]]:
    return {
        "entities": sorted(entities, key=lambda entity: entity["_key"]),
        "relationships": sorted(relationships, key=lambda relationship: relationship["_key"]),
    }


def test_the_expected_graph_is_what_it_says_it_is():
    counts = {name: len(objects) for name, objects in EXPECTED.items()}
    assert counts == {"entities": 8, "relationships": 11}
    assert by_key(**EXPECTED) == EXPECTED


def test_the_store_holds_the_expected_graph(run, store):
    run()
    assert graph_in(store) == EXPECTED


def test_the_tree_holds_the_expected_graph(run, store, tmp_path):
    run()
    report = write_tree(store, tmp_path / ".j1-integration")
    assert (report.entities, report.relationships) == (8, 11)
    assert graph_below(report.path) == EXPECTED


def test_collecting_twice_gives_the_same(run, store):
    run()
    run()
    assert graph_in(store) == EXPECTED


def test_every_step_succeeds(run):
    assert [(result.step.id, result.status.value, dict(result.counts), result.notes) for result in run().steps] == [
        ("fetch-users", "success", {"zoom_user": 2}, ()),
        ("fetch-account", "success", {"zoom_account": 1}, ()),
        ("build-account-and-user-relationship", "success", {"zoom_account_has_user": 2}, ()),
        ("fetch-groups", "success", {"zoom_group": 2}, ()),
        ("build-user-and-group-relationship", "success", {"zoom_group_has_user": 2}, ()),
        ("build-account-and-group-relationship", "success", {"zoom_account_has_group": 2}, ()),
        ("fetch-roles", "success", {"zoom_role": 3}, ()),
        ("build-user-and-role-relationship", "success", {"zoom_user_assigned_role": 2}, ()),
        ("build-account-and-role-relationship", "success", {"zoom_account_has_role": 3}, ()),
    ]


def test_only_the_privileges_could_not_be_read(run):
    record = run()
    (gap,) = [entry for entry in record.coverage if entry.status not in (Status.COMPLETE, Status.NOT_GRANTED)]
    assert (gap.step, gap.dataset, gap.status, gap.is_list, gap.missing) == (
        "fetch-roles",
        "privileges",
        Status.DENIED,
        False,
        3,
    )
    assert gap.reason == "Zoom says: You do not have the permission to retrieve role information."
    assert gap.next_step.endswith("the privilege Role:Read.")
    assert record.exit_code == ExitCode.INCOMPLETE


def test_one_setting_was_not_known(run):
    """Zoom's own slip of the pen; a boolean, so its value is kept."""
    path = "email_notification.recording_available_reminder_alternavite_hosts"
    assert list(run().unknown_settings) == [UnknownSetting(path, "boolean", 1, True)]


def test_what_was_asked_for(run, replay):
    run()
    assert replay.asked == [
        "/groups",
        "/groups/3OfTAVR4CIoG-DQV9pwntQ/members",
        "/groups/X2NHC4UrSwTr1CLsdnC0-A/members",
        "/roles",
        "/roles/0",
        "/roles/0/members",
        "/roles/1",
        "/roles/1/members",
        "/roles/2",
        "/users/3P4EGXILaNWPcRoRPjEKnQ/settings",
        "/users/3P4EGXILaNWPcRoRPjEKnQ/settings?option=meeting_authentication",
        "/users/3P4EGXILaNWPcRoRPjEKnQ/settings?option=meeting_security",
        "/users/3P4EGXILaNWPcRoRPjEKnQ/settings?option=recording_authentication",
        "/users/me",
        "/users/r9LwkwyJrnD7fQDRBwKgfg/settings",
        "/users/r9LwkwyJrnD7fQDRBwKgfg/settings?option=meeting_authentication",
        "/users/r9LwkwyJrnD7fQDRBwKgfg/settings?option=meeting_security",
        "/users/r9LwkwyJrnD7fQDRBwKgfg/settings?option=recording_authentication",
        "/users?status=active",
        "/users?status=inactive",
        "/users?status=pending",
    ]


def test_the_recording_does_hold_the_secrets():
    recorded = (RECORDINGS / "zoom-2021-11.json").read_bytes()
    assert all(secret in recorded for secret in (b"CANARY", b"1234567890", b'"000000"', b"host_key", b"pwd="))


def test_no_secret_is_written_or_logged(run, store, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    run()
    write_tree(store, tmp_path / ".j1-integration")
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"graph.db", "summary.json"} <= {path.name for path in written}
    found = [(path.name, secret) for path in written for secret in SECRETS if secret in path.read_bytes()]
    assert found == []
    assert [secret for secret in SECRETS if secret.decode() in caplog.text] == []
