"""Wrong use, and what is unexpected: a sentence and an exit code, never a traceback."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
from pathlib import Path

import pytest

from collector import __version__
from collector.cli import run
from collector.sandbox import Account, Sandbox

from .conftest import Command

DOCUMENT = importlib.import_module("collector.cli.document")  # in the package the name is the command's


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fetch",), "No such command 'fetch'"),
        (("colect",), "No such command 'colect'. Did you mean collect?"),
        (("instances", "list"), "Did you mean instance?"),
        (("collect", "--setp", "x"), "No such option"),
        (("collect", "extra"), "unexpected extra argument"),
        (("collect", "--step"), "requires an argument"),
        (("show", "meeting", "x"), "No such command 'meeting'"),
        (("show", "user"), "Missing argument 'NAME'"),
        (("show", "group"), "Missing argument 'NAME'"),
        (("show", "account", "x"), "unexpected extra argument"),
        (("demo", "--users", "0"), "is not in the range"),
        (("demo", "--users", "many"), "is not a valid integer"),
        (("sandbox", "--port", "70000"), "is not in the range"),
        (("sandbox", "--groups", "-1"), "is not in the range"),
        (("--profile",), "requires an argument"),
    ],
)
def test_wrong_use(collector: Command, arguments: tuple[str, ...], message: str) -> None:
    outcome = collector(*arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.out == ""


@pytest.mark.parametrize("arguments", [(), ("show",)])
def test_without_a_verb_the_help_is_shown(collector: Command, arguments: tuple[str, ...]) -> None:
    outcome = collector(*arguments)
    assert outcome.code == 2
    assert "Usage: collector" in outcome.out + outcome.err


@pytest.mark.parametrize("verb", ["document", "auth logout"])
def test_where_nothing_is_printed_as_json_the_option_is_taken_all_the_same(collector: Command, verb: str) -> None:
    assert "No such option" not in collector(*verb.split(), "--json").err


def test_version(collector: Command) -> None:
    assert collector("--version").out == f"collector, version {__version__}\n"


@pytest.fixture
def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("inner details")

    monkeypatch.setattr(DOCUMENT, "regenerate", fail)


UNEXPECTED = "Error: Unexpected RuntimeError. Please report it with the output of the same command with -v.\n"


@pytest.mark.usefixtures("_broken")
class TestUnexpected:
    def test_one_sentence_asks_to_report_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["document"]) == 1
        assert capsys.readouterr() == ("", UNEXPECTED)

    @pytest.mark.parametrize("arguments", [["-v", "document"], ["document", "-v"]])
    def test_the_traceback_comes_with_v(self, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
        assert run(arguments) == 1
        said = capsys.readouterr().err
        assert said.startswith("Traceback (most recent call last):")
        assert "RuntimeError: inner details" in said
        assert said.endswith(UNEXPECTED)


def test_ctrl_c_in_any_verb(collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(DOCUMENT, "regenerate", interrupted)
    assert collector("document").code == 130


def test_the_exit_code_reaches_the_shell() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "collector", "collect", "--step", "none"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("Error: There is no step none.\n")


def test_a_terminal_that_lacks_letters_is_no_crash(
    zoom: Sandbox, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.rename_group(account.groups[0].id, "Größe")
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="ascii", write_through=True))
    assert run(["collect"]) == 0
    assert run(["show", "group", "Größe"]) == 0
    assert b"Gr??e  zoom_group:" in shown.getvalue()


@pytest.mark.parametrize("verb", [("doctor",), ("collect",), ("auth", "status"), ("show", "account"), ("status",)])
def test_a_name_nothing_reads_is_warned_of_once_and_changes_no_exit_code(
    collector: Command, zoom: Sandbox, work: Path, verb: tuple[str, ...]
) -> None:
    collector("collect")
    expected = collector(*verb).code
    (work / ".env").write_text("ZOOM_CLIENTID=CANARY\nJUPITERONE_DEV=true\n")
    outcome = collector(*verb)
    assert outcome.code == expected
    assert outcome.err.count("Warning: ") == 1
    assert "ZOOM_CLIENTID (did you mean ZOOM_CLIENT_ID?)" in outcome.err
    assert "CANARY" not in outcome.err + outcome.out
