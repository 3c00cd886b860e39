"""`collector export`: what it says, and which exit codes it ends with."""

from __future__ import annotations

import resource
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import CollectOnce, Command, words


@pytest.fixture
def collected(collect_once: CollectOnce) -> None:
    collect_once()


@pytest.mark.usefixtures("collected")
class TestExport:
    def test_it_names_the_files_and_the_folder(self, collector: Command, work: Path) -> None:
        found = collector("export", "out")
        assert found.code == 0
        lines = [line.split() for line in found.out.splitlines()]
        assert lines[:3] == [["file", "rows"], ["zoom_account.csv", "1"], ["zoom_user.csv", "8"]]
        assert lines[-1] == ["The", "graph", "after", "run", "1", "is", "in", f"{work / 'out'}."]

    def test_what_was_not_read_is_said_on_standard_error(self, collector: Command) -> None:
        assert collector("collect", "--settings", "none").code == 0
        found = collector("export", "out", "--format", "parquet")
        assert found.code == 0
        assert "`settings`, `meeting_authentication`, `recording_authentication`, `meeting_sec" in words(found.err)
        assert "export.json says so, too." in found.err
        assert "`settings`, `meeting_auth" not in words(collector("export", "out", "--run", "1").err)

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            ((".",), "is the working folder"),
            (("mine",), "holds what no export wrote there (notes.md)"),
            (("out", "--run", "7"), "There is no finished run 7"),
            (("out", "--at", "2001-01-01"), "No run had ended by 2001-01-01"),
            (("out", "--format", "xml"), "'xml' is not one of 'csv', 'jsonl', 'parquet'"),
            ((), "Missing argument 'FOLDER'"),
        ],
    )
    def test_what_is_refused(self, collector: Command, work: Path, arguments: tuple[str, ...], reason: str) -> None:
        (work / "mine").mkdir()
        (work / "mine" / "notes.md").write_text("mine")
        found = collector("export", *arguments)
        assert (found.code, found.out) == (2, "")
        assert reason in words(found.err)
        assert (work / "mine" / "notes.md").read_text() == "mine"
        assert not (work / "out").exists()

    @pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
    def test_a_used_up_quota(self, collector: Command, work: Path, format_: str) -> None:
        """No file can become larger than some kilobytes; SQLite needs 32 of them to read."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        assert collector("export", "out").code == 0
        kept = {path.name: path.read_bytes() for path in (work / "out").iterdir()}
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
        try:
            found = collector("export", "out", "--format", format_)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, before)
        assert found.code == 1
        assert "could not be written: File too large. The folder is as it was." in words(found.err)
        assert {path.name: path.read_bytes() for path in (work / "out").iterdir()} == kept
        assert [path.name for path in work.iterdir() if path.name.startswith("out")] == ["out"]

    def test_a_folder_that_cannot_be_made(self, collector: Command, work: Path) -> None:
        (work / "file").write_text("")
        found = collector("export", "file/out")
        assert (found.code, found.out) == (1, "")
        assert "/out could not be written: " in words(found.err)


def test_before_a_collection(collector: Command) -> None:
    found = collector("export", "out")
    assert found.code == 2
    assert "Nothing has been collected yet" in words(found.err)
