"""The alert rules as values, and where they are kept: `alerts.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast, get_args

import yaml

from collector.errors import UsageError
from collector.questions.library import load_questions
from collector.questions.question import NamedQuery, SecurityQuestion

Level = Literal["INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"]
"""JupiterOne's levels of alerts, the lowest first."""

Check = Literal["switched-off", "many-users-gone", "collection-incomplete", "collection-late"]
"""What compares two runs, so that no query can say it (checks.py)."""

_OF_ALL = ("id", "name", "level", "message")
_OF_A_QUERY = (*_OF_ALL, "question", "query")
_OF_A_CHECK = (*_OF_ALL, "check")
_OPTIONAL = {"question": ("known-by",), "switched-off": ("type", "settings")}


@dataclass(frozen=True)
class AlertRule:
    """Alerts of those who are new in the result of a question's query, or of what a check finds.

    `name`: as it is in JupiterOne, where it must be unique. `message`: what happened and what to do. `question`,
    `query`: the id of a question and the name of one of its queries, "" for a check. `known_by`: a property that is
    undefined while it is not known whether an entity belongs to the result, for questions without the verdict UNKNOWN.
    `check`: "" for a query. `type`, `settings`: of which `_type` the check looks at which properties.
    """

    id: str
    name: str
    level: Level
    message: str
    question: str = ""
    query: str = ""
    known_by: str = ""
    check: Check | Literal[""] = ""
    type: str = ""
    settings: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Its name where everything is about Zoom."""
        return self.name.removeprefix("Zoom: ")

    def query_in(self, questions: Sequence[SecurityQuestion]) -> NamedQuery:
        """The query it watches. Raises UsageError if there is none."""
        for query in self.question_in(questions).queries:
            if query.name == self.query:
                return query
        raise self._watches_nothing(f"the query {self.query!r} of {self.question}")

    def question_in(self, questions: Sequence[SecurityQuestion]) -> SecurityQuestion:
        """The question it watches. Raises UsageError if there is none."""
        for question in questions:
            if question.id == self.question:
                return question
        raise self._watches_nothing(f"the question {self.question}")

    def _watches_nothing(self, what: str) -> UsageError:
        return UsageError(
            f"The alert rule {self.id} watches {what}, which does not exist.",
            "Name a question and one of its queries in alerts.yaml.",
        )


@cache
def load_alerts() -> tuple[AlertRule, ...]:
    """The rules that come with the collector, in the order of their file."""
    text = (files("collector.alerts") / "alerts.yaml").read_text(encoding="utf-8")
    return read_rules(text, load_questions())


def read_rules(text: str, questions: Sequence[SecurityQuestion]) -> tuple[AlertRule, ...]:
    """The rules in the text of such a file. Raises UsageError with the first thing that is wrong."""
    rules = tuple(_rule(row) for row in yaml.safe_load(text)["rules"])
    named: tuple[tuple[str, Callable[[AlertRule], str]], ...] = (
        ("id", lambda rule: rule.id),
        ("name", lambda rule: rule.name),
    )
    for what, of in named:
        values = [of(rule) for rule in rules]
        for value in values:
            if values.count(value) > 1:
                raise UsageError(f"Two alert rules have the {what} {value!r}.", "Change one of them in alerts.yaml.")
    for rule in rules:
        if not rule.check:
            rule.query_in(questions)
    return rules


def _rule(row: Mapping[str, object]) -> AlertRule:
    check = row.get("check", "")
    required = _OF_A_CHECK if check else _OF_A_QUERY
    allowed = (*required, *_OPTIONAL.get(str(check or "question"), ()))
    is_right = (
        set(required) <= set(row) <= set(allowed)
        and row["level"] in get_args(Level)
        and check in ("", *get_args(Check))
        and (check != "switched-off" or set(row) == set(allowed))
    )
    if not is_right:
        raise UsageError(
            f"The alert rule {row.get('id', '')!r} is wrong: it has {', '.join(map(str, row))}.",
            f"It needs {', '.join(allowed)}; levels are {', '.join(get_args(Level))}, checks "
            f"{', '.join(get_args(Check))}.",
        )
    settings = row.get("settings", ())
    return AlertRule(
        str(row["id"]),
        str(row["name"]),
        cast("Level", row["level"]),
        " ".join(str(row["message"]).split()),
        str(row.get("question", "")),
        str(row.get("query", "")),
        str(row.get("known-by", "")),
        cast("Check", check),
        str(row.get("type", "")),
        tuple(settings) if isinstance(settings, list) else (),
    )
