"""Alert rules before the sandbox, and before answers it does not give."""

from __future__ import annotations

from typing import Any

import pytest

from collector.errors import AccessRefused, RequestFailed
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.rules import Rule, Rules
from collector.sandbox.jupiterone import Fault, JupiterOneSandbox

from .conftest import GOES_BY, GRAPHQL, operations

WHEN = {"type": "FILTER", "condition": ["AND", ["queries.query0.total", ">", 0]]}
INLINE: dict[str, Any] = {
    "name": "A new admin",
    "description": "Somebody became an admin.",
    "specVersion": 1,
    "pollingInterval": "ONE_DAY",
    "question": {"queries": [{"name": "query0", "query": "FIND zoom_user", "version": "v1", "includeDeleted": False}]},
    "operations": [{"when": WHEN, "actions": [{"type": "CREATE_ALERT"}]}],
    "outputs": ["queries.query0.total"],
    "templates": {"emailBody": "Look."},
    "tags": [],
    "labels": [{"labelName": "managed-by", "labelValue": "somebody"}],
    "notifyOnFailure": True,
    "triggerActionsOnNewEntitiesOnly": True,
    "ignorePreviousResults": False,
    "remediationSteps": "",
}


@pytest.fixture
def rules(jupiterone: JupiterOne) -> Rules:
    return Rules(jupiterone)


def referenced(question_id: str) -> dict[str, Any]:
    return {**{name: value for name, value in INLINE.items() if name != "question"}, "questionId": question_id}


def test_from_nothing_to_a_rule_and_back(rules: Rules) -> None:
    made = rules.create(INLINE, earlier=())
    assert made == Rule(made.id, "A new admin", 1, INLINE)
    assert (made.labels, made.question_id) == ({("managed-by", "somebody")}, None)
    assert list(rules.list()) == [rules.show(made.id)] == [made]
    updated = rules.update(made, {**INLINE, "description": "Other."})
    assert (updated.version, updated.instance["description"]) == (2, "Other.")
    rules.delete(made.id)
    rules.delete(made.id)
    assert (list(rules.list()), rules.show(made.id)) == ([], None)


def test_a_rule_that_refers_to_a_question(rules: Rules, sandbox: JupiterOneSandbox) -> None:
    instance = referenced(sandbox.add_question(title="Who?")["id"])
    made = rules.create(instance, earlier=())
    assert (made.question_id, made.instance) == (instance["questionId"], instance)
    assert rules.update(made, instance).version == 2


def test_what_is_read_can_be_sent_again(rules: Rules, sandbox: JupiterOneSandbox) -> None:
    """Null for `when` is refused, and the ids of actions are JupiterOne's."""
    each = {"type": "FOR_EACH_ITEM", "items": "x", "actions": [{"type": "CREATE_ALERT", "id": "inner"}]}
    sandbox.add_rule(name="Theirs", operations=[{"actions": [each]}])
    (read,) = rules.list()
    assert read.instance["operations"] == [{"actions": [{**each, "actions": [{"type": "CREATE_ALERT"}]}]}]
    assert rules.update(read, read.instance) == Rule(read.id, "Theirs", 2, read.instance)


def test_all_pages_are_read(rules: Rules, sandbox: JupiterOneSandbox) -> None:
    for number in range(250):
        sandbox.add_rule(name=f"Rule {number}")
    assert len(rules.list()) == 250
    assert operations(sandbox) == ["listRuleInstances"] * 3


@pytest.mark.parametrize("kind", GOES_BY)
def test_trouble_makes_neither_two_rules_nor_none(rules: Rules, sandbox: JupiterOneSandbox, kind: str) -> None:
    sandbox.faults.add(Fault(kind, operation="createInlineQuestionRuleInstance", times=1))
    made = rules.create(INLINE, earlier=())
    assert [rule["id"] for rule in sandbox.rules] == [made.id]


@pytest.mark.parametrize("kind", GOES_BY)
def test_trouble_updates_once(rules: Rules, sandbox: JupiterOneSandbox, kind: str) -> None:
    """A second update with the version of the first would be refused."""
    made = rules.create(INLINE, earlier=())
    sandbox.faults.add(Fault(kind, operation="updateInlineQuestionRuleInstance", times=1))
    assert rules.update(made, INLINE).version == 2


@pytest.mark.parametrize("kind", ["status_500", "lost_answer"])
def test_deleting_through_trouble(rules: Rules, sandbox: JupiterOneSandbox, kind: str) -> None:
    made = rules.create(INLINE, earlier=())
    sandbox.faults.add(Fault(kind, operation="deleteRuleInstance", times=1))
    rules.delete(made.id)
    assert sandbox.rules == []


def test_a_rule_that_was_changed_meanwhile(rules: Rules, sandbox: JupiterOneSandbox) -> None:
    made = rules.create(INLINE, earlier=())
    for _ in range(2):
        sandbox.change_rule(made.id, description="Changed.")
    with pytest.raises(RequestFailed, match="another version"):
        rules.update(made, INLINE)


@pytest.mark.parametrize(
    ("answer", "failure", "said"),
    [
        ({"errors": [{"message": "Forbidden"}]}, AccessRefused, "refused: Forbidden."),
        ({"data": {"rule": None}}, RequestFailed, "describes no rule"),
        ({"data": {"rule": {"id": "r-1", "version": None}}}, RequestFailed, "describes no rule"),
    ],
)
def test_what_a_creation_may_be_answered_with(client, requests_mock, answer, failure, said) -> None:
    requests_mock.post(GRAPHQL, json=answer)
    with pytest.raises(failure, match=said):
        Rules(client).create(INLINE, earlier=())


def test_deleted_and_earlier_versions_are_no_rules(client, requests_mock) -> None:
    rows = [{"id": name, "version": 1, **flags} for name, flags in (("a", {"deleted": True}), ("b", {"latest": False}))]
    requests_mock.post(
        GRAPHQL, json={"data": {"listRuleInstances": {"questionInstances": [*rows, {"id": "c", "version": 2}]}}}
    )
    assert [rule.id for rule in Rules(client).list()] == ["c"]
