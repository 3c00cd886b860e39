"""J1QL: counts and plain listings of what finished jobs uploaded."""

from __future__ import annotations

from typing import Any

import pytest

from collector.sandbox.jupiterone import Fault, Instance, JupiterOneSandbox

from .client import SandboxClient, group, membership, user

QUERY = """
query J1QL($query: String!, $cursor: String, $deferredResponse: DeferredResponseOption) {
  queryV1(query: $query, cursor: $cursor, deferredResponse: $deferredResponse) { type data cursor url }
}"""


@pytest.fixture
def filled(jupiterone: SandboxClient, sandbox: JupiterOneSandbox, instance: Instance) -> SandboxClient:
    """Three users and a group of two of them in one instance, a user in another, a user in a scope."""
    users = [user(1, active=True, email=["a@x", "b@x"]), user(2, active=False), user(3, active=True)]
    jupiterone.sync(instance.id, [*users, group(1)], [membership(1, 1), membership(1, 2)])
    jupiterone.sync(sandbox.add_instance("other", config={"@tag": {"AccountName": True}}).id, [user(1)])
    job_id = jupiterone.start(source="api", scope="zoom")
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(9)]})
    jupiterone.finish(job_id)
    return jupiterone


COUNTS: list[tuple[str, int]] = [
    ("FIND zoom_user AS u RETURN count(u)", 5),
    ("find zoom_user as u return count(u)", 5),
    ("FIND User AS u RETURN count(u)", 5),
    ("FIND zoom_user RETURN count(zoom_user)", 5),
    ("FIND * AS e RETURN count(e)", 6),
    ("FIND zoom_device AS d RETURN count(d)", 0),
    ("FIND zoom_user AS u WITH _integrationInstanceId = '{instance}' RETURN count(u)", 3),
    ("FIND zoom_user AS u WITH _scope = 'zoom' RETURN count(u)", 1),
    ("FIND zoom_user AS u WITH _source = 'api' AND name = 'N9' RETURN count(u)", 1),
    ("FIND zoom_user AS u WITH active = true RETURN count(u)", 2),
    ("FIND zoom_user AS u WITH active != true RETURN count(u)", 3),
    ("FIND zoom_user AS u WITH active = undefined RETURN count(u)", 2),
    ('FIND zoom_user AS u WITH email = "b@x" RETURN count(u)', 1),
    ("FIND zoom_user AS u WITH tag.AccountName = 'other' RETURN count(u)", 1),
    ("FIND zoom_user AS u WITH [tag.AccountName] = 'other' RETURN count(u)", 1),
    ("FIND zoom_user AS u WHERE u.name = 'N1' RETURN count(u)", 2),
    ("FIND zoom_group THAT HAS AS r zoom_user RETURN count(r)", 2),
    ("FIND zoom_user THAT HAS AS r zoom_group AS g RETURN count(g)", 1),
    ("FIND zoom_group THAT HAS >> AS r zoom_user RETURN count(r)", 2),
    ("FIND zoom_group THAT HAS << AS r zoom_user RETURN count(r)", 0),
    ("FIND zoom_group THAT ASSIGNED AS r zoom_user RETURN count(r)", 0),
    ("FIND * AS a THAT RELATES TO AS r * AS b WHERE r._type = 'zoom_group_has_user' RETURN count(r)", 2),
    ("FIND zoom_group THAT HAS AS r zoom_user AS u WITH active = false RETURN count(r)", 1),
]


@pytest.mark.parametrize(("query", "count"), COUNTS)
def test_counts(filled: SandboxClient, instance: Instance, query: str, count: int) -> None:
    answer = filled.data(QUERY, query=query.replace("{instance}", instance.id))
    assert answer["type"] == "table"
    assert [list(row.values()) for row in answer["data"]] == [[count]]


def test_counts_by_group(filled: SandboxClient) -> None:
    answer = filled.data(QUERY, query="FIND * AS e RETURN e._type AS type, count(e) AS 'how many'")
    rows = {row["type"]: row["how many"] for row in answer["data"]}
    assert rows == {"zoom_user": 5, "zoom_group": 1}


