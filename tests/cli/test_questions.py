"""`collector questions`: what it prints in each format, what it refuses, and what its exit codes say."""

from __future__ import annotations

import csv
import io
import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from collector.questions import library
from collector.questions.question import BAD, GOOD, UNKNOWN, Compliance, NamedQuery, SecurityQuestion
from collector.sandbox import Fault, Sandbox
from tests.collect.profile import Profile

from .conftest import Command, words

RETURN = "RETURN u.displayName AS Name, u.email AS Email, u._key AS Key"


def sorting(id_: str, title: str, property_: str, good: str, bad: str, tag: str) -> SecurityQuestion:
    values = {GOOD: good, BAD: bad, UNKNOWN: "undefined"}
    return SecurityQuestion(
        f"managed-question-zoom-{id_}",
        title,
        f"About {property_}.",
        "It matters.",
        "Switch it off.",
        ("zoom", "user", tag),
        (Compliance("CIS Zoom Benchmark", ("1.1.2.1", "1.1.2.2")),),
        tuple(
            NamedQuery(name, f"FIND zoom_user\n  WITH {property_} = {values[verdict]} AS u\n{RETURN}", verdict)
            for name, verdict in (("good", GOOD), ("bad", BAD), ("unknown", UNKNOWN))
        ),
    )


QUESTIONS = (
    sorting("confirmed", "Whose address is confirmed?", "verified", "1", "0", "access"),
    sorting("administrators", "Who administers?", "isAdmin", "false", "true", "access"),
    sorting("chat", "Who chats?", "inMeetingPrivateChat", "false", "true", "meeting"),
    replace(
        sorting("everybody", "Who is here?", "id", "1", "2", "access"),
        queries=(NamedQuery("list", f"FIND zoom_user AS u {RETURN}"),),
    ),
)


@pytest.fixture(autouse=True)
def _these_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("collector.cli.questions", "collector.questions.library"):
        monkeypatch.setattr(f"{module}.load_questions", lambda: QUESTIONS)


@pytest.fixture
def collected(zoom: Sandbox, tmp_path: Path) -> None:
    """Eight people; of one, bob, the settings are not read."""
    folder = tmp_path / "home" / "default"
    folder.mkdir(parents=True, mode=0o700)
    profile = Profile(folder, zoom.account)
    (bob,) = (user for user in zoom.account.users if user.email.startswith("bob"))
    profile.sandbox.faults.add(Fault("status_500", f"/users/{bob.id}/settings", times=None))
    assert profile.collect().exit_code == 3
    profile.store.close()


@pytest.mark.usefixtures("collected")
class TestRun:
    def test_a_line_for_each_those_with_something_bad_first(self, collector: Command) -> None:
        found = collector("questions", "run")
        assert found.code == 0
        when, empty, heading, *rows, after, next_step = found.out.splitlines()
        assert (after, next_step) == ("", "Next: `collector questions run ID` shows who, and what to do.")
        assert when.startswith("The account as run 1 read it, until ")
        assert empty == ""
        assert heading.split() == ["Question", "Bad", "Not", "known", "Good", "Listed", "Read", "Id"]
        assert [" ".join(row.split()) for row in rows] == [
            "Whose address is confirmed? 2 0 6 confirmed",
            "Who administers? 3 0 5 administrators",
            "Who chats? 5 3 0 partly chat",
            "Who is here? 8 everybody",
        ]
        assert "Warning: `settings` was not read completely: 1 of 8 users were never read" in words(found.err)
        assert found.err.count("Warning: ") == 1
        assert words(found.err).endswith("(1 question)")

    def test_with_an_id_it_says_who(self, collector: Command) -> None:
        found = collector("questions", "run", "chat", "managed-question-zoom-administrators")
        chats, administers = found.out.partition("Who administers?")[::2]
        assert chats.splitlines()[2:6] == [
            "Who chats?", "managed-question-zoom-chat", "About inMeetingPrivateChat.", "",
        ]  # fmt: skip
        sections = [section.splitlines() for section in chats.rstrip().split("\n\n")[2:]]
        assert [section[0] for section in sections] == [
            "Bad: 5", "Not known: 3", "Good: 0", "What to do: Switch it off.",
        ]  # fmt: skip
        assert sections[0][1].split() == ["Name", "Email"]
        assert len(sections[0][2:]) == 5
        assert ["Bob", "Stone", "bob@example.com"] in [line.split() for line in sections[1]]
        assert "Bad: 3" in administers

    def test_many_are_cut_with_the_command_for_all(self, collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("collector.cli.questions.SHOWN_ROWS", 2)
        out = collector("--profile", "default", "questions", "run", "everybody").out
        assert "and 6 more: `collector --profile default questions run everybody --format csv` prints all" in out

    def test_json_is_complete(self, collector: Command) -> None:
        answer = json.loads(collector("questions", "run", "chat", "everybody", "--json").out)
        assert answer["run"] == 1
        chat, everybody = answer["questions"]
        assert (chat["id"], chat["title"]) == ("managed-question-zoom-chat", "Who chats?")
        assert chat["counts"] == {"good": 0, "bad": 5, "unknown": 3}
        assert chat["columns"] == ["Name", "Email", "Key"]
        assert [len(chat["rows"][name]) for name in ("good", "bad", "unknown")] == [0, 5, 3]
        assert ["Bob Stone", ["bob@example.com"]] in [row[:2] for row in chat["rows"]["unknown"]]
        assert chat["complete"] is False
        assert "`settings` was not read completely" in chat["warnings"][0]
        assert (everybody["counts"], everybody["complete"], everybody["warnings"]) == ({"list": 8}, True, [])

    @pytest.mark.parametrize("format_", ["csv", "jsonl"])
    def test_rows_name_their_question_and_verdict(self, format_: str, collector: Command) -> None:
        found = collector("questions", "run", "chat", "administrators", "--format", format_)
        if format_ == "csv":
            rows = list(csv.DictReader(io.StringIO(found.out)))
        else:
            rows = [json.loads(line) for line in found.out.splitlines()]
        assert len(rows) == 16
        assert list(rows[0]) == ["question", "verdict", "Name", "Email", "Key"]
        unknown = [(row["question"], row["Name"]) for row in rows if row["verdict"] == "unknown"]
        assert ("managed-question-zoom-chat", "Bob Stone") in unknown
        assert len(unknown) == 3
        assert "Warning: `settings` was not read completely" in words(found.err)

    def test_an_earlier_run(self, collector: Command) -> None:
        before = collector("questions", "run", "--json").out
        assert collector("collect", "--settings", "none").code == 0
        assert collector("questions", "run", "--run", "1", "--json").out == before
        assert collector("questions", "run", "--json").out != before
        for wrong in (["--run", "7"], ["--at", "2001-01-01"], ["--at", "soon"], ["--run", "1", "--at", "2026-01-01"]):
            assert collector("questions", "run", *wrong).code == 2

    def test_each_stays_readable_on_a_narrow_terminal(
        self, collector: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "40")
        assert "Who chats?\n  bad 5, not known 3, read partly, id\n  chat\n" in collector("questions", "run").out

    def test_formats_that_contradict_each_other(self, collector: Command) -> None:
        assert collector("questions", "run", "--json", "--format", "csv").code == 2


def test_nothing_was_collected(collector: Command) -> None:
    found = collector("questions", "run")
    assert (found.code, found.out) == (2, "")
    assert "collector collect" in found.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "chatt"], "There is no question 'chatt'. Did you mean chat?"),
        (["show", "managed-question-zoom-administrator"], "Did you mean administrators?"),
        (["run", "confirmd"], "Did you mean confirmed?"),
        (["run", "ever"], "Did you mean everybody?"),
        (["show", "xyzzy"], "There is no question 'xyzzy'. Next: `collector questions list` lists the questions."),
        (["list", "--tag", "cat"], "No question has the tag 'cat'. Next: The tags are: access, meeting, user, zoom."),
        (["run", "chat", "--tag", "access"], "None of these questions has this tag: access."),
    ],
)
def test_what_there_is_not(arguments: list[str], said: str, collector: Command) -> None:
    found = collector("questions", *arguments)
    assert (found.code, found.out) == (2, "")
    assert said in words(found.err)


