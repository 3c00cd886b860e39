"""`collector why`: where the value of a setting comes from, on stores that are made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from collector.model.coverage import Coverage, Status
from collector.model.graph import Properties, PropertyValue, RelationshipType
from collector.model.setting_levels import LeveledSetting, SettingLocation
from collector.resources.setting_levels import setting_levels
from collector.store import ROW, Run, Store

from .conftest import Command

ACCOUNT_LOCKS = "account:read:lock_settings:master"
LEVELS = setting_levels()
SETTINGS = {setting.path: setting for setting in LEVELS.settings}
OF_USERS = {setting.path: setting.user for setting in LEVELS.settings if setting.user}
READ = "1970-01-01 00:00:01 UTC"
HAS_USER = RelationshipType("zoom_group", "HAS", "zoom_user")


@dataclass
class Level:
    """What the account or a group says of settings by their path; None: the document was not read."""

    values: Mapping[str, PropertyValue] | None = field(default_factory=dict)
    locks: Mapping[str, bool] | None = field(default_factory=dict)


@dataclass
class Person:
    name: str
    settings: Mapping[str, PropertyValue] | None = field(default_factory=dict)
    groups: Sequence[str] = ()
    status: str = "active"
    shown: str = ""
    is_member: bool = True
    read_at: int = 1000


Collect = Callable[..., None]


@pytest.fixture
def collect(tmp_path: Path) -> Collect:
    """Writes a run of the account, its groups and these people into the store."""

    def write(
        people: Sequence[Person],
        at_account: Level | None = None,
        at_groups: Mapping[str, Level] | None = None,
        coverage: Sequence[Coverage] = (),
    ) -> None:
        with Store.open(tmp_path / "home" / "default" / "graph.db") as store:
            run = store.begin(1000, {})
            put(run, "zoom_account:acme", {"id": "acme", "displayName": "1234"})
            put_level(run, "zoom_account:acme", at_account or Level(), "account")
            for name, level in (at_groups or {}).items():
                put(run, f"zoom_group:{name.lower()}", {"id": name.lower(), "name": name, "displayName": name})
                put_level(run, f"zoom_group:{name.lower()}", level, "group")
            for person in people:
                put_person(run, person, at_groups or {})
            whole = [
                Coverage("fetch-account", "account", Status.COMPLETE, True),
                Coverage("fetch-groups", "groups", Status.COMPLETE, True),
                Coverage("build-user-and-group-relationship", "members", Status.COMPLETE, True),
            ]
            told = {entry.step for entry in coverage if entry.is_list}
            run.finish(2000, 0, [], [*coverage, *(entry for entry in whole if entry.step not in told)], [])

    return write


def put(run: Run, key: str, properties: Properties) -> None:
    type_ = key.partition(":")[0]
    class_ = {"zoom_account": "Account", "zoom_group": "Group", "zoom_user": "User"}[type_]
    run.put(key, ROW, {"_type": type_, "_class": [class_], **properties}, 1000)


def put_level(run: Run, key: str, level: Level, which: str) -> None:
    """Every settings document that was read is there, with what is said in it."""
    for said, is_lock in ((level.values, False), (level.locks, True)):
        parts: dict[str, Properties] = {}
        for setting in SETTINGS.values():
            for place in places(setting, which, is_lock):
                parts.setdefault(place.part, {})
        for path, value in (said or {}).items():
            name = next(place for place in every_place(which, is_lock) if place.property == named(path, is_lock))
            parts[name.part][name.property] = value
        for part, properties in parts.items() if said is not None else ():
            run.put(key, part, properties, 1000)


def places(setting: LeveledSetting, which: str, is_lock: bool) -> tuple[SettingLocation, ...]:
    level = setting.account if which == "account" else setting.group
    return level.locks if is_lock else level.values


def every_place(which: str, is_lock: bool) -> list[SettingLocation]:
    return [place for setting in SETTINGS.values() for place in places(setting, which, is_lock)]


def named(path: str, is_lock: bool) -> str:
    """`a.b_c` → `aBC`, a lock `lockedABC`."""
    words = path.replace(".", "_").split("_")
    words = ["locked", *words] if is_lock else words
    return words[0] + "".join(word[0].upper() + word[1:] for word in words[1:])


def put_person(run: Run, person: Person, at_groups: Mapping[str, Level]) -> None:
    key = f"zoom_user:{person.name.lower()}"
    email = f"{person.name.lower()}@example.com"
    ids = {"groupIds": [name.lower() for name in person.groups]} if person.groups else {}
    row: Properties = {"displayName": person.shown or person.name, "email": [email], "status": person.status}
    put(run, key, {**row, **ids})
    if person.settings is not None:
        for part in {place.part for place in OF_USERS.values()}:
            said = {
                OF_USERS[path].property: value for path, value in person.settings.items() if OF_USERS[path].part == part
            }
            run.put(key, part, said, person.read_at)
    for name in person.groups:
        if name in at_groups and person.is_member:
            run.put_relationship(HAS_USER.between(f"zoom_group:{name.lower()}", key))


WAITING = "in_meeting.waiting_room"
CHAT = "in_meeting.chat"


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


class TestOneUser:
    def test_a_lock_of_a_group(self, collector: Command, collect: Collect) -> None:
        collect(
            [Person("Ada", {CHAT: True}, ["Sales", "Engineering"])],
            Level({CHAT: False}, {CHAT: False}),
            {"Engineering": Level({CHAT: True}, {CHAT: True}), "Sales": Level({CHAT: False}, {CHAT: False})},
        )
        outcome = collector("why", "ADA@example.com", "in_meeting.chat")
        assert (outcome.code, outcome.err) == (0, "")
        assert lines(outcome.out) == [
            "in_meeting.chat inMeetingChat",
            SETTINGS[CHAT].description,
            "Ada: yes",
            "Locked by the group Engineering.",
            "Level Value Locked Read",
            f"account no no {READ}",
            f"group Sales no no {READ}",
            f"group Engineering yes yes {READ}",
            f"user yes {READ}",
        ]

    def test_as_json(self, collector: Command, collect: Collect) -> None:
        collect(
            [Person("Ada", {CHAT: True}, ["Engineering"])],
            Level({CHAT: True}, None),
            {"Engineering": Level({CHAT: True}, {CHAT: False})},
            [
                Coverage("fetch-account", place.part, Status.DENIED, False, reason="No.", scopes=place.scopes)
                for place in SETTINGS[CHAT].account.locks
            ],
        )
        told = json.loads(collector("why", "ada@example.com", "inMeetingChat", "--json").out)
        assert ACCOUNT_LOCKS in told.pop("sentence")
        assert [ACCOUNT_LOCKS in reason for reason in told.pop("because")] == [True]
        assert ACCOUNT_LOCKS in told["account"].pop("lockedUnread")
        assert told == {
            "setting": "in_meeting.chat",
            "property": "inMeetingChat",
            "user": "zoom_user:ada",
            "value": True,
            "verdict": "not known",
            "level": None,
            "readAt": 1000,
            "account": {
                "level": "account",
                "key": "zoom_account:acme",
                "value": True,
                "locked": None,
                "readAt": 1000,
            },
            "groups": [
                {
                    "level": "group Engineering",
                    "key": "zoom_group:engineering",
                    "value": True,
                    "locked": False,
                    "readAt": 1000,
                }
            ],
        }

    @pytest.mark.parametrize(
        ("path", "at_account", "at_group"),
        [
            (WAITING, "meeting_security.waiting_room", "in_meeting.waiting_room"),
            ("schedule_meeting.participants_video", *["schedule_meeting.participant_video"] * 2),
            (
                "schedule_meeting.pstn_password_protected",
                "meeting_security.phone_password",
                "schedule_meeting.pstn_password_protected",
            ),
            ("in_meeting.chat", "in_meeting.chat", "in_meeting.chat"),
        ],
    )
    def test_other_names_at_other_levels(
        self, collector: Command, collect: Collect, path: str, at_account: str, at_group: str
    ) -> None:
        person = Person("Ada", {path: True}, ["Sales"])
        collect([person], Level({at_account: True}, {at_account: True}), {"Sales": Level({at_group: True}, {})})
        assert "Locked by the account." in collector("why", "Ada", path).out
        collect([person], Level({at_account: False}, {at_account: False}), {"Sales": Level({at_group: True}, {})})
        assert "The group's default: the group Sales has this value." in collector("why", "Ada", path).out
        collect([person], Level({}, {at_account: False}), {"Sales": Level({at_group: True}, {at_group: True})})
        assert "Locked by the group Sales." in collector("why", "Ada", path).out

    @pytest.mark.parametrize(
        ("path", "lock"),
        [
            ("in_meeting.webinar_chat.enable", "in_meeting.webinar_chat"),
            ("in_meeting.meeting_polling.advanced_polls", "in_meeting.polling"),
            ("meeting_security.meeting_password_requirement.have_letter", "meeting_security.meeting_password"),
            ("schedule_meeting.meeting_password_requirement.have_letter", "meeting_security.meeting_password"),
            ("meeting_authentication", "schedule_meeting.meeting_authentication"),
            ("recording_authentication", "recording.recording_authentication"),
        ],
    )
    def test_a_lock_that_holds_for_more_than_one_setting(
        self, collector: Command, collect: Collect, path: str, lock: str
    ) -> None:
        collect([Person("Ada", {path: True})], Level({path: True}, {lock: True}))
        assert "Locked by the account." in collector("why", "Ada", path).out

    def test_a_value_that_no_level_explains(self, collector: Command, collect: Collect) -> None:
        collect([Person("Ada", {CHAT: True})], Level({CHAT: False}, {CHAT: True}))
        shown = lines(collector("why", "Ada", CHAT, "--profile", "default").out)
        assert shown[3:5] == [
            "Differs from what the levels say: locked by the account, to no.",
            "Not all of it may have been read at the same time: "
            "`collector --profile default collect` reads all of it again.",
        ]

    @pytest.mark.parametrize(("read_at", "is_advised"), [(500, True), (1000, False)])
    def test_a_choice_that_may_be_an_older_default(
        self, collector: Command, collect: Collect, read_at: int, is_advised: bool
    ) -> None:
        """`collect --changed` reads the account again, and not the users who have the default."""
        collect([Person("Ada", {CHAT: True}, read_at=read_at)], Level({CHAT: False}, {CHAT: False}))
        told = collector("why", "Ada", CHAT).out
        assert "The user's own choice: the default, of the account, is no." in told
        assert ("Not all of it may have been read at the same time" in told) is is_advised

    def test_a_section_of_another_name(self, collector: Command, collect: Collect) -> None:
        length = "meeting_password_requirement.length"
        collect(
            [Person("Ada", {f"schedule_meeting.{length}": 10}, ["Sales"])],
            Level({f"schedule_meeting.{length}": 8}, {"meeting_security.meeting_password": False}),
            {"Sales": Level({f"meeting_security.{length}": 10}, {"meeting_security.meeting_password": False})},
        )
        shown = lines(collector("why", "Ada", f"schedule_meeting.{length}").out)
        assert shown[2:] == [
            "Ada: 10",
            "The group's default: the group Sales has this value.",
            "Level Value Locked Read",
            f"account 8 no {READ}",
            f"group Sales 10 no {READ}",
            f"user 10 {READ}",
        ]

    def test_the_account_of_an_older_collection(self, collector: Command, collect: Collect) -> None:
        collect([Person("Ada", {CHAT: True})], Level(None, None))
        outcome = collector("why", "Ada", CHAT)
        assert outcome.code == 0
        (reason,) = [line for line in lines(outcome.out) if line.startswith("Not known")]
        assert reason == (
            "Not known, because the locks of the account were not read "
            f"(not collected yet; it needs the scope account:read:admin or {ACCOUNT_LOCKS})."
        )
        assert "account not known not known" in lines(outcome.out)

    @pytest.mark.parametrize(
        ("status", "reason", "told"),
        [
            (Status.SKIPPED, "left out by --settings none", "left out by --settings none"),
            (Status.PARTIAL, "Zoom answered 500.", "were not read (Zoom answered 500)."),
            (Status.NOT_LICENSED, "Only for paid accounts.", "were not read (not in the account's plan)."),
            (Status.DENIED, "No permission.", "were not read (No permission)."),
        ],
    )
    def test_what_the_collection_said_of_it_is_the_reason(
        self, collector: Command, collect: Collect, status: Status, reason: str, told: str
    ) -> None:
        parts = {place.part for place in every_place("account", is_lock=True)}
        coverage = [Coverage("fetch-account", part, status, False, reason=reason) for part in sorted(parts)]
        collect([Person("Ada", {CHAT: True})], Level({CHAT: True}, None), coverage=coverage)
        assert told in collector("why", "Ada", CHAT).out

    def test_settings_of_the_user_that_were_not_read(self, collector: Command, collect: Collect) -> None:
        collect([Person("Ada", None), Person("Pia", None, status="pending"), Person("Bob")])
        assert "Not known, because the user's settings were not read" in collector("why", "Ada", CHAT).out
        assert "a user whose status is pending" in collector("why", "Pia", CHAT).out
        assert "Zoom sends no such setting for this user" in collector("why", "Bob", CHAT).out

    def test_groups_that_were_not_read(self, collector: Command, collect: Collect) -> None:
        level = Level({CHAT: True}, {CHAT: False})
        denied = Coverage("fetch-groups", "groups", Status.DENIED, True, reason="No.", scopes=("group:read:admin",))
        collect([Person("Ada", {CHAT: True}, ["Sales"]), Person("Bob", {CHAT: True})], level, coverage=[denied])
        for name in ("Ada", "Bob"):
            assert (
                "Not known, because the groups were not read (it needs the scope group:read:admin or "
                in collector("why", name, CHAT).out
            )

    def test_members_of_groups_that_were_not_read(self, collector: Command, collect: Collect) -> None:
        denied = Coverage("build-user-and-group-relationship", "members", Status.DENIED, True, reason="No permission.")
        open_ = Level({CHAT: True}, {CHAT: False})
        people = [Person("Ada", {CHAT: True}, ["Sales"], is_member=False), Person("Bob", {CHAT: True})]
        collect(people, open_, {"Sales": Level({CHAT: True}, {CHAT: True})}, [denied])
        assert "Locked by the group Sales." in collector("why", "Ada", CHAT).out
        because = "Not known, because the members of groups were not read (No permission)."
        assert because in collector("why", "Bob", CHAT).out

    def test_a_group_that_is_not_in_the_graph(self, collector: Command, collect: Collect) -> None:
        level = Level({CHAT: True}, {CHAT: False})
        collect([Person("Ada", {CHAT: True}, ["Sales", "Gone"])], level, {"Sales": level})
        assert "Not known, because the groups gone are not in the graph." in collector("why", "Ada", CHAT).out

    def test_a_name_cannot_steer_the_terminal(self, collector: Command, collect: Collect) -> None:
        name = "Eve\x1b[2J"
        level = Level({CHAT: True}, {CHAT: True})
        collect([Person("Ada", {CHAT: True}, [name])], Level({CHAT: True}, {CHAT: False}), {name: level})
        outcome = collector("why", "Ada", CHAT)
        assert "Locked by the group Eve" in outcome.out
        assert [c for c in outcome.out if not c.isprintable() and c != "\n"] == []


class TestTheAccount:
    def test_default_lock_groups_and_users(self, collector: Command, collect: Collect) -> None:
        collect(
            [
                *(Person(f"On{number}", {CHAT: True}) for number in range(3)),
                Person("Off", {CHAT: False, WAITING: True}),
                Person("None"),
                Person("Ada", None),
            ],
            Level({CHAT: True}, {CHAT: False}),
            {
                "Alike": Level({CHAT: True}, {CHAT: False}),
                "Other": Level({CHAT: False}, {CHAT: False}),
                "Locking": Level({CHAT: True}, {CHAT: True}),
                "Unread": Level(None, {CHAT: False}),
            },
        )
        outcome = collector("why", "in_meeting.chat")
        assert (outcome.code, outcome.err) == (0, "")
        shown = lines(outcome.out)
        assert shown[:6] == [
            "in_meeting.chat inMeetingChat",
            SETTINGS[CHAT].description,
            "Level Value Locked Read",
            f"account yes no {READ}",
            f"group Locking yes yes {READ}",
            f"group Other no no {READ}",
        ]
        assert shown[6].startswith("Not known: the settings of the group Unread were not read (")
        assert shown[7:10] == ["Users", "yes: 3", "no: 1"]
        assert shown[10] == "Zoom sends none: 1"
        assert shown[11].startswith("not read: 1 (not collected yet; it needs the scope user:read:admin or ")
        told = json.loads(collector("why", "in_meeting.chat", "--json").out)
        assert (told["account"]["value"], told["account"]["locked"]) == (True, False)
        assert [group["key"] for group in told["groups"]] == ["zoom_group:locking", "zoom_group:other"]
        assert [group["key"] for group in told["unreadGroups"]] == ["zoom_group:unread"]
        assert told["users"] == [{"value": True, "count": 3}, {"value": False, "count": 1}]
        assert (told["without"], told["unread"], told["groupsUnread"]) == (1, 1, None)

    def test_no_group_differs(self, collector: Command, collect: Collect) -> None:
        level = Level({CHAT: True}, {CHAT: False})
        collect([Person("Ada", {CHAT: True})], level, {"Alike": level})
        assert "No group differs." in lines(collector("why", CHAT).out)

    def test_without_the_account_every_group_is_shown(self, collector: Command, collect: Collect) -> None:
        collect([Person("Ada", {CHAT: True})], Level(None, None), {"Sales": Level({CHAT: True}, {CHAT: False})})
        shown = lines(collector("why", CHAT).out)
        assert {"account not known not known", f"group Sales yes no {READ}"} <= set(shown)
        assert "No group differs." not in shown
        assert any(ACCOUNT_LOCKS in line for line in shown if line.startswith("Not known: "))

    def test_groups_that_were_not_read(self, collector: Command, collect: Collect) -> None:
        skipped = Coverage("fetch-groups", "groups", Status.SKIPPED, True, reason="not chosen with --step")
        collect([Person("Ada", {CHAT: True})], Level({CHAT: True}, {CHAT: True}), coverage=[skipped])
        shown = lines(collector("why", CHAT).out)
        assert "Not known: the groups were not read (not chosen with --step)." in shown
        assert "No group differs." not in shown

    def test_lists_and_texts(self, collector: Command, collect: Collect) -> None:
        path = "in_meeting.data_center_regions"
        collect([Person("Ada", {path: ["US", "DE"]}), Person("Bob", {path: ["US"]}), Person("Cyd", {path: ["US"]})])
        assert lines(collector("why", path).out)[-2:] == ["US: 2", "US, DE: 1"]


TWO_FACTORS = "security.sign_in_with_two_factor_auth"
SSO = "security.signin_with_sso.enable"
FILES = "chat.share_files.enable"
DOWNLOAD = "recording.cloud_recording_download"
REMINDER = "schedule_meeting.upcoming_meeting_reminder"


class TestWhatUsersDoNotHave:
    """Sign-in, two factors, chat: settings of the account, some of groups besides."""

    @pytest.mark.parametrize("named", [SSO, "securitySigninWithSsoEnable", "signin_with_sso.enable"])
    def test_of_the_account_alone(self, collector: Command, collect: Collect, named: str) -> None:
        collect([Person("Ada")], Level({SSO: True}), {"Sales": Level()})
        outcome = collector("why", named)
        assert (outcome.code, outcome.err) == (0, "")
        assert lines(outcome.out) == [
            f"{SSO} securitySigninWithSsoEnable",
            SETTINGS[SSO].description,
            "Level Value Read",
            f"account yes {READ}",
            "Groups and users have no such setting.",
        ]

    def test_of_account_and_groups(self, collector: Command, collect: Collect) -> None:
        groups = {"Sales": Level({DOWNLOAD: False}, {DOWNLOAD: True}), "Alike": Level({DOWNLOAD: True}, {})}
        collect([Person("Ada")], Level({DOWNLOAD: True}, {DOWNLOAD: False}), groups)
        assert lines(collector("why", DOWNLOAD).out)[2:] == [
            "Level Value Locked Read",
            f"account yes no {READ}",
            f"group Sales no yes {READ}",
            "Users have no such setting.",
        ]
        told = json.loads(collector("why", DOWNLOAD, "--json").out)
        assert (told["account"]["value"], told["account"]["locked"]) == (True, False)
        assert [(group["key"], group["value"]) for group in told["groups"]] == [("zoom_group:sales", False)]
        assert (told["users"], told["without"], told["unread"], told["unreadBecause"]) == (None, 0, 0, None)

    def test_the_lock_of_a_section(self, collector: Command, collect: Collect) -> None:
        collect([Person("Ada")], Level({FILES: True}, {"chat.share_files": True}))
        assert f"account yes yes {READ}" in lines(collector("why", FILES).out)

    def test_of_groups_alone(self, collector: Command, collect: Collect) -> None:
        collect([Person("Ada")], Level(), {"Sales": Level({REMINDER: True})})
        shown = lines(collector("why", REMINDER).out)
        assert shown[2:4] == ["Level Value Locked Read", f"group Sales yes Zoom does not say {READ}"]
        assert shown[4:] == ["Users have no such setting."]

    @pytest.mark.parametrize(("path", "needed"), [(SSO, "account:read:settings:admin"), (FILES, ACCOUNT_LOCKS)])
    def test_not_read(self, collector: Command, collect: Collect, path: str, needed: str) -> None:
        collect([Person("Ada")], Level(None, None))
        reasons = [line for line in lines(collector("why", path).out) if line.startswith("Not known: ")]
        assert any(needed in reason for reason in reasons)

    @pytest.mark.parametrize(
        ("text", "whose", "paths"),
        [
            (SSO, "the account", [SSO]),
            (FILES, "the account and of groups", [FILES]),
            (REMINDER, "groups", [REMINDER]),
            ("two_factor", "the account", [f"{TWO_FACTORS}{which}" for which in ("", "_groups", "_roles")]),
        ],
    )
    def test_with_a_person(
        self, collector: Command, collect: Collect, text: str, whose: str, paths: Sequence[str]
    ) -> None:
        """Also where several are meant: none of them is a user's."""
        collect([Person("Ada")], Level({SSO: True}))
        outcome = collector("why", "ada@example.com", text)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.splitlines() == [
            f"Error: Users have no such setting. Settings of {whose}: {', '.join(paths)}.",
            f"Next: Ask for one without EMAIL: `collector why {paths[0]}`.",
        ]

    def test_a_setting_of_users_comes_first(self, collector: Command, collect: Collect) -> None:
        collect([Person("Ada", {CHAT: True})])
        assert collector("why", "data_center_regions").out.startswith("in_meeting.data_center_regions ")
        assert collector("why", "in_session.data_center_regions").out.startswith("in_session.data_center_regions ")


