"""Alert rules over GraphQL, as in the recorded answers of JupiterOne's Terraform provider."""

from __future__ import annotations

from typing import Any

import pytest

from collector.sandbox.jupiterone import JupiterOneSandbox

from .client import SandboxClient

CREATE = (
    "mutation ($instance: CreateInlineQuestionRuleInstanceInput!) "
    "{ createInlineQuestionRuleInstance(instance: $instance) { id version } }"
)
UPDATE = (
    "mutation ($instance: UpdateInlineQuestionRuleInstanceInput!) "
    "{ updateInlineQuestionRuleInstance(instance: $instance) { id version } }"
)
CREATE_REFERENCED = (
    "mutation ($instance: CreateReferencedQuestionRuleInstanceInput!) "
    "{ createReferencedQuestionRuleInstance(instance: $instance) { questionId question { queries { query } } } }"
)
SHOW = (
    "query ($id: ID!) { questionRuleInstance(id: $id) { name version type latest deleted pollingInterval templates "
    "remediationSteps labels { labelName labelValue } operations { when actions } } }"
)
DELETE = "mutation ($id: ID!) { deleteRuleInstance(id: $id) { id } }"
LIST = (
    "query ($limit: Int, $cursor: String) { listRuleInstances(limit: $limit, cursor: $cursor) "
    "{ questionInstances { name } pageInfo { endCursor hasNextPage } } }"
)
WHEN = {"type": "FILTER", "specVersion": 1, "condition": ["AND", ["queries.query0.total", ">", 0]]}
ALERT = {"type": "CREATE_ALERT"}
RULE: dict[str, Any] = {
    "name": "Admins",
    "description": "",
    "question": {"queries": [{"name": "query0", "query": "FIND User", "version": "v1"}]},
    "operations": [{"when": WHEN, "actions": [ALERT]}],
    "tags": [],
}


def without(member: str) -> dict[str, Any]:
    return {name: value for name, value in RULE.items() if name != member}


def querying(query: str, name: str = "query0") -> dict[str, Any]:
    return {"question": {"queries": [{"name": name, "query": query}]}}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (without("name"), "name"),
        (without("description"), "description"),
        (without("tags"), "tags"),
        (without("question"), "question"),
        (without("operations"), "operations"),
        ({**RULE, "name": ""}, "1 to 255"),
        ({**RULE, "name": "a" * 256}, "1 to 255"),
        ({**RULE, "operations": [{"when": None, "actions": [ALERT]}]}, "when must not be null"),
        ({**RULE, "operations": [{"actions": [ALERT]}], "triggerActionsOnNewEntitiesOnly": True}, "needs a when"),
        ({**RULE, "operations": [{"when": {**WHEN, "condition": ["XOR"]}, "actions": []}]}, "Invalid conjunction"),
        ({**RULE, "operations": [{"when": {**WHEN, "version": 1}, "actions": []}]}, "additional properties: version"),
        ({**RULE, "operations": [{"when": WHEN, "actions": [{"type": "SHOUT"}]}]}, "unknown type"),
        ({**RULE, **querying("FIND User ORDER  BY User.name")}, "ORDER BY"),
        ({**RULE, **querying("FIND User", name="query-0")}, "name of a query"),
    ],
)
def test_refuses_a_wrong_rule(jupiterone: SandboxClient, given: dict[str, Any], words: str) -> None:
    status, code, message = jupiterone.graphql_refusal(CREATE, instance=given)
    assert (status, code) == (200, "BAD_USER_INPUT")
    assert words in message
    assert jupiterone.sandbox.rules == []


def test_a_name_is_unique(jupiterone: SandboxClient) -> None:
    jupiterone.data(CREATE, instance=RULE)
    assert "this name" in jupiterone.graphql_refusal(CREATE, instance=RULE)[2]


def test_what_comes_back(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    empty = {"remediationSteps": "", "labels": None, "templates": None, "operations": [{"actions": [ALERT]}]}
    made = jupiterone.data(CREATE, instance={**RULE, **empty})
    (action,) = sandbox.rules[0]["operations"][0]["actions"]
    assert jupiterone.data(SHOW, id=made["id"]) == {
        "name": "Admins",
        "version": 1,
        "type": "QUESTION",
        "latest": True,
        "deleted": False,
        "pollingInterval": "ONE_DAY",
        "templates": None,
        "remediationSteps": None,
        "labels": [],
        "operations": [{"when": None, "actions": [{"type": "CREATE_ALERT", "id": action["id"]}]}],
    }


@pytest.mark.parametrize("sent", [1, 2])
def test_an_update_counts_up_and_gives_actions_new_ids(
    jupiterone: SandboxClient, sandbox: JupiterOneSandbox, sent: int
) -> None:
    """Terraform sends the current version, the Python client the next."""
    made = jupiterone.data(CREATE, instance=RULE)
    before = sandbox.rules[0]["operations"][0]["actions"][0]["id"]
    updated = jupiterone.data(UPDATE, instance={**RULE, "id": made["id"], "version": sent})
    assert updated == {"id": made["id"], "version": 2}
    assert sandbox.rules[0]["operations"][0]["actions"][0]["id"] != before


@pytest.mark.parametrize("sent", [0, 3])
def test_another_version_is_refused(jupiterone: SandboxClient, sandbox: JupiterOneSandbox, sent: int) -> None:
    made = jupiterone.data(CREATE, instance=RULE)
    assert jupiterone.graphql_refusal(UPDATE, instance={**RULE, "id": made["id"], "version": sent})[1] == "CONFLICT"
    assert sandbox.rules[0]["version"] == 1


def test_a_rule_may_refer_to_a_question(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    question = sandbox.add_question(title="Who?")
    referenced = {**without("question"), "questionId": question["id"]}
    assert jupiterone.data(CREATE_REFERENCED, instance=referenced) == {"questionId": question["id"], "question": None}
    unknown = {**referenced, "questionId": "gone", "name": "Other"}
    assert jupiterone.graphql_refusal(CREATE_REFERENCED, instance=unknown)[1] == "NOT_FOUND"


def test_a_deleted_one_is_not_there(jupiterone: SandboxClient) -> None:
    made = jupiterone.data(CREATE, instance=RULE)
    assert jupiterone.data(DELETE, id=made["id"]) == {"id": made["id"]}
    for operation in (SHOW, DELETE):
        _, code, message = jupiterone.graphql_refusal(operation, id=made["id"])
        assert code == "NOT_FOUND"
        assert "Rule instance does not exist (failedOperation=getLatestPersistedRuleVersionById" in message


def test_lists_pages(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    for number in range(3):
        sandbox.add_rule(name=f"Rule {number}")
    first = jupiterone.data(LIST, limit=2)
    assert [row["name"] for row in first["questionInstances"]] == ["Rule 0", "Rule 1"]
    second = jupiterone.data(LIST, limit=2, cursor=first["pageInfo"]["endCursor"])
    assert [row["name"] for row in second["questionInstances"]] == ["Rule 2"]
    assert jupiterone.graphql_refusal(LIST, limit=1001)[1] == "BAD_USER_INPUT"
