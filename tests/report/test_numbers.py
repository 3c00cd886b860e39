"""Every number of the page is what `query`, `questions run` and `why` say of the same run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.model.coverage import Coverage, Status
from collector.query.j1ql import QueryRequest, ask
from collector.query.setting_values import setting_overview
from collector.questions.library import load_questions
from collector.questions.run import answer_questions
from collector.report.page import write_report
from collector.report.redaction import Redaction
from collector.report.report import report_to_json
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.resources.setting_levels import setting_levels
from collector.store import Store

from .accounts import READ_AT, write_account
from .conftest import Page, graph_of, read_page

DENIED = Coverage("fetch-users", "meeting_security", Status.DENIED, False, missing=60, reason="A scope is missing.")
LIST_DENIED = Coverage("fetch-groups", "groups", Status.DENIED, True, reason="A privilege is missing.")


@pytest.fixture(scope="module", params=[1, 2], ids=["the run before", "the newest run"])
def run(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two runs: in the second one there are fewer people, other settings, and something was not read."""
    with Store.open(tmp_path_factory.mktemp("account") / "default" / "graph.db") as store:
        write_account(store, 150, groups=5)
        write_account(
            store, 120, groups=4, seed=2, started_at=READ_AT + 86_400_000, coverage=[DENIED], names=["New Name"]
        )
        yield store


@pytest.fixture(scope="module")
def written(account: Store, run: int, tmp_path_factory: pytest.TempPathFactory) -> Page:
    path = tmp_path_factory.mktemp("page") / "page.html"
    return read_page(write_report(graph_of(account, run), Redaction(), path), path)


def rows(store: Store, text: str, run: int) -> list[Any]:
    schema = graph_schema(all_resources())
    return list(ask(store, schema, QueryRequest(text, run=run, limit=0), SystemClock()).rows)


def counted(store: Store, text: str, run: int) -> dict[Any, int]:
    return {row[0]: row[1] for row in rows(store, text, run)}


def test_people_by_status_and_admin(account: Store, run: int, written: Page) -> None:
    people = written.report.people
    assert people.total == rows(account, "FIND zoom_user AS u RETURN count(u)", run)[0][0]
    assert dict(people.by_status) == counted(account, "FIND zoom_user AS u RETURN u.status, count(u)", run)
    admins = counted(account, "FIND zoom_user AS u RETURN u.isAdmin, count(u)", run)
    assert dict(people.by_admin) == {{True: "yes", False: "no"}[admin]: count for admin, count in admins.items()}
    licences = counted(account, "FIND zoom_user AS u RETURN u.type, count(u)", run)
    assert dict(people.by_licence) == {{1: "Basic", 2: "Licensed"}[type_]: count for type_, count in licences.items()}


def test_members_of_groups_and_roles(account: Store, run: int, written: Page) -> None:
    members = counted(account, "FIND zoom_group AS g THAT HAS zoom_user AS u RETURN g._key, count(u)", run)
    assert {each.key: each.count for each in written.report.groups if each.count} == members
    holders = counted(account, "FIND zoom_role AS r THAT ASSIGNED zoom_user AS u RETURN r._key, count(u)", run)
    assert {each.key: each.count for each in written.report.roles if each.count} == holders
    without = rows(account, "FIND zoom_user AS u THAT !HAS zoom_group RETURN count(u)", run)
    assert written.report.people.in_no_group == without[0][0]


def test_who_is_in_which_group(account: Store, run: int, written: Page) -> None:
    keys, groups = written.column("key"), [line["group"]["key"] for line in written.lines if "group" in line]
    members = {
        (groups[place], key) for key, places in zip(keys, written.column("groups"), strict=True) for place in places
    }
    found = rows(account, "FIND zoom_group AS g THAT HAS zoom_user AS u RETURN g._key, u._key", run)
    assert members == {tuple(row) for row in found}


def test_the_answers_to_the_questions(account: Store, run: int, written: Page) -> None:
    graph = graph_of(account, run)
    keys = written.column("key")
    views = {view.question.id: view for view in written.report.answers}
    assert len(views) == len(load_questions())
    for answer in answer_questions(account, graph.schema, load_questions(), graph.run, graph.clock, graph.now):
        view = views[answer.question.id]
        assert [each.count for each in view.found] == list(answer.counts.values())
        assert (view.complete, view.warnings) == (answer.complete, answer.warnings)
        letters = written.verdicts(answer.question.id)
        for query in answer.question.queries if letters else ():
            letter = {"GOOD": "g", "BAD": "b", "UNKNOWN": "u", "INFORMATIVE": "l"}[query.results_are]
            meant = {key for key, found in zip(keys, letters, strict=True) if found == letter}
            assert meant == {row[-1] for row in answer.verdicts[query.name]}


def test_how_many_have_which_value(account: Store, run: int, written: Page) -> None:
    """Of every setting that people have; boolean ones by what a query counts."""
    for view in written.report.settings:
        if view.distribution is not None:
            text = f"FIND zoom_user WITH {view.name} = true AS u RETURN count(u)"
            of_true = sum(count for value, count in view.distribution.by_value if value is True)
            assert of_true == rows(account, text, run)[0][0], view.path


@pytest.mark.parametrize("run", [2], ids=["the newest run, which `why` explains"], indirect=True)
@pytest.mark.usefixtures("run")
def test_the_distribution_is_that_of_why(account: Store, written: Page) -> None:
    levels = setting_levels()
    for view in written.report.settings[::20]:
        users = setting_overview(account, levels, view.path).users
        if users is None:
            assert view.distribution is None
            continue
        assert view.distribution is not None
        assert view.distribution.by_value == list(users.by_value)
        assert (view.distribution.without, view.unread) == (users.without, users.unread)
        assert view.unread_because == users.unread_because


def test_what_was_not_read_comes_first(written: Page, run: int) -> None:
    text = written.html
    assert text.index("What was not read") < text.index("The questions at a glance")
    assert ("A scope is missing." in text) == (run == 2)
    assert ("Everything that was asked for was read" in text) == (run == 1)


def test_changes_since_the_run_before(written: Page, run: int) -> None:
    changed = [line["change"] for line in written.lines if "change" in line]
    assert (written.summary["changes"] is None, changed == []) == (run == 1, run == 1)
    if run == 2:
        went = sum(
            count for kind, type_, count in written.report.changes.counts if (kind, type_) == ("went", "zoom_group")
        )
        assert went == 1
        assert ("group gone", 1) in written.report.changes.in_words
        assert {each["what"] for each in changed if each["certain"]} == {
            what for what, _ in written.report.changes.in_words
        }
        assert not [each for each in changed if "totalMembers" in each["properties"]]


def test_json_has_the_same_numbers(written: Page) -> None:
    numbers = report_to_json(written.report)
    assert numbers["people"]["total"] == len(written.column("key"))  # type: ignore[index]
    assert {each["id"] for each in numbers["questions"]} == {each.id for each in load_questions()}  # type: ignore[attr-defined]


def test_groups_that_were_not_read_are_not_known(tmp_path: Path) -> None:
    with Store.open(tmp_path / "graph.db") as store:
        write_account(store, 20, groups=0, coverage=[LIST_DENIED])
        path = tmp_path / "page.html"
        page = read_page(write_report(graph_of(store), Redaction(), path), path)
    assert page.summary["groupsUnread"] == "the groups were not read (A privilege is missing)"
    assert set(page.column("groupsUnread")) == {"the groups were not read (A privilege is missing)"}
