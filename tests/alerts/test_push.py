"""Alert rules go to JupiterOne once, stay what people made of them, and nobody else's are touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from collector.alerts.library import load_alerts
from collector.alerts.push import (
    PERMISSION,
    WantedRule,
    push,
    read_ours,
    read_push_plan,
    remove,
    wanted_rules,
)
from collector.errors import AccessRefused, RequestFailed, UsageError
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.push_report import PushReport
from collector.questions.library import load_questions
from collector.sandbox.jupiterone import Fault, JupiterOneSandbox
from tests.fakes import FakeClock
from tests.jupiterone.conftest import connected, operations

ADMIN = WantedRule("Zoom: a new admin", "Somebody became an admin.", "HIGH", "FIND zoom_user WITH isAdmin = true AS u")
PASSCODE = WantedRule("Zoom: no passcode", "Passcode off.", "MEDIUM", "FIND zoom_user WITH a = false AS u")
BOTH = (ADMIN, PASSCODE)
SLACK = {"type": "SEND_SLACK_MESSAGE", "channels": ["#security"], "body": "Look.", "id": "theirs"}
WHEN = {"type": "FILTER", "condition": ["AND", ["queries.query0.total", ">", 100]]}
MAIL = {
    "when": WHEN,
    "actions": [{"type": "SEND_EMAIL", "recipients": ["kim@example.com"], "body": "Look.", "id": "theirs"}],
}


@pytest.fixture
def sandbox() -> JupiterOneSandbox:
    return JupiterOneSandbox(clock=FakeClock())


@pytest.fixture
def jupiterone(sandbox: JupiterOneSandbox) -> JupiterOne:
    return connected(sandbox, FakeClock())


def pushed(jupiterone: JupiterOne, *rules: WantedRule) -> PushReport:
    return push(jupiterone, read_push_plan(jupiterone, rules))


def push_and_remove(jupiterone: JupiterOne) -> None:
    pushed(jupiterone, *BOTH)
    remove(jupiterone, read_ours(jupiterone))


def without_ids(operations: Any) -> Any:
    return [
        {
            "when": each["when"],
            "actions": [{name: value for name, value in action.items() if name != "id"} for action in each["actions"]],
        }
        for each in operations
    ]


def test_what_is_made(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    assert pushed(jupiterone, *BOTH) == PushReport(created=(ADMIN.name, PASSCODE.name))
    made = dict(sandbox.rules[0])
    assert without_ids(made.pop("operations")) == [
        {
            "when": {"type": "FILTER", "specVersion": 1, "condition": ["AND", ["queries.query0.total", ">", 0]]},
            "actions": [
                {"type": "SET_PROPERTY", "targetProperty": "alertLevel", "targetValue": "HIGH"},
                {"type": "CREATE_ALERT"},
            ],
        }
    ]
    query = made.pop("question")["queries"]
    assert [(each["name"], each["query"], each["version"]) for each in query] == [("query0", ADMIN.query, "v1")]
    assert made == {
        "id": made["id"],
        "accountId": "sandbox",
        "type": "QUESTION",
        "latest": True,
        "deleted": False,
        "version": 1,
        "specVersion": 1,
        "questionId": None,
        "name": "Zoom: a new admin",
        "description": "Somebody became an admin.",
        "pollingInterval": "ONE_DAY",
        "outputs": ["queries.query0.total", "alertLevel"],
        "labels": [{"labelName": "managed-by", "labelValue": "zoom-collector"}],
        "tags": [],
        "templates": {},
        "notifyOnFailure": True,
        "triggerActionsOnNewEntitiesOnly": True,
        "ignorePreviousResults": False,
        "remediationSteps": None,
        "resourceGroupId": None,
    }


def test_the_second_push_sends_nothing(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    wanted = wanted_rules(load_alerts(), load_questions())
    pushed(jupiterone, *wanted)
    before, sent = sandbox.rules, len(sandbox.requests)
    assert pushed(jupiterone, *wanted) == PushReport(unchanged=tuple(rule.name for rule in wanted))
    assert sandbox.rules == before
    assert operations(sandbox)[sent:] == ["listRuleInstances"]


@pytest.mark.parametrize(
    "changes",
    [
        {"description": "Other."},
        {"level": "LOW"},
        {"query": "FIND zoom_user WITH isAdmin = true AS user"},
        {"templates": {"emailBody": "Look."}},
        {"labels": {"team": "a"}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_differs_is_updated(jupiterone: JupiterOne, sandbox: JupiterOneSandbox, changes: dict[str, Any]) -> None:
    pushed(jupiterone, *BOTH)
    id_ = sandbox.rules[0]["id"]
    changed = replace(ADMIN, **changes)
    assert pushed(jupiterone, changed, PASSCODE) == PushReport(updated=(ADMIN.name,), unchanged=(PASSCODE.name,))
    assert (sandbox.rules[0]["id"], sandbox.rules[0]["version"]) == (id_, 2)
    assert pushed(jupiterone, changed, PASSCODE).updated == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"triggerActionsOnNewEntitiesOnly": False},
        {"operations": []},
        {"operations": [{"when": None, "actions": [{"type": "CREATE_ALERT"}]}]},
        {"description": "Edited by Kim."},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_makes_the_rule_is_restored(
    jupiterone: JupiterOne, sandbox: JupiterOneSandbox, changes: dict[str, Any]
) -> None:
    pushed(jupiterone, ADMIN)
    (made,) = sandbox.rules
    sandbox.change_rule(made["id"], **changes)
    assert pushed(jupiterone, ADMIN).updated == (ADMIN.name,)
    (restored,) = sandbox.rules
    assert without_ids(restored["operations"]) == without_ids(made["operations"])
    assert (restored["description"], restored["triggerActionsOnNewEntitiesOnly"]) == (ADMIN.description, True)


def test_what_people_chose_in_jupiterone_stays(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    pushed(jupiterone, ADMIN)
    (made,) = sandbox.rules
    (own,) = made["operations"]
    chosen = {
        "pollingInterval": "ONE_HOUR",
        "notifyOnFailure": False,
        "ignorePreviousResults": True,
        "remediationSteps": "Call Kim.",
        "resourceGroupId": "group-1",
        "outputs": [*made["outputs"], "theirs"],
        "templates": {"theirs": "Look."},
        "labels": [*made["labels"], {"labelName": "team", "labelValue": "a"}],
        "operations": [{**own, "actions": [SLACK, *own["actions"]]}, MAIL],
    }
    sandbox.change_rule(made["id"], **chosen)
    assert pushed(jupiterone, ADMIN).unchanged == (ADMIN.name,)
    assert pushed(jupiterone, replace(ADMIN, level="LOW")).updated == (ADMIN.name,)
    (kept,) = sandbox.rules
    for name in chosen.keys() - {"operations"}:
        assert kept[name] == chosen[name], name
    (first, second) = without_ids(kept["operations"])
    assert [action["type"] for action in first["actions"]] == ["SEND_SLACK_MESSAGE", "SET_PROPERTY", "CREATE_ALERT"]
    assert first["actions"][0]["channels"] == ["#security"]
    assert first["actions"][1]["targetValue"] == "LOW"
    assert [second] == without_ids([MAIL])


def test_what_jupiterone_adds_or_leaves_out_is_no_difference(
    jupiterone: JupiterOne, sandbox: JupiterOneSandbox
) -> None:
    pushed(jupiterone, ADMIN)
    (made,) = sandbox.rules
    (own,) = made["operations"]
    when = {name: value for name, value in own["when"].items() if name != "specVersion"}
    actions = [{**action, "added": True} for action in own["actions"]]
    (query,) = made["question"]["queries"]
    sandbox.change_rule(
        made["id"],
        operations=[{"when": when, "actions": actions}],
        question={"queries": [{**query, "query": query["query"].replace(" ", "\n")}]},
        outputs=made["outputs"][::-1],
        templates=None,
    )
    assert pushed(jupiterone, ADMIN) == PushReport(unchanged=(ADMIN.name,))


def test_somebody_elses_of_the_same_name_is_left_alone_and_named(
    jupiterone: JupiterOne, sandbox: JupiterOneSandbox
) -> None:
    label = {"labelName": "managed-by", "labelValue": "kim"}
    theirs = sandbox.add_rule(name=ADMIN.name, labels=[label])
    for report in (pushed(jupiterone, *BOTH), pushed(jupiterone, *BOTH)):
        assert (report.foreign, ADMIN.name in report.created + report.updated) == ((ADMIN.name,), False)
    remove(jupiterone, read_ours(jupiterone))
    assert sandbox.rules == [theirs]


def test_what_is_no_longer_in_the_file_is_named_and_stays(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    pushed(jupiterone, *BOTH)
    assert pushed(jupiterone, ADMIN) == PushReport(unchanged=(ADMIN.name,), obsolete=(PASSCODE.name,))
    assert len(sandbox.rules) == 2


def test_removing_twice(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    pushed(jupiterone, *BOTH)
    ours = read_ours(jupiterone)
    for _ in range(2):
        remove(jupiterone, ours)
    assert (sandbox.rules, read_ours(jupiterone)) == ([], ())


def test_what_jupiterone_refuses_does_not_keep_the_others(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    report = pushed(jupiterone, replace(ADMIN, query="FIND zoom_user ORDER BY zoom_user.name"), PASSCODE)
    assert (report.created, [refusal.name for refusal in report.refused]) == ((PASSCODE.name,), [ADMIN.name])
    assert "ORDER BY" in report.refused[0].reason


def test_a_jupiterone_that_does_not_answer_ends_the_push(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    sandbox.faults.add(Fault("status_503", operation="createInlineQuestionRuleInstance", times=None))
    with pytest.raises(RequestFailed, match="failed 5 times"):
        pushed(jupiterone, *BOTH)


@pytest.mark.parametrize("operation", ["listRuleInstances", "createInlineQuestionRuleInstance", "deleteRuleInstance"])
def test_a_key_that_may_not(jupiterone: JupiterOne, sandbox: JupiterOneSandbox, operation: str) -> None:
    sandbox.faults.add(Fault("forbidden", operation=operation, times=None))
    with pytest.raises(AccessRefused) as failure:
        push_and_remove(jupiterone)
    assert failure.value.next_step == PERMISSION
    assert "Check JUPITERONE_API_KEY and JUPITERONE_ACCOUNT." in PERMISSION  # a wrong key is answered like that, too
    assert "permission to read, create, change and delete alert rules" in PERMISSION


class TestTheFile:
    def test_every_rule_watches_a_query_that_exists(self) -> None:
        rules = load_alerts()
        assert [rule.query for rule in wanted_rules(rules, load_questions())] == [
            rule.query_in(load_questions()).text for rule in rules if not rule.check
        ]

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"question": "unheard-of"}, "watches the question unheard-of, which does not exist"),
            ({"query": "worse"}, "watches the query 'worse' of"),
            ({"name": ""}, "1 to 255 characters"),
            ({"name": "a" * 256}, "1 to 255 characters"),
        ],
    )
    def test_a_rule_that_cannot_be_pushed(self, changes: dict[str, Any], said: str) -> None:
        with pytest.raises(UsageError, match=said):
            wanted_rules([replace(load_alerts()[0], **changes)], load_questions())

    def test_a_name_that_is_used_twice(self) -> None:
        rule = load_alerts()[0]
        with pytest.raises(UsageError, match="used twice"):
            wanted_rules([rule, rule], load_questions())

    def test_a_query_with_an_order(self) -> None:
        rule = load_alerts()[0]
        questions = [
            replace(
                question,
                queries=tuple(replace(query, text=f"{query.text} ORDER BY u.name") for query in question.queries),
            )
            for question in load_questions()
        ]
        with pytest.raises(UsageError, match="has ORDER BY"):
            wanted_rules([rule], questions)
