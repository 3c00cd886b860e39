"""Reads an export of an HR or identity system: CSV as spreadsheets and such systems write it.

Only addresses, user names and employee ids are kept, in memory; nothing of the file is logged or written.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.errors import UsageError
from collector.next_steps import Command, NextStep

_MAX_BYTES = 200_000_000
_SAMPLE = 65_536
_SEPARATORS = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n?')
"""What Excel takes, as the first line, for the separator."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES = (
    (b"PK\x03\x04", "a workbook (xlsx, ods) or another archive"),
    (b"\xd0\xcf\x11\xe0", "a workbook of an older Excel (xls)"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "compressed (gzip)"),
)
_NOT_CLOSED = re.compile("unexpected end of data|field larger than")
"""What `csv` says of a quoted value that goes on to the end of the file, or for too long."""
_SAVE_AS_CSV = "Open it in a spreadsheet and save it as CSV (UTF-8)."
_SEPARATES_ADDRESSES = re.compile(r"[;,\s<>]+")
_NO_VALUE = frozenset({"", "-", "n/a", "na", "none", "null", "#n/a"})
_MAX_NAMES = 30

_EMAIL = frozenset(
    {
        "email",
        "emailaddress",
        "mail",
        "mailaddress",
        "workemail",
        "workemailaddress",
        "workmail",
        "emailwork",
        "primaryemail",
        "primaryemailaddress",
        "primaryworkemail",
        "emailprimarywork",
        "emailprimary",
        "businessemail",
        "businessemailaddress",
        "companyemail",
        "corporateemail",
        "useremail",
        "employeeemail",
        "dienstlicheemail",
        "emailadresse",
        "emailaddresswork",
        "workcontactworkemail",
    }
)
_USERNAME = frozenset({"userprincipalname", "upn", "login", "loginname", "userlogin", "username"})
_EMPLOYEE_ID = frozenset(
    {
        "employeeid",
        "employeenumber",
        "employeeno",
        "employeeuniqueid",
        "employeecode",
        "empid",
        "empno",
        "personnelnumber",
        "personnelno",
        "personnelid",
        "workerid",
        "staffid",
        "staffnumber",
        "personalnummer",
        "mitarbeiternummer",
        "mitarbeiterid",
        "associateid",
        "personnumber",
        "useremployeeid",
    }
)
"""Names of columns, in the spelling of `_spelling`: Okta, Entra ID, Google Workspace, Workday, BambooHR, Personio,
ADP, Oracle HCM, SuccessFactors."""
_SAYS_WHO_LEFT = frozenset(
    {
        "status",
        "employmentstatus",
        "employeestatus",
        "workerstatus",
        "userstatus",
        "accountstatus",
        "accountenabled",
        "active",
        "enabled",
        "suspended",
        "terminationdate",
        "enddate",
        "lastworkingday",
        "austrittsdatum",
        "austritt",
    }
)
"""Columns that tell people who left from the others. They are not used, because each system writes other values."""


@dataclass(frozen=True)
class Employee:
    """A row of the file, with what it may be found by; addresses and user names in lower case.

    `row`: its number in a spreadsheet, where the names of the columns are row 1. `employee_id`: "" without one.
    """

    row: int
    emails: tuple[str, ...]
    usernames: tuple[str, ...]
    employee_id: str


@dataclass(frozen=True)
class EmployeeFile:
    """What was read of a file. `columns`: the names of those that were used, by what they hold."""

    path: Path
    employees: tuple[Employee, ...]
    columns: dict[str, tuple[str, ...]]
    warnings: tuple[str, ...]


def read_employees(path: Path, email: str | None = None, id_: str | None = None) -> EmployeeFile:
    """Read a file. `email`, `id_`: the names of the columns, where they are not known by their usual names.

    Raises UsageError, in a sentence, for a file or columns that cannot be used.
    """
    content = _content(path)
    encoding = _encoding(path, content)
    try:
        return _Reader(path, content, encoding, email, id_).read()
    except UnicodeDecodeError:
        raise _no_text(path) from None
    except csv.Error as failure:
        what = "a quotation mark is not closed" if _NOT_CLOSED.search(str(failure)) else str(failure)
        raise UsageError(
            f"{path} is not well-formed CSV: {what}.", "Open it in a spreadsheet, look, and save it as CSV again."
        ) from None


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}.", "Name the export as it is called.") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder.", "Name the file in it.") from None
    except OSError as failure:
        raise UsageError(
            f"{path} cannot be read: {failure.strerror or failure}.", "Name a file you may read."
        ) from None
    if len(content) > _MAX_BYTES:
        raise UsageError(
            f"{path} is larger than {_MAX_BYTES // 1_000_000} MB.",
            "Export only the columns with e-mail address and employee id.",
        )
    if not content.strip():
        raise UsageError(f"{path} is empty.", "Export it again.")
    for magic, what in _OTHER_FILES:
        if content.startswith(magic):
            raise UsageError(f"{path} is {what}, not CSV.", _SAVE_AS_CSV)
    return content


