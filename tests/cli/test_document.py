"""`collector document`: only what is between the markers changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Command

START = "<!-- {J1_DOCUMENTATION_MARKER_START} -->"
END = "<!-- {J1_DOCUMENTATION_MARKER_END} -->"


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
    assert collector("document").code == 0
    assert file.read_text().startswith(f"# Ours\n\n{START}\n")


def test_another_file(collector: Command, work: Path) -> None:
    (work / "other.md").write_text("")
    assert collector("document", "-o", "other.md").out == "other.md was regenerated.\n"


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
    assert collector("document").code == 2
