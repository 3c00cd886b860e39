"""J1QL: what the collector asks is answered from finished jobs; anything else is refused."""

from __future__ import annotations

from typing import Any

import pytest

from collector.sandbox.jupiterone import Fault, Instance, JupiterOneSandbox

from .client import SandboxClient, group, membership, user

QUERY = """
query J1QL($query: String!, $deferredResponse: DeferredResponseOption) {
  queryV1(query: $query, deferredResponse: $deferredResponse) { type data cursor url }
}"""


@pytest.fixture
def filled(jupiterone: SandboxClient, sandbox: JupiterOneSandbox, instance: Instance) -> SandboxClient:
    """Three users and a group of two of them in one instance, a user in another, a user in a scope."""
    users = [user(1, email=["a@x", "b@x"]), user(2), user(3)]
    jupiterone.sync(instance.id, [*users, group(1)], [membership(1, 1), membership(1, 2)])
    jupiterone.sync(sandbox.add_instance("other").id, [user(1)])
    job_id = jupiterone.start(source="api", scope="zoom")
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(9)]})
    jupiterone.finish(job_id)
    return jupiterone


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("FIND zoom_user RETURN count(zoom_user)", 5),
        ("find User as u return count(u)", 5),
        ("FIND * AS e RETURN count(e)", 6),
        ("FIND zoom_device AS d RETURN count(d)", 0),
        ("FIND zoom_user WITH _integrationInstanceId = '{instance}' AS u RETURN count(u)", 3),
        ("FIND zoom_user WITH _source = 'api' AND _scope = 'zoom' AS u RETURN count(u)", 1),
        ("FIND * WITH _integrationInstanceId = '{instance}' AND _type != 'zoom_user' AS e RETURN count(e)", 1),
        ("FIND zoom_user WITH email = 'b@x' AS u RETURN count(u)", 1),
        ("FIND zoom_group THAT HAS AS r zoom_user RETURN count(r)", 2),
        ("FIND zoom_user THAT has AS r zoom_group RETURN count(zoom_group)", 1),
        ("FIND zoom_group THAT ASSIGNED AS r zoom_user RETURN count(r)", 0),
        ("FIND zoom_group WITH name = 'G2' THAT HAS AS r * RETURN count(r)", 0),
    ],
)
def test_counts(filled: SandboxClient, instance: Instance, query: str, count: int) -> None:
    answer = filled.data(QUERY, query=query.replace("{instance}", instance.id))
    assert answer["type"] == "table"
    assert [list(row.values()) for row in answer["data"]] == [[count]]


def test_a_relationship_to_a_deleted_entity_does_not_count(
    jupiterone: SandboxClient, sandbox: JupiterOneSandbox
) -> None:
    users, groups = sandbox.add_instance("users"), sandbox.add_instance("groups")
    jupiterone.sync(users.id, [user(1)])
    reaching = {**membership(1, 1), "_toEntitySource": "integration-external", "_toEntityScope": users.id}
    jupiterone.sync(groups.id, [group(1)], [reaching])
    query = "FIND zoom_group THAT HAS AS r * RETURN count(r)"
    assert jupiterone.data(QUERY, query=query)["data"] == [{"count(r)": 1}]
    sandbox.remove_instance(users.id)
    assert jupiterone.data(QUERY, query=query)["data"] == [{"count(r)": 0}]


def test_lists_entities(filled: SandboxClient, instance: Instance) -> None:
    query = f"FIND zoom_user WITH name = 'N1' AND _integrationInstanceId = '{instance.id}' LIMIT 2"
    answer = filled.data(QUERY, query=query)
    (found,) = answer["data"]
    assert answer["type"] == "list"
    assert found["properties"] == {"name": "N1", "email": ["a@x", "b@x"]}
    assert (found["entity"]["_key"], found["entity"]["_type"]) == ("zoom_user:1", "zoom_user")
    assert found["id"] == found["entity"]["_id"]
    assert len(filled.data(QUERY, query="FIND * LIMIT 1")["data"]) == 1


def test_sees_a_job_once_it_is_finished(jupiterone: SandboxClient, instance: Instance) -> None:
    def count() -> Any:
        return jupiterone.data(QUERY, query="FIND zoom_user AS u RETURN count(u)")["data"][0]["count(u)"]

    job_id = jupiterone.start(instance.id)
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(1)]})
    jupiterone.good(f"/{job_id}/finalize")
    assert count() == 0
    for _ in range(3):
        jupiterone.job(job_id)
    assert count() == 1


def test_the_address_of_a_deferred_result_needs_no_key(filled: SandboxClient) -> None:
    query = "FIND zoom_user AS u RETURN count(u)"
    address = filled.data(QUERY, query=query, deferredResponse="FORCE")["url"]
    assert filled.refusal(filled.get(address)) == (400, "InvalidArgument")
    filled.sandbox.faults.add(Fault("status_500", "deferred"))
    client = filled.sandbox.app.test_client()
    assert [client.get(address).status_code for _ in range(2)] == [500, 200]
    document: Any = client.get(address).json
    assert (document["status"], document["data"]) == ("COMPLETED", [{"count(u)": 5}])
    assert client.get("/deferred/unknown").status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", 'from "" on'),
        ("SELECT 1", 'from "SELECT 1" on'),
        ("WITH name = 'a' LIMIT 1", 'from "" on'),
        ("FIND UNIQUE zoom_user LIMIT 1", 'from "zoom_user LIMIT 1" on'),
        ("FIND zoom_user AS u WITH name = 'a' RETURN count(u)", "from \"WITH name = 'a'"),
        ("FIND zoom_user WITH name = 'a' OR name = 'b' LIMIT 1", 'from "OR name'),
        ("FIND zoom_user WITH active = true LIMIT 1", 'from "WITH active'),
        ("FIND zoom_user AS u WHERE u.name = 'a' LIMIT 1", 'from "WHERE u.name'),
        ("FIND zoom_group THAT RELATES TO AS r zoom_user RETURN count(r)", 'from "THAT RELATES'),
        ("FIND zoom_group THAT HAS >> AS r zoom_user RETURN count(r)", 'from "THAT HAS >>'),
        ("FIND zoom_user AS u RETURN u.name LIMIT 1", 'from "RETURN u.name'),
        ("FIND zoom_user AS u RETURN count(u) AS n", 'from "AS n" on'),
        ("FIND zoom_user ORDER BY name LIMIT 1", 'from "ORDER BY'),
        ("FIND zoom_user", "end with either"),
        ("FIND zoom_user AS u RETURN count(u) LIMIT 1", "end with either"),
        ("FIND zoom_group THAT HAS AS r zoom_user LIMIT 1", "only counts"),
        ("FIND zoom_user AS u RETURN count(x)", 'nothing named "x"'),
    ],
)
def test_refuses_the_rest_of_j1ql_by_name(jupiterone: SandboxClient, query: str, words: str) -> None:
    status, code, message = jupiterone.graphql_refusal(QUERY, query=query)
    assert (status, code) == (200, "BAD_USER_INPUT")
    assert words in message


@pytest.mark.parametrize("argument", ['cursor: "250"', "includeDeleted: true", "variables: {}"])
def test_refuses_the_other_arguments_of_a_query(jupiterone: SandboxClient, argument: str) -> None:
    query = f'{{ queryV1(query: "FIND * LIMIT 1", {argument}) {{ data }} }}'
    assert jupiterone.graphql_refusal(query)[:2] == (400, "GRAPHQL_VALIDATION_FAILED")
