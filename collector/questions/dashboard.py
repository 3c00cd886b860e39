"""A board for JupiterOne Insights: how many users there are, and who is bad in a question of each theme.

The form is that of JupiterOne's own boards (`insights-dashboards` 4.5.2): a number comes from a query that returns
`value`, a pie from one with `name` and `value`. Boards are imported in JupiterOne's pages.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from collector.questions.question import BAD, SecurityQuestion

WidgetType = Literal["number", "pie", "table"]

_THEMES = ("access", "meeting", "recording", "licence", "ai")
"""The tags of which the first question about users is counted; with all users the numbers fill a row."""
_TABLES = 2
"""Of so many of them everybody who is bad is listed."""
_COLUMNS: Mapping[str, int] = {"xs": 2, "sm": 4, "md": 8, "lg": 12, "xl": 12}
"""How wide the grid is for each width of the window; JupiterOne's boards have 12 for `lg`."""
_SIZES: Mapping[WidgetType, tuple[int, int]] = {"number": (2, 2), "pie": (4, 3), "table": (12, 4)}
"""Width and height; what is wider than the grid fills a row."""
_NAMESPACE = uuid.UUID("6f0b1a52-6a1d-4b7e-9d57-2f5a3c1f9e04")
_RETURN = re.compile(r"\bRETURN\b(?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)", re.IGNORECASE)
_KEY = re.compile(r"\b(\w+)\._key\b")

_RED_ABOVE_ZERO: Mapping[str, object] = {"number": {"error": {"limitCondition": "greaterThan", "val1": 0}}}


@dataclass(frozen=True)
class _Widget:
    """`name`: what its id is made from."""

    name: str
    title: str
    type: WidgetType
    query: str
    description: str = ""
    settings: Mapping[str, object] | None = None

    @property
    def id(self) -> str:
        """The same each time, so that a board that is imported again replaces its widgets."""
        return str(uuid.uuid5(_NAMESPACE, self.name))

    def to_json(self) -> dict[str, object]:
        config: dict[str, object] = {"queries": [{"name": "query1", "query": self.query}]}
        if self.settings is not None:
            config["settings"] = self.settings
        return {
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "type": self.type,
            "config": config,
            "noResultMessage": "Nobody",
        }


def board(questions: Sequence[SecurityQuestion]) -> dict[str, object]:
    """The content of board.json: the counts, two pies, then the lists."""
    counted = _chosen(list(_counted(questions)))
    widgets = [
        _Widget("users", "Zoom users", "number", "FIND zoom_user AS u RETURN count(u) AS value"),
        *(
            _Widget(f"{question.id}:count", question.title, "number", count, question.why, _RED_ABOVE_ZERO)
            for question, count in counted
        ),
        *(
            _Widget(name, title, "pie", f"FIND zoom_user AS u RETURN u.{name} AS name, count(u) AS value")
            for name, title in (("status", "Zoom users by status"), ("emailDomain", "Zoom users by e-mail domain"))
        ),
        *(
            _Widget(f"{question.id}:list", question.title, "table", _bad(question), question.fix)
            for question, _ in counted[:_TABLES]
        ),
    ]
    return {
        "widgets": [widget.to_json() for widget in widgets],
        "layouts": {name: _layout(widgets, columns) for name, columns in _COLUMNS.items()},
    }


def _chosen(counted: Sequence[tuple[SecurityQuestion, str]]) -> list[tuple[SecurityQuestion, str]]:
    """The first of each theme; where there is none, the first of the others."""
    chosen: list[tuple[SecurityQuestion, str]] = []
    for theme in _THEMES:
        chosen += [each for each in counted if {"user", theme} <= set(each[0].tags) and each not in chosen][:1]
    return (chosen + [each for each in counted if each not in chosen])[: len(_THEMES)]


def _counted(questions: Sequence[SecurityQuestion]) -> Iterator[tuple[SecurityQuestion, str]]:
    """Questions with those who are bad, and the query that counts them."""
    for question in questions:
        text = _bad(question)
        found = _RETURN.search(text)
        keys = _KEY.findall(text[found.end() :]) if found else []
        if found and keys:
            yield question, f"{text[: found.start()].rstrip()} RETURN count({keys[-1]}) AS value"


def _bad(question: SecurityQuestion) -> str:
    query = question.query(BAD)
    return query.text if query else ""


def _layout(widgets: Sequence[_Widget], columns: int) -> list[dict[str, object]]:
    """The widgets from left to right, then down; a row is as high as the highest of them."""
    placed: list[dict[str, object]] = []
    x = y = height = 0
    for widget in widgets:
        width, own_height = min(_SIZES[widget.type][0], columns), _SIZES[widget.type][1]
        if x + width > columns:
            x, y, height = 0, y + height, 0
        placed.append({"i": widget.id, "x": x, "y": y, "w": width, "h": own_height, "static": False, "moved": False})
        x, height = x + width, max(height, own_height)
    return placed
