"""`collector questions validate` of a customer's own queries: those with a name of the older integration are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.model.older_integration import OLDER_NAMES, OlderName
from collector.questions.validation import validate
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema

SCHEMA = graph_schema(all_resources())
FEEDBACK = (
    "The query: `inMeetingFeedbacl` of zoom_user is a name of the older integration. Misspelt.",
    "Write `inMeetingFeedback`; with DATA_MODEL=legacy the older name is there, too.",
)


def problems(folder: Path, text: str, name: str = "queries.txt") -> list[tuple[int, str, str, str]]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    found = validate(path, SCHEMA, own=False).problems
    return [(each.line, each.question, each.what, each.next_step) for each in found]


@pytest.mark.parametrize("older", OLDER_NAMES, ids=lambda older: older.name)
def test_each_name(tmp_path: Path, older: OlderName) -> None:
    ((line, _, what, advice),) = problems(tmp_path, f"FIND {older.type} WITH {older.name} = undefined\n")
    assert line == 1
    assert f"`{older.name}` of {older.type} is a name of the older integration. {older.why}" in what
    assert older.now in advice


@pytest.mark.parametrize(
    "query",
    [
        "FIND zoom_user WITH inMeetingFeedbacl = true",
        "find User with inMeetingFeedbacl != true",
        "FIND zoom_user AS u RETURN u.inMeetingFeedbacl",
        "FIND zoom_user AS u THAT HAS << zoom_group WHERE u.inMeetingFeedbacl = true RETURN count(u)",
        "FIND zoom_group THAT HAS zoom_user WITH inMeetingFeedbacl = true",
    ],
)
def test_wherever_it_stands(tmp_path: Path, query: str) -> None:
    assert problems(tmp_path, query) == [(1, "query 1", *FEEDBACK)]


def test_a_query_about_another_system_is_looked_at_too(tmp_path: Path) -> None:
    refused, older = problems(tmp_path, "FIND okta_user THAT IS zoom_user WITH inMeetingFeedbacl = true")
    assert "is refused" in refused[2]
    assert older[2:] == FEEDBACK


def test_a_file_of_queries(tmp_path: Path) -> None:
    """One a line, over several lines, with blank lines and comments; each problem with the line its query begins in."""
    text = """\
# Ours
FIND zoom_user WITH isAdmin = true
FIND zoom_user WITH inMeetingFeedbacl = true;

-- over several lines
FIND zoom_user AS u
  THAT ASSIGNED zoom_role
  RETURN u.inMeetingFeedbacl
// the end
"""
    assert problems(tmp_path, text) == [(3, "query 2", *FEEDBACK), (6, "query 3", *FEEDBACK)]


def test_the_same_in_a_question_file(tmp_path: Path) -> None:
    text = """\
sourceId: ours
integrationDefinitionId: x
questions:
  - id: feedback
    title: Feedback?
    description: Feedback.
    tags: [zoom]
    queries:
      - query: FIND zoom_user WITH inMeetingFeedbacl = true
"""
    assert problems(tmp_path, text, "ours.yaml") == [(9, "feedback", *FEEDBACK)]


def test_what_another_type_has_is_no_older_name(tmp_path: Path) -> None:
    assert problems(tmp_path, "FIND (zoom_user|zoom_account) WITH status = 'active'\n") == []


@pytest.mark.parametrize(
    ("condition", "is_told"),
    [
        ("meetingSecurityWaitingRoom != true", True),
        ("meetingSecurityWaitingRoom !~= 'x' AND status = 'active'", True),
        ("isAdmin != true", True),
        ("meetingSecurityWaitingRoom = false", False),
        ("meetingSecurityWaitingRoom = undefined", False),
        ("meetingSecurityWaitingRoom != true AND meetingSecurityWaitingRoom != undefined", False),
        ("(meetingSecurityWaitingRoom != true OR meetingSecurityWaitingRoom = undefined)", False),
        ("status != 'inactive' AND dept != 'IT'", False),
    ],
)
def test_a_query_that_counts_those_who_were_not_read(tmp_path: Path, condition: str, is_told: bool) -> None:
    (name, *_) = condition.split()
    told = (
        f"The query also finds those of whom `{name}` was not read.",
        f"Name the value that is meant, or add `{name} != undefined`.",
    )
    found = [each[2:] for each in problems(tmp_path, f"FIND zoom_user WITH {condition}\n")]
    assert (told in found) == is_told


def test_queries_that_are_right(tmp_path: Path) -> None:
    assert problems(tmp_path, "FIND zoom_user\n\nFIND zoom_role WITH admin = true\n") == []