def test_does_not_follow_a_relationship_to_what_is_gone(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    users, groups = sandbox.add_instance("users"), sandbox.add_instance("groups")
    jupiterone.sync(users.id, [user(1)])
    reaching = {**membership(1, 1), "_toEntitySource": "integration-external", "_toEntityScope": users.id}
    jupiterone.sync(groups.id, [group(1)], [reaching])
    query = "FIND zoom_group THAT HAS AS r * RETURN count(r) AS n"
    assert jupiterone.data(QUERY, query=query)["data"] == [{"n": 1}]
    sandbox.remove_instance(users.id)
    assert jupiterone.data(QUERY, query=query)["data"] == [{"n": 0}]


def test_lists_entities(filled: SandboxClient, instance: Instance) -> None:
    query = f"FIND zoom_user WITH name = 'N1' AND _integrationInstanceId = '{instance.id}'"
    answer = filled.data(QUERY, query=query)
    (found,) = answer["data"]
    assert answer["type"] == "list"
    assert found["properties"] == {"name": "N1", "active": True, "email": ["a@x", "b@x"]}
    assert (found["entity"]["_key"], found["entity"]["_type"]) == ("zoom_user:1", "zoom_user")
    assert found["id"] == found["entity"]["_id"]


def test_lists_properties_in_a_table(filled: SandboxClient) -> None:
    answer = filled.data(
        QUERY, query="FIND zoom_user AS u WITH _scope = 'zoom' RETURN u.name AS Name, u.active LIMIT 5"
    )
    assert (answer["type"], answer["data"]) == ("table", [{"Name": "N9", "u.active": None}])


def test_gives_long_results_in_pages(jupiterone: SandboxClient, instance: Instance) -> None:
    jupiterone.sync(instance.id, [user(number) for number in range(600)])
    sizes: list[int] = []
    cursor = None
    while not sizes or cursor is not None:
        page = jupiterone.data(QUERY, query="FIND zoom_user", cursor=cursor)
        sizes.append(len(page["data"]))
        cursor = page["cursor"]
    assert sizes == [250, 250, 100]


def test_sees_a_job_once_it_is_finished(jupiterone: SandboxClient, instance: Instance) -> None:
    def count() -> Any:
        return jupiterone.data(QUERY, query="FIND zoom_user AS u RETURN count(u) AS n")["data"][0]["n"]

    job_id = jupiterone.start(instance.id)
    jupiterone.good(f"/{job_id}/entities", {"entities": [user(1)]})
    jupiterone.good(f"/{job_id}/finalize")
    assert count() == 0
    for _ in range(3):
        jupiterone.job(job_id)
    assert count() == 1


def test_a_deferred_result_is_fetched_from_its_address(filled: SandboxClient) -> None:
    answer = filled.data(QUERY, query="FIND zoom_user AS u RETURN count(u) AS n", deferredResponse="FORCE")
    assert (answer["type"], answer["data"]) == ("deferred", None)
    client = filled.sandbox.app.test_client()
    documents: list[Any] = [client.get(answer["url"]).json for _ in range(2)]
    assert [document["status"] for document in documents] == ["IN_PROGRESS", "COMPLETED"]
    assert (documents[1]["type"], documents[1]["data"], documents[1]["cursor"]) == ("table", [{"n": 5}], None)


def test_the_address_of_a_result_takes_no_key(filled: SandboxClient) -> None:
    answer = filled.data(QUERY, query="FIND zoom_user", deferredResponse="FORCE")
    assert filled.refusal(filled.get(answer["url"])) == (400, "InvalidArgument")
    filled.sandbox.faults.add(Fault("status_500", "deferred"))
    assert filled.sandbox.app.test_client().get(answer["url"]).status_code == 500
    assert filled.sandbox.app.test_client().get("/deferred/unknown").status_code == 404


def test_the_key_may_be_kept_from_querying() -> None:
    jupiterone = SandboxClient(JupiterOneSandbox(j1ql_allowed=False))
    assert jupiterone.graphql_refusal(QUERY, query="FIND zoom_user")[:2] == (200, "FORBIDDEN")
    jupiterone.sandbox.j1ql_allowed = True
    assert jupiterone.data(QUERY, query="FIND zoom_user")["data"] == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "ends too early"),
        ("SELECT 1", 'Expected "FIND"'),
        ("FIND", "ends too early"),
        ("FIND zoom_user WITH name", "ends too early"),
        ("FIND zoom_user WITH name ~= 'x'", "cannot read"),
        ("FIND zoom_user WITH name = other", "no value to compare"),
        ("FIND zoom_user ORDER BY name", 'from "ORDER" on'),
        ("FIND zoom_user WITH name = 'a' OR name = 'b'", 'from "OR" on'),
        ("FIND AS u", "Expected a name"),
        ("FIND zoom_user WITH name = 'a' AS u", 'from "AS" on'),
        ("FIND zoom_user AS u RETURN count(x)", 'nothing of the name "x"'),
        ("FIND zoom_user AS u WHERE x.name = 'N1'", 'nothing of the name "x"'),
    ],
)
def test_refuses_what_it_cannot_read(filled: SandboxClient, query: str, words: str) -> None:
    status, code, message = filled.graphql_refusal(QUERY, query=query)
    assert (status, code) == (200, "BAD_USER_INPUT")
    assert words in message


def test_refuses_a_wrong_cursor(filled: SandboxClient) -> None:
    assert filled.graphql_refusal(QUERY, query="FIND zoom_user", cursor="x")[1] == "BAD_USER_INPUT"
