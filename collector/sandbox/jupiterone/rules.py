"""Alert rules: "question rule instances".

As in the recorded answers of JupiterOne's Terraform provider: every action gets an id, a new one at each update;
`remediationSteps: ""` comes back as null, `labels: null` as a list; `templates: null` is accepted, `when: null` is not.
As in the documentation of JupiterOne's MCP server: names of queries, no ORDER BY, conjunctions, and a condition where
only new entities count. Clients send either the current version in an update or the next one; which of them JupiterOne
checks is not known, so both are accepted. Where it refuses something the code is this sandbox's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from collector.sandbox.jupiterone.errors import graphql_error
from collector.sandbox.jupiterone.graphql_pages import page_of
from collector.sandbox.jupiterone.graphql_routes import Resolver
from collector.sandbox.jupiterone.identifiers import Identifiers
from collector.sandbox.jupiterone.questions import Questions

ACTION_TYPES = (
    "SET_PROPERTY",
    "CREATE_ALERT",
    "SEND_EMAIL",
    "SEND_SLACK_MESSAGE",
    "CREATE_JIRA_TICKET",
    "TAG_ENTITIES",
    "WEBHOOK",
    "PUBLISH_SNS_MESSAGE",
    "SEND_SQS_MESSAGE",
    "SEND_TO_S3",
    "FOR_EACH_ITEM",
    "JUPITERONE_QUERY",
)
_MAX_NAME_LENGTH = 255
_UNSET: dict[str, Any] = {
    "specVersion": 1,
    "pollingInterval": "ONE_DAY",
    "outputs": [],
    "labels": [],
    "notifyOnFailure": False,
    "triggerActionsOnNewEntitiesOnly": False,
    "ignorePreviousResults": False,
    "remediationSteps": None,
    "resourceGroupId": None,
    "templates": None,
}
_NOT_SHOWN = ("j1Internal", "state", "latestAlertId")


class Rules:
    """All rules of the account, oldest first. Not safe to share between threads."""

    def __init__(self, account: str, questions: Questions, identifiers: Identifiers) -> None:
        self._account = account
        self._questions = questions
        self._identifiers = identifiers
        self._rules: dict[str, dict[str, Any]] = {}

    def by_name(self) -> Mapping[str, Resolver]:
        return {
            "questionRuleInstance": lambda arguments: self._get(arguments["id"]),
            "listRuleInstances": self._list,
            "createInlineQuestionRuleInstance": lambda arguments: self.add(arguments["instance"]),
            "createReferencedQuestionRuleInstance": lambda arguments: self.add(arguments["instance"]),
            "updateInlineQuestionRuleInstance": self._update,
            "updateReferencedQuestionRuleInstance": self._update,
            "deleteRuleInstance": self._delete,
        }

    @property
    def all(self) -> list[dict[str, Any]]:
        return list(self._rules.values())

    def add(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """`given`: as the inputs of the two mutations that create. Raises GraphQLError."""
        rule_id = self._identifiers.new()
        self._check(given, rule_id)
        self._rules[rule_id] = {
            "id": rule_id,
            "accountId": self._account,
            "type": "QUESTION",
            "latest": True,
            "deleted": False,
            "version": 1,
            "questionId": None,
            "question": None,
            **_UNSET,
            **self._kept(given),
        }
        return self._rules[rule_id]

    def change(self, rule_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Change some members as somebody does in JupiterOne."""
        known = self._get(rule_id)
        self._rules[rule_id] = {**known, **self._kept(given), "version": known["version"] + 1}
        return self._rules[rule_id]

    def _update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        given = dict(arguments["instance"])
        known = self._get(given.pop("id"))
        if given.pop("version") not in (known["version"], known["version"] + 1):
            raise graphql_error("The rule has another version by now.", "CONFLICT")
        self._check(given, known["id"])
        return self.change(known["id"], {**_UNSET, **given})

    def _list(self, arguments: dict[str, Any]) -> dict[str, Any]:
        rows, page_info = page_of(self.all, arguments.get("cursor"), arguments.get("limit"))
        return {"questionInstances": rows, "pageInfo": page_info}

    def _delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        rule = self._get(arguments["id"])
        del self._rules[rule["id"]]
        return {"id": rule["id"]}

    def _get(self, rule_id: str) -> dict[str, Any]:
        if rule_id not in self._rules:
            raise graphql_error(
                "Rule instance does not exist (failedOperation=getLatestPersistedRuleVersionById).", "NOT_FOUND"
            )
        return self._rules[rule_id]

    def _check(self, given: Mapping[str, Any], rule_id: str) -> None:
        name = given["name"]
        if not 1 <= len(name) <= _MAX_NAME_LENGTH:
            raise _refused(f"The name of a rule has 1 to {_MAX_NAME_LENGTH} characters.")
        if any(other["name"] == name and other["id"] != rule_id for other in self.all):
            raise _refused("There is a rule with this name.")
        if "questionId" in given:
            self._questions.get(given["questionId"])
        else:
            for query in given["question"]["queries"]:
                _check_query(query)
        for operation in given["operations"]:
            _check_operation(operation, only_new=given.get("triggerActionsOnNewEntitiesOnly") is True)

    def _kept(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept of an input, as it is answered."""
        kept = {name: value for name, value in given.items() if name not in _NOT_SHOWN}
        kept = {name: _UNSET.get(name) if value is None else value for name, value in kept.items()}
        if kept.get("remediationSteps") == "":
            kept["remediationSteps"] = None
        if "operations" in kept:
            kept["operations"] = [
                {"when": each.get("when"), "actions": [self._action(action) for action in each["actions"]]}
                for each in kept["operations"]
            ]
        return kept

    def _action(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {**given, "id": self._identifiers.new()}


def _check_query(query: Mapping[str, Any]) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_]+", query.get("name") or "query0"):
        raise _refused("The name of a query has letters, digits and underscores.")
    if re.search(r"\border\s+by\b", query["query"], re.IGNORECASE):
        raise _refused("The query of a rule must not have ORDER BY.")


def _check_operation(operation: Mapping[str, Any], *, only_new: bool) -> None:
    when = operation.get("when")
    if when is None and "when" in operation:
        raise _refused("when must not be null.")
    if when is None and only_new:
        raise _refused("triggerActionsOnNewEntitiesOnly needs a when.")
    if isinstance(when, Mapping):
        if unknown := when.keys() - {"type", "specVersion", "condition"}:
            raise _refused(f"when has additional properties: {', '.join(sorted(unknown))}.")
        condition = when.get("condition")
        if when.get("type") != "FILTER" or not condition:
            raise _refused("when must be a FILTER with a condition.")
        if isinstance(condition, list) and condition[0] not in ("AND", "OR"):
            raise _refused("Invalid conjunction operator.")
    for action in operation["actions"]:
        if not isinstance(action, Mapping) or action.get("type") not in ACTION_TYPES:
            raise _refused("An action has an unknown type.")


def _refused(message: str) -> GraphQLError:
    return graphql_error(message, "BAD_USER_INPUT")
