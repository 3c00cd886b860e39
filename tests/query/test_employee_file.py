"""Exports of HR and identity systems: every CSV a spreadsheet writes is read, every other file is refused in a
sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from collector.errors import UsageError
from collector.query.employee_file import Employee, EmployeeFile, read_employees

A, LOGIN = ("a@x.org",), ("ada@x.org",)
ADA = ("ada@example.com",)
ZOE = ("zoë@example.com",)


def written(tmp_path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def emails(file: EmployeeFile) -> list[tuple[str, ...]]:
    return [employee.emails for employee in file.employees]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separators_encodings_and_line_ends(tmp_path: Path, encoding: str, separator: str, line_end: str) -> None:
    rows = [("Name", "Straße", "E-Mail"), ("Ada", "x", "Ada@Example.com"), ("Zoë", "", "ZOË@example.com"), ()]
    text = "".join(separator.join(row) + line_end for row in rows)
    assert emails(read_employees(written(tmp_path, text, encoding))) == [ADA, ZOE]


def test_windows_1252_is_said_and_utf_is_not(tmp_path: Path) -> None:
    path = written(tmp_path, "Email\nzoë@example.com\n", "cp1252")
    assert read_employees(path).warnings == (f"{path} is not UTF-8: it was read as Windows-1252.",)
    assert read_employees(written(tmp_path, "Email\nzoë@example.com\n")).warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        'Name,Email\n"Byron\nAda",ada@example.com\n',
        'Name,Email\n"Byron, ""Ada""",ada@example.com\n',
        '"Name, first","E-Mail\nAddress"\nx,ada@example.com\n',
        '"Name; first";"Email"\n"a,b,c";"ada@example.com"\n',
        "sep=;\nName;Email\na,b;ada@example.com\n",
        '"sep=|"\nName|Email\na,b|ada@example.com\n',
        'Name,Email,,\n5" nail,ada@example.com,,\n',
        "\n\n,,\nName,Email\n,\n\nx,ada@example.com",
        "Email\nada@example.com\n\x1a",
        "Email\n  Ada Byron <Ada@Example.com> \n",
        "Email\n\u00a0ada@example.com\u200b\n",
        "proxyAddresses,email\nx,SMTP:ada@example.com\n",
    ],
)
def test_what_spreadsheets_and_systems_write(tmp_path: Path, text: str) -> None:
    assert emails(read_employees(written(tmp_path, text))) == [ADA]


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path: Path) -> None:
    text = 'Name,Email\n"Two\nlines",ada@example.com\n\n,bob@example.com\n'
    assert [each.row for each in read_employees(written(tmp_path, text)).employees] == [2, 4]


@pytest.mark.parametrize(
    ("system", "header", "row", "employee"),
    [
        ("Okta", "login,email,employeeNumber", "Ada@x.org,A@x.org,7", Employee(2, A, LOGIN, "7")),
        ("Okta's report", "User Id,Username,Primary email", "00u,ada@x.org,a@x.org", Employee(2, A, LOGIN, "")),
        ("Entra ID", "userPrincipalName,displayName,mail,id", "ada@x.org,Ada,a@x.org,0", Employee(2, A, LOGIN, "")),
        ("Entra ID without mail", "userPrincipalName,objectId", "ada@x.org,0", Employee(2, (), LOGIN, "")),
        ("Google Workspace", "Email Address [Required],Employee ID", "a@x.org,7", Employee(2, A, (), "7")),
        ("Google's directory", "primaryEmail,id", "a@x.org,1", Employee(2, A, (), "")),
        ("Workday", "Employee ID,Email - Work", "007,a@x.org", Employee(2, A, (), "007")),
        ("BambooHR", "Employee #,Work Email,Home Email", "7,a@x.org,b@y.org", Employee(2, A, (), "7")),
        ("Personio", "E-Mail,Personalnummer", "a@x.org,P-7", Employee(2, A, (), "P-7")),
        ("only ids", "employee_number,name", "7,Ada", Employee(2, (), (), "7")),
        ("no values", "E-Mail,Employee ID,Login", "a@x.org,N/A,-", Employee(2, A, (), "")),
        ("several addresses", "EMAIL", '"a@x.org; b@x.org A@x.org"', Employee(2, ("a@x.org", "b@x.org"), (), "")),
    ],
)  # fmt: skip
def test_columns_are_found_by_their_usual_names(
    tmp_path: Path, system: str, header: str, row: str, employee: Employee
) -> None:
    assert read_employees(written(tmp_path, f"{header}\n{row}\n")).employees == (employee,)


@pytest.mark.parametrize("given", ["Anschrift", "anschrift", " ANSCHRIFT "])
def test_columns_can_be_named(tmp_path: Path, given: str) -> None:
    path = written(tmp_path, "Email,Anschrift,Nr.\nold@x.org,a@x.org,7\n")
    file = read_employees(path, given, "nr.")
    assert file.employees == (Employee(2, ("a@x.org",), (), "7"),)
    assert file.columns == {"email": ("Anschrift",), "username": (), "employeeId": ("Nr.",)}


