"""`collector document`. What becomes of the file: tests/resources/test_document.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from collector.resources.data_model_docs import END, START

from .conftest import Command


def test_the_section_is_added_replaced_and_left(collector: Command, work: Path) -> None:
    (work / "docs").mkdir()
    file = work / "docs" / "jupiterone.md"
    file.write_text("# Ours")
    added = "docs/jupiterone.md had no generated section, so one was added at its end.\n"
    assert collector("document").out == added
    text = file.read_text()
    assert text.startswith(f"# Ours\n\n{START}\n")
    assert "| Account   | `zoom_account` | `Account`       |" in text
    assert collector("document").out == "docs/jupiterone.md was up to date already.\n"
    file.write_text(f"before\n{START}\nold\n{END}\nafter\n")
    assert collector("document", "-o", str(file)).out == f"{file} was regenerated.\n"
    assert "old" not in file.read_text()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("docs/jupiterone.md", "No such file or directory"),
        ("folder", "it is not a regular file"),
        ("pipe", "it is not a regular file"),
        ("/dev/full", "it is not a regular file"),
    ],
)
def test_what_cannot_be_regenerated_is_not_even_read(collector: Command, work: Path, name: str, problem: str) -> None:
    os.mkfifo(work / "pipe")
    (work / "folder").mkdir()
    outcome = collector("document", "-o", name)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"Error: {name} cannot be regenerated: {problem}.\nNext: ")
