"""The file of the rules: what it has, and that mistakes in it are told."""

from __future__ import annotations

import pytest

from collector.alerts.library import load_alerts, read_rules
from collector.errors import UsageError
from collector.questions.library import load_questions
from collector.questions.question import INFORMATIVE
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema

QUERY = """
rules:
  - {id: one, name: 'Zoom: one', question: managed-question-zoom-waiting-room, query: bad, level: HIGH, message: Do it.}
"""
CHECK = """
rules:
  - {id: one, name: 'Zoom: one', check: switched-off, type: zoom_group, settings: [a], level: HIGH, message: Do it.}
"""
TWO = QUERY + QUERY.strip().partition("\n")[2].replace("id: one", "id: two")


def test_the_rules_that_come_with_the_collector() -> None:
    rules = load_alerts()
    assert len([rule for rule in rules if not rule.check]) >= 12
    assert {rule.check for rule in rules} >= {"many-users-gone", "collection-incomplete", "collection-late"}
    for rule in rules:
        assert rule.message.endswith(".")
        assert len(rule.message) < 400


def test_what_is_new_in_a_list_can_be_told_from_what_was_read_first() -> None:
    """A question without the verdict UNKNOWN needs a property that says so, and it exists."""
    types = {type_.type: type_ for type_ in graph_schema(all_resources()).entities}
    for rule in load_alerts():
        if not rule.check and rule.query_in(load_questions()).results_are == INFORMATIVE:
            assert any(rule.known_by in type_.properties for type_ in types.values())
        for name in rule.settings:
            assert name in types[rule.type].properties


@pytest.mark.parametrize("text", [QUERY, CHECK])
def test_what_is_right(text: str) -> None:
    (rule,) = read_rules(text, load_questions())
    assert (rule.id, rule.level, rule.message) == ("one", "HIGH", "Do it.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            QUERY.replace("zoom-waiting-room", "zoom-nothing"),
            "watches the question managed-question-zoom-nothing,",
        ),
        (
            QUERY.replace("query: bad", "query: worse"),
            "watches the query 'worse' of managed-question-zoom-waiting-room",
        ),
        (QUERY.replace("HIGH", "AWFUL"), "The alert rule 'one' is wrong"),
        (QUERY.replace("level: HIGH, ", ""), "The alert rule 'one' is wrong"),
        (QUERY.replace("level", "when: never, level"), "The alert rule 'one' is wrong"),
        (CHECK.replace("switched-off", "no-such-check"), "The alert rule 'one' is wrong"),
        (CHECK.replace("settings: [a], ", ""), "The alert rule 'one' is wrong"),
        (QUERY + QUERY.strip().partition("\n")[2], "Two alert rules have the id 'one'"),
        (TWO, "Two alert rules have the name 'Zoom: one'"),
    ],
)
def test_what_is_wrong_is_told(text: str, said: str) -> None:
    with pytest.raises(UsageError) as failure:
        read_rules(text, load_questions())
    assert failure.value.message.startswith(said) or said in failure.value.message
    assert failure.value.next_step
