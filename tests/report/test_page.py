"""The page as a file: one, private, the same each time, small, and harmless whatever people call themselves."""

from __future__ import annotations

import base64
import hashlib
import re
import stat
from pathlib import Path

import pytest

from collector.errors import CollectionFailed, UsageError
from collector.model.coverage import Coverage, Status
from collector.report.page import write_report
from collector.report.redaction import Redaction
from collector.store import Store
from tests.fakes import FakeClock

from .accounts import READ_AT, write_account
from .conftest import WritePage, graph_of

DAY = 86_400_000
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "<!--data-->",
    "{{ 7 * 7 }}",
    "\u202egnp.exe\u2066",
    "bell\x07 escape\x1b[31m null\x00",
    "x" * 10_000,
    "=HYPERLINK(1)",
    "\ud800".encode("utf-8", "replace").decode(),
)


def test_hostile_names_are_text(store: Store, page: WritePage) -> None:
    write_account(store, 12, names=HOSTILE)
    written = page()
    assert written.html.count("<script") == 2
    assert "<img" not in written.html
    assert "49" not in [view.question.title for view in written.report.answers]
    assert set(HOSTILE) <= set(written.column("name"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written.html


NOT_LISTED = {
    "users": (Coverage("fetch-users", "users?status=active", Status.DENIED, True), "An unknown number of people, "),
    "groups": (Coverage("fetch-groups", "groups", Status.DENIED, True), ", an unknown number of groups and "),
}


@pytest.mark.parametrize("what", NOT_LISTED)
def test_what_was_not_listed_is_not_known_rather_than_none(store: Store, page: WritePage, what: str) -> None:
    gap, said = NOT_LISTED[what]
    write_account(store, 0 if what == "users" else 5, groups=0, coverage=[gap])
    html = page().html
    assert said in html
    cards = dict(re.findall(r"<h2>(People by [a-z]+)</h2>.*?<tbody>(.*?)</tbody>", html, re.DOTALL))
    assert ("Not known." in cards["People by group"]) is True
    assert ("Not known." in cards["People by status"]) is (what == "users")
    assert "None." not in html


def test_what_was_listed_in_part_may_have_more(store: Store, page: WritePage) -> None:
    gap = Coverage("fetch-groups", "groups", Status.PARTIAL, True, reason="Zoom stopped answering.")
    write_account(store, 5, groups=2, coverage=[gap])
    html = page().html
    assert "5 people, 2 known groups and 4 roles, as of run 1" in html
    assert html.count("There may be others") == 1


def test_an_account_without_anybody_has_none(store: Store, page: WritePage) -> None:
    write_account(store, 0, groups=0)
    html = page().html
    assert "0 people, 0 groups and 4 roles, as of run 1" in html
    assert html.count("None.") == 4
    assert "Not known." not in html


def test_only_this_script_and_this_style_run(store: Store, page: WritePage) -> None:
    write_account(store, 3)
    html = page().html
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    policy_text = policy[1].replace("&#39;", "'")
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        content = re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert content is not None
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy_text
    assert policy_text.startswith("default-src 'none'")
    assert "unsafe" not in policy_text
    assert not re.search(r"\son\w+=|style=|javascript:", html.partition("<script")[0])


def test_it_names_no_other_address(store: Store, page: WritePage) -> None:
    write_account(store, 3)
    assert set(re.findall(r"https?://[\w./]+", page().html)) <= {"http://www.w3.org/2000/svg"}


def test_only_this_user_can_read_it(store: Store, page: WritePage) -> None:
    write_account(store, 3)
    path = page().path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert stat.S_IMODE(page().path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.glob("*.tmp")] == []


def test_the_same_run_gives_the_same_page(store: Store, page: WritePage) -> None:
    write_account(store, 20)
    first = page(run=1).path.read_bytes()
    write_account(store, 15, seed=3, started_at=READ_AT + 86_400_000)
    assert page(run=1).path.read_bytes() == first
    assert page().path.read_bytes() != first


def test_it_stays_small(store: Store, page: WritePage) -> None:
    """10,000 people fit 1.5 MB: what a person adds is measured, so that the page itself does not count five times.

    Both pages have an earlier run, and so changes and alerts, of which only the first are in the page.
    """
    sizes = []
    for number, people in enumerate((20, 1_000, 20, 2_000)):
        write_account(store, people, seed=number + 1, started_at=READ_AT + number * DAY)
        sizes.append(page(name=f"{people}.html").path.stat().st_size)
    for_each = (sizes[3] - sizes[1]) / 1_000
    assert sizes[3] + for_each * 8_000 <= 1_500_000
    assert sizes[3] + for_each * 98_000 <= 15_000_000


def test_a_folder_is_refused_and_a_full_disk_leaves_the_earlier_page(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_account(store, 3)
    with pytest.raises(UsageError, match="is a folder"):
        write_report(graph_of(store), Redaction(), tmp_path)
    path = tmp_path / "page.html"
    path.write_text("earlier")
    with pytest.raises(CollectionFailed, match="could not be written"):
        write_report(graph_of(store), Redaction(), tmp_path / "missing" / "page.html")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(CollectionFailed, match="No space left"):
        write_report(graph_of(store), Redaction(), path)
    assert path.read_text() == "earlier"
    assert [each.name for each in tmp_path.glob(".page*")] == []


def test_the_page_of_a_past_run_never_changes(store: Store, tmp_path: Path) -> None:
    """Nor does who has not signed in for 90 days."""
    write_account(store, 20)
    write_account(store, 20, started_at=READ_AT + DAY)

    def written(run: int | None, time: float) -> str:
        write_report(graph_of(store, run, FakeClock(time)), Redaction(), tmp_path / "page.html")
        return (tmp_path / "page.html").read_text(encoding="utf-8")

    soon, later = (READ_AT + 2 * DAY) / 1000, (READ_AT + 400 * DAY) / 1000
    assert written(1, soon) == written(1, later)
    assert written(None, soon) != written(None, later)
