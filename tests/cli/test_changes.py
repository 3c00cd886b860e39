"""`collector changes`: what it prints in each format, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from collector.model.graph import Properties
from collector.sandbox import Account, Sandbox
from collector.store import ROW, Store
from tests.cli.conftest import CollectOnce, Command, words


def _id(account: Account, name: str) -> str:
    user = account.user(f"{name}@example.com")
    assert user is not None
    return user.id


@pytest.fixture
def collected(collect_once: CollectOnce, account: Account) -> None:
    """Two runs: bob is gone, max is renamed, ada and cyd have their host video on."""
    collect_once()
    account.remove_user(_id(account, "bob"))
    account.update_user(_id(account, "max"), display_name="\x1b[31m=Max, the Great")
    for name in ("ada", "cyd"):
        account.change_settings(_id(account, name), {"schedule_meeting.host_video": True})
    collect_once("the changes")


@pytest.mark.usefixtures("collected")
class TestFormats:
    def test_a_table(self, collector: Command) -> None:
        found = collector("changes", "--of", "users", "--of", "settings", "--format", "table")
        assert found.code == 0
        lines = [words(line) for line in found.out.splitlines()]
        assert [line.partition(" (")[0] for line in lines[:2]] == ["From run 1", "to run 2"]
        assert "user gone 1 Bob Stone" in lines
        assert "user displayName Max Rao → �[31m=Max, the Great 1 �[31m=Max, the Great" in lines
        assert any(line.startswith("user scheduleMeetingHostVideo no → yes 2 ") for line in lines)
        assert found.err == ""

    def test_a_narrow_terminal(self, collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "50")
        found = collector("changes", "--format", "table")
        assert "user scheduleMeetingHostVideo\n  value no → yes, count 2, who " in found.out
        assert all(len(line) <= 50 for line in found.out.splitlines())

    def test_json_names_everybody(self, collector: Command, account: Account) -> None:
        found = json.loads(collector("changes", "--json").out)
        assert list(found) == ["since", "until", "changes", "uncertain", "notCompared", "complete"]
        assert (found["since"]["run"], found["until"]["run"], found["complete"]) == (1, 2, True)
        (video,) = (each for each in found["changes"] if each.get("property") == "scheduleMeetingHostVideo")
        assert {name: video[name] for name in ("change", "certain", "type", "part", "old", "new", "count")} == {
            "change": "changed",
            "certain": True,
            "type": "zoom_user",
            "part": "settings",
            "old": False,
            "new": True,
            "count": 2,
        }
        assert {each["key"] for each in video["who"]} == {f"zoom_user:{_id(account, name)}" for name in ("ada", "cyd")}
        assert json.loads(collector("changes").out) == found
        lines = collector("changes", "--format", "jsonl").out.splitlines()
        assert [json.loads(line) for line in lines] == found["changes"]

    def test_csv_has_a_row_for_each_and_no_formulas(self, collector: Command) -> None:
        rows = list(csv.DictReader(io.StringIO(collector("changes", "--format", "csv").out)))
        assert {row["name"] for row in rows if row["property"] == "scheduleMeetingHostVideo"} == {
            "Ada Byron",
            "Cyd Chen",
        }
        (new,) = (row["new"] for row in rows if row["property"] == "displayName")
        assert new == "�[31m=Max, the Great"

    def test_nothing_changed(self, collector: Command) -> None:
        assert collector("collect").code == 0
        assert collector("changes", "--format", "table").out.endswith("\n\nNothing changed.\n")
        assert json.loads(collector("changes", "--json").out)["changes"] == []

    def test_what_was_not_read_is_said_in_every_format(self, collector: Command) -> None:
        assert collector("collect", "--settings", "none").code == 0
        gap = (
            "Run 3 did not read `settings`, `meeting_authentication`, `recording_authentication`, `meeting_security`"
            " of users (5 from an earlier run; left out by choice of --settings none)."
        )
        for format_ in ("table", "csv", "jsonl", "json"):
            found = collector("changes", "--format", format_)
            assert f"Not compared: {gap}" in found.err
        assert gap in json.loads(found.out)["notCompared"]
        table = collector("changes", "--format", "table").out
        assert table.endswith("\n\nNothing changed, as far as both runs have read.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "There is nothing to compare run 1 with"),
        (("--since", "7"), "There is no finished run 7."),
        (("--since", "1"), "1 and the newest run are both run 1."),
        (("--since", "last week"), "'last week' is neither the number of a run nor a date."),
        (("--of", "people"), "'people' is not one of 'users', 'groups', 'roles', 'settings'"),
        (("--json", "--format", "csv"), "--json and --format csv contradict each other."),
    ],
)
def test_what_is_refused(arguments: tuple[str, ...], said: str, zoom: Sandbox, collector: Command) -> None:
    collector("collect", "--settings", "none")
    found = collector("changes", *arguments)
    assert (found.code, found.out) == (2, "")
    assert said in words(found.err)


def test_nothing_was_collected(collector: Command) -> None:
    assert collector("changes").code == 2


def test_many_values_of_one_property(collector: Command, tmp_path: Path) -> None:
    """A table stays readable: twenty values of a property, then how many more."""
    with Store.open(tmp_path / "home" / "default" / "graph.db") as store:
        for day in (1, 2):
            run = store.begin(day * 1_000, {})
            for number in range(100):
                row: Properties = {"_type": "zoom_user", "_class": ["User"], "dept": f"{day}.{number}"}
                run.put(f"zoom_user:{number:02}", ROW, row, 1_000)
            run.finish(day * 1_500, 0, [], [], [])
    lines = [words(line) for line in collector("changes", "--format", "table").out.splitlines()]
    assert sum(line.startswith("user dept") for line in lines) == 21
    assert "user dept other values; `--format json` has all 80" in lines
