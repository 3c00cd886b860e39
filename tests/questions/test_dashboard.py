"""The board: in JupiterOne's form, the same each time, no widget over another, every query answerable."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from collector.model.graph_schema import GraphSchema
from collector.query.j1ql import check_query
from collector.questions.dashboard import board
from collector.questions.library import load_questions
from collector.questions.question import BAD, NamedQuery, SecurityQuestion
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema

WIDTHS = {"xs": 2, "sm": 4, "md": 8, "lg": 12, "xl": 12}


@pytest.fixture(scope="module")
def schema() -> GraphSchema:
    return graph_schema(all_resources())


def question(number: int, text: str = "FIND zoom_user WITH a = false AS u RETURN u.name AS Name, u._key AS Key") -> Any:
    queries = (NamedQuery("bad", text, BAD),)
    return SecurityQuestion(f"question-{number}", f"Question {number}?", "", "Because.", "Do it.", (), (), queries)


def widgets(*questions: SecurityQuestion) -> list[dict[str, Any]]:
    found: Any = board(questions)["widgets"]
    return list(found)


def test_the_widgets() -> None:
    made = widgets(*map(question, range(7)))
    assert [(widget["type"], widget["title"]) for widget in made] == [
        ("number", "Zoom users"),
        *(("number", f"Question {number}?") for number in range(5)),
        ("pie", "Zoom users by status"),
        ("pie", "Zoom users by e-mail domain"),
        ("table", "Question 0?"),
        ("table", "Question 1?"),
    ]
    assert made[1]["config"] == {
        "queries": [
            {"name": "query1", "query": "FIND zoom_user WITH a = false AS u RETURN count(u) AS value"},
        ],
        "settings": {"number": {"error": {"limitCondition": "greaterThan", "val1": 0}}},
    }
    assert "settings" not in made[0]["config"]
    assert made[8]["config"]["queries"][0]["query"] == question(0).queries[0].text


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        (
            "FIND zoom_user AS u THAT ASSIGNED zoom_role AS r RETURN r.name AS Role, u._key AS Key ORDER BY r.name",
            "FIND zoom_user AS u THAT ASSIGNED zoom_role AS r RETURN count(u) AS value",
        ),
        (
            "FIND zoom_user WITH name = 'RETURN' AS u\nRETURN u._key AS Key",
            "FIND zoom_user WITH name = 'RETURN' AS u RETURN count(u) AS value",
        ),
        ("find zoom_user as u return u._key", "find zoom_user as u RETURN count(u) AS value"),
    ],
)
def test_those_who_are_bad_are_counted(text: str, counted: str) -> None:
    assert widgets(question(0, text))[1]["config"]["queries"][0]["query"] == counted


@pytest.mark.parametrize("text", ["FIND zoom_user", "FIND zoom_user AS u RETURN u.name"])
def test_a_question_without_keys_is_left_out(text: str) -> None:
    assert [widget["title"] for widget in widgets(question(0, text))][:2] == ["Zoom users", "Zoom users by status"]


def test_the_first_question_of_each_theme_is_on_it() -> None:
    tags = [
        (),
        ("account", "meeting"),
        ("user", "recording"),
        ("user", "meeting"),
        ("user", "meeting"),
        ("user", "access"),
    ]
    made = widgets(*(replace(question(number), tags=each) for number, each in enumerate(tags)))
    titles = [widget["title"] for widget in made if widget["type"] == "number"]
    assert titles == ["Zoom users", *(f"Question {number}?" for number in (5, 3, 2, 0, 1))]


def test_it_is_the_same_each_time() -> None:
    assert json.dumps(board(load_questions())) == json.dumps(board(load_questions()))
    ids = [widget["id"] for widget in widgets(*map(question, range(7)))]
    assert len(set(ids)) == len(ids)
    assert ids[:3] == [widget["id"] for widget in widgets(*map(question, range(9)))][:3]


@pytest.mark.parametrize("name", WIDTHS)
@pytest.mark.parametrize("number", [0, 1, 4, 9])
def test_no_widget_is_over_another_or_beside_the_grid(name: str, number: int) -> None:
    made: Any = board([question(each) for each in range(number)])
    layout = made["layouts"][name]
    assert [place["i"] for place in layout] == [widget["id"] for widget in made["widgets"]]
    assert max(place["x"] + place["w"] for place in layout) <= WIDTHS[name]
    for one, other in combinations(layout, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]


def test_each_query_of_the_board_is_answerable(schema: GraphSchema) -> None:
    wanted = {"number": ["value"], "pie": ["name", "value"]}
    for widget in widgets(*load_questions()):
        (query,) = widget["config"]["queries"]
        checked = check_query(query["query"], schema)
        if widget["type"] in wanted:
            assert list(checked.columns) == wanted[widget["type"]], query
