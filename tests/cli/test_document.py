"""`collector document`: only what is between the markers changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .conftest import Command

START = "<!-- {J1_DOCUMENTATION_MARKER_START} -->"
END = "<!-- {J1_DOCUMENTATION_MARKER_END} -->"
ADDED = "had no generated section, so one was added at its end"


@pytest.fixture
def file(work: Path) -> Path:
    (work / "docs").mkdir()
    return work / "docs" / "jupiterone.md"


def test_the_section_between_the_markers_is_replaced(collector: Command, file: Path) -> None:
    file.write_text(f"before\n{START}\nold\n{END}\nafter\n")
    outcome = collector("document")
    assert (outcome.code, outcome.out) == (0, "docs/jupiterone.md was regenerated.\n")
    text = file.read_text()
    assert text.startswith(f"before\n{START}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "| Account   | `zoom_account` | `Account`       |" in text


def test_a_second_time_changes_nothing(collector: Command, file: Path) -> None:
    file.write_text(f"{START}{END}")
    collector("document")
    first = file.read_text()
    assert collector("document").out == "docs/jupiterone.md was up to date already.\n"
    assert file.read_text() == first


def test_a_file_without_markers_gets_the_section_at_its_end(collector: Command, file: Path) -> None:
    file.write_text("# Ours")
    outcome = collector("document")
    assert (outcome.code, outcome.out) == (0, f"docs/jupiterone.md {ADDED}.\n")
    assert file.read_text().startswith(f"# Ours\n\n{START}\n")


def test_another_file(collector: Command, work: Path) -> None:
    (work / "other.md").write_text("")
    assert collector("document", "-o", "other.md").out == f"other.md {ADDED}.\n"


def test_a_missing_end_marker_changes_nothing(collector: Command, file: Path) -> None:
    file.write_text(f"{START}\nthe rest of the document")
    outcome = collector("document")
    assert outcome.code == 2
    assert outcome.err == (
        "Error: The documentation has a start marker without an end marker, so nothing was changed.\n"
        f"Next: Put {END} on a line of its own where the generated part ends.\n"
    )
    assert file.read_text() == f"{START}\nthe rest of the document"


def test_a_missing_file(collector: Command) -> None:
    outcome = collector("document")
    assert outcome.code == 2
    assert outcome.err == (
        "Error: docs/jupiterone.md cannot be regenerated: No such file or directory.\n"
        "Next: Name the file with --output FILE; it must exist.\n"
    )


def test_a_file_that_is_no_text(collector: Command, file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    outcome = collector("document")
    assert outcome.code == 2
    assert "it is not UTF-8 text" in outcome.err


def test_a_folder(collector: Command, file: Path) -> None:
    file.mkdir()
    outcome = collector("document")
    assert (outcome.code, "it is no regular file" in outcome.err) == (2, True)


@pytest.mark.parametrize("name", ["/dev/null", "/dev/full", "pipe"])
def test_a_device_or_a_pipe_is_not_even_read(collector: Command, work: Path, name: str) -> None:
    os.mkfifo(work / "pipe")
    outcome = collector("document", "-o", name)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith(f"Error: {name} cannot be regenerated: it is no regular file.\n")
