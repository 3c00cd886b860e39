"""On a narrow terminal no plain word is broken, and the progress keeps its count."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from collector.cli.output import console, print_table
from collector.cli.progress import ProgressBars
from collector.cli.wrapping import wrapped
from collector.model.step import Step
from collector.sandbox import Fault, Sandbox
from collector.sandbox.jupiterone import JupiterOneSandbox

from .conftest import CollectOnce, Command

_COLUMNS = 40

VERBS = [
    ("collect",),
    ("collect", "--step", "nonsense"),
    ("collect", "--max-age", "1d"),
    ("plan",),
    ("doctor",),
    ("status",),
    ("status", "--runs"),
    ("auth", "status", "--check"),
    ("auth", "login"),
    ("auth", "revoke"),
    ("auth", "nonsense"),
    ("show", "user", "ada@example.com"),
    ("show", "user", "nobody@example.com"),
    ("show", "group", "Engineering"),
    ("list", "users", "--format", "table"),
    ("list", "users", "--columns", "nonsense"),
    ("list", "users", "--where", "status ="),
    ("questions", "list"),
    ("questions", "run"),
    ("questions", "run", "e2e-encryption", "access-list"),
    ("questions", "run", "nonsense"),
    ("questions", "validate", "nowhere.yaml"),
    ("employees", "/proc/self/nonsense"),
    ("employees", str(Path(__file__).parent / "employees.csv")),
    ("forget",),
    ("forget", "--user", "ada@example.com"),
    ("forget", "--before", "yesterday"),
    ("instance", "list"),
    ("instance", "show"),
    ("instance", "create", "--account-name", "Example Ltd"),
    ("instance", "delete"),
    ("questions", "push", "--dry-run"),
    ("questions", "push"),
    ("questions", "remove"),
    ("questions", "dashboard", "-o", "nowhere/board.json"),
    ("alerts", "push", "--dry-run"),
    ("alerts", "remove"),
    ("sync",),
    ("sync", "--dry-run"),
    ("sync", "--scope", "x"),
    ("run", "--poll"),
    ("uninstall",),
    ("document", "-o", "nowhere.md"),
    ("--nonsense",),
    ("nonsense",),
    (),
]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_no_plain_word_is_broken(
    collector: Command,
    collect_once: CollectOnce,
    zoom: Sandbox,
    jupiterone: JupiterOneSandbox,
    monkeypatch: pytest.MonkeyPatch,
    verb: tuple[str, ...],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    zoom.faults.add(Fault("missing_privilege", "/users/*/settings", times=None))
    collect_once(code=3)
    monkeypatch.setenv("COLUMNS", str(_COLUMNS))
    narrow = collector(*verb)
    lines = (narrow.out + narrow.err).splitlines()
    assert [line for line in lines if len(line) > _COLUMNS and not is_one_word(line)] == []


def is_one_word(line: str) -> bool:
    """An address, a path, an id, or a command in backticks, behind what the line begins with at most."""
    return len(re.findall(r"`[^`]*`\S*|\S+", re.sub(r"^(?:[\w-]+:)?\s*[(*-]?\s*", "", line))) <= 1


@pytest.mark.parametrize(
    ("columns", "lines"), [(20, ["zoom_user", "  created 1,200", "zoom_group", "  nothing"]), (80, None)]
)
def test_a_table_that_does_not_fit_becomes_paragraphs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int, lines: list[str] | None
) -> None:
    """Without the cells that are zero."""
    monkeypatch.setenv("COLUMNS", str(columns))
    table = Table("Type", "Created", "Deleted")
    table.add_row("zoom_user", "1,200", "0")
    table.add_row("zoom_group", "0", "-")
    print_table(console(), table)
    shown = capsys.readouterr().out.splitlines()
    assert "Created" in shown[1] if lines is None else shown == lines


@pytest.mark.parametrize("columns", [40, 60, 79, 80, 120])
def test_the_progress_keeps_its_count_and_whole_words(columns: int) -> None:
    shown = io.StringIO()
    with ProgressBars(Console(file=shown, force_terminal=True, color_system=None, width=columns)) as bars:
        for name, done, expected in (
            ("Build Account and Group Relationship", 1234, 12345),
            ("Fetch Users", 123456, 1000000),
        ):
            step = Step(name, name, ())
            bars.started(step)
            bars.expect(step, expected)
            bars.advance(step, done)
    text = shown.getvalue()
    for word in ("Build", "Account", "and", "Group", "Relationship", "Fetch", "Users", "1234/12345", "123456/1000000"):
        assert re.search(rf"(?<!\S){word}(?!\S)", text), word


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 13, ["one two three"]),
        ("one two three", 12, ["one two", "three"]),
        ("  - one two three", 11, ["  - one two", "  three"]),
        ("one\n\ntwo three", 5, ["one", "", "two", "three"]),
        ("see https://example.com/a/long/path now", 12, ["see", "https://example.com/a/long/path", "now"]),
        ("run `collector auth login`, then wait", 20, ["run", "`collector auth login`,", "then wait"]),
        ("", 5, [""]),
        ("   ", 2, [""]),
    ],
)
def test_lines_are_broken_between_words(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width).split("\n") == lines


def test_a_line_may_go_on_further_right() -> None:
    assert wrapped("ok       files: this is yours", 20, 9) == "ok       files: this\n         is yours"
