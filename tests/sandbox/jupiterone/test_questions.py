"""Saved questions over GraphQL, as JupiterOne's Python client and Terraform provider use them."""

from __future__ import annotations

from typing import Any

import pytest

from collector.sandbox.jupiterone import JupiterOneSandbox

from .client import SandboxClient

CREATE = "mutation ($question: CreateQuestionInput!) { createQuestion(question: $question) { id } }"
UPDATE = "mutation ($id: ID!, $update: QuestionUpdate!) { updateQuestion(id: $id, update: $update) { id } }"
DELETE = "mutation ($id: ID!) { deleteQuestion(id: $id) { id title } }"
SHOW = (
    "query ($id: ID!) { question(id: $id) { title description tags showTrend pollingInterval sourceId "
    "queries { name query version resultsAre includeDeleted } compliance { standard requirements controls } } }"
)
LIST = (
    "query ($search: String, $tags: [String], $limit: Int, $cursor: String) { questions(searchQuery: $search, "
    "tags: $tags, limit: $limit, cursor: $cursor) "
    "{ questions { title } totalHits pageInfo { endCursor hasNextPage } } }"
)
QUESTION = {"title": "Who?", "queries": [{"query": "FIND User"}]}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"queries": QUESTION["queries"]}, "title"),
        ({"title": "Who?"}, "queries"),
        ({"title": "Who?", "queries": []}, "needs a query"),
        ({"title": "Who?", "queries": [{"name": "good"}]}, "query"),
        ({"title": "Who?", "queries": [{"query": "FIND User", "resultsAre": "FINE"}]}, "QueryResultsAre"),
        ({**QUESTION, "pollingInterval": "DAILY"}, "SchedulerPollingInterval"),
        ({**QUESTION, "why": "Because."}, "why"),
    ],
)
def test_refuses_a_wrong_question(jupiterone: SandboxClient, given: dict[str, Any], words: str) -> None:
    status, code, message = jupiterone.graphql_refusal(CREATE, question=given)
    assert (status, code) == (200, "BAD_USER_INPUT")
    assert words in message
    assert jupiterone.sandbox.questions == []


def test_what_is_not_given_has_a_default(jupiterone: SandboxClient) -> None:
    """As in the recorded answers of the Terraform provider, which also sends empty texts and null."""
    made = jupiterone.data(CREATE, question={**QUESTION, "name": "", "widgetId": "", "variables": None})
    assert jupiterone.data(SHOW, id=made["id"]) == {
        "title": "Who?",
        "description": "",
        "tags": [],
        "showTrend": False,
        "pollingInterval": "ONE_DAY",
        "sourceId": None,
        "queries": [
            {
                "name": None,
                "query": "FIND User",
                "version": None,
                "resultsAre": "INFORMATIVE",
                "includeDeleted": False,
            }
        ],
        "compliance": [],
    }


def test_an_update_changes_what_it_names(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    question = sandbox.add_question(title="Who?", tags=["a"], showTrend=True)
    jupiterone.data(UPDATE, id=question["id"], update={"description": "Everybody."})
    assert sandbox.questions == [{**question, "description": "Everybody."}]


def test_two_may_have_one_title(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    assert jupiterone.data(CREATE, question=QUESTION) != jupiterone.data(CREATE, question=QUESTION)
    assert [question["title"] for question in sandbox.questions] == ["Who?", "Who?"]


@pytest.mark.parametrize(("operation", "variables"), [(SHOW, {}), (DELETE, {}), (UPDATE, {"update": {"title": "a"}})])
def test_one_that_is_not_there(jupiterone: SandboxClient, operation: str, variables: dict[str, Any]) -> None:
    _, code, _ = jupiterone.graphql_refusal(operation, id="gone", **variables)
    assert code == "NOT_FOUND"


def test_a_deleted_one_is_not_there(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    made = sandbox.add_question(title="Who?")
    assert jupiterone.data(DELETE, id=made["id"]) == {"id": made["id"], "title": "Who?"}
    assert sandbox.questions == []


def test_lists_pages_of_what_is_asked_for(jupiterone: SandboxClient, sandbox: JupiterOneSandbox) -> None:
    for number in range(5):
        sandbox.add_question(title=f"Question {number}", tags=["zoom", "odd" if number % 2 else "even"])
    first = jupiterone.data(LIST, tags=["even"], limit=2)
    assert [row["title"] for row in first["questions"]] == ["Question 0", "Question 2"]
    assert (first["totalHits"], first["pageInfo"]["hasNextPage"]) == (3, True)
    second = jupiterone.data(LIST, tags=["even"], limit=2, cursor=first["pageInfo"]["endCursor"])
    assert [row["title"] for row in second["questions"]] == ["Question 4"]
    assert second["pageInfo"] == {"endCursor": None, "hasNextPage": False}
    assert jupiterone.data(LIST, search="question 3")["totalHits"] == 1


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_limit_out_of_range(jupiterone: SandboxClient, limit: int) -> None:
    assert jupiterone.graphql_refusal(LIST, limit=limit)[1] == "BAD_USER_INPUT"
