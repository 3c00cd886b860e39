"""Compares an export of an HR or identity system with the users of Zoom.

Both are matched by what JupiterOne's identities go by: e-mail address and user name in lower case, and employee id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf

from collector.clock import Clock
from collector.errors import UsageError
from collector.model.graph_schema import GraphSchema
from collector.next_steps import Command, NextStep
from collector.query.employee_file import Employee, EmployeeFile
from collector.query.j1ql import QueryRequest, ask
from collector.store import RunRecord, Store

EMAIL, USERNAME, EMPLOYEE_ID = "email", "username", "employeeId"
"""What a user and an employee can have in common."""

USER_TYPE = "zoom_user"
_USERS = f"FIND {USER_TYPE} AS u RETURN u._key, u.name, u.email, u.username, u.employeeId, u.status"
_MAX_ALIKE = 3
"""More people whose addresses are that much alike (`info@`, `support@`) say nothing about one of them."""


@dataclass(frozen=True)
class ZoomUser:
    """A user of Zoom, with what an employee may be found by. `status`: active, inactive, pending or ""."""

    key: str
    name: str
    addresses: tuple[str, ...]
    employee_id: str
    status: str

    @property
    def email(self) -> str:
        """The address to show."""
        return self.addresses[0] if self.addresses else ""


@dataclass(frozen=True)
class Match:
    """A user and the row that is the same person. `by`: what both have in common."""

    user: ZoomUser
    employee: Employee
    by: tuple[str, ...]


@dataclass(frozen=True)
class NearMiss:
    """A user and a row that may be the same person; at least one of them has no match. `differs`: in what."""

    user: ZoomUser
    employee: Employee
    differs: str


@dataclass(frozen=True)
class EmployeeComparison:
    """The users of a run beside the rows of a file.

    `complete`: whether all users were read; if not, `not_found` may have a user that was not read. `several_users`:
    the rows that are several users; `several_rows`: the users that are several rows. Those are among `matches`, too.
    """

    record: RunRecord
    file: EmployeeFile
    complete: bool
    matches: tuple[Match, ...]
    only_in_zoom: tuple[ZoomUser, ...]
    not_found: tuple[Employee, ...]
    several_users: tuple[tuple[Match, ...], ...]
    several_rows: tuple[tuple[Match, ...], ...]
    near_misses: tuple[NearMiss, ...]
    warnings: tuple[str, ...]


def compare_employees(
    store: Store, schema: GraphSchema, record: RunRecord, file: EmployeeFile, clock: Clock
) -> EmployeeComparison:
    """Compare the users as they were after a run. Raises UsageError if the two have nothing that can be compared."""
    request = QueryRequest(_USERS, run=record.id, limit=0, timeout=inf)  # Ctrl-C ends it
    answer = ask(store, schema, request, clock)
    users = sorted(
        (_user(row) for row in answer.rows if isinstance(row, list)), key=lambda user: (user.email, user.key)
    )
    _check_comparable(users, file)
    matches = tuple(_matches(users, _Index.of(file.employees)))
    matched_users = {match.user.key for match in matches}
    matched_rows = {match.employee.row for match in matches}
    return EmployeeComparison(
        record,
        file,
        answer.complete,
        matches,
        tuple(user for user in users if user.key not in matched_users),
        tuple(employee for employee in file.employees if employee.row not in matched_rows),
        tuple(_several(matches, lambda match: match.employee.row)),
        tuple(_several(matches, lambda match: match.user.key)),
        tuple(_near_misses(users, file.employees, matched_users, matched_rows)),
        (*file.warnings, *answer.warnings, *_warnings(users, file, matches)),
    )


@dataclass
class _Index:
    """The rows by what they may be found by."""

    emails: defaultdict[str, list[Employee]] = field(default_factory=lambda: defaultdict(list))
    usernames: defaultdict[str, list[Employee]] = field(default_factory=lambda: defaultdict(list))
    ids: defaultdict[str, list[Employee]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, employees: Iterable[Employee]) -> _Index:
        """The index of these rows."""
        index = cls()
        for employee in employees:
            for address in employee.emails:
                index.emails[address].append(employee)
            for username in employee.usernames:
                index.usernames[username].append(employee)
            if employee.employee_id:
                index.ids[employee.employee_id].append(employee)
        return index

    def found(self, user: ZoomUser) -> Iterator[tuple[str, Employee]]:
        """Each row that has something in common with a user, and what."""
        for address in user.addresses:
            yield from ((EMAIL, employee) for employee in self.emails.get(address, ()))
            yield from ((USERNAME, employee) for employee in self.usernames.get(address, ()))
        yield from ((EMPLOYEE_ID, employee) for employee in self.ids.get(user.employee_id, ()))


def _user(row: Sequence[object]) -> ZoomUser:
    key, name, email, username, employee_id, status = row
    addresses = dict.fromkeys(address.lower() for address in (*_texts(email), *_texts(username)))
    return ZoomUser(str(key), _text(name), tuple(addresses), _text(employee_id).strip(), _text(status))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else tuple(filter(None, (_text(value),)))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _check_comparable(users: Sequence[ZoomUser], file: EmployeeFile) -> None:
    by_address = any(employee.emails or employee.usernames for employee in file.employees)
    if users and not by_address and not any(user.employee_id for user in users):
        raise UsageError(
            f"No user has an employee id in Zoom (it comes with single sign-on), and {file.path} has no addresses: "
            "they have nothing in common.",
            NextStep("Name the column with the addresses: `{}`.", Command("employees", "FILE.csv --email COLUMN")),
        )


def _matches(users: Iterable[ZoomUser], index: _Index) -> Iterator[Match]:
    for user in users:
        by: defaultdict[int, list[str]] = defaultdict(list)
        rows: dict[int, Employee] = {}
        for what, employee in index.found(user):
            rows[employee.row] = employee
            if what not in by[employee.row]:
                by[employee.row].append(what)
        for row in sorted(rows):
            yield Match(user, rows[row], tuple(by[row]))


def _several(matches: Iterable[Match], whose: Callable[[Match], object]) -> Iterator[tuple[Match, ...]]:
    """The matches of each person who has more than one."""
    groups: defaultdict[object, list[Match]] = defaultdict(list)
    for match in matches:
        groups[whose(match)].append(match)
    return (tuple(group) for group in groups.values() if len(group) > 1)


def _near_misses(
    users: Iterable[ZoomUser], employees: Iterable[Employee], matched_users: set[str], matched_rows: set[int]
) -> Iterator[NearMiss]:
    alike: defaultdict[str, list[tuple[str, Employee]]] = defaultdict(list)
    for employee in employees:
        for core, address in _cores((*employee.emails, *employee.usernames), employee.employee_id):
            alike[core].append((address, employee))
    for user in users:
        found: dict[int, NearMiss] = {}
        for core, address in _cores(user.addresses, user.employee_id):
            candidates = alike.get(core, ())
            for other, employee in candidates if len(candidates) <= _MAX_ALIKE else ():
                found.setdefault(employee.row, NearMiss(user, employee, _difference(address, other)))
        for row in sorted(found):
            if user.key not in matched_users or row not in matched_rows:
                yield found[row]


def _cores(addresses: Iterable[str], employee_id: str) -> Iterator[tuple[str, str]]:
    """What people whose data is alike have in common, with the address it is from; "" for the employee id.

    Of an address that is what is left without its domain, what follows a plus sign, and dots. Of an employee id it is
    the same without leading zeros, which spreadsheets drop, in lower case.
    """
    for address in dict.fromkeys(addresses):
        yield address.rpartition("@")[0].partition("+")[0].replace(".", ""), address
    if employee_id:
        yield f"@{employee_id.lower().lstrip('0')}", ""


def _difference(address: str, other: str) -> str:
    if not address:
        return "spelling of the employee id"
    local, _, domain = address.rpartition("@")
    other_local, _, other_domain = other.rpartition("@")
    name, _, tag = local.partition("+")
    other_name, _, other_tag = other_local.partition("+")
    differs = {"+tag": tag != other_tag, "dots": name != other_name, "domain": domain != other_domain}
    return ", ".join(what for what, is_so in differs.items() if is_so)


def _warnings(users: Sequence[ZoomUser], file: EmployeeFile, matches: Sequence[Match]) -> Iterator[str]:
    with_id = sum(bool(user.employee_id) for user in users)
    if file.columns["employeeId"] and not with_id:
        yield "No user has an employee id in Zoom (it comes with single sign-on): only addresses were compared."
    by_id_only = sum(not (employee.emails or employee.usernames) for employee in file.employees)
    if by_id_only and with_id < len(users):
        yield (
            f"{by_id_only:,} of {len(file.employees):,} rows have no address, and {len(users) - with_id:,} of "
            f"{len(users):,} users have no employee id in Zoom: those cannot be matched with each other."
        )
    if not matches:
        yield f"Nobody was matched: check that {file.path} and its columns are the right ones."
