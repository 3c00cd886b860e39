"""What is new since the run before stands first in the page, as `collector alerts check --since` says it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.alerts.findings import Finding, Findings
from collector.alerts.library import load_alerts
from collector.alerts.since import new_since
from collector.cli.alerts_output import findings_to_json
from collector.report.alerts import AlertsView
from collector.report.page import write_report
from collector.report.redaction import Redaction
from collector.report.report import report_to_json
from collector.report.words import PropertyWords
from collector.resources.setting_levels import setting_levels
from tests.alerts.days import SCHEMA, Days, broken

from .conftest import Page, graph_of, read_page

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    """On the second day there is a new administrator and a waiting room is off; the third was not read completely."""
    days = Days(tmp_path_factory.mktemp("days"))
    days.optional = True
    days.collect()
    days.switch("max", on=False)
    days.role("cyd", "1")
    days.collect()
    days.collect(broken("/users/{userId}/settings"), broken("/users", status="active"))
    yield days
    days.profile.store.close()


@pytest.fixture
def written(days: Days, tmp_path: Path, request: pytest.FixtureRequest) -> Page:
    """The page after the run that is asked for."""
    path = tmp_path / "page.html"
    return read_page(write_report(graph_of(days.profile.store, request.param), Redaction(), path), path)


def alerts_of(page: Page) -> str:
    """The words of the alerts in the page, without what to do; "" if it has no such part."""
    found = re.search('id="alerts">(.*?)</section>\n<section class="card">', page.html, re.DOTALL)
    without_advice = re.sub("<p><strong>What to do.*?</p>", "", found[1] if found else "")
    return html.unescape(" ".join(re.sub("<[^>]+>", " ", without_advice).split()))


@pytest.mark.parametrize("written", [1], indirect=True)
def test_a_first_run_has_nothing_to_compare_with(written: Page) -> None:
    assert alerts_of(written) == ""
    assert report_to_json(written.report)["alerts"] is None


@pytest.mark.parametrize("written", [2], indirect=True)
def test_the_gravest_first_with_level_who_what_and_what_to_do(written: Page) -> None:
    said = alerts_of(written)
    assert said.endswith(
        "HIGH A new administrator Cyd Chen (cyd@example.com) may administer the account: no → yes; Role: Admin "
        "MEDIUM The waiting room is off Max Rao (max@example.com) "
        "Participants wait in the waiting room until admitted (security settings): yes → no"
    )
    assert "give them the role Member in Zoom" in html.unescape(written.html)
    places = [written.html.index(each) for each in ("What was not read", 'id="alerts"', "The questions at a glance")]
    assert places == sorted(places)


@pytest.mark.parametrize("written", [3], indirect=True)
def test_what_was_not_read_is_not_compared(written: Page) -> None:
    said = alerts_of(written)
    assert "LOW A collection was incomplete" in said
    assert " active people, " in said
    assert "Not compared: Run 3 did not read all users" in said
    assert "administrator" not in said


def test_nothing_new_is_said(tmp_path: Path) -> None:
    days = Days(tmp_path)
    days.optional = True
    days.collect()
    days.collect()
    path = tmp_path / "page.html"
    page = read_page(write_report(graph_of(days.profile.store), Redaction(), path), path)
    days.profile.store.close()
    assert alerts_of(page).endswith("Nothing.")


@pytest.mark.parametrize("written", [2, 3], indirect=True)
def test_the_same_as_alerts_check(days: Days, written: Page) -> None:
    """At a past date, too: of each run the comparison with the one before it."""
    until = written.report.run.id
    numbers = report_to_json(written.report)["alerts"]
    if until == 3:
        checked = new_since(days.profile.store, SCHEMA, days.profile.clock, interval=None, since="2")
        assert checked is not None
        expected = findings_to_json(checked)
        assert numbers == {"sinceRun": 2, **{name: expected[name] for name in ("findings", "notCompared", "complete")}}
    assert isinstance(numbers, dict)
    assert numbers["sinceRun"] == until - 1
    assert sum(each.count for each in written.report.alerts.rules) == len(numbers["findings"])


def test_pseudonyms_here_too(days: Days, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    page = read_page(write_report(graph_of(days.profile.store, 2), Redaction(KEY), path), path)
    said = alerts_of(page)
    assert "HIGH A new administrator person-" in said
    assert "MEDIUM The waiting room is off person-" in said
    hidden = f"{page.html} {report_to_json(page.report)}"
    assert not [name for name in ("Cyd", "Max Rao", "example.com", days.id("cyd")) if name in hidden]


@pytest.mark.parametrize(("count", "others", "more"), [(5, 0, 0), (7, 2, 0), (300, 20, 275)])
def test_of_many_the_first_are_shown_and_all_are_counted(days: Days, count: int, others: int, more: int) -> None:
    rule = next(each for each in load_alerts() if each.id == "zoom-waiting-room-off")
    found = tuple(Finding(rule, f"zoom_user:{number}", f"Person {number}") for number in range(count))
    until, since, *_ = days.profile.store.finished_runs()
    view = AlertsView(Findings(since, until, found), Redaction(), PropertyWords(setting_levels()))
    (alert,) = view.rules
    assert (alert.count, len(alert.first), len(alert.others), alert.more) == (count, 5, others, more)
    assert len(view.to_json()["findings"]) == count  # type: ignore[index, arg-type]