def _encoding(path: Path, content: bytes) -> str:
    """How the text is written; that of Western European Windows if it cannot be UTF."""
    for bom, name in _BOMS:
        if content.startswith(bom):
            return name
    sample = content[:_SAMPLE]
    zeros = (sample[::2].count(0), sample[1::2].count(0))
    if max(zeros) > len(sample) // 4:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    found = "utf-8" if _is_utf8(content) else "cp1252"
    try:
        text = codecs.getincrementaldecoder(found)().decode(sample)
    except UnicodeDecodeError:
        raise _no_text(path) from None
    if any(character < " " and character not in "\t\r\n\f\v\x1a" for character in text):
        raise _no_text(path)
    if text.lstrip().startswith("<"):
        raise UsageError(f"{path} is a web page or XML, not CSV.", "Download the export again, signed in.")
    return found


def _is_utf8(content: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _SAMPLE):
            decoder.decode(content[start : start + _SAMPLE], final=start + _SAMPLE >= len(content))
    except UnicodeDecodeError:
        return False
    return True


def _no_text(path: Path) -> UsageError:
    return UsageError(f"{path} is not text in UTF-8, UTF-16 or Windows-1252.", _SAVE_AS_CSV)


@dataclass(frozen=True)
class _Reader:
    path: Path
    content: bytes
    encoding: str
    email: str | None
    id_: str | None

    def read(self) -> EmployeeFile:
        """The employees, and what to know about how they were read."""
        separator, has_separator_line = self._separator()
        records = self._records(separator, has_separator_line)
        _, header = next(records, (0, []))
        emails, usernames, ids = self._columns(header)
        employees: list[Employee] = []
        too_long: list[int] = []
        useless: list[int] = []
        said_of_leaving = {each: set[str]() for each, name in enumerate(header) if _spelling(name) in _SAYS_WHO_LEFT}
        for row, cells in records:
            for column, values in said_of_leaving.items():
                values.update(_cells(cells, [column]))
            found = Employee(
                row,
                tuple(dict.fromkeys(_addresses(_cells(cells, emails)))),
                tuple(dict.fromkeys(_addresses(_cells(cells, usernames)))),
                _identifier(_cells(cells, ids)),
            )
            if any(cell.strip() for cell in cells[len(header) :]):
                too_long.append(row)
            if found.emails or found.usernames or found.employee_id:
                employees.append(found)
            else:
                useless.append(row)
        if not employees and not useless:
            raise UsageError(f"{self.path} has the names of columns, but no rows.", "Export it again.")
        if not employees:
            named = ", ".join(header[each] for each in (*emails, *usernames, *ids))
            raise self._wrong_columns(f"No row of {self.path} has an address or an employee id in the columns {named}.")
        columns = {
            "email": tuple(header[each] for each in emails),
            "username": tuple(header[each] for each in usernames),
            "employeeId": tuple(header[each] for each in ids),
        }
        differing = [header[column] for column, values in said_of_leaving.items() if len(values) > 1]
        warnings = tuple(self._warnings(too_long, useless, differing))
        return EmployeeFile(self.path, tuple(employees), columns, warnings)

    def _warnings(self, too_long: Sequence[int], useless: Sequence[int], differing: Sequence[str]) -> Iterator[str]:
        if self.encoding == "cp1252":
            yield f"{self.path} is not UTF-8: it was read as Windows-1252."
        if too_long:
            yield (
                f"{_some(too_long, self.path)} more cells than there are columns: a separator within a value may have "
                "moved the address into another column."
            )
        if useless:
            yield f"{_some(useless, self.path)} neither an address nor an employee id: left out."
        if differing:
            yield (
                f"Not looked at: {self._listed(differing)}. If {self.path} has people who left, they are matched like "
                "all others: export only those who work for you now."
            )

    # -- rows ----------------------------------------------------------------------------------------------------

    def _lines(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self.content), self.encoding, newline="")

    def _separator(self) -> tuple[str, bool]:
        """The separator, by which most column names are known, then by which there are most; whether a line says it."""
        said = _SEPARATOR_LINE.fullmatch(self._lines().readline())
        if said is not None:
            return said[1], True

        def known_and_all(separator: str) -> tuple[int, int]:
            try:
                _, header = next(self._records(separator, False), (0, []))
            except csv.Error:
                return -1, 0
            return sum(self._is_known(name) for name in header), len(header)

        return max(_SEPARATORS, key=known_and_all), False

    def _is_known(self, name: str) -> bool:
        given = {_spelling(option) for option in (self.email, self.id_) if option is not None}
        return _spelling(name) in _EMAIL | _USERNAME | _EMPLOYEE_ID | given

    def _records(self, separator: str, has_separator_line: bool) -> Iterator[tuple[int, list[str]]]:
        """The rows that are not blank, with their numbers in a spreadsheet."""
        lines = self._lines()
        if has_separator_line:
            lines.readline()
        for number, cells in enumerate(csv.reader(lines, delimiter=separator, strict=True), start=1):
            if any(cell.strip("\x1a \t\r\n") for cell in cells):
                yield number, cells

    # -- columns -------------------------------------------------------------------------------------------------

    def _columns(self, header: Sequence[str]) -> tuple[list[int], list[int], list[int]]:
        """Where the addresses, the user names and the employee ids are."""
        if self.email is None and self.id_ is None and any("@" in name for name in header):
            raise UsageError(
                f"The first row of {self.path} holds an address, not the names of the columns.",
                "Put the names of the columns into the first row, such as Email.",
            )
        emails = self._column(header, self.email, _EMAIL, "the e-mail address", "--email")
        ids = self._column(header, self.id_, _EMPLOYEE_ID, "the employee id", "--id")
        usernames = [
            each for each, name in enumerate(header) if _spelling(name) in _USERNAME and each not in (*emails, *ids)
        ]
        if not (emails or usernames or ids) and sum(map(bool, map(str.strip, header))) == 1:
            raise UsageError(
                f"The first row of {self.path} is {self._listed(filter(str.strip, header))}, which is no column of "
                "addresses or employee ids.",
                "Remove the lines above the names of the columns.",
            )
        if not (emails or usernames or ids):
            raise self._wrong_columns(
                f"No column of {self.path} is known to hold an e-mail address or an employee id. It has "
                f"{self._listed(header)}."
            )
        return emails, usernames, ids

    def _column(
        self, header: Sequence[str], given: str | None, known: frozenset[str], what: str, option: str
    ) -> list[int]:
        if given is None:
            found = [each for each, name in enumerate(header) if _spelling(name) in known]
            if len(found) > 1:
                named = self._listed(header[each] for each in found)
                raise self._wrong_columns(f"Several columns of {self.path} may hold {what}: {named}.", option)
            return found
        found = [each for each, name in enumerate(header) if name.strip() == given.strip()]
        found = found or [each for each, name in enumerate(header) if _spelling(name) == _spelling(given)]
        if not found:
            raise self._wrong_columns(f"{self.path} has no column {given!r}. It has {self._listed(header)}.", option)
        if len(found) > 1:
            raise UsageError(
                f"{self.path} has {len(found)} columns that are called {given!r}.", "Rename the others in the file."
            )
        return found

    def _listed(self, names: Iterable[str]) -> str:
        given = [" ".join(name.split())[:40] for name in names if name.strip()]
        more = f" and {len(given) - _MAX_NAMES} more" if len(given) > _MAX_NAMES else ""
        return ", ".join(given[:_MAX_NAMES]) + more

    def _wrong_columns(self, what: str, option: str = "--email") -> UsageError:
        file = shlex.quote(str(self.path))
        return UsageError(what, NextStep("Name the column: `{}`.", Command("employees", f"{file} {option} COLUMN")))


