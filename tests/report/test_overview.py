"""What the overview says: why a question comes first, and what was not read, each reason once."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from collector.model.coverage import Coverage, Status
from collector.questions.library import load_questions
from collector.report.gaps import together
from collector.report.page import write_report
from collector.report.redaction import Redaction
from collector.store import Store
from tests.alerts.days import Days

from .accounts import write_account
from .conftest import WritePage, graph_of

CHOICE = "left out by choice of --settings none"


def test_the_most_important_comes_first_with_its_reason(store: Store, page: WritePage) -> None:
    write_account(store, 60)
    written = page()
    order = [each.id for each in load_questions()]
    places = [order.index(each.question.id) for each in written.report.worst]
    assert len(places) > 1
    assert places == sorted(places)
    text = html.unescape(written.html)
    for each in written.report.worst:
        assert each.why in text
        assert each.question.why.startswith(each.why)


@pytest.mark.parametrize("is_required", [True, False])
def test_single_sign_on_eases_the_want_of_two_factors(tmp_path: Path, is_required: bool) -> None:
    days = Days(tmp_path)
    days.optional = True
    days.account.levels.change(
        {
            "security.sign_in_with_two_factor_auth": "none",
            "security.signin_with_sso.enable": True,
            "security.signin_with_sso.require_sso_for_domains": is_required,
        }
    )
    days.collect()
    report = write_report(graph_of(days.profile.store), Redaction(), tmp_path / "page.html")
    days.profile.store.close()
    verdicts = {each.question.id.removeprefix("managed-question-zoom-"): each for each in report.answers}
    assert verdicts["two-factor"].verdict == "BAD"
    assert verdicts["single-sign-on"].verdict == ("GOOD" if is_required else "BAD")
    eased = report.eased_by(verdicts["two-factor"])
    assert eased == (verdicts["single-sign-on"] if is_required else None)
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert ("It matters less here: single sign-on is required" in text) is is_required


def test_datasets_with_one_reason_are_one_row(store: Store, page: WritePage) -> None:
    parts = ("settings", "meeting_security", "meeting_authentication")
    gaps = [
        *(Coverage("fetch-users", part, Status.SKIPPED, False, missing=7, reason=CHOICE) for part in parts),
        Coverage("fetch-groups", "group_settings", Status.SKIPPED, False, stale=2, oldest=1, reason=CHOICE),
    ]
    write_account(store, 20, coverage=gaps)
    written = page()
    (gap,) = written.report.not_read_together
    assert (gap.missing, gap.stale) == (21, 2)
    table = re.search('id="not-read">(.*?)</table>', written.html, re.DOTALL)
    assert table is not None
    said = " ".join(re.sub("<[^>]+>", " ", table[1]).split())
    assert "fetch-users: settings, meeting_security, meeting_authentication; fetch-groups: group_settings" in said
    assert "2 the oldest read 1970-01-01" in said
    assert said.count("Left out by choice") == 1
    assert said.endswith("What to do. To have it read, run collector collect without that choice.")


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.COMPLETE])
def test_every_gap_says_what_to_do(status: Status) -> None:
    (gap,) = together([Coverage("fetch-users", "settings", status, False, missing=1)])
    assert gap.what_to_do
    (gap,) = together([Coverage("fetch-users", "settings", status, False, scopes=("a:read", "b:read"))])
    assert gap.what_to_do == "Add the scope a:read or b:read."


def test_what_zoom_does_not_give_is_explained_once(store: Store, page: WritePage) -> None:
    write_account(store, 40)
    text = page().html
    assert text.count("“not known” is what Zoom does not give: settings of inactive and invited people (3)") == 1
