"""`collector questions push`, `remove` and `dashboard`: what they print and return."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from collector.questions.library import load_questions
from collector.sandbox.jupiterone import Fault, JupiterOneSandbox

from .conftest import Command

TITLES = [question.title for question in load_questions()]
NUMBER = len(TITLES)


@pytest.fixture(autouse=True)
def nobody_at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())


def answering(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """Somebody is at the terminal and types this."""
    typed = io.StringIO(f"{answer}\n")
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", typed)


class TestPush:
    def test_what_would_be_done_is_shown(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        outcome = collector("questions", "push", "--dry-run")
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out.splitlines() == [
            *(f"would create: {title}" for title in TITLES),
            f"In the JupiterOne account sandbox a push would create {NUMBER} questions, update 0 and leave 0 "
            "unchanged. Nothing was sent.",
        ]
        assert jupiterone.questions == []

    def test_it_is_done_once(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        outcome = collector("questions", "push")
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out.splitlines() == [
            *(f"created: {title}" for title in TITLES),
            f"In the JupiterOne account sandbox {NUMBER} questions created, 0 updated, 0 unchanged.",
        ]
        saved = jupiterone.questions
        assert [question["title"] for question in saved] == TITLES
        outcome = collector("questions", "push")
        assert outcome.out == (
            f"In the JupiterOne account sandbox 0 questions created, 0 updated, {NUMBER} unchanged.\n"
        )
        assert jupiterone.questions == saved

    @pytest.mark.usefixtures("jupiterone")
    @pytest.mark.parametrize("arguments", [["push"], ["remove", "--yes"]])
    def test_ctrl_c_leaves_a_part_to_the_next(
        self, collector: Command, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
    ) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        for name in ("push_questions", "remove_questions"):
            monkeypatch.setattr(f"collector.cli.questions_push.{name}", interrupt)
        outcome = collector("questions", *arguments)
        assert (outcome.code, outcome.out) == (130, "")
        assert "Interrupted: the questions in JupiterOne are changed in part." in outcome.err
        assert f"`collector questions {arguments[0]}` does the rest." in outcome.err

    def test_as_json(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        for title in (TITLES[0], "Of last year?"):
            jupiterone.add_question(title=title, tags=[] if title == TITLES[0] else ["zoom-collector"])
        done: dict[str, Any] = {
            "created": TITLES,
            "updated": [],
            "unchanged": [],
            "joined": [],
            "foreign": [TITLES[0]],
            "obsolete": ["Of last year?"],
            "refused": [],
        }
        for dry_run in (True, False):
            outcome = collector("questions", "push", "--json", *(["--dry-run"] if dry_run else []))
            assert json.loads(outcome.out) == {"dryRun": dry_run, **done}

    def test_what_is_left_alone_is_named(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        jupiterone.add_question(title=TITLES[0])
        jupiterone.add_question(title="Of last year?", tags=["zoom-collector"])
        assert collector("--profile", "work", "questions", "push").out.splitlines()[-3:] == [
            f"Not the collector's, left alone: the question with the title {TITLES[0]}",
            "No longer one of the collector's, left in JupiterOne: Of last year?",
            "Delete what you do not need in JupiterOne; `collector --profile work questions remove` deletes all that "
            "the collector made there.",
        ]

    def test_what_jupiterone_refuses_is_named(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        jupiterone.faults.add(Fault("graphql_error", operation="createQuestion"))
        outcome = collector("questions", "push")
        assert outcome.code == 3
        assert outcome.err == (
            f"Not taken: {TITLES[0]}: JupiterOne refused: An unexpected error occurred. (INTERNAL_SERVER_ERROR).\n"
        )
        assert collector("questions", "push").code == 0

    def test_a_key_that_may_not(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        jupiterone.faults.add(Fault("forbidden", operation="createQuestion", times=None))
        outcome = collector("questions", "push")
        assert (outcome.code, outcome.out) == (2, "")
        assert "permission to read, create, change and delete questions in JupiterOne" in outcome.err


class TestRemove:
    def test_without_a_terminal_nothing_goes(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        collector("questions", "push")
        outcome = collector("questions", "remove")
        assert outcome.code == 2
        assert "--yes" in outcome.err
        assert len(jupiterone.questions) == NUMBER

    @pytest.mark.parametrize(("answer", "left"), [("n", NUMBER), ("y", 0)])
    def test_it_asks(
        self,
        collector: Command,
        jupiterone: JupiterOneSandbox,
        monkeypatch: pytest.MonkeyPatch,
        answer: str,
        left: int,
    ) -> None:
        collector("questions", "push")
        answering(monkeypatch, answer)
        outcome = collector("questions", "remove")
        assert outcome.code == 0
        assert f"Remove {NUMBER} questions of the collector's from the JupiterOne account sandbox?" in outcome.err
        assert len(jupiterone.questions) == left

    def test_twice(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        theirs = jupiterone.add_question(title=TITLES[0])
        collector("questions", "push")
        outcome = collector("questions", "remove", "--yes")
        assert (outcome.code, outcome.out) == (
            0,
            f"Removed {NUMBER} questions from the JupiterOne account sandbox.\n",
        )
        outcome = collector("questions", "remove")
        assert (outcome.code, outcome.out) == (
            0,
            "The JupiterOne account sandbox has no question of the collector's to remove.\n",
        )
        assert jupiterone.questions == [theirs]

    def test_what_a_rule_refers_to_stays(self, collector: Command, jupiterone: JupiterOneSandbox) -> None:
        collector("questions", "push")
        jupiterone.add_rule(name="Kim's", questionId=jupiterone.questions[0]["id"])
        outcome = collector("questions", "remove", "--yes", "--json")
        assert json.loads(outcome.out) == {"removed": TITLES[1:]}
        assert outcome.err == f"Kept, because an alert rule in JupiterOne refers to it: {TITLES[0]}\n"


class TestDashboard:
    def test_a_file(self, collector: Command, work: Path) -> None:
        (work / "board.json").write_text("earlier")
        outcome = collector("questions", "dashboard", "-o", "board.json")
        board = json.loads((work / "board.json").read_text())
        number = len(board["widgets"])
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out == f"Wrote board.json with {number} widgets. Import it in JupiterOne under Insights.\n"
        assert json.loads(collector("questions", "dashboard", "--json").out) == {
            "output": "board.json",
            "widgets": number,
        }
        assert json.loads(collector("questions", "dashboard", "-o", "-").out) == board

    def test_a_file_that_cannot_be_written(self, collector: Command) -> None:
        outcome = collector("questions", "dashboard", "-o", "nowhere/board.json")
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.splitlines() == [
            "Error: nowhere/board.json cannot be written: No such file or directory.",
            "Next: Name another file with --output FILE.",
        ]


@pytest.mark.parametrize("verb", ["push", "remove"])
def test_without_access(collector: Command, verb: str) -> None:
    outcome = collector("questions", verb)
    assert (outcome.code, outcome.out) == (2, "")
    assert "JUPITERONE_ACCOUNT and JUPITERONE_API_KEY are not set" in outcome.err
