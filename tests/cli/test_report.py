"""`collector report`: where the page goes, what is said, and what is refused."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.model.coverage import Coverage, Status
from collector.store import Store
from tests.report.accounts import READ_AT, write_account

from .conftest import Command

DAY = 86_400_000
GAP = Coverage("fetch-users", "settings", Status.DENIED, False, missing=12, reason="A scope is missing.")


@pytest.fixture
def collected(tmp_path: Path) -> None:
    """A run of 20 people and, a day later, one of 12 whose settings were not all read."""
    with Store.open(tmp_path / "home" / "default" / "graph.db") as store:
        write_account(store, 20, groups=2)
        write_account(store, 12, groups=2, started_at=READ_AT + DAY, coverage=[GAP])


@pytest.mark.usefixtures("collected")
class TestWritten:
    def test_here_unless_a_file_is_named(self, collector: Command, work: Path) -> None:
        said = collector("report")
        assert (said.code, said.err) == (0, "")
        assert said.out.splitlines() == [
            "Wrote zoom-report.html: 12 people, 0.3 MB. Only you can read it.",
            "Not everything was read: the page says what, first.",
        ]
        assert stat.S_IMODE((work / "zoom-report.html").stat().st_mode) == 0o600
        assert collector("report", "-o", "monday.html").out.startswith("Wrote monday.html: ")
        assert sorted(path.name for path in work.iterdir()) == ["monday.html", "zoom-report.html"]

    @pytest.mark.parametrize("of", [["--run", "1"], ["--at", "2026-01-01T00:00:00Z"]])
    def test_as_it_was(self, collector: Command, work: Path, of: list[str]) -> None:
        assert "20 people" in collector("report", *of).out
        assert "as of run 1" in (work / "zoom-report.html").read_text(encoding="utf-8")

    def test_json_is_the_numbers_and_no_page(self, collector: Command, work: Path) -> None:
        said = collector("report", "--json")
        numbers = json.loads(said.out)
        assert (said.code, list(work.iterdir())) == (0, [])
        assert (numbers["run"], numbers["people"]["total"]) == (2, 12)
        assert numbers["notRead"][0]["reason"] == "A scope is missing."
        collector("report", "--json", "-o", "page.html")
        assert [path.name for path in work.iterdir()] == ["page.html"]

    def test_redacted(self, collector: Command, work: Path, tmp_path: Path) -> None:
        assert "pseudonyms" in collector("report", "--redact").out
        assert "Acme" not in (work / "zoom-report.html").read_text(encoding="utf-8")
        key = tmp_path / "home" / "default" / "report.key"
        assert (len(key.read_bytes()), stat.S_IMODE(key.stat().st_mode)) == (32, 0o600)

    def test_opened(self, collector: Command, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        opened: list[str] = []
        monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
        assert collector("report", "--open").err == ""
        assert opened == [(work / "zoom-report.html").as_uri()]

    def test_without_a_browser(self, collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("webbrowser.open", lambda _: False)
        found = collector("report", "--open")
        assert (found.code, found.err) == (0, "No browser could be started here. Open zoom-report.html in one.\n")


@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--run", "9"], 2, "There is no finished run 9."),
        (["--at", "soon"], 2, "'soon' is not a date."),
        (["--at", "2020-01-01"], 2, "No run had ended by 2020-01-01."),
        (["-o", "-"], 2, "The page is not printed: it is written to a file that only you can read."),
        (["-o", "missing/page.html"], 1, "The page missing/page.html could not be written: No such file or directory."),
    ],
)
def test_refused(collector: Command, arguments: list[str], code: int, said: str) -> None:
    found = collector("report", *arguments)
    assert (found.code, found.out) == (code, "")
    assert said in found.err


def test_nothing_collected(collector: Command) -> None:
    found = collector("report")
    assert found.code == 2
    assert "Nothing has been collected yet" in found.err


def test_a_folder_is_no_file(collector: Command, work: Path, collected: Callable[..., None]) -> None:
    (work / "folder").mkdir()
    assert collector("report", "-o", "folder").code == 2
