"""Employees beside Zoom's users: who is whom, by what, and what is not known."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.errors import UsageError
from collector.model.step import Step, StepResult, StepStatus
from collector.query.chosen_run import chosen_run
from collector.query.employee_file import Employee, EmployeeFile
from collector.query.employees import EmployeeComparison, compare_employees
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import ROW, Store

SCHEMA = graph_schema(all_resources())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "default" / "graph.db") as store:
        yield store


def collect(store: Store, *users: Sequence[str], partial: bool = False) -> None:
    """A run that finds these users: address, employee id and status, the last two optional."""
    run = store.begin(1000, {})
    for email, *more in users:
        employee_id, status = (*more, "", "active")[:2] if len(more) < 2 else more
        row: dict[str, Any] = {"_type": "zoom_user", "_class": ["User"], "name": email.partition("@")[0]}
        row |= {"email": [email], "username": [email], "status": status}
        run.put(f"zoom_user:{email}", ROW, row | ({"employeeId": employee_id} if employee_id else {}), 1000)
    step = Step("fetch-users", "Fetch Users", ("zoom_user",))
    status = StepStatus.PARTIAL if partial else StepStatus.SUCCESS
    result = StepResult(step, status, ("zoom_user",) if partial else (), {"zoom_user": len(users)})
    run.finish(2000, 3 if partial else 0, [result], [], [])


def file(*rows: str) -> EmployeeFile:
    """Rows of e-mail address, user name and employee id, separated by commas; the last two optional."""
    employees = []
    for number, row in enumerate(rows, start=2):
        email, username, employee_id = (*row.split(","), "", "")[:3]
        employees.append(Employee(number, tuple(filter(None, [email])), tuple(filter(None, [username])), employee_id))
    return EmployeeFile(
        Path("hr.csv"), tuple(employees), {"email": ("Email",), "username": (), "employeeId": ("Id",)}, ()
    )


def compared(store: Store, *rows: str) -> EmployeeComparison:
    return compare_employees(store, SCHEMA, chosen_run(store), file(*rows), SystemClock())


def matched(found: EmployeeComparison) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(match.user.name, match.employee.row, match.by) for match in found.matches]


@pytest.mark.parametrize(
    ("user", "row", "by"),
    [
        (("ada@x.org",), "ada@x.org", ("email",)),
        (("ada@x.org",), "a@y.org,ada@x.org", ("username",)),
        (("ada@x.org",), "ada@x.org,ada@x.org", ("email", "username")),
        (("ada@x.org", "E7"), "other@x.org,,E7", ("employeeId",)),
        (("ada@x.org", "E7"), "ada@x.org,,E7", ("email", "employeeId")),
        (("ada@x.org", "E7"), "ada@x.org,,E8", ("email",)),
        (("ada@x.org", "", "pending"), "ada@x.org", ("email",)),
        (("ada@x.org", "", "inactive"), "ada@x.org", ("email",)),
        (("ada@x.org",), "ada+zoom@x.org", None),
        (("ada@x.org",), "ada@y.org", None),
        (("ada.b@x.org",), "adab@x.org", None),
        (("ada@x.org", "E7"), "bob@x.org,,e7", None),
        (("ada@x.org", "7"), "bob@x.org,,007", None),
        (("ada@x.org",), "bob@x.org", None),
    ],
)
def test_one_user_and_one_row(store: Store, user: tuple[str, ...], row: str, by: tuple[str, ...] | None) -> None:
    collect(store, user)
    found = compared(store, row)
    assert matched(found) == ([] if by is None else [(user[0].partition("@")[0], 2, by)])
    assert ([each.email for each in found.only_in_zoom] == [user[0]]) is (by is None)
    assert ([each.row for each in found.not_found] == [2]) is (by is None)


@pytest.mark.parametrize(
    ("user", "row", "differs"),
    [
        (("ada+zoom@x.org",), "ada@x.org", ["+tag"]),
        (("ada@x.org",), "ada+hr@x.org", ["+tag"]),
        (("ada+a@x.org",), "ada+b@x.org", ["+tag"]),
        (("ada@x.org",), "ada@y.org", ["domain"]),
        (("ada.byron@x.org",), "adabyron@x.org", ["dots"]),
        (("ada.byron+z@x.org",), "adabyron@y.org", ["+tag, dots, domain"]),
        (("ada@x.org", "0042"), "bob@x.org,,42", ["spelling of the employee id"]),
        (("ada@x.org", "E42"), "bob@x.org,,e42", ["spelling of the employee id"]),
        (("ada@x.org",), "ada@x.org", []),
        (("ada@x.org",), "adam@x.org", []),
    ],
)
def test_near_misses_are_hints(store: Store, user: tuple[str, ...], row: str, differs: list[str]) -> None:
    collect(store, user)
    assert [near.differs for near in compared(store, row).near_misses] == differs


def test_a_second_account_is_near_who_is_matched_already(store: Store) -> None:
    collect(store, ("ada@x.org",), ("ada+old@x.org",))
    found = compared(store, "ada@x.org")
    assert matched(found) == [("ada", 2, ("email",))]
    assert [(near.user.email, near.employee.row) for near in found.near_misses] == [("ada+old@x.org", 2)]


def test_what_many_have_in_common_is_no_hint(store: Store) -> None:
    collect(store, ("info@x.org",))
    assert compared(store, *(f"info@{number}.org" for number in range(4))).near_misses == ()


def test_two_users_for_one_employee_and_two_rows_for_one_user(store: Store) -> None:
    collect(store, ("ada@x.org",), ("ada@old.org", "E7"), ("bob@x.org", "E8"))
    found = compared(store, "ada@x.org,,E7", "bob@x.org", "robert@y.org,,E8")
    assert [[match.user.email for match in group] for group in found.several_users] == [["ada@old.org", "ada@x.org"]]
    assert [[match.employee.row for match in group] for group in found.several_rows] == [[3, 4]]
    assert (found.only_in_zoom, found.not_found) == ((), ())


def test_a_partial_list_of_users_is_said(store: Store) -> None:
    collect(store, ("ada@x.org",), partial=True)
    found = compared(store, "ada@x.org", "bob@x.org")
    assert found.complete is False
    assert found.warnings == (
        "`zoom_user` was not read completely in run 1 (the graph has 1): some may be missing,"
        " others may be gone in Zoom.",
        "No user has an employee id in Zoom (it comes with single sign-on): only addresses were compared.",
    )


def test_employee_ids_that_not_every_user_has(store: Store) -> None:
    collect(store, ("ada@x.org", "E7"), ("bob@x.org",))
    assert compared(store, ",,E7", ",,E8", "bob@x.org").warnings == (
        "2 of 3 rows have no address, and 1 of 2 users have no employee id in Zoom: those cannot be matched with each "
        "other.",
    )


def test_nothing_in_common_is_refused(store: Store) -> None:
    collect(store, ("ada@x.org",))
    with pytest.raises(UsageError, match=re.escape("hr.csv has no addresses: they have nothing in common.")):
        compared(store, ",,E7")


def test_nobody_matched_is_said(store: Store) -> None:
    collect(store, ("ada@x.org", "E7"))
    assert compared(store, "bob@y.org").warnings == (
        "Nobody was matched: check that hr.csv and its columns are the right ones.",
    )


def test_an_earlier_run(store: Store) -> None:
    collect(store, ("ada@x.org", "E7"))
    collect(store, ("ada@x.org", "E7"), ("bob@x.org", "E8"))
    at_first = compare_employees(store, SCHEMA, chosen_run(store, run=1), file("bob@x.org"), SystemClock())
    assert [each.row for each in at_first.not_found] == [2]
    assert matched(compared(store, "bob@x.org")) == [("bob", 2, ("email",))]


def test_memory_is_small(store: Store) -> None:
    """Under three kilobytes for a user and a row, so that 100,000 of both need less than 300 MB."""
    count = 2_000
    collect(store, *((f"person{number}@example.com", f"E{number}") for number in range(count)))
    rows = [f"person{number}@example.com,,E{number}" for number in range(count)]
    tracemalloc.start()
    assert len(compared(store, *rows).matches) == count
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < count * 3_000
