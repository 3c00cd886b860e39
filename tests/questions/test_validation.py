"""`collector questions validate`: green for what is right, and the line of each kind of mistake, with advice."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.errors import UsageError
from collector.questions.library import load_questions, read_questions, shipped_file
from collector.questions.validation import Validation, validate
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema

SCHEMA = graph_schema(all_resources())
RIGHT = """\
sourceId: managed:zoom
integrationDefinitionId: '${integration_definition_id}'
questions:
  - id: waiting-room
    title: Whose meetings have no waiting room?
    description: Whether a waiting room is on.
    why: Strangers come in.
    fix: Switch it on.
    tags: [zoom, user, meeting]
    compliance:
      - {standard: CIS Zoom Benchmark, requirements: ['1.1.2.1'], controls: []}
    queries:
      - name: good
        resultsAre: GOOD
        query: FIND zoom_user WITH meetingSecurityWaitingRoom = true AS u RETURN u.name AS Name, u._key AS Key
      - name: bad
        resultsAre: BAD
        query: FIND zoom_user WITH meetingSecurityWaitingRoom = false AS u RETURN u.name AS Name, u._key AS Key
      - name: unknown
        resultsAre: UNKNOWN
        query: FIND zoom_user WITH meetingSecurityWaitingRoom = undefined AS u RETURN u.name AS Name, u._key AS Key
  - id: access-list
    title: Who has access?
    description: Everybody.
    why: People leave.
    fix: Remove them.
    tags: [zoom, user]
    queries:
      - name: list
        resultsAre: INFORMATIVE
        query: FIND zoom_user AS u RETURN u.name AS Name, u._key AS Key
