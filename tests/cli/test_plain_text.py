"""What comes from outside neither steers a terminal nor poses as a line of ours, whichever verb prints it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rich.table import Table

from collector.cli.output import console
from collector.cli.plain_text import LogFormatter, printable, printable_lines
from collector.cli.query_output import csv_cell

from .conftest import Command

EVIL = "bad\x1b]0;title\x07\x1b[2J\x9b31m\u202e\u2066\r\nError: all is lost\nNext: rm -rf /\x00\x7f"
OURS = ("Error: all is lost", "Next: rm -rf /")


def assert_clean(said: str) -> None:
    assert [c for c in said if not c.isprintable() and c != "\n"] == []
    assert [line for line in said.splitlines() if line.strip().startswith(OURS)] == []


@pytest.fixture
def evil_zoom() -> Iterator[str]:
    """Everything fails, in words that steer a terminal."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(400, {"code": 300, "message": EVIL})

        def do_POST(self) -> None:
            self.answer(200, {"access_token": "token", "token_type": "bearer", "scope": EVIL, "api_url": EVIL})

        def answer(self, status: int, body: object) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("x-zm-trackingid", "id\x1b[2J\x9b")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "name",
    ["山田\u3000太郎", "Jean\u00a0Paul", "1\u202f000", "می\u200cخواهم", "\U0001f469\u200d\U0001f4bb", "e\u0301\ufe0f"],
    ids=ascii,
)
def test_names_of_every_script_stay_as_they_are(name: str) -> None:
    """Python calls wide and unbreakable spaces and joiners unprintable; they are in many names."""
    assert printable(name) == csv_cell(name) == name


@pytest.mark.parametrize("character", "\x00\x1b\x7f\x85\x9b\u061c\u200b\u200e\u2028\u2029\u202e\u2066\ufeff\U000e0041")
def test_what_controls_a_terminal_or_hides_is_replaced(character: str) -> None:
    assert printable(f"a{character}b") == csv_cell(f"a{character}b") == "a�b"


VERBS = [
    ["collect"],
    ["plan"],
    ["plan", "--json"],
    ["doctor"],
    ["auth", "status", "--check"],
    ["instance", "list"],
    ["sync"],
    ["collect", f"--{EVIL}".replace("\x00", "")],
    ["show", "user", EVIL.replace("\x00", "")],
    ["document", "-o", EVIL.replace("\x00", "")],
    ["forget", "--user", EVIL.replace("\x00", "")],
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evil_zoom: str) -> Path:
    """A folder of such a name, and settings that lead to that Zoom."""
    folder = tmp_path / f"evil\x1b[2J\nError: all is lost{'!' * 3}"
    folder.mkdir()
    settings = {
        "ZOOM_CLIENT_ID": "id",
        "ZOOM_CLIENT_SECRET": "secret",
        "ZOOM_ACCOUNT_ID": "account",
        "ZOOM_OAUTH_URL": evil_zoom,
        "ZOOM_API_URL": evil_zoom,
        "ZOOM_HOME": str(folder / "home"),
        "JUPITERONE_ACCOUNT": "acme",
        "JUPITERONE_API_KEY": "key",
        "JUPITERONE_API_BASE_URL": evil_zoom,
        "JUPITERONE_GRAPHQL_URL": evil_zoom,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    return folder


def assert_nothing_is_passed_on(said: str) -> None:
    assert said
    assert "Traceback" not in said
    assert [c for c in said if not c.isprintable() and c != "\n"] == []
    assert [line for line in said.splitlines() if line.startswith(OURS)] == []


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("verbose", [[], ["-v"]], ids=["quiet", "-v"])
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: ascii(" ".join(verb[:2])))
def test_no_verb_passes_it_on(collector: Command, verb: list[str], verbose: list[str]) -> None:
    outcome = collector(*verbose, *verb)
    assert_nothing_is_passed_on(outcome.out + outcome.err)


def test_no_process_that_logs_everything_passes_it_on(place: Path) -> None:
    running = [
        subprocess.Popen(
            [Path(sys.executable).with_name("collector"), "-v", "-v", *verb],
            cwd=place,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for verb in VERBS
    ]
    for process in running:
        said, _ = process.communicate(timeout=120)
        assert_nothing_is_passed_on(said)


@pytest.mark.usefixtures("place")
def test_no_width_lets_it_begin_a_line(collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is broken wherever its words end."""
    for width in range(60, 100):
        monkeypatch.setenv("COLUMNS", str(width))
        assert_nothing_is_passed_on(collector("auth", "status", "--check").out)


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR])
@pytest.mark.parametrize("format_", ["%(message)s", "%(asctime)s %(levelname)s %(name)s: %(message)s"])
def test_a_record_is_one_line(level: int, format_: str) -> None:
    record = logging.LogRecord("collector", level, __file__, 1, "%s said %s", ("Zoom", EVIL), None)
    line = LogFormatter(format_).format(record)
    assert_clean(line)
    assert "\n" not in line


def test_the_lines_of_a_traceback_are_indented() -> None:
    try:
        raise ValueError(EVIL)
    except ValueError:
        record = logging.LogRecord("collector", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    first, *others = LogFormatter().format(record).splitlines()
    assert first == "failed"
    assert all(line.startswith("  ") for line in others)
    assert [c for c in "".join(others) if not c.isprintable()] == []


def test_what_rich_prints(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(EVIL)
    table.add_row(EVIL)
    for printed in (EVIL, table):
        console().print(printed)
    said = capsys.readouterr().out
    assert [c for c in said if not c.isprintable() and c != "\n"] == []


def test_breaks_of_ours_stay_and_others_begin_no_line() -> None:
    assert printable_lines("a:\n  - b\n\n  c") == "a:\n  - b\n\n  c"
    assert printable_lines("a\nError: b") == "a\n  Error: b"
