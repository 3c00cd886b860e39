"""DATA_MODEL=legacy: what leaves is as the older integration wrote it, and can be asked so; the store is as ever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from collector.model.older_integration import LEGACY_NAMES
from collector.sandbox import Sandbox
from collector.sandbox.jupiterone import JupiterOneSandbox
from tests.cli.conftest import Command, words

OLDER, REGULAR = "inMeetingFeedbacl", "inMeetingFeedback"
QUERY = f"FIND zoom_user WITH {OLDER} != undefined AND email = 'ada@example.com' AS u RETURN u.email, u.{OLDER}"


def in_tree(work: Path) -> dict[str, Any]:
    files = (work / ".j1-integration" / "index" / "entities" / "zoom_user").iterdir()
    users = [user for file in files for user in json.loads(file.read_text(encoding="utf-8"))["entities"]]
    (ada,) = (user for user in users if "ada@example.com" in user["email"])
    return dict(ada)


@pytest.fixture
def legacy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_MODEL", "legacy")


def test_the_tree_has_plain_texts_and_the_older_names(
    zoom: Sandbox, collector: Command, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert collector("collect").code == 0
    current = in_tree(work)
    monkeypatch.setenv("DATA_MODEL", "legacy")
    assert collector("collect").code == 0
    legacy = in_tree(work)
    assert (current["username"], current["email"]) == (["ada@example.com"], ["ada@example.com"])
    assert (legacy["username"], legacy["email"]) == ("ada@example.com", "ada@example.com")
    added = {older: current[regular] for older, regular in LEGACY_NAMES.items() if regular in current}
    assert OLDER in added
    assert legacy == {**current, **added, "username": "ada@example.com", "email": "ada@example.com"}


def test_a_switch_between_two_uploads_updates_every_user_and_nothing_else(
    zoom: Sandbox, jupiterone: JupiterOneSandbox, collector: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector("instance", "create", "--account-name", "Example Ltd")
    for data_model, updated in (("legacy", 0), ("current", 8), ("current", 0), ("legacy", 8)):
        monkeypatch.setenv("DATA_MODEL", data_model)
        assert collector("collect", "--fresh").code == 0
        changes = json.loads(collector("sync", "--dry-run", "--json").out)["changes"]
        assert {type_: change["updated"] for type_, change in changes.items() if change["updated"]} == (
            {"zoom_user": updated} if updated else {}
        )
        assert collector("sync").code == 0


@pytest.mark.usefixtures("legacy")
def test_what_jupiterone_is_asked_can_be_asked_here(zoom: Sandbox, collector: Command) -> None:
    assert collector("collect").code == 0
    found = json.loads(collector("query", QUERY).out)
    assert found == {
        "columns": ["u.email", f"u.{OLDER}"],
        "rows": [["ada@example.com", True]],
        "complete": True,
        "warnings": [],
    }
    (entity,) = json.loads(collector("query", "FIND zoom_user WITH email = 'ada@example.com'").out)["rows"]
    assert (entity["email"], entity[OLDER]) == ("ada@example.com", entity[REGULAR])


def test_the_older_names_are_unknown_otherwise(zoom: Sandbox, collector: Command) -> None:
    assert collector("collect").code == 0
    found = json.loads(collector("query", QUERY).out)
    assert found["rows"] == []
    assert f"zoom_user has no property `{OLDER}`" in found["warnings"][0]


def test_an_earlier_run_is_asked_in_its_own_form(
    zoom: Sandbox, collector: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for data_model in ("legacy", "current"):
        monkeypatch.setenv("DATA_MODEL", data_model)
        assert collector("collect", "--fresh").code == 0
    asked = "FIND zoom_user WITH email = 'ada@example.com' AS u RETURN u.email"
    answers = [json.loads(collector("query", asked, "--run", run).out)["rows"] for run in ("1", "2")]
    assert answers == [[["ada@example.com"]], [[["ada@example.com"]]]]


@pytest.mark.usefixtures("legacy")
def test_employees_are_compared_as_ever(zoom: Sandbox, collector: Command, work: Path) -> None:
    assert collector("collect").code == 0
    (work / "hr.csv").write_text("Email\nada@example.com\n", encoding="utf-8")
    assert "Matched: 1 (1 by e-mail)" in collector("employees", "hr.csv").out


def test_another_value_is_refused(collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_MODEL", "old")
    found = collector("status")
    assert found.code == 2
    assert "DATA_MODEL must be one of current, legacy, not 'old'." in words(found.err)