def _spelling(name: str) -> str:
    """A column's name without what differs between systems: "E-Mail Address [Required]" is "emailaddress"."""
    name = re.sub(r"\[.*?\]|\(.*?\)", "", name).replace("#", "number")
    return "".join(character for character in name.casefold() if character.isalnum())


def _cells(cells: Sequence[str], columns: Sequence[int]) -> list[str]:
    return [cells[each] for each in columns if each < len(cells)]


def _addresses(cells: Sequence[str]) -> Iterator[str]:
    """The addresses in lower case; a cell may hold several, and names beside them."""
    for cell in cells:
        for token in _SEPARATES_ADDRESSES.split(cell.lower()):
            address = token.strip("\u200b\ufeff'\"").removeprefix("mailto:").removeprefix("smtp:")
            if "@" in address[1:-1]:
                yield address


def _identifier(cells: Sequence[str]) -> str:
    text = cells[0].strip() if cells else ""
    return "" if text.lower() in _NO_VALUE else text


def _some(rows: Sequence[int], path: Path) -> str:
    """These rows as the subject of a sentence, with its verb."""
    number = f"{len(rows):,} rows" if len(rows) > 1 else "1 row"
    return f"{number} of {path} (the first is row {rows[0]:,}) {'have' if len(rows) > 1 else 'has'}"
