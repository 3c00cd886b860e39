"""Counts by J1QL: with the sandbox, and the forms a result may have."""

from __future__ import annotations

import pytest

from collector.errors import AccessRefused, RequestFailed, UsageError
from collector.jupiterone.jobs import Target
from collector.jupiterone.query import Query
from collector.jupiterone.synchronization import Synchronization
from collector.model.graph import RelationshipType
from collector.sandbox.jupiterone import Fault

from .conftest import GRAPHQL, memberships, users

STATE = "https://results.example/state.json"
RESULT = "https://results.example/result.json"
ROWS = [{"count(counted)": 7}]
WITHIN = Target(instance_id="i-1")


@pytest.fixture
def query(jupiterone):
    return Query(jupiterone)


def uploaded(jupiterone, target, number):
    job = Synchronization(jupiterone).start(target)
    job.upload(users(number), memberships(number))
    job.finalize([])
    job.follow()


# With the sandbox


def test_counts_within_an_instance_or_a_scope(query, jupiterone, sandbox, target):
    scope = Target("api", scope="zoom")
    uploaded(jupiterone, target, 5)
    uploaded(jupiterone, scope, 3)
    other = Target(instance_id=sandbox.add_instance("Other").id)
    assert [query.count_entities("zoom_user", within) for within in (target, scope, other)] == [5, 3, 0]
    assert query.count_entities("zoom_group", target) == 0
    has = RelationshipType("zoom_user", "HAS", "zoom_user")
    assert [query.count_relationships(has, within) for within in (target, scope, other)] == [4, 2, 0]


def test_a_table_without_rows_is_no_zero(client, requests_mock):
    requests_mock.post(GRAPHQL, json={"data": {"queryV1": {"type": "table", "data": []}}})
    assert Query(client).count_entities("zoom_user", WITHIN) is None


def test_an_empty_destination(query, jupiterone, target):
    assert query.is_empty(target)
    uploaded(jupiterone, target, 1)
    assert not query.is_empty(target)


@pytest.mark.parametrize(
    ("result", "nothing"),
    [
        ({"type": "list", "data": []}, True),
        ({"type": "list", "data": [{"id": "1"}]}, False),
        ({"type": "table", "data": []}, False),
        ({"type": "list", "data": None}, False),
        ({"data": []}, False),
    ],
)
def test_only_an_empty_list_is_nothing(client, requests_mock, result, nothing):
    requests_mock.post(GRAPHQL, json={"data": {"queryV1": result}})
    assert Query(client).is_empty(WITHIN) is nothing
    assert requests_mock.last_request.json()["variables"]["query"] == (
        "FIND * WITH _integrationInstanceId = 'i-1' LIMIT 1"
    )


def test_a_key_that_may_not_query(query, sandbox, target):
    sandbox.j1ql_allowed = False
    with pytest.raises(AccessRefused) as failure:
        query.count_entities("zoom_user", target)
    assert failure.value.exit_code == 2
    assert failure.value.next_step


@pytest.mark.parametrize("kind", ["status_500", "qps_429", "reset", "truncated"])
@pytest.mark.parametrize("operation", ["queryV1", "deferred"])
def test_counting_through_trouble(query, jupiterone, sandbox, target, kind, operation):
    uploaded(jupiterone, target, 4)
    sandbox.faults.add(Fault(kind, operation=operation))
    assert query.count_entities("zoom_user", target) == 4


# Results, however they come


@pytest.mark.parametrize(
    ("queried", "states", "waits"),
    [
        ({"type": "table", "data": ROWS}, [], []),
        ({"type": "deferred", "url": STATE}, [{"status": "COMPLETED", "url": RESULT}], []),
        ({"type": "deferred", "url": STATE}, [{"status": "COMPLETED", "data": ROWS}], []),
        (
            {"type": "deferred", "url": STATE},
            [{"status": "IN_PROGRESS"}, {"status": "IN_PROGRESS"}, {"status": "COMPLETED", "url": RESULT}],
            [0.1, 0.1 * 1.5],
        ),
    ],
)
def test_how_a_result_may_come(client, requests_mock, clock, queried, states, waits):
    requests_mock.post(GRAPHQL, json={"data": {"queryV1": queried}})
    requests_mock.get(STATE, [{"json": state} for state in states] or [{"status_code": 500}])
    requests_mock.get(RESULT, json={"type": "table", "data": ROWS})
    assert Query(client).count_entities("zoom_user", WITHIN) == 7
    assert clock.waits == pytest.approx(waits)
    fetched = [request for request in requests_mock.request_history if request.method == "GET"]
    assert all("Authorization" not in request.headers for request in fetched)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"status": "FAILED", "error": "too much"}, "could not answer `FIND zoom_user .*`: too much"),
        ({"status": "FAILED"}, "no reason given"),
        ({"status": "IN_PROGRESS"}, "within 5 minutes"),
        ({"status": "COMPLETED", "data": {}}, "has no count"),
        ({"status": "COMPLETED", "data": [{"a": 1, "b": 2}]}, "has no count"),
        ({"status": "COMPLETED", "data": [{"a": "many"}]}, "has no count"),
        ({"status": "COMPLETED"}, "has no count"),
    ],
)
def test_results_that_are_none(client, requests_mock, state, said):
    requests_mock.post(GRAPHQL, json={"data": {"queryV1": {"type": "deferred", "url": STATE}}})
    requests_mock.get(STATE, json=state)
    with pytest.raises(RequestFailed, match=said):
        Query(client).count_entities("zoom_user", WITHIN)


@pytest.mark.parametrize("answer", [{"status_code": 403, "json": {}}, {"json": {"errors": [{"message": "Forbidden"}]}}])
def test_ways_to_be_denied(client, requests_mock, answer):
    requests_mock.post(GRAPHQL, **answer)
    with pytest.raises(AccessRefused):
        Query(client).count_entities("zoom_user", WITHIN)


# What is asked


def asked(client, requests_mock, count):
    requests_mock.post(GRAPHQL, json={"data": {"queryV1": {"data": ROWS}}})
    assert count(Query(client)) == 7
    return requests_mock.last_request.json()["variables"]["query"]


def test_what_is_asked_about_entities(client, requests_mock):
    assert asked(client, requests_mock, lambda query: query.count_entities("zoom_user", WITHIN)) == (
        "FIND zoom_user WITH _integrationInstanceId = 'i-1' AS counted RETURN count(counted)"
    )


def test_what_is_asked_about_a_scope(client, requests_mock):
    scope = Target("api", scope="my zoom")
    assert asked(client, requests_mock, lambda query: query.count_entities("zoom_user", scope)) == (
        "FIND zoom_user WITH _source = 'api' AND _scope = 'my zoom' AS counted RETURN count(counted)"
    )


def test_what_is_asked_about_relationships(client, requests_mock):
    has = RelationshipType("zoom_group", "HAS", "zoom_user")
    assert asked(client, requests_mock, lambda query: query.count_relationships(has, WITHIN)) == (
        "FIND zoom_group WITH _integrationInstanceId = 'i-1' THAT HAS AS counted zoom_user RETURN count(counted)"
    )


@pytest.mark.parametrize("scope", ["a'b", 'a"b', "a\\b", "a\nb"])
def test_a_scope_cannot_break_out_of_its_quotes(client, scope):
    with pytest.raises(UsageError, match="A query cannot name"):
        Query(client).count_entities("zoom_user", Target("api", scope=scope))
