"""`collector employees`: what it prints in each format, what it leaves nowhere, and its exit codes."""

from __future__ import annotations

import csv
import io
import json
import logging
from pathlib import Path

import pytest

from collector.cli.employees_output import print_comparison
from collector.query.employee_file import Employee, EmployeeFile
from collector.query.employees import EmployeeComparison, Match, ZoomUser
from collector.sandbox import Sandbox
from collector.store import RunRecord
from tests.cli.conftest import CollectOnce, Command, words

EXPORT = """\
Name;Work Email;Employee #
Olive;OLIVE@example.com;E1
Ina;ina@example.com;E2
Pia;pia@example.com;
Max;max@example.org;E4
Max again;max+a@example.com;
New;new@example.com;E5
"""


@pytest.fixture(autouse=True)
def export(work: Path) -> Path:
    path = work / "export.csv"
    path.write_text(EXPORT, encoding="utf-8-sig")
    return path


@pytest.fixture
def collected(collect_once: CollectOnce) -> None:
    collect_once()


@pytest.mark.usefixtures("collected")
class TestFormats:
    def test_text(self, collector: Command) -> None:
        found = collector("employees", "export.csv")
        assert found.code == 0
        lines = [line.rstrip() for line in found.out.splitlines()]
        assert lines[0].startswith("Zoom's users as run 1 read them, until ")
        assert lines[1:] == [
            "export.csv: 6 rows, by Work Email (e-mail), Employee # (employee id)",
            "",
            "Matched: 3 (3 by e-mail)",
            "of these not active in Zoom: 2",
            "Name             E-mail           Status                     Row",
            "Ina Quist        ina@example.com  deactivated in Zoom          3",
            "pia@example.com  pia@example.com  invited, not yet accepted    4",
            "",
            "Only in Zoom (left the company?): 5",
            "Name             E-mail           Status",
            "Ada Byron        ada@example.com  active",
            "Bob Stone        bob@example.com  active",
            "Cyd Chen         cyd@example.com  active",
            "Max Rao          max@example.com  active",
            "pim@example.com  pim@example.com  invited, not yet accepted",
            "",
            "Employees without Zoom: 3",
            "Row  E-mail",
            "  5  max@example.org",
            "  6  max+a@example.com",
            "  7  new@example.com",
            "",
            "Near misses, which are not matched: 2",
            "In Zoom          Row  In the file        Differs in",
            "max@example.com    5  max@example.org    domain",
            "max@example.com    6  max+a@example.com  +tag",
        ]
        assert words(found.err) == (
            "Warning: No user has an employee id in Zoom (it comes with single sign-on): only addresses were compared."
        )

    def test_json(self, collector: Command) -> None:
        found = json.loads(collector("employees", "export.csv", "--json").out)
        assert found["file"] == {
            "path": "export.csv",
            "rows": 6,
            "columns": {"email": ["Work Email"], "username": [], "employeeId": ["Employee #"]},
        }
        assert found["matched"][0] == {
            "name": "Ina Quist",
            "email": "ina@example.com",
            "status": "inactive",
            "row": 3,
            "employeeEmail": "ina@example.com",
            "matchedBy": ["email"],
        }
        assert found["withoutZoom"] == [
            {"row": 5, "employeeEmail": "max@example.org"},
            {"row": 6, "employeeEmail": "max+a@example.com"},
            {"row": 7, "employeeEmail": "new@example.com"},
        ]
        assert (found["notFound"], found["complete"], found["run"]) == (None, True, 1)
        assert [near["differs"] for near in found["nearMisses"]] == ["domain", "+tag"]
        assert "E5" not in json.dumps(found)

    def test_csv_and_json_lines_have_a_row_for_each_finding(self, collector: Command) -> None:
        rows = list(csv.DictReader(io.StringIO(collector("employees", "export.csv", "--format", "csv").out)))
        lines = [
            json.loads(line) for line in collector("employees", "export.csv", "--format", "jsonl").out.splitlines()
        ]
        findings = [*["matched"] * 3, *["only in Zoom"] * 5, *["without Zoom"] * 3, *["near miss"] * 2]
        assert [row["finding"] for row in rows] == findings == [line["finding"] for line in lines]
        assert rows[-1]["differs"] == "'+tag"  # no spreadsheet computes it

    def test_two_formats_contradict_each_other(self, collector: Command) -> None:
        found = collector("employees", "export.csv", "--json", "--format", "csv")
        assert (found.code, found.out) == (2, "")

    def test_columns_that_are_not_there(self, collector: Command) -> None:
        found = collector("employees", "export.csv", "--email", "Mail")
        assert (found.code, found.out) == (2, "")
        assert words(found.err) == (
            "Error: export.csv has no column 'Mail'. It has Name, Work Email, Employee #. "
            "Next: Name the column: `collector employees export.csv --email COLUMN`."
        )

    def test_a_run_and_a_date(self, collector: Command) -> None:
        assert collector("employees", "export.csv", "--run", "1").code == 0
        for choice in (("--run", "9"), ("--at", "2001-01-01"), ("--run", "1", "--at", "2026-01-01")):
            assert collector("employees", "export.csv", *choice).code == 2

    def test_nothing_of_the_file_is_kept(
        self, collector: Command, work: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            collector("employees", "export.csv", "-v")
        assert "new@example.com" not in caplog.text
        files = [path for path in work.parent.rglob("*") if path.is_file() and path.name != "export.csv"]
        assert [path for path in files if b"new@example.com" in path.read_bytes()] == []


@pytest.mark.parametrize("step", ["fetch-groups", "fetch-account"])
def test_where_no_users_were_read_nobody_is_without_zoom(zoom: Sandbox, collector: Command, step: str) -> None:
    assert collector("collect", "--step", step).code == 0
    answer = json.loads(collector("employees", "export.csv", "--json").out)
    assert (answer["withoutZoom"], len(answer["notFound"]), answer["complete"]) == (None, 6, False)


def test_an_employee_id_is_shown_where_it_matched(capsys: pytest.CaptureFixture[str]) -> None:
    user = ZoomUser("zoom_user:1", "Ada", ("ada@example.com",), "E7", "active")
    employee = Employee(2, ("ada@example.com",), (), "E7")
    file = EmployeeFile(Path("hr.csv"), (employee,), {}, ())
    record = RunRecord(1, 0, 0, 0, 0, {}, (), (), ())
    for by, shown in ((("email",), ""), (("email", "employeeId"), "E7")):
        print_comparison(
            EmployeeComparison(record, file, True, (Match(user, employee, by),), (), (), (), (), (), ()), "csv"
        )
        (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
        assert (row["matchedBy"], row["employeeId"]) == (", ".join(by), shown)


def test_before_anything_was_collected(collector: Command) -> None:
    found = collector("employees", "export.csv")
    assert (found.code, found.out) == (2, "")
    assert "collector collect" in found.err