"""
GOOD_LINE = "FIND zoom_user WITH meetingSecurityWaitingRoom = true AS u RETURN u.name AS Name, u._key AS Key"
BAD_LINE = GOOD_LINE.replace("true", "false")
UNKNOWN_LINE = GOOD_LINE.replace("true", "undefined")
LIST_LINE = "FIND zoom_user AS u RETURN u.name AS Name, u._key AS Key"


def checked(folder: Path, text: str, *, own: bool = True) -> Validation:
    path = folder / "questions.yaml"
    path.write_text(text, encoding="utf-8")
    return validate(path, SCHEMA, own=own)


def changed(old: str, new: str) -> str:
    assert RIGHT.count(old) >= 1, old
    return RIGHT.replace(old, new, 1)


def test_the_shipped_file_is_right() -> None:
    with shipped_file() as path:
        assert validate(path, SCHEMA, own=True).problems == ()


def test_a_right_file(tmp_path: Path) -> None:
    found = checked(tmp_path, RIGHT)
    assert found.problems == ()
    assert [question.id for question in found.questions] == ["waiting-room", "access-list"]
    assert found.questions == read_questions(tmp_path / "questions.yaml")


FORM = {
    "empty file": ("", 1, "The file is empty."),
    "no YAML": ("questions: [", 1, "This is not YAML: expected the node content, but found '<stream end>'."),
    "control characters": ("sourceId: '\x00'", 1, "This is not YAML: "),
    "nested too deeply": ("[" * 5000, 1, "This is not YAML: "),
    "list instead of keys": ("- questions", 1, "The file has no keys."),
    "no sourceId": (changed("sourceId: managed:zoom\n", ""), 1, "The file has no `sourceId`."),
    "no questions": (RIGHT.partition("questions:")[0], 1, "The file has no `questions`."),
    "questions no list": ("sourceId: a\nintegrationDefinitionId: b\nquestions: {}\n", 3, "`questions` is no list."),
    "question no keys": (
        changed("  - id: access-list", "  - text\n  - id: access-list"),
        22,
        "A question has no keys.",
    ),
    "no id": (changed("id: access-list\n    ", ""), 22, "The question has no `id`."),
    "no title": (changed("    title: Who has access?\n", ""), 22, "The question has no `title`."),
    "empty title": (changed("title: Who has access?", "title: ''"), 23, "`title` is empty."),
    "title no text": (changed("title: Who has access?", "title: [a]"), 23, "`title` holds no text (seq)."),
    "no description": (changed("    description: Everybody.\n", ""), 22, "The question has no `description`."),
    "no tags": (changed("    tags: [zoom, user]\n", ""), 22, "The question has no `tags`."),
    "tags no list": (changed("[zoom, user]", "zoom"), 27, "`tags` is no list."),
    "tag a number": (changed("[zoom, user]", "[zoom, 3]"), 27, "`tags` holds no text (int)."),
    "requirement a number": (changed("'1.1.2.1'", "1.1"), 11, "`requirements` holds no text (float)."),
    "no standard": (changed("standard: CIS Zoom Benchmark, ", ""), 11, "The entry of `compliance` has no `standard`."),
    "unknown key": (changed("    why: People", "    reason: People"), 25, "A question has no key `reason`."),
    "key twice": (
        changed("    fix: Remove", "    why: Once more.\n    fix: Remove"),
        26,
        "The key `why` is given twice.",
    ),
    "no query text": (changed(f"        query: {LIST_LINE}\n", ""), 29, "The query has no `query`."),
    "no queries": (
        changed("queries:\n      - name: list", "other:\n      - name: list"),
        22,
        "The question has no `queries`.",
    ),
    "empty queries": (
        RIGHT[: RIGHT.index("      - name: list")].rstrip("\n") + " []\n",
        28,
        "The question has no query.",
    ),
    "unknown result": (changed("resultsAre: INFORMATIVE", "resultsAre: FINE"), 30, "`resultsAre` is 'FINE'."),
}
JUPITERONE = {
    "id twice": (
        changed("id: access-list", "id: waiting-room"),
        22,
        "Non-unique question ID found in file (questionId=waiting-room)",
    ),
    "title twice": (
        changed("Who has access?", "Whose meetings have no waiting room?"),
        22,
        "Non-unique question title found in file"
        " (questionId=access-list, questionTitle=Whose meetings have no waiting room?)",
    ),
    "tag twice": (
        changed("[zoom, user]", "[zoom, user, zoom]"),
        22,
        "Non-unique question tag found (questionId=access-list, tag=zoom)",
    ),
    "query name twice": (
        changed("name: bad", "name: good"),
        4,
        "Duplicate query name in question detected (questionId=waiting-room, queryName=good)",
    ),
}
QUERIES = {
    "not understood": (
        changed(LIST_LINE, "FIND zoom_user WITH"),
        29,
        "The query `list` is refused: Line 1, column 20: ",
    ),
    "unknown type": (changed("zoom_user AS u", "zoom_usr AS u"), 29, "The query `list` is refused: Line 1, column 6: "),
    "unknown class": (changed("zoom_user AS u", "Person AS u"), 29, "The query `list` is refused: Line 1, column 6: "),
    "unknown relationship": (
        changed("zoom_user AS u", "zoom_user AS u THAT OWNS zoom_group"),
        29,
        "The query `list` is refused: Line 1, column 26",
    ),
    "no such relationship between these": (
        changed("zoom_user AS u", "zoom_user AS u THAT ASSIGNED zoom_group"),
        29,
        "The query `list`: No ASSIGNED leads between zoom_user and zoom_group.",
    ),
    "unknown property returned": (
        changed(LIST_LINE, LIST_LINE.replace("u.name", "u.nam")),
        29,
        "The query `list`: zoom_user has no property `nam`: ",
    ),
    "unknown property compared": (
        changed(BAD_LINE, BAD_LINE.replace("WaitingRoom", "WaitingRom")),
        16,
        "The query `bad`: zoom_user has no property `meetingSecurityWaitingRom`: ",
    ),
    "boolean compared with a text": (
        changed("= false", "= 'false'"),
        16,
        "The query `bad`: `meetingSecurityWaitingRoom` is a boolean, and 'false' is a text: they are never equal.",
    ),
    "boolean compared with a number": (
        changed("= false", "= 0"),
        16,
        "The query `bad`: `meetingSecurityWaitingRoom` is a boolean, and 0 is a number: they are never equal.",
    ),
    "text compared with a boolean": (
        changed("zoom_user AS u", "zoom_user WITH status = true AS u"),
        29,
        "The query `list`: `status` is a text, and true is a boolean: they are never equal.",
    ),
    "number compared with a text": (
        changed("zoom_user AS u", "zoom_user WITH type = ('2' OR '3') AS u"),
        29,
        "The query `list`: `type` is a number, and '2' is a text: they are never equal.",
    ),
    "number compared with a regular expression": (
        changed("zoom_user AS u", "zoom_user WITH type = /2/ AS u"),
        29,
        "The query `list`: `type` is a number, and a regular expression is for texts: they are never equal.",
    ),
}
VERDICTS = {
    "other columns": (
        changed(BAD_LINE, BAD_LINE.replace("AS Name", "AS Who")),
        16,
        "The query `bad` returns other columns than the first one (Name, Key).",
    ),
    "another type": (
        changed(BAD_LINE, BAD_LINE.replace("zoom_user", "zoom_group")),
        16,
        "The query `bad` starts from another type than the first one (zoom_user).",
    ),
    "unknown left out": (
        changed(f"      - name: unknown\n        resultsAre: UNKNOWN\n        query: {UNKNOWN_LINE}\n", ""),
        4,
        "The question has no query whose `resultsAre` is UNKNOWN.",
    ),
    "unknown asks what is known": (
        changed("= undefined", "= true"),
        19,
        "The query `unknown` does not ask what is undefined.",
    ),
    "unknown asks another property": (
        changed(UNKNOWN_LINE, UNKNOWN_LINE.replace("SecurityWaitingRoom", "SecurityPhonePassword")),
        19,
        "The query `unknown` leaves out those of whom `meetingSecurityWaitingRoom` was not read.",
    ),
    "bad is whatever is not good": (
        changed("= false", "!= true"),
        16,
        "The query `bad` also finds those of whom `meetingSecurityWaitingRoom` was not read.",
    ),
    "bad is what is undefined": (
        changed("= false", "= undefined"),
        16,
        "The query `bad` also finds those of whom `meetingSecurityWaitingRoom` was not read.",
    ),
    "good is whatever is not bad": (
        changed("= true", "!= false"),
        13,
        "The query `good` also finds those of whom `meetingSecurityWaitingRoom` was not read.",
    ),
}
OWN = {
    "no why": (changed("    why: People leave.\n", ""), 22, "The question has no `why`."),
    "no fix": (changed("    fix: Remove them.\n", ""), 22, "The question has no `fix`."),
    "no name": (changed("name: list\n        ", ""), 29, "A query has no name."),
    "no key": (
        changed(LIST_LINE, "FIND zoom_user AS u RETURN u.name"),
        29,
        "The query `list` has another last column than Key.",
    ),
}
ALL = {**FORM, **JUPITERONE, **QUERIES, **VERDICTS}


@pytest.mark.parametrize("kind", [*ALL, *OWN])
def test_a_mistake(kind: str, tmp_path: Path) -> None:
    text, line, what = {**ALL, **OWN}[kind]
    found = checked(tmp_path, text).problems
    assert [each for each in found if each.line == line and each.what.startswith(what)], found
    assert all(each.next_step for each in found)


@pytest.mark.parametrize("kind", [*FORM, *JUPITERONE, *QUERIES])
def test_it_is_the_only_problem_if_nothing_follows_from_it(kind: str, tmp_path: Path) -> None:
    text, _, _ = ALL[kind]
    found = checked(tmp_path, text).problems
    allowed = {"no YAML": 1, "list instead of keys": 5, "question no keys": 1, "unknown key": 2, "no queries": 2}
    assert len(found) <= allowed.get(kind, 2), found


@pytest.mark.parametrize("kind", OWN)
def test_of_a_customers_file_less_is_demanded(kind: str, tmp_path: Path) -> None:
    assert checked(tmp_path, OWN[kind][0], own=False).problems == ()


@pytest.mark.parametrize("kind", [*JUPITERONE, *QUERIES, *VERDICTS])
def test_of_a_customers_file_everything_else_is(kind: str, tmp_path: Path) -> None:
    assert checked(tmp_path, ALL[kind][0], own=False).problems


@pytest.mark.parametrize(
    "query",
    [
        BAD_LINE.replace("= false", "!= true AND meetingSecurityWaitingRoom != undefined"),
        BAD_LINE.replace("= false", "= false AND status != 'pending'"),
        BAD_LINE.replace("= false", "= false AND lastLoginOn = undefined"),
    ],
)
def test_a_negation_that_takes_nobody_unread_is_right(query: str, tmp_path: Path) -> None:
    assert checked(tmp_path, changed(BAD_LINE, query)).problems == ()


def test_the_name_that_a_run_gives_every_entity_may_be_asked(tmp_path: Path) -> None:
    tagged = LIST_LINE.replace("u.name AS Name", "u.tag.AccountName AS Name")
    assert checked(tmp_path, changed(LIST_LINE, tagged)).problems == ()


def test_the_older_integrations_form_is_accepted(tmp_path: Path) -> None:
    """Its queries say nothing of what their results are; those with `!= true` are told apart from `= false`."""
    text = RIGHT.replace("        resultsAre: GOOD\n", "").replace("        resultsAre: BAD\n", "        resultsAre:\n")
    text = text.replace("        resultsAre: UNKNOWN\n", "")
    assert checked(tmp_path, text, own=False).problems == ()
    (problem,) = checked(tmp_path, text.replace("= false", "!= true"), own=False).problems
    assert (problem.what, problem.next_step) == (
        "The query `bad` also finds those of whom `meetingSecurityWaitingRoom` was not read.",
        "Name the value that is meant, or add `meetingSecurityWaitingRoom != undefined`.",
    )


def test_anchors_do_not_grow(tmp_path: Path) -> None:
    """A list that refers to itself many times over is read in an instant."""
    bomb = "a: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    assert checked(tmp_path, f"{bomb}questions: *a29\n").problems


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("nowhere.yaml", "Question file not found: "),
        (".", "cannot be read: Is a directory."),
        ("large.yaml", "is larger than 4 MB."),
    ],
)
def test_a_file_that_cannot_be_read(name: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_bytes(b"#" * 4_000_001)
    with pytest.raises(UsageError, match=what.replace(".", r"\.")):
        validate(tmp_path / name, SCHEMA, own=False)


def test_a_wrong_file_is_read_by_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text(changed("    description: Everybody.\n", ""))
    with pytest.raises(UsageError) as raised:
        read_questions(path)
    assert raised.value.message == f"{path}:22: The question has no `description`."
    assert raised.value.next_step == "Add `description:` with a text."


def test_the_three_known_questions_keep_their_ids() -> None:
    assert {
        "managed-question-zoom-access-list",
        "managed-question-zoom-scheduled-meeting-required-password",
        "managed-question-zoom-e2e-encryption",
    } <= {question.id for question in load_questions()}
