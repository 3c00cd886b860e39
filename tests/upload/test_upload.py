"""The graph in JupiterOne follows the store: what is new, changed and gone, and what was not read completely."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from collector.errors import ExitCode, ProfileBusy, UsageError
from collector.sandbox import Fault
from collector.sandbox.jupiterone import Fault as JupiterOneFault
from collector.settings.profile import upload_lock
from collector.store import UploadState
from collector.upload.diff import TypeChanges
from tests.served import NEEDED_GRANULAR
from tests.wsgi_adapter import WsgiAdapter

from .conftest import Both

MEMBERS = frozenset({"group:read:list_members:admin"})


def test_the_graph_in_jupiterone_equals_the_store(both: Both) -> None:
    both.profile.collect()
    synced = both.sync()
    assert both.uploaded == both.stored
    assert len(both.uploaded) == 46
    assert synced.exit_code == ExitCode.COMPLETE
    assert (synced.report.entities.created, synced.report.relationships.created) == (17, 29)
    assert synced.counts["zoom_user"] == 8
    assert both.latest.state is UploadState.FINISHED
    assert both.latest.outcome["entitiesCreated"] == 17


def test_a_second_upload_changes_nothing(both: Both) -> None:
    both.profile.collect()
    both.sync()
    both.profile.collect()
    synced = both.sync()
    assert set(synced.diff.changes.values()) <= {TypeChanges(unchanged=n) for n in range(9)}
    assert (synced.report.entities.created, synced.report.entities.updated, synced.report.entities.deleted) == (0, 0, 0)
    assert both.uploaded == both.stored


def test_a_user_who_left_is_deleted(both: Both) -> None:
    both.profile.collect()
    both.sync()
    both.leaves("bob@example.com")
    both.profile.collect()
    synced = both.sync()
    assert synced.diff.changes["zoom_user"] == TypeChanges(unchanged=7, deleted=1)
    assert synced.diff.changes["zoom_group_has_user"] == TypeChanges(unchanged=4, deleted=1)
    assert (synced.report.entities.deleted, synced.report.relationships.deleted) == (1, 3)
    assert both.uploaded == both.stored


def test_a_denied_step_deletes_nothing(both: Both) -> None:
    both.profile.collect()
    both.sync()
    before = both.uploaded
    both.remove_group("Sales")
    record = both.profile.collect(scopes=NEEDED_GRANULAR - {"group:read:list_groups:admin"} - MEMBERS)
    assert "zoom_group" in record.partial_types
    synced = both.sync()
    assert synced.report.entities.deleted == synced.report.relationships.deleted == 0
    assert both.uploaded == both.stored
    assert both.uploaded.keys() == before.keys()


def test_settings_that_could_not_be_read_stay(both: Both) -> None:
    both.profile.collect()
    both.sync()
    before = both.uploaded
    both.profile.sandbox.faults.add(Fault("status_500", "/users/*/settings", times=None))
    record = both.profile.collect()
    assert record.exit_code == ExitCode.INCOMPLETE
    assert both.sync().exit_code == ExitCode.COMPLETE
    assert both.uploaded == before
    assert "warn_incomplete_data" in {event.name for event in both.jupiterone.events}


def test_what_stays_because_its_type_is_partial(both: Both) -> None:
    """Group and members leave in a run that is not uploaded; the next one may not read groups."""
    both.profile.collect()
    both.sync()
    both.remove_group("Sales")
    both.profile.collect()
    both.leaves("bob@example.com")
    both.profile.collect(scopes=NEEDED_GRANULAR - {"group:read:list_groups:admin"} - MEMBERS)
    before = len(both.uploaded)
    synced = both.sync()
    changes = synced.diff.changes
    assert changes["zoom_group"] == TypeChanges(unchanged=2, retained=1)
    assert changes["zoom_group_has_user"] == TypeChanges(unchanged=2, deleted=1, retained=2), "bob takes his with him"
    deleted = sum(change.deleted for change in changes.values())
    assert deleted == synced.report.entities.deleted + synced.report.relationships.deleted
    assert len(both.uploaded) == before - deleted


def test_what_is_uploaded_is_the_latest_run_that_came_to_its_end(both: Both) -> None:
    both.profile.collect()
    whole = both.stored
    both.profile.account.add_user("new@example.com", "New", "Comer")
    run = both.store.begin(0, {})
    run.put("zoom_user:half", "row", {"_type": "zoom_user", "_class": ["User"], "displayName": "Half"}, 0)
    run.remove(next(key for key in whole if key.startswith("zoom_user:") and "|" not in key))
    run.finish(1, ExitCode.INTERRUPTED, [], [], [])
    both.sync()
    assert both.uploaded == whole


def test_nothing_collected_yet(both: Both) -> None:
    with pytest.raises(UsageError, match="nothing to upload") as raised:
        both.sync()
    assert raised.value.next_step == "Run `collector collect` first."
    assert both.operations() == []


def test_the_steps_are_in_the_jobs_log(both: Both) -> None:
    both.profile.collect(steps=("fetch-users",))
    both.sync()
    published = [(event.name, event.description) for event in both.jupiterone.events]
    assert published[0] == ("step_start", 'Starting step "Fetch Users"...')
    assert published[1] == ("step_end", 'Completed step "Fetch Users".')
    assert [name for name, _ in published].count("step_skip") == 8
    assert published[-2:] == [
        ("sync_upload_start", "Uploading collected data for synchronization..."),
        ("sync_upload_end", "Upload complete."),
    ]


def test_a_batch_sent_twice_is_no_error(both: Both) -> None:
    both.profile.collect()
    both.jupiterone.faults.add(JupiterOneFault("dropped_body", operation="entities"))
    assert both.sync().exit_code == ExitCode.COMPLETE
    assert both.uploaded == both.stored


@pytest.mark.parametrize(("errors", "exit_code"), [(0, ExitCode.COMPLETE), (2, ExitCode.INCOMPLETE)])
def test_the_exit_code_follows_what_jupiterone_counts(both: Both, errors: int, exit_code: ExitCode) -> None:
    both.profile.collect()
    synced = both.sync()
    counts = replace(synced.report.relationships, errors=errors)
    assert replace(synced, report=replace(synced.report, relationships=counts)).exit_code is exit_code


def test_two_at_once(both: Both) -> None:
    both.profile.collect()
    with (
        upload_lock(both.settings().profile),
        pytest.raises(ProfileBusy, match="of profile 'default' is already running"),
    ):
        both.sync()
    assert both.operations() == []


def test_a_scope_of_source_api(both: Both) -> None:
    both.profile.collect()
    both.sync(source="api", scope="zoom")
    assert len(both.jupiterone.entities(scope="zoom")) == 17
    assert both.jupiterone.entities(instance_id=both.instance) == {}
    assert both.compute_diff().base is None, "another place has its own record"
    assert both.compute_diff(source="api", scope="zoom").base is not None


def test_the_instance_the_profile_remembers(both: Both) -> None:
    both.profile.collect()
    unset = both.settings(JUPITERONE_INTEGRATION_INSTANCE_ID="")
    with pytest.raises(UsageError, match="This profile has no integration instance"):
        both.sync(settings=unset)
    both.store.remember_instance(both.instance)
    both.sync(settings=unset)
    assert both.uploaded == both.stored
    both.store.remember_instance(None)
    assert both.store.instance_id is None


@pytest.mark.parametrize(("host", "account"), [("api.eu.jupiterone.io", "sandbox"), ("", "another")])
def test_the_instance_the_profile_remembers_in_another_account(both: Both, host: str, account: str) -> None:
    both.profile.collect()
    unset = both.settings(JUPITERONE_INTEGRATION_INSTANCE_ID="")
    both.store.remember_instance(both.instance, host, account)
    with pytest.raises(UsageError, match=f"{both.instance} belongs to the JupiterOne account {account}"):
        both.sync(settings=unset)
    with pytest.raises(UsageError, match="belongs to the JupiterOne account"):
        both.compute_diff(settings=unset)
    assert both.operations() == []
    both.sync()
    assert both.uploaded == both.stored, "a configured one is taken as it is"


def test_left_open_by_choice(both: Both) -> None:
    both.profile.collect()
    synced = both.sync(skip_finalize=True)
    assert not synced.finalized
    assert (both.statuses, both.latest.state) == (["AWAITING_UPLOADS"], UploadState.NOT_FINALIZED)
    both.sync()
    assert both.statuses == ["AWAITING_UPLOADS", "FINISHED"], "what somebody wanted open is not aborted"


def test_every_entity_carries_the_tag(both: Both) -> None:
    both.profile.collect()
    both.sync()
    run = both.store.begin(0, {"tag.AccountName": "Acme"})
    run.finish(1, 0, [], [], [])
    assert both.sync().diff.changes["zoom_user"] == TypeChanges(updated=8)
    assert {entity["tag.AccountName"] for entity in both.jupiterone.entities().values()} == {"Acme"}


class Hosts(WsgiAdapter):
    """Remembers which hosts were called."""

    def __init__(self, both: Both) -> None:
        super().__init__(both.jupiterone.app)
        self.called: set[str] = set()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.called.add(str(urlsplit(str(request.url)).hostname))
        return super().send(request, **options)


def test_in_europe(both: Both) -> None:
    both.profile.collect()
    network = Hosts(both)
    europe = {"JUPITERONE_API_BASE_URL": "https://api.eu.jupiterone.io", "JUPITERONE_GRAPHQL_URL": ""}
    both.sync(network=network, settings=both.settings(**europe), allow_deletes=True)
    assert network.called == {"api.eu.jupiterone.io"}
    assert both.uploaded == both.stored


def test_only_the_synchronization_api_is_needed_after_the_first_time(both: Both) -> None:
    both.profile.collect()
    both.sync()
    asked = len(both.operations())
    both.jupiterone.j1ql_allowed = False
    both.sync()
    operations = both.operations()[asked:]
    assert set(operations) - {"queryV1"} == {"create", "events", "entities", "relationships", "finalize", "status"}
    assert operations.count("queryV1") == 1, "one denial is enough"


@pytest.mark.parametrize("options", [{"accepts_gzip": False}, {"largest_body": 20_000}], ids=["no gzip", "413"])
def test_what_jupiterone_does_not_take(tmp_path, options) -> None:
    both = Both(tmp_path, **options)
    both.profile.collect()
    both.sync()
    assert both.uploaded == both.stored
    both.store.close()


def test_the_key_is_nowhere(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    both.profile.collect()
    both.jupiterone.faults.add(JupiterOneFault("unauthorized", operation="finalize"))
    with pytest.raises(UsageError) as raised:
        both.sync()
    both.sync()
    written = b"".join(path.read_bytes() for path in both.folder.rglob("*") if path.is_file())
    assert both.jupiterone.api_key.encode() not in written
    assert both.jupiterone.api_key not in caplog.text + raised.value.message + raised.value.next_step