class TestWrongInput:
    @pytest.fixture(autouse=True)
    def _collected(self, collect: Collect) -> None:
        collect([Person("Ada", {CHAT: True})])

    @pytest.mark.parametrize(
        "named",
        ["in_meeting.co_host", "inMeetingCoHost", "INMEETINGCOHOST", "co_host", "coHost", "co host", "eting.co_ho"],
    )
    def test_a_setting_by_any_part_that_is_unique(self, collector: Command, named: str) -> None:
        assert collector("why", named).out.startswith("in_meeting.co_host ")

    def test_the_last_word_of_a_path_comes_before_other_parts(self, collector: Command) -> None:
        assert collector("why", "chat").out.startswith("in_meeting.chat ")

    @pytest.mark.parametrize("words", [("waiting_room",), ("ada@example.com", "waiting_room")])
    def test_an_ambiguous_part(self, collector: Command, words: tuple[str, ...]) -> None:
        outcome = collector("why", *words)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == (
            "Error: 'waiting_room' may be one of 2 settings: in_meeting.waiting_room, meeting_security.waiting_room.\n"
            "Next: Name one of them, as written here.\n"
        )

    def test_very_many_candidates_are_counted(self, collector: Command) -> None:
        outcome = collector("why", "meeting")
        assert outcome.code == 2
        assert " more.\n" in outcome.err
        assert len(outcome.err) < 1500

    @pytest.mark.parametrize("named", ["in_meeting.no_such_thing", "", "...", "default_password_for_scheduled"])
    def test_an_unknown_setting(self, collector: Command, named: str) -> None:
        for words in ((named,), ("ada@example.com", named)):
            outcome = collector("why", *words)
            assert (outcome.code, outcome.out) == (2, "")
            assert outcome.err.startswith(f"Error: There is no setting {named!r} in the graph.\nNext: ")

    def test_an_unknown_user(self, collector: Command) -> None:
        outcome = collector("why", "nobody@example.com", CHAT)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.startswith("Error: The graph holds no user 'nobody@example.com'.\n")

    def test_a_name_that_two_users_have(self, collector: Command, collect: Collect) -> None:
        collect([Person("Ada", {CHAT: True}), Person("Bob", {CHAT: False}, shown="Ada")])
        outcome = collector("why", "Ada", CHAT)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == (
            "Error: 'Ada' may be one of 2 users: zoom_user:ada, zoom_user:bob.\nNext: Name one of them by this key.\n"
        )
        assert "Ada: no" in collector("why", "zoom_user:bob", CHAT).out

    def test_a_user_without_a_setting(self, collector: Command) -> None:
        outcome = collector("why", "ada@example.com")
        assert outcome.code == 2
        assert "Name a setting after ada@example.com." in outcome.err

    @pytest.mark.parametrize("words", [(), ("a", "b", "c")])
    def test_too_few_or_too_many_words(self, collector: Command, words: tuple[str, ...]) -> None:
        assert collector("why", *words).code == 2


@pytest.mark.parametrize("words", [(CHAT,), ("ada@example.com", CHAT), ("no such setting",)])
def test_nothing_was_collected(collector: Command, tmp_path: Path, words: tuple[str, ...]) -> None:
    outcome = collector("why", *words)
    assert outcome.code == 2
    assert outcome.err.startswith("Error: Nothing has been collected yet: there is no store at ")
    Store.open(tmp_path / "home" / "default" / "graph.db").close()
    assert collector("why", *words).err == (
        "Error: Nothing has been collected yet: the profile's store is empty.\n"
        "Next: Run `collector collect` first, or name the right profile with `--profile NAME`.\n"
    )