def test_a_named_separator_is_found_by_a_named_column(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b,c,d;Anschrift\nx;a@x.org\n")
    assert emails(read_employees(path, "Anschrift")) == [("a@x.org",)]


@pytest.mark.parametrize(
    ("content", "options", "message", "next_step"),
    [
        (b"", (), "is empty.", "Export it again."),
        (b" \r\n\n", (), "is empty.", "Export it again."),
        (b"Name,Email\r\n", (), "has the names of columns, but no rows.", "Export it again."),
        (b"PK\x03\x04" + bytes(50), (), "is a workbook (xlsx, ods) or another archive, not CSV.", "save it as CSV"),
        (b"\xd0\xcf\x11\xe0" + bytes(50), (), "is a workbook of an older Excel (xls), not CSV.", "save it as CSV"),
        (b"%PDF-1.7", (), "is a PDF, not CSV.", "save it as CSV"),
        (bytes(range(256)), (), "is not text in UTF-8, UTF-16 or Windows-1252.", "save it as CSV"),
        (b"Email\n\x81@x.org\n", (), "is not text in UTF-8, UTF-16 or Windows-1252.", "save it as CSV"),
        (b"\xff\xfeE\x00m", (), "is not text in UTF-8, UTF-16 or Windows-1252.", "save it as CSV"),
        (b"\n<!doctype html><title>Sign in</title>", (), "is a web page or XML, not CSV.", "Download"),
        (b'Name,Email\n"Ada,ada@x.org\n', (), "is not well-formed CSV: a quotation mark is not closed.", "save it"),
        (b'Name,Email\n"' + b"a" * 200_000, (), "a quotation mark is not closed.", "save it"),
        (b"Ada,ada@x.org\nBob,bob@x.org\n", (), "holds an address, not the names of the columns.", "first row"),
        (b"Staff of 26 November,,\nName,Email,City\n", (), "The first row of", "lines above the names of the columns"),
        (b"Name,City\nAda,London\n", (), "It has Name, City.", "--email COLUMN"),
        (b"Email,Work Email\na@x.org,b@x.org\n", (), "may hold the e-mail address: Email, Work Email.", "--email"),
        (b"Email,Staff ID,Employee ID\na@x.org,1,2\n", (), "may hold the employee id: Staff ID, Employee ID.", "--id"),
        (b"Email,City\na@x.org,London\n", ("Mail",), "has no column 'Mail'. It has Email, City.", "--email COLUMN"),
        (b"Email,City\na@x.org,London\n", (None, "No"), "has no column 'No'. It has Email, City.", "--id COLUMN"),
        (b"Email,Email\na@x.org,b@x.org\n", ("Email",), "has 2 columns that are called 'Email'.", "Rename"),
        (b"Name,Email\nAda,n/a\n", (), "has an address or an employee id in the columns Email.", "--email COLUMN"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, options: Sequence[str | None], message: str, next_step: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(message)) as refused:
        read_employees(written(tmp_path, content), *options)
    assert next_step in refused.value.next_step


def test_paths_that_are_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        read_employees(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="is a folder"):
        read_employees(tmp_path)
    monkeypatch.setattr("collector.query.employee_file._MAX_BYTES", 1_000_000)
    with pytest.raises(UsageError, match="is larger than 1 MB"):
        read_employees(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("Employment Status", "Active", "Terminated"),
        ("status", "ACTIVE", "DEPROVISIONED"),
        ("accountEnabled", "True", "False"),
        ("Termination Date", "", "2026-01-31"),
        ("Austrittsdatum", "", "31.01.2026"),
    ],
)
def test_people_who_left_are_not_told_from_others(tmp_path: Path, column: str, first: str, second: str) -> None:
    path = written(tmp_path, f"Email,{column}\na@x.org,{first}\nb@x.org,{second}\n")
    (warning,) = read_employees(path).warnings
    assert warning == (
        f"Not looked at: {column}. If {path} has people who left, they are matched like all others: export only those "
        "who work for you now."
    )
    assert read_employees(written(tmp_path, f"Email,{column}\na@x.org,{first}\nb@x.org,{first}\n")).warnings == ()


def test_rows_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path, "Name,Email\nAda,a@x.org\nByron, Bob,b@x.org\nCyd,\nDan,none\nEva,e@x.org,,\n")
    file = read_employees(path)
    assert emails(file) == [("a@x.org",), ("e@x.org",)]
    assert file.warnings == (
        f"1 row of {path} (the first is row 3) has more cells than there are columns: a separator within a value may "
        "have moved the address into another column.",
        f"3 rows of {path} (the first is row 3) have neither an address nor an employee id: left out.",
    )
