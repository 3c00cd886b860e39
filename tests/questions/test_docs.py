"""docs/questions.md is what the file says, and is written over nobody's own document."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from collector.errors import UsageError
from collector.questions.docs import GENERATED, questions_document, write_document
from collector.questions.library import load_questions
from collector.questions.validation import validate
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema

DOCUMENT = Path(__file__).parents[2] / "docs" / "questions.md"
QUESTIONS = load_questions()


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == questions_document(QUESTIONS), "run `make docs`"


def test_every_question_is_explained_once() -> None:
    text = questions_document(QUESTIONS)
    assert sorted(re.findall(r"^### (.+)$", text, re.MULTILINE)) == sorted(each.title for each in QUESTIONS)
    assert re.findall(r"^`collector questions run (\S+)`", text, re.MULTILINE) != []
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert len(headings) == len(set(headings))
    assert all(len(line) <= 120 for line in text.splitlines() if not line.startswith(("#", "`")))


def test_the_example_of_a_file_is_right(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", questions_document(QUESTIONS), re.MULTILINE | re.DOTALL)
    path = tmp_path / "example.yaml"
    path.write_text(example)
    assert validate(path, graph_schema(all_resources()), own=True).problems == ()


@pytest.mark.parametrize(
    ("tags", "heading"),
    [
        (("zoom", "user", "meeting"), "Meetings"),
        (("zoom", "account", "lock", "meeting"), "Locks"),
        (("zoom", "user", "chat"), "Chat"),
        (("zoom", "user", "group"), "Groups"),
    ],
)
def test_a_question_is_below_what_it_is_about(tags: tuple[str, ...], heading: str) -> None:
    text = questions_document([replace(QUESTIONS[0], tags=tags)])
    assert f"\n## {heading}\n\n### {QUESTIONS[0].title}\n" in text


def test_it_is_written_where_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "questions.md"
    assert write_document(path, QUESTIONS)
    assert path.read_text(encoding="utf-8").startswith(GENERATED)
    path.chmod(0o400)
    assert not write_document(path, QUESTIONS)
    path.chmod(0o600)
    path.write_text(f"{GENERATED}\nolder")
    assert write_document(path, QUESTIONS)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"# Mine\n", "it was written by somebody"), (b"\xff\xfe", "it is not UTF-8 text"), (None, "No such file or dir")],
)
def test_somebodys_document_is_left_alone(content: bytes | None, reason: str, tmp_path: Path) -> None:
    path = tmp_path / ("nowhere/questions.md" if content is None else "questions.md")
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=reason):
        write_document(path, QUESTIONS)
    assert content is None or path.read_bytes() == content
