"""`collector show`: one thing, what it is tied to, when each part of it was read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collector.sandbox import Account, Fault, Sandbox
from collector.store import ROW, Store

from .conftest import CollectOnce, Command


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


@pytest.fixture
def collected(collect_once: CollectOnce, zoom: Sandbox) -> Account:
    """The account, already collected."""
    collect_once()
    return zoom.account


@pytest.mark.usefixtures("collected")
class TestWhatIsShown:
    @pytest.mark.parametrize("text", ["ada@example.com", "ADA@Example.com", "Ada Byron"])
    def test_a_user(self, collector: Command, collected: Account, text: str) -> None:
        ada = collected.user("ada@example.com")
        assert ada is not None
        outcome = collector("show", "user", text)
        assert (outcome.code, outcome.err) == (0, "")
        shown = lines(outcome.out)
        assert shown[0] == f"Ada Byron zoom_user:{ada.id}"
        for line in ("_type: zoom_user", "_class: User", "email: ada@example.com", "isAdmin: yes", "roleId: 1"):
            assert line in shown
        assert shown[shown.index("Relationships") :][:4] == [
            "Relationships",
            "ASSIGNED role: Admin",
            f"account HAS this: {collected.number}",
            "group HAS this: Engineering",
        ]
        read = shown[shown.index("Parts, and when each was read") + 1 : shown.index("Properties") - 1]
        assert [line.partition(":")[0] for line in read] == [
            "access",
            "activity",
            "meeting_authentication",
            "meeting_security",
            "recording_authentication",
            "row",
            "settings",
        ]

    def test_a_pending_user(self, collector: Command) -> None:
        shown = lines(collector("show", "user", "pia@example.com").out)
        assert shown[0] == "pia@example.com zoom_user:pending:pia@example.com"
        for line in ("firstName: (none)", "lastName: (none)", "status: pending", "active: no"):
            assert line in shown

    def test_a_group(self, collector: Command) -> None:
        shown = lines(collector("show", "group", "engineering").out)
        assert "HAS user: Ada Byron, Bob Stone, Ina Quist" in shown

    def test_a_role(self, collector: Command) -> None:
        shown = lines(collector("show", "role", "Helpdesk").out)
        for line in ("admin: yes", "privilegeNames: User:Edit, User:Read", "user ASSIGNED this: Bob Stone"):
            assert line in shown

    def test_the_account(self, collector: Command, collected: Account) -> None:
        shown = lines(collector("show", "account").out)
        assert shown[0] == f"{collected.number} zoom_account:{collected.id}"
        assert "HAS group: Empty, Engineering, Sales" in shown
        assert "HAS role: Admin, Auditor, Helpdesk, Member, Owner" in shown

    @pytest.mark.parametrize("arguments", [("--json", "show", "group"), ("show", "--json", "group"), ("show", "group")])
    def test_json(self, collector: Command, arguments: tuple[str, ...]) -> None:
        last = () if "--json" in arguments else ("--json",)
        (card,) = json.loads(collector(*arguments, "Sales", *last).out)
        assert card["entity"]["name"] == "Sales"
        assert card["relationships"]["HAS user"] == ["Cyd Chen", "pia@example.com"]
        assert [part["part"] for part in card["parts"]] == [
            "group_locks",
            "group_meeting_authentication",
            "group_meeting_security",
            "group_meeting_security_locks",
            "group_recording_authentication",
            "group_settings",
            "row",
        ]

    def test_json_has_the_keys_and_ids_of_what_is_related(self, collector: Command, collected: Account) -> None:
        (card,) = json.loads(collector("show", "user", "bob@example.com", "--json").out)
        bob, (engineering, _, _) = collected.user("bob@example.com"), collected.groups
        (helpdesk,) = (role for role in collected.roles if role.name == "Helpdesk")
        assert bob is not None
        assert (card["entity"]["_key"], card["entity"]["id"]) == (f"zoom_user:{bob.id}", bob.id)
        assert card["related"] == {
            "ASSIGNED role": [{"_key": f"zoom_role:{helpdesk.id}", "id": helpdesk.id, "displayName": "Helpdesk"}],
            "account HAS this": [
                {"_key": f"zoom_account:{collected.id}", "id": collected.id, "displayName": str(collected.number)}
            ],
            "group HAS this": [
                {"_key": f"zoom_group:{engineering.id}", "id": engineering.id, "displayName": "Engineering"}
            ],
        }
        assert (card["complete"], card["warnings"]) == (True, [])

    def test_who_is_invited_has_no_id_yet(self, collector: Command) -> None:
        (card,) = json.loads(collector("show", "group", "Sales", "--json").out)
        assert card["related"]["HAS user"][1] == {
            "_key": "zoom_user:pending:pia@example.com",
            "id": None,
            "displayName": "pia@example.com",
        }

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("user", "nobody@example.com"), "The graph holds no user 'nobody@example.com'."),
            (("group", "Nobody"), "The graph holds no group 'Nobody'."),
            (("role", ""), "The graph holds no role ''."),
            (("user", "'; DROP TABLE part; --"), """The graph holds no user "'; DROP TABLE part; --"."""),
            (("user", "a\x1b[2J"), "The graph holds no user 'a\\x1b[2J'."),
        ],
    )
    def test_what_is_not_there(self, collector: Command, arguments: tuple[str, ...], message: str) -> None:
        outcome = collector("show", *arguments)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == (
            f"Error: {message}\n"
            "Next: Names, ids, keys and e-mail addresses are compared whole, in either case; "
            "`collector collect` reads the account again.\n"
        )

    def test_two_of_one_name_are_both_shown(self, collector: Command, collected: Account) -> None:
        collected.add_group("Sales")
        collector("collect")
        assert collector("show", "group", "Sales").out.count("_type") == 2


@pytest.mark.parametrize(("name", "how"), [("ina", "never read"), ("max", "last read by an earlier run")])
def test_settings_that_zoom_refuses_for_inactive_users(
    collector: Command, zoom: Sandbox, account: Account, name: str, how: str
) -> None:
    """The run is complete, but not what is shown of such a user."""
    user = account.user(f"{name}@example.com")
    ina = account.user("ina@example.com")
    assert user is not None
    assert ina is not None
    zoom.faults.add(Fault("missing_privilege", f"/users/{ina.id}/settings", times=None))
    collector("collect")
    account.update_user(user.id, status="inactive")
    zoom.faults.add(Fault("missing_privilege", f"/users/{user.id}/settings", times=None))
    assert collector("collect").code == 0
    (card,) = json.loads(collector("show", "user", user.email, "--json").out)
    assert (card["complete"], card["warnings"]) == (
        False,
        [
            "`settings`, `meeting_authentication`, `recording_authentication`, `meeting_security`"
            f" were {how} (Zoom refuses those of inactive users)."
        ],
    )
    (other,) = json.loads(collector("show", "user", "pia@example.com", "--json").out)
    assert (other["complete"], other["warnings"]) == (True, [])


def test_nothing_was_collected_yet(collector: Command) -> None:
    outcome = collector("show", "account")
    assert outcome.code == 2
    assert outcome.err.startswith("Error: Nothing has been collected yet: there is no store at ")
    assert "Next: Run `collector collect` first, or name the right profile with `--profile NAME`." in outcome.err


@pytest.mark.parametrize("verb", [("account",), ("user", "ada@example.com")])
def test_the_first_collection_failed(collector: Command, zoom: Sandbox, verb: tuple[str, ...]) -> None:
    """It leaves a store behind, with nothing in it."""
    zoom.faults.add(Fault("unauthorized", "/users/me", times=None))
    assert collector("collect").code == 4
    outcome = collector("show", *verb)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "Error: Nothing has been collected yet: the profile's store is empty.\n"
        "Next: Run `collector collect` first, or name the right profile with `--profile NAME`.\n"
    )


def test_no_collection_has_finished(collector: Command, tmp_path: Path) -> None:
    """It was killed: what it wrote is there, and nothing says what it did not read."""
    with Store.open(tmp_path / "home" / "default" / "graph.db") as store:
        run = store.begin(1000, {})
        run.put("zoom_group:1", ROW, {"_type": "zoom_group", "_class": ["Group"], "name": "Sales"}, 1)
        run.commit()
    outcome = collector("show", "group", "Sales")
    assert outcome.code == 0
    assert "Not known\n  No collection has finished yet: what is missing here may not have been read." in outcome.out


def test_a_name_cannot_steer_the_terminal(collector: Command, zoom: Sandbox, account: Account) -> None:
    name = "Eve\x1b[2J\x1b]0;title\x07\r\n\x9b31m\u202eevil"
    account.add_user("eve@example.com", name, "", group_ids=[account.groups[0].id])
    account.rename_group(account.groups[1].id, f"[red]{name}[/red]")
    collector("collect")
    for outcome in (
        collector("show", "user", "eve@example.com"),
        collector("show", "account"),
        collector("show", "account", "--json"),
        collector("show", "user", "eve@example.com", "--json"),
    ):
        assert outcome.code == 0
        assert [c for c in outcome.out if not c.isprintable() and c != "\n"] == []
    assert collector("show", "user", "eve@example.com").out.startswith("Eve�[2J�]0;title����31m�evil  zoom_user:")


def test_markup_in_a_name_is_text(collector: Command, zoom: Sandbox, account: Account) -> None:
    account.rename_group(account.groups[0].id, "[bold]:smile:[/bold][link=//evil.example]x[/link]")
    collector("collect")
    assert "[bold]:smile:[/bold][link=//evil.example]x[/link]" in collector("show", "account").out


def test_more_names_than_anybody_reads_are_counted(collector: Command, zoom: Sandbox, account: Account) -> None:
    for number in range(30):
        account.add_user(f"more{number:02}@example.com", f"More{number:02}", "X", group_ids=[account.groups[2].id])
    collector("collect")
    outcome = collector("show", "group", "Empty")
    assert " ".join(outcome.out.split()).count("More") == 20
    assert "and 10 more" in outcome.out
    (card,) = json.loads(collector("show", "group", "Empty", "--json").out)
    assert len(card["relationships"]["HAS user"]) == 30
