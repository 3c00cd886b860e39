"""`collector query`: what it prints in each format, what it refuses, and what its exit codes say."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from collector.store import ROW, Store
from tests.cli.conftest import CollectOnce, Command, words

ADMINS = "FIND zoom_user WITH isAdmin = true AS u THAT ASSIGNED zoom_role AS r RETURN u.name, r.name AS role"


@pytest.fixture
def collected(collect_once: CollectOnce) -> None:
    collect_once()


@pytest.mark.usefixtures("collected")
class TestFormats:
    def test_json_has_columns_rows_and_what_is_not_known(self, collector: Command) -> None:
        found = collector("query", ADMINS, "--json")
        assert (found.code, found.err) == (0, "")
        answer = json.loads(found.out)
        assert list(answer) == ["columns", "rows", "complete", "warnings"]
        assert answer["columns"] == ["u.name", "role"]
        assert ["Olive Owner", "Owner"] in answer["rows"]
        assert (answer["complete"], answer["warnings"]) == (True, [])
        assert json.loads(collector("query", ADMINS).out) == answer

    def test_json_without_return_has_the_entities(self, collector: Command, account: object) -> None:
        answer = json.loads(collector("query", "FIND zoom_user LIMIT 2", "--format", "json").out)
        assert answer["columns"] == []
        shown = json.loads(collector("show", "user", answer["rows"][0]["_key"], "--json").out)
        assert shown[0]["entity"] == answer["rows"][0]

    def test_json_of_a_tree_has_vertices_and_edges(self, collector: Command) -> None:
        answer = json.loads(collector("query", "FIND zoom_account THAT HAS zoom_role RETURN TREE").out)
        assert list(answer) == ["vertices", "edges", "complete", "warnings"]
        assert {each["_type"] for each in answer["vertices"]} == {"zoom_account", "zoom_role"}
        assert {each["_type"] for each in answer["edges"]} == {"zoom_account_has_role"}
        assert len(answer["edges"]) == len(answer["vertices"]) - 1

    @pytest.mark.parametrize("format_", ["table", "csv", "jsonl"])
    def test_a_tree_is_json_only(self, format_: str, collector: Command) -> None:
        found = collector("query", "FIND zoom_account RETURN TREE", "--format", format_)
        assert (found.code, found.out) == (2, "")
        assert "--format json" in found.err

    def test_json_lines(self, collector: Command) -> None:
        lines = collector("query", ADMINS, "--format", "jsonl").out.splitlines()
        assert {"u.name": "Olive Owner", "role": "Owner"} in [json.loads(line) for line in lines]

    def test_a_table(self, collector: Command) -> None:
        found = collector("query", ADMINS, "--format", "table")
        assert found.out.splitlines()[0].split() == ["u.name", "role"]
        assert "Olive Owner" in found.out
        assert found.err.endswith(" rows\n") or found.err == "1 row\n"

    def test_csv(self, collector: Command) -> None:
        rows = list(csv.reader(io.StringIO(collector("query", ADMINS, "--format", "csv").out)))
        assert rows[0] == ["u.name", "role"]
        assert ["Olive Owner", "Owner"] in rows

    def test_a_table_and_csv_of_entities_name_them(self, collector: Command) -> None:
        rows = list(csv.reader(io.StringIO(collector("query", "FIND zoom_role", "--format", "csv").out)))
        assert rows[:2] == [["_type", "displayName", "_key"], ["zoom_role", "Owner", "zoom_role:0"]]
        assert "Owner" in collector("query", "FIND zoom_role", "--format", "table").out

    def test_nothing_found_is_an_answer(self, collector: Command) -> None:
        found = collector("query", "FIND zoom_user WITH name = 'Nobody'", "--format", "table")
        assert (found.code, found.out, found.err) == (0, "", "0 rows\n")

    def test_warnings_go_to_standard_error_too(self, collector: Command) -> None:
        found = collector("query", "FIND zoom_user WITH isAdmn != true AS u RETURN u.name", "--limit", "1")
        assert found.code == 0
        assert len(json.loads(found.out)["warnings"]) == 2
        assert "Warning: zoom_user has no property `isAdmn`" in words(found.err)
        assert "is `isAdmin` or `admin` meant?" in words(found.err)

    def test_json_and_another_format_contradict_each_other(self, collector: Command) -> None:
        assert collector("query", ADMINS, "--json", "--format", "csv").code == 2

    @pytest.mark.parametrize("text", [ADMINS, f"{ADMINS}\n", f"\ufeff{ADMINS}\r\n"], ids=ascii)
    def test_standard_input(self, collector: Command, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        assert "Olive Owner" in collector("query", "-").out

    def test_explain_shows_what_was_understood_and_asks_nothing(self, collector: Command) -> None:
        found = collector("query", ADMINS, "--explain")
        assert found.code == 0
        assert found.out.splitlines()[:4] == [
            "Understood:",
            "  FIND zoom_user WITH isAdmin = true AS u",
            "  THAT ASSIGNED zoom_role AS r",
            "  RETURN u.name, r.name AS 'role'",
        ]
        assert "SELECT" in found.out
        assert "Owner" not in found.out

    def test_a_partial_account_says_so(self, collector: Command) -> None:
        assert collector("collect", "--settings", "none").code == 0
        found = collector("query", "FIND zoom_user WITH meetingSecurityWaitingRoom = true AS u RETURN u.name")
        answer = json.loads(found.out)
        assert (found.code, answer["complete"]) == (0, False)
        assert "`meeting_security` was not read completely" in answer["warnings"][0]
        assert "`meeting_security` was not read completely" in words(found.err)

    def test_an_earlier_run(self, collector: Command) -> None:
        assert collector("collect").code == 0
        assert json.loads(collector("query", ADMINS, "--run", "1").out) == json.loads(collector("query", ADMINS).out)
        assert collector("query", ADMINS, "--run", "7").code == 2
        assert collector("query", ADMINS, "--at", "2001-01-01").code == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("FIND zoom_user WITH", "column 20"),
        ("FIND\nzoom_usr", "Line 2, column 1"),
        ("FIND Person", "column 6"),
        ("", "1"),
    ],
)
@pytest.mark.usefixtures("collected")
def test_a_query_that_is_refused(text: str, place: str, collector: Command) -> None:
    found = collector("query", text)
    assert (found.code, found.out) == (2, "")
    assert place in words(found.err)
    assert "Next: " in found.err


def test_nothing_was_collected(collector: Command) -> None:
    found = collector("query", "FIND zoom_user")
    assert found.code == 2
    assert "collector collect" in found.err


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x1b[2Jgone", "two\nlines"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_control_neither_a_terminal_nor_a_spreadsheet(name: str, collector: Command, tmp_path: Path) -> None:
    with Store.open(tmp_path / "home" / "default" / "graph.db") as store:
        run = store.begin(1000, {})
        run.put("zoom_group:1", ROW, {"_type": "zoom_group", "_class": ["Group"], "name": name, "totalMembers": -1}, 1)
        run.finish(2000, 0, [], [], [])
    text = "FIND zoom_group AS g RETURN g.name, g.totalMembers"
    as_csv = collector("query", text, "--format", "csv").out
    ((_, _), (cell, number)) = csv.reader(io.StringIO(as_csv, newline=""))
    assert cell[0] not in "=+-@\t\r"
    assert cell.removeprefix("'") == name.replace("\r", "�").replace("\x1b", "�")
    assert number == "-1"
    for format_ in ("table", "json", "jsonl", "csv"):
        assert "\x1b" not in collector("query", text, "--format", format_).out
    assert json.loads(collector("query", text).out)["rows"] == [[name, -1]]
