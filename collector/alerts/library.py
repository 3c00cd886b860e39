"""The alert rules as values, and where they are kept: `alerts.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast, get_args

import yaml

from collector.errors import UsageError
from collector.questions.library import NamedQuery, SecurityQuestion

Level = Literal["INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"]
"""JupiterOne's levels of alerts."""

_KEYS = ("id", "name", "question", "query", "level", "message")


@dataclass(frozen=True)
class AlertRule:
    """Alerts of those who are new in the result of a question's query.

    `name`: as it is in JupiterOne, where it must be unique. `question`, `query`: the id of a question and the name of
    one of its queries. `message`: what happened and what to do.
    """

    id: str
    name: str
    question: str
    query: str
    level: Level
    message: str

    def query_in(self, questions: Sequence[SecurityQuestion]) -> NamedQuery:
        """The query it watches. Raises UsageError if there is none."""
        for question in questions:
            for query in question.queries:
                if (question.id, query.name) == (self.question, self.query):
                    return query
        raise UsageError(
            f"The alert rule {self.id} watches the query {self.query!r} of {self.question}, which does not exist.",
            "Name a question and one of its queries in alerts.yaml.",
        )


@cache
def load_alerts() -> tuple[AlertRule, ...]:
    """The rules that come with the collector, in the order of their file."""
    text = (files("collector.alerts") / "alerts.yaml").read_text(encoding="utf-8")
    return tuple(_rule(row) for row in yaml.safe_load(text)["rules"])


def _rule(row: Mapping[str, str]) -> AlertRule:
    if sorted(row) != sorted(_KEYS) or row["level"] not in get_args(Level):
        raise UsageError(f"An alert rule is wrong: {dict(row)}.", f"It needs {', '.join(_KEYS)}.")
    return AlertRule(
        row["id"],
        row["name"],
        row["question"],
        row["query"],
        cast("Level", row["level"]),
        " ".join(row["message"].split()),
    )