def test_the_list(collector: Command) -> None:
    lines = collector("questions", "list", "--tag", "user", "--tag", "meeting").out.splitlines()
    assert [" ".join(line.split()) for line in lines] == ["Question Id Tags", "Who chats? chat zoom, user, meeting"]
    listed = json.loads(collector("questions", "list", "--json").out)
    assert [each["id"] for each in listed] == [question.id for question in QUESTIONS]
    assert list(listed[0]) == ["id", "title", "tags"]


def test_one_is_shown_with_queries_to_copy(collector: Command, zoom: Sandbox) -> None:
    out = collector("--profile", "default", "questions", "show", "chat").out
    for said in (
        "Who chats?\nmanaged-question-zoom-chat\n\nAbout inMeetingPrivateChat.\n\nWhy: It matters.\n\n"
        "What to do: Switch it off.\n\nTags: zoom, user, meeting\nTouches: CIS Zoom Benchmark 1.1.2.1, 1.1.2.2\n",
        "Next: `collector --profile default questions run chat` answers it.\n",
    ):
        assert said in out
    assert collector("collect").code == 0
    commands = [shlex.split(line) for line in out.splitlines() if line.startswith("collector ")]
    answers = [json.loads(collector(*command[1:]).out)["rows"] for command in commands]
    counted = json.loads(collector("questions", "run", "chat", "--json").out)["questions"][0]["counts"]
    assert [len(rows) for rows in answers] == list(counted.values())
    assert json.loads(collector("questions", "show", "chat", "--json").out)["fix"] == "Switch it off."


def test_validate(collector: Command, work: Path) -> None:
    with library.shipped_file() as path:
        text = path.read_text(encoding="utf-8")
    found = collector("questions", "validate")
    assert (found.code, found.err) == (0, "")
    assert words(found.out).endswith(" queries, all right.")
    (work / "mine.yaml").write_text(text.replace("= true AS u", "!= false AS u", 1).replace("  - id: ", "  - ID: ", 1))
    found = collector("questions", "validate", "mine.yaml")
    assert (found.code, found.err) == (1, "")
    lines = found.out.splitlines()
    assert lines[0].startswith("mine.yaml:")
    assert lines[0].endswith(": A question has no key `ID`.")
    assert lines[1].startswith("  The keys are id, title, ")
    problems = json.loads(collector("questions", "validate", "mine.yaml", "--json").out)["problems"]
    assert list(problems[0]) == ["line", "question", "problem", "nextStep"]
    assert len(problems) == sum(not line.startswith(" ") for line in lines)


def test_a_file_that_is_not_there(collector: Command) -> None:
    found = collector("questions", "validate", "nowhere.yaml")
    assert (found.code, found.out) == (2, "")
    assert found.err == "Error: Question file not found: nowhere.yaml.\nNext: Name an existing file.\n"


def test_what_a_file_says_controls_no_terminal(collector: Command, work: Path) -> None:
    (work / "mine.yaml").write_text('"\\e[2J": 1\nquestions:\n  - id: "a\\e[2J\\nError: b"\n')
    found = collector("questions", "validate", "mine.yaml")
    assert found.code == 1
    assert "\x1b" not in found.out
    assert "\nError" not in found.out
