"""The questions in docs/asking.md: their answers, and that the evaluator gives the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.query.j1ql import QueryRequest, ask
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import RunGraph
from tests.collect.conftest import people
from tests.collect.profile import Profile

from .evaluator import evaluate
from .known_graphs import strict

GUIDE = (Path(__file__).parents[3] / "docs" / "asking.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^([^\n]+):\n\n```j1ql\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
ANSWERS: dict[str, list[list[Any]]] = {
    "People outside the domain": [],
    "People in no group": [["Max Rao", "active"], ["Olive Owner", "active"], ["pim@example.com", "pending"]],
    "Inactive people who are still in groups": [["Engineering", 1]],
    "Who administers the account by which role": [
        ["Admin", "Ada Byron"],
        ["Helpdesk", "Bob Stone"],
        ["Owner", "Olive Owner"],
    ],
    "How many people of each status": [["active", 5], ["pending", 2], ["inactive", 1]],
}


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    """Two runs, between which somebody leaves."""
    profile = Profile(tmp_path_factory.mktemp("guide"), people())
    profile.collect()
    yield profile
    profile.store.close()


@pytest.mark.parametrize(("title", "text"), QUESTIONS, ids=[title for title, _ in QUESTIONS])
def test_a_question_of_the_guide(title: str, text: str, profile: Profile) -> None:
    answer = ask(profile.store, graph_schema(all_resources()), QueryRequest(text), profile.clock)
    rows = list(answer.rows)
    graph = RunGraph(profile.store, answer.run)
    entities = [dict(each) for _, found in graph.entities() for each in found]
    relationships = [dict(each) for _, found in graph.relationships() for each in found]
    expected = evaluate(text, entities, relationships, int(profile.clock.now() * 1000))
    assert strict(rows) == strict(expected["rows"])
    assert (answer.complete, answer.warnings) == (True, [])
    if title in ANSWERS:
        assert sorted(rows) == sorted(ANSWERS[title])


def test_every_answer_belongs_to_a_question() -> None:
    assert len(QUESTIONS) >= 7
    assert {title for title, _ in QUESTIONS} >= ANSWERS.keys()
