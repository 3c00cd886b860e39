"""Integration instances before the sandbox, and before answers it does not give."""

from __future__ import annotations

import pytest

from collector.errors import AccessRefused, InstanceMissing, RequestFailed, UsageError
from collector.jupiterone.instances import CUSTOM_DEFINITION_ID, Instance, Instances
from collector.sandbox.jupiterone import ZOOM_DEFINITION_ID, Fault
from collector.settings.choices import PollingInterval

from .conftest import GRAPHQL


@pytest.fixture
def instances(jupiterone):
    return Instances(jupiterone)


def test_from_nothing_to_an_instance_and_back(instances, sandbox):
    made = instances.create("Example Ltd", "Zoom", PollingInterval.ONE_DAY, tag_with_account_name=True)
    assert made == Instance(made.id, "Example Ltd", "Zoom", "ONE_DAY", CUSTOM_DEFINITION_ID, True, "Custom")
    assert instances.show(made.id) == made
    assert list(instances.list()) == [made]
    assert sandbox.instances[0].tags == {"tag.AccountName": "Example Ltd"}
    instances.delete(made.id)
    assert list(instances.list()) == []
    with pytest.raises(InstanceMissing, match=f"no integration instance {made.id}") as failure:
        instances.delete(made.id)
    assert failure.value.exit_code == 2


def test_an_instance_without_anything_special(instances):
    made = instances.create("Example Ltd")
    assert (made.polling_interval, made.description, made.tags_account_name) == ("DISABLED", "", False)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"name": "Other"}, {"name": "Other"}),
        ({"description": "Text"}, {"description": "Text"}),
        ({"polling_interval": PollingInterval.ONE_WEEK}, {"polling_interval": "ONE_WEEK"}),
        ({"tag_with_account_name": True}, {"tags_account_name": True}),
    ],
)
def test_only_what_is_said_is_changed(instances, changes, expected):
    made = instances.create("Example Ltd", "Zoom", PollingInterval.ONE_DAY)
    updated = instances.update(made.id, **changes)
    assert updated == instances.show(made.id)
    assert vars(updated) == {**vars(made), **expected}


def test_the_rest_of_the_configuration_stays(instances, sandbox):
    config = {"region": "eu", "@tag": {"Production": True, "AccountName": True}}
    made = sandbox.add_instance(config=config)
    assert instances.update(made.id, tag_with_account_name=False).tags_account_name is False
    assert sandbox.instances[0].config == {"region": "eu", "@tag": {"Production": True, "AccountName": False}}


@pytest.mark.parametrize(
    "changes",
    [{"name": "Other"}, {"description": "Text"}, {"tag_with_account_name": True}],
    ids=lambda each: next(iter(each)),
)
def test_what_jupiterone_runs_itself_is_not_changed(instances, sandbox, changes):
    """What reads back masked would be written over the secret."""
    made = sandbox.add_instance("Own", definition_id=ZOOM_DEFINITION_ID, config={"clientSecret": "a secret"})
    with pytest.raises(UsageError, match=r"belongs to the integration Zoom, not to the custom integration"):
        instances.update(made.id, **changes)
    assert sandbox.instances == [made]


def test_an_instance_of_an_unknown_integration_is_not_changed(client, requests_mock):
    requests_mock.post(GRAPHQL, json={"data": {"integrationInstance": {"id": "i-1"}}})
    with pytest.raises(UsageError, match="that JupiterOne does not name"):
        Instances(client).update("i-1", name="Other")


@pytest.mark.parametrize("verb", [Instances.show, Instances.update, Instances.delete])
def test_an_instance_that_is_not_there(instances, verb):
    with pytest.raises(InstanceMissing) as failure:
        verb(instances, "gone")
    assert "collector instance list" in failure.value.next_step


def test_many_instances(instances, sandbox):
    ids = [sandbox.add_instance(f"Instance {number}").id for number in range(250)]
    assert sorted(instance.id for instance in instances.list()) == sorted(ids)


@pytest.mark.parametrize("kind", ["status_500", "qps_429", "reset", "lost_answer", "dropped_body", "truncated"])
def test_trouble_makes_neither_two_instances_nor_none(instances, sandbox, kind):
    sandbox.add_instance("Example Ltd")
    sandbox.faults.add(Fault(kind, operation="createIntegrationInstance", times=1))
    made = instances.create("Example Ltd")
    assert [instance.id for instance in sandbox.instances][1:] == [made.id]


@pytest.mark.parametrize("kind", ["status_500", "lost_answer"])
def test_deleting_through_trouble(instances, sandbox, kind):
    made = sandbox.add_instance()
    sandbox.faults.add(Fault(kind, operation="deleteIntegrationInstance", times=1))
    instances.delete(made.id)
    assert sandbox.instances == []


def test_an_error_of_graphql(instances, sandbox):
    sandbox.faults.add(Fault("graphql_error", operation="integrationInstancesV2"))
    with pytest.raises(RequestFailed, match=r"JupiterOne refused: .*\(INTERNAL_SERVER_ERROR\)"):
        instances.list()


@pytest.mark.parametrize(
    ("answer", "failure", "said"),
    [
        ({"errors": [{"message": "Forbidden"}]}, AccessRefused, "refused: Forbidden."),
        ({"errors": [{"message": "No.", "extensions": {"code": "UNAUTHENTICATED"}}]}, AccessRefused, "UNAUTHENTICATED"),
        ({"errors": [{"message": "Instance does not exist"}], "data": None}, InstanceMissing, "no integration inst"),
        ({"errors": [{"message": "", "extensions": {"code": "NOT_FOUND"}}]}, InstanceMissing, "no integration inst"),
        ({"errors": ["odd"]}, RequestFailed, "no message"),
        ({"data": {"integrationInstance": None}}, InstanceMissing, "no integration instance"),
        ({"data": {"integrationInstance": {"name": "x"}}}, RequestFailed, "describes no integration instance"),
        ({"data": None}, RequestFailed, "has no data"),
        ({}, RequestFailed, "has no data"),
    ],
)
def test_what_graphql_may_answer(client, requests_mock, answer, failure, said):
    requests_mock.post(GRAPHQL, json=answer)
    with pytest.raises(failure, match=said) as raised:
        Instances(client).show("i-1")
    assert type(raised.value) is failure


def test_a_list_that_never_ends_is_left(client, requests_mock):
    page = {"instances": [{"id": "i-1", "name": "a"}], "pageInfo": {"endCursor": "again"}}
    requests_mock.post(GRAPHQL, json={"data": {"integrationInstancesV2": page}})
    assert len(Instances(client).list()) == 2
    assert requests_mock.call_count == 2


def test_a_delete_that_did_not_succeed(client, requests_mock):
    answers = ({"integrationInstance": {"id": "i-1"}}, {"deleteIntegrationInstance": {"success": False}})
    requests_mock.post(GRAPHQL, [{"json": {"data": data}} for data in answers])
    with pytest.raises(RequestFailed, match="did not delete the integration instance i-1"):
        Instances(client).delete("i-1")


def test_polling_intervals():
    assert [interval.value for interval in PollingInterval if interval.seconds is None] == ["DISABLED"]
    lengths = [interval.seconds for interval in PollingInterval if interval.seconds is not None]
    assert lengths == [minutes * 60 for minutes in (30, 60, 240, 480, 720, 1440, 10080)]
