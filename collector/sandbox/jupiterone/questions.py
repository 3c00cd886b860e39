"""Saved questions (JupiterOne's Python client 2.3.0, Terraform provider `question.graphql`).

Titles need not be unique. Queries are kept as they come: no public text says that saving a question checks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.clock import Clock, milliseconds
from collector.sandbox.jupiterone.errors import graphql_error
from collector.sandbox.jupiterone.graphql_pages import page_of
from collector.sandbox.jupiterone.graphql_routes import Resolver
from collector.sandbox.jupiterone.identifiers import Identifiers

_UNSET: dict[str, Any] = {
    "sourceId": None,
    "integrationDefinitionId": None,
    "description": "",
    "tags": [],
    "compliance": [],
    "variables": [],
    "showTrend": False,
    "pollingInterval": "ONE_DAY",
}
_NOT_KEPT = ("name", "widgetId")
"""Members of the input that no answer has."""


class Questions:
    """All questions of the account, oldest first. Not safe to share between threads."""

    def __init__(self, account: str, identifiers: Identifiers, clock: Clock) -> None:
        self._account = account
        self._identifiers = identifiers
        self._clock = clock
        self._questions: dict[str, dict[str, Any]] = {}

    def by_name(self) -> Mapping[str, Resolver]:
        return {
            "question": lambda arguments: self.get(arguments["id"]),
            "questions": self._list,
            "createQuestion": lambda arguments: self.add(arguments["question"]),
            "updateQuestion": lambda arguments: self.change(arguments["id"], arguments["update"]),
            "deleteQuestion": self._delete,
        }

    @property
    def all(self) -> list[dict[str, Any]]:
        return list(self._questions.values())

    def get(self, question_id: str) -> dict[str, Any]:
        """Raises GraphQLError for an unknown id."""
        if question_id not in self._questions:
            raise graphql_error(f"Question {question_id} was not found.", "NOT_FOUND")
        return self._questions[question_id]

    def add(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """`given`: as CreateQuestionInput."""
        _check(given)
        question_id = self._identifiers.new()
        self._questions[question_id] = {"id": question_id, "accountId": self._account, **_UNSET}
        return self.change(question_id, given)

    def change(self, question_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """`given`: as QuestionUpdate; what is not named stays."""
        known = self.get(question_id)
        _check(given)
        changes = {name: value for name, value in given.items() if name not in _NOT_KEPT}
        changes = {name: _UNSET.get(name) if value is None else value for name, value in changes.items()}
        if "queries" in changes:
            changes["queries"] = [_query(each) for each in changes["queries"]]
        self._questions[question_id] = {
            **known,
            **changes,
            "lastUpdatedTimestamp": milliseconds(self._clock.now()),
        }
        return self._questions[question_id]

    def _list(self, arguments: dict[str, Any]) -> dict[str, Any]:
        found = [question for question in self.all if _is_asked_for(question, arguments)]
        rows, page_info = page_of(found, arguments.get("cursor"), arguments.get("limit"))
        return {"questions": rows, "totalHits": len(found), "pageInfo": page_info}

    def _delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        question = self.get(arguments["id"])
        del self._questions[question["id"]]
        return question


def _check(given: Mapping[str, Any]) -> None:
    if "queries" in given and not given["queries"]:
        raise graphql_error("A question needs a query.", "BAD_USER_INPUT")


def _query(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": given.get("name"),
        "query": given["query"],
        "version": given.get("version"),
        "resultsAre": given.get("resultsAre") or "INFORMATIVE",
        "includeDeleted": given.get("includeDeleted") or False,
    }


def _is_asked_for(question: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    definition_id = arguments.get("integrationDefinitionId")
    return (
        (arguments.get("searchQuery") or "").lower() in question["title"].lower()
        and set(arguments.get("tags") or ()) <= set(question["tags"])
        and definition_id in (None, question["integrationDefinitionId"])
    )
