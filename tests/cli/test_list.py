"""`collector list`: columns, condition, order and formats, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from collector.cli.list import LISTED
from collector.model.graph import RelationshipType
from collector.model.unknown import UnknownSetting
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import ROW, Store
from tests.collect.conftest import people
from tests.collect.profile import Profile

from .conftest import Command, words

HAS_USER = RelationshipType("zoom_group", "HAS", "zoom_user")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the profiles are: one run of everybody, then max leaves."""
    home = tmp_path_factory.mktemp("home")
    (home / "default").mkdir()
    profile = Profile(home / "default", people())
    profile.collect()
    leaving = profile.account.user("max@example.com")
    assert leaving is not None
    profile.account.remove_user(leaving.id)
    profile.clock.time += 86_400
    profile.collect()
    profile.store.close()
    return home


@pytest.fixture
def listed(home: Path, collector: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `collector list`."""
    monkeypatch.setenv("ZOOM_HOME", str(home))
    return lambda *arguments: collector("list", *arguments)


def rows(text: str) -> list[list[object]]:
    answer = json.loads(text)
    assert list(answer) == ["columns", "rows", "complete", "warnings"]
    found: list[list[object]] = answer["rows"]
    return found


def test_a_setting_that_zoom_began_to_send(collector: Command, tmp_path: Path) -> None:
    """No declaration has it; it can be listed all the same, as it can be asked for."""
    with Store.open(tmp_path / "home" / "default" / "graph.db") as store:
        run = store.begin(1000, {})
        for name, value in (("ada", True), ("bob", False)):
            run.put(f"zoom_user:{name}", ROW, {"_type": "zoom_user", "_class": ["User"], "name": name}, 1)
            run.put(f"zoom_user:{name}", "settings", {"inMeetingTelepathy": value}, 1)
        run.finish(2000, 0, [], [], [UnknownSetting("in_meeting.telepathy", "boolean", 2, kept=True)])
    options = ("--columns", "name,inMeetingTelepathy", "--where", "inMeetingTelepathy != undefined", "--format", "json")
    outcome = collector("list", "users", *options, "--sort=-inMeetingTelepathy")
    assert rows(outcome.out) == [["ada", True], ["bob", False]]
    assert collector("list", "users", "--columns", "inMeetingTelekinesis").code == 2


class TestWhatIsListed:
    def test_users(self, listed: Command) -> None:
        answer = json.loads(listed("users").out)
        assert answer["columns"] == [
            "name", "email", "status", "type", "isAdmin", "roles", "groups", "lastLoginTime"
        ]  # fmt: skip
        assert [row[0] for row in answer["rows"]] == [
            "Ada Byron", "Bob Stone", "Cyd Chen", "Ina Quist", "Olive Owner", "pia@example.com", "pim@example.com"
        ]  # fmt: skip
        assert answer["rows"][1][:7] == [
            "Bob Stone", ["bob@example.com"], "active", 2, True, ["Helpdesk"], ["Engineering"]
        ]  # fmt: skip
        assert answer["rows"][6][4:] == [False, ["Member"], [], None]
        assert (answer["complete"], answer["warnings"]) == (True, [])

    def test_groups(self, listed: Command) -> None:
        assert [row[:2] for row in rows(listed("groups").out)] == [["Empty", 0], ["Engineering", 3], ["Sales", 2]]

    def test_roles(self, listed: Command) -> None:
        assert [row[:4] for row in rows(listed("roles").out)] == [
            ["Admin", True, True, 1],
            ["Auditor", False, False, 1],
            ["Helpdesk", True, False, 1],
            ["Member", False, True, 1],
            ["Owner", True, True, 1],
        ]

    @pytest.mark.parametrize(
        ("what", "members"),
        [
            ("groups", [[], ["ada@example.com", "bob@example.com", "ina@example.com"], ["cyd@example.com",
                                                                                        "pia@example.com"]]),
            ("roles", [["ada@example.com"], ["cyd@example.com"], ["bob@example.com"],
                       ["ina@example.com", "pia@example.com", "pim@example.com"], ["olive@example.com"]]),
        ],
    )  # fmt: skip
    def test_members(self, listed: Command, what: str, members: list[list[str]]) -> None:
        assert rows(listed(what, "--columns", "name,members").out) == [
            [name, who] for (name, *_), who in zip(rows(listed(what).out), members, strict=True)
        ]

    def test_columns_in_their_order_each_once(self, listed: Command) -> None:
        found = json.loads(listed("roles", "--columns", "systemRole, name,_key,name").out)
        assert found["columns"] == ["systemRole", "name", "_key"]
        assert [True, "Owner", "zoom_role:0"] in found["rows"]

    @pytest.mark.parametrize(
        ("condition", "names"),
        [
            ("isAdmin = true", ["Ada Byron", "Bob Stone", "Olive Owner"]),
            ("status != 'active' AND lastLoginOn = undefined", ["pia@example.com", "pim@example.com"]),
            ('email ~= "a@" OR name = /Cy.*/', ["Ada Byron", "Cyd Chen", "Ina Quist", "pia@example.com"]),
            ("name = 'Nobody'", []),
        ],
    )
    def test_a_condition(self, listed: Command, condition: str, names: list[str]) -> None:
        found = listed("users", "--columns", "name", "--where", condition)
        assert [name for (name,) in rows(found.out)] == names

    @pytest.mark.parametrize(
        ("sort", "names"),
        [
            ("-name", ["Owner", "Member", "Helpdesk", "Auditor", "Admin"]),
            ("admin,-name", ["Member", "Auditor", "Owner", "Helpdesk", "Admin"]),
            ("-systemRole,name", ["Admin", "Member", "Owner", "Auditor", "Helpdesk"]),
            ("-members", ["Owner", "Member", "Auditor", "Helpdesk", "Admin"]),
        ],
    )
    def test_sorted_also_by_what_is_not_shown(self, listed: Command, sort: str, names: list[str]) -> None:
        found = json.loads(listed("roles", "--columns", "name", "--sort", sort).out)
        assert (found["columns"], [name for (name,) in found["rows"]]) == (["name"], names)

    def test_who_has_no_value_comes_last(self, listed: Command) -> None:
        for sort in ("lastLoginTime", "-lastLoginTime"):
            assert rows(listed("users", "--columns", "lastLoginTime", "--sort", sort).out)[-2:] == [[None], [None]]

    def test_entities_alike_are_kept_apart(self, listed: Command) -> None:
        found = rows(listed("users", "--columns", "status,roles", "--where", "status = 'pending'").out)
        assert found == [["pending", ["Member"]]] * 2

    def test_a_limit_says_that_there_are_more(self, listed: Command) -> None:
        found = listed("users", "--columns", "name", "--limit", "2")
        assert rows(found.out) == [["Ada Byron"], ["Bob Stone"]]
        assert "There are more rows than the first 2; `--limit 0` gives all." in found.err

    def test_without_a_limit_all_are_listed_but_in_a_table(
        self, listed: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("collector.cli.list._MAX_TABLE_ROWS", 3)
        for format_, shown in {"csv": 7, "table": 3}.items():
            found = listed("users", "--columns", "name", "--format", format_)
            assert len(found.out.splitlines()) == 1 + shown
            assert ("There are more rows than the first 3" in found.err) is (shown == 3)

    def test_an_earlier_run(self, listed: Command) -> None:
        who = ("users", "--columns", "name", "--where", "name = 'Max Rao'")
        assert rows(listed(*who).out) == []
        assert rows(listed(*who, "--run", "1").out) == [["Max Rao"]]
        assert rows(listed(*who, "--at", "2026-11-23").out) == [["Max Rao"]]


class TestFormats:
    def test_a_table_says_what_a_licence_is(self, listed: Command) -> None:
        found = listed("users", "--format", "table", "--columns", "name,type,isAdmin", "--where", "name = 'Ada Byron'")
        assert [line.split() for line in found.out.splitlines()] == [
            ["name", "type", "isAdmin"],
            ["Ada", "Byron", "2", "Licensed", "true"],
        ]
        assert found.err == "1 row\n"

    def test_csv_and_json_lines_have_the_values(self, listed: Command) -> None:
        who = ("users", "--columns", "name,type,groups", "--where", "name = 'Ada Byron'", "--format")
        assert list(csv.reader(io.StringIO(listed(*who, "csv").out))) == [
            ["name", "type", "groups"],
            ["Ada Byron", "2", "Engineering"],
        ]
        assert json.loads(listed(*who, "jsonl").out) == {"name": "Ada Byron", "type": 2, "groups": ["Engineering"]}

    def test_a_narrow_terminal(self, listed: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "50")
        found = listed("users", "--format", "table").out
        assert found.startswith("Ada Byron\n  email ada@example.com, status active,")
        assert "isAdmin true" in words(found)
        assert max(map(len, found.splitlines())) <= 50


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("users", "--columns", "name,Email"), "Users have no column 'Email'; is `email` or `emailDomain` meant?"),
            (("users", "--sort", "-nam"), "Users have no column 'nam'; is `name` meant?"),
            (("groups", "--columns", "roles"), "Groups have no column 'roles'."),
            (("users", "--columns", "x" * 5000), f"Users have no column '{'x' * 60}…'."),
            (("users", "--columns", "a\x1b[2J"), "Users have no column 'a\\x1b[2J'."),
            (("users", "--columns", "name,"), "--columns 'name,' names an empty column."),
            (("users", "--columns", ""), "--columns '' names an empty column."),
            (("users", "--sort", ""), "--sort '' names an empty column."),
            (("users", "--where", ""), "Line 1, column 1: the condition is empty"),
            (("users", "--where", "status ="), "Line 1, column 9: the condition ends; expected"),
            (("users", "--where", "status = active"), "Line 1, column 10: `active` is not a value"),
            (("users", "--where", "a = 1\nAND b ="), "Line 2, column 8: the condition ends"),
            (
                ("users", "--where", "a = 1 AS u"),
                "Line 1, column 7: 'AS' is not understood; expected AND, OR, the end.",
            ),
            (("users", "--where", "a = 1) OR (b = 2"), "Line 1, column 6: ')' is not understood"),
            (("users", "--where", "a = 1 /* b"), "Line 1, column 8: "),
            (("users", "--where", "a = 'b"), "a quote is opened here and not closed"),
            (("users", "--where", "_createdOn > 1"), "Line 1, column 1: `_createdOn` is metadata"),
            (("users", "--where", "count(id) > 1"), "Line 1, column 1: COUNT belongs after RETURN."),
            (("users", "--where", "groups = 'Sales'"), "Line 1, column 1: `groups` is not a property"),
            (("users", "--where", "x = 1 OR " * 4000 + "x = 1"), "The condition has 36,005 characters"),
            (("users", "--run", "9"), "There is no finished run 9."),
            (("users", "--at", "soon"), "'soon' is not a date."),
            (("users", "--json", "--format", "csv"), "--json and --format csv contradict each other."),
            (("people",), "'people' is not one of 'users', 'groups', 'roles'."),
            ((), "Missing argument 'users|groups|roles'. Choose from: users, groups, roles"),
        ],
    )
    def test_with_its_reason(self, listed: Command, arguments: tuple[str, ...], said: str) -> None:
        found = listed(*arguments)
        assert (found.code, found.out) == (2, "")
        assert said in words(found.err)

    def test_what_relationships_give_is_asked_in_j1ql(self, listed: Command, collector: Command) -> None:
        (hint,) = [line for line in listed("users", "--where", "roles = 'Admin'").err.splitlines() if "Next" in line]
        assert hint.startswith(
            "Next: Ask `collector query \"FIND zoom_user THAT ASSIGNED zoom_role WITH name = '…'\"`."
        )

    def test_a_property_that_no_user_has_is_a_warning(self, listed: Command) -> None:
        found = listed("users", "--where", "statsu = 'active'")
        assert (found.code, rows(found.out)) == (0, [])
        assert "zoom_user has no property `statsu`" in found.err

    def test_nothing_was_collected(self, collector: Command) -> None:
        found = collector("list", "users")
        assert (found.code, found.out) == (2, "")
        assert "collector collect" in found.err


@pytest.mark.parametrize("what", LISTED)
def test_no_column_has_two_meanings(what: str) -> None:
    """A related column hides a property of the same name; and the default columns exist."""
    (schema,) = (each for each in graph_schema(all_resources()).entities if each.type == LISTED[what].type)
    assert not LISTED[what].related.keys() & schema.properties.keys()
    assert {*LISTED[what].columns} <= {*LISTED[what].related, *schema.properties}


def test_hostile_names_and_crowds(collector: Command, tmp_path: Path) -> None:
    name = "=1+1\x1b[2J\r\nEve\u202e"
    with Store.open(tmp_path / "home" / "default" / "graph.db") as store:
        run = store.begin(1000, {"tag.AccountName": "Acme"})
        run.put("zoom_group:1", ROW, {"_type": "zoom_group", "_class": ["Group"], "name": name}, 1)
        for number in range(30):
            row = {"_type": "zoom_user", "_class": ["User"], "name": f"{number:02}{'x' * 5000}"}
            run.put(f"zoom_user:{number:02}", ROW, row, 1)
            run.put_relationship(HAS_USER.between("zoom_group:1", f"zoom_user:{number:02}"))
        run.finish(2000, 0, [], [], [])
    for format_ in ("table", "json", "jsonl", "csv"):
        found = collector("list", "groups", "--columns", "name,members,tag.AccountName", "--format", format_)
        assert found.code == 0
        assert [each for each in found.out if not each.isprintable() and each != "\n"] == []
        assert ("and 10 more" in found.out) is (format_ == "table")
        assert "Acme" in found.out
    (_, row) = csv.reader(io.StringIO(collector("list", "groups", "--columns", "name", "--format", "csv").out))
    assert row[0].startswith("'=1+1")
