"""Zoom contradicts itself: a listed entity is removed only if Zoom confirms it in a look-up.

The users are those of conftest.py. `Instead` answers instead of the sandbox.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from collector.collect.dataset_report import MAX_CONSECUTIVE_FAILURES
from collector.errors import Interrupted
from collector.resources.declaration import SettingsChoice
from collector.sandbox import Account, Fault, User
from collector.store import RunRecord
from tests.served import NEEDED_GRANULAR
from tests.wsgi_adapter import WsgiAdapter

from .profile import Profile, coverage, not_complete, notes

PARTS = ("settings", "meeting_authentication", "recording_authentication", "meeting_security")
LOOK_UP = "/v2/users/<user_id>"
USERS_ONLY: Any = {"steps": ("fetch-users",), "settings": SettingsChoice.NONE}
MISSING = "known users missing from the lists"
NO_USER = (404, {"code": 1001, "message": "User does not exist: x."})
NO_GROUP = (404, {"code": 4130, "message": "Group does not exist: x."})
NO_ROLE = (400, {"code": 1034, "message": "Provided `role_id` does not exist."})
BROKEN = (500, {"code": 500, "message": "Internal error"})
Answer = tuple[int, object]


@dataclass
class Instead(BaseAdapter):
    """Answers as set with `put`, and passes all other calls on to the sandbox. `paths`: all calls."""

    profile: Profile
    answers: list[tuple[str, Mapping[str, str | None], Answer]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def put(self, path: str, answer: Answer, **query: str | None) -> None:
        """Answer like this at paths that match the expression; None means without that parameter."""
        self.answers.append((path, query, answer))

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        self.paths.append(parts.path)
        sent = {name: values[0] for name, values in parse_qs(parts.query).items()}
        for path, query, (status, body) in self.answers:
            if re.fullmatch(f"/v2{path}", parts.path) and all(sent.get(name) == value for name, value in query.items()):
                return _response(request, status, body)
        return WsgiAdapter(self.profile.sandbox.app).send(request, **options)

    def close(self) -> None:
        pass


def _response(request: requests.PreparedRequest, status: int, body: object) -> requests.Response:
    response = requests.Response()
    response.status_code, response.request, response.url = status, request, str(request.url)
    response.headers = CaseInsensitiveDict({"Content-Type": "application/json"})
    response.raw = io.BytesIO(json.dumps(body).encode())
    return response


@pytest.fixture
def zoom(profile: Profile) -> Instead:
    """After one complete run."""
    profile.collect()
    profile.sandbox.calls.clear()
    return Instead(profile)


def person(account: Account, name: str) -> User:
    user = account.user(f"{name}@example.com")
    assert user is not None
    return user


def settings_of(account: Account, name: str) -> str:
    return f"/users/{person(account, name).id}/settings"


def unread(record: RunRecord, part: str) -> tuple[str, int, int, int]:
    entry = coverage(record, part)
    return entry.status.value, entry.stale, entry.missing, entry.unavailable


class TestListedThenNotFound:
    @pytest.mark.parametrize("said", [(part,) for part in PARTS] + [PARTS], ids=" ".join)
    @pytest.mark.parametrize("answer", [NO_USER, (400, {"code": 1010, "message": "User not belong to this account"})])
    def test_a_user_whom_a_look_up_finds_is_kept(
        self, profile: Profile, account: Account, zoom: Instead, said: tuple[str, ...], answer: Answer
    ) -> None:
        before = profile.user("bob@example.com")
        for part in said:
            zoom.put(settings_of(account, "bob"), answer, option=None if part == "settings" else part)
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert record.partial_types == []
        assert not_complete(record) == dict.fromkeys(said, "partial")
        assert {unread(record, part) for part in said} == {("partial", 1, 0, 0)}
        assert profile.user("bob@example.com") == before
        assert profile.sandbox.calls.count(LOOK_UP) == 1

    def test_the_first_time_too(self, profile: Profile, account: Account) -> None:
        zoom = Instead(profile)
        zoom.put(settings_of(account, "bob"), NO_USER)
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert unread(record, "settings") == ("partial", 0, 1, 0)
        assert profile.user("bob@example.com")["name"] == "Bob Stone"

    @pytest.mark.parametrize(
        "answer", [BROKEN, (400, {"code": 200, "message": "No permission."}), (200, {"id": "eve"})]
    )
    def test_a_user_who_cannot_be_looked_up_is_kept(
        self, profile: Profile, account: Account, zoom: Instead, answer: Answer
    ) -> None:
        zoom.put(settings_of(account, "bob"), NO_USER)
        zoom.put(f"/users/{person(account, 'bob').id}", answer)
        assert profile.collect(network=zoom).exit_code == 3
        assert "bob@example.com" in profile.users

    def test_a_deleted_user_is_removed_and_reported(self, profile: Profile, account: Account, zoom: Instead) -> None:
        zoom.put(settings_of(account, "bob"), NO_USER)
        zoom.put(f"/users/{person(account, 'bob').id}", NO_USER)
        record = profile.collect(network=zoom)
        assert record.exit_code == 0
        assert record.partial_types == []
        assert sum(coverage(record, part).deleted_meanwhile for part in PARTS) == 1
        assert notes(record) == ["Deleted in Zoom while they were read: 1 user."]
        assert "bob@example.com" not in profile.users
        assert "bob@example.com" not in {email for _, email in profile.members}
        assert profile.store.count("zoom_account_has_user") == 7

    def test_not_found_for_every_user_stops_the_look_ups(self, profile: Profile, account: Account) -> None:
        for number in range(200):
            account.add_user(f"more{number:03}@example.com")
        profile.collect()
        zoom = Instead(profile)
        zoom.put("/users/[^/]+/settings", NO_USER)
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert len(profile.users) == 208
        assert coverage(record, "settings").stale + coverage(record, "settings").unavailable == 206
        asked = sum(path.endswith("/settings") for path in zoom.paths)
        assert asked < 4 * (MAX_CONSECUTIVE_FAILURES + 2 * 32 + 1)  # so many of each kind, and those in flight

    @pytest.mark.parametrize(
        ("kind", "name", "refusal"), [("group", "Engineering", NO_GROUP), ("role", "Helpdesk", NO_ROLE)]
    )
    def test_groups_and_roles_whose_members_are_refused(
        self, profile: Profile, account: Account, zoom: Instead, kind: str, name: str, refusal: Answer
    ) -> None:
        thing = next(one for one in (account.groups if kind == "group" else account.roles) if one.name == name)
        members, assignments = profile.members, profile.assignments
        zoom.put(f"/{kind}s/{thing.id}/members", refusal)
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert not_complete(record) == {f"members of {kind}s": "partial"}
        assert profile.store.entity(f"zoom_{kind}:{thing.id}") is not None
        assert (profile.members, profile.assignments) == (members, assignments)

        zoom.put(f"/{kind}s/{thing.id}", refusal)
        record = profile.collect(network=zoom)
        assert record.exit_code == 0
        assert coverage(record, f"members of {kind}s").deleted_meanwhile == 1
        assert notes(record)[0] == f"Deleted in Zoom while they were read: 1 {kind}."
        assert profile.store.entity(f"zoom_{kind}:{thing.id}") is None

    def test_many_deleted_users_do_not_stop_the_look_ups(self, profile: Profile, account: Account) -> None:
        gone = [account.add_user(f"gone{number:02}@example.com") for number in range(2 * MAX_CONSECUTIVE_FAILURES)]
        profile.collect()
        zoom = Instead(profile)
        for user in gone:
            zoom.put(f"/users/{user.id}(/settings)?", NO_USER)
        record = profile.collect(network=zoom)
        assert record.exit_code == 0
        assert (len(profile.users), coverage(record, "settings").read) == (8, 6)
        assert notes(record) == [f"Deleted in Zoom while they were read: {len(gone)} users."]

    def test_the_reason_for_keeping_is_reported(self, profile: Profile, account: Account, zoom: Instead) -> None:
        zoom.put(settings_of(account, "bob"), NO_USER, option="meeting_security")
        record = profile.collect(network=zoom, scopes=NEEDED_GRANULAR - {"user:read:user:admin"})
        assert coverage(record, "meeting_security").reason == (
            "/users/{userId}/settings returned 'not found', and the token lacks the scope for /users/{userId}"
        )
        assert "user:read:user:admin" in coverage(record, "meeting_security").next_step

    @pytest.mark.parametrize("answered", [1, 2, 3])
    def test_removals_before_an_interruption_are_counted(
        self, profile: Profile, account: Account, monkeypatch: pytest.MonkeyPatch, answered: int
    ) -> None:
        gone = [account.add_user(f"gone{number}@example.com").id for number in range(4)]
        profile.collect()
        zoom = Instead(profile)
        for zoom_id in gone:
            zoom.put(f"/users/{zoom_id}(/settings)?", NO_USER)
        send, left = Instead.send, iter(range(answered))

        def stop(self: Instead, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            if urlsplit(str(request.url)).path.rpartition("/")[2] in gone and next(left, None) is None:
                raise Interrupted("stopped")
            return send(self, request, **options)

        monkeypatch.setattr(Instead, "send", stop)
        with pytest.raises(Interrupted):
            profile.collect(network=zoom)
        assert len(profile.users) == 12 - answered
        monkeypatch.setattr(Instead, "send", send)
        record = profile.collect(network=zoom)
        assert (record.exit_code, len(profile.users)) == (0, 8)
        assert notes(record) == ["Deleted in Zoom while they were read: 4 users."]

    def test_a_group_that_cannot_be_looked_up_is_kept(self, profile: Profile, account: Account, zoom: Instead) -> None:
        group = account.groups[0].id
        zoom.put(f"/groups/{group}/members", NO_GROUP)
        record = profile.collect(network=zoom, scopes=NEEDED_GRANULAR - {"group:read:group:admin"})
        assert record.exit_code == 3
        assert profile.groups == {"Engineering", "Sales", "Empty"}

    def test_a_role_whose_only_document_is_not_found_is_kept(
        self, profile: Profile, account: Account, zoom: Instead
    ) -> None:
        """Its privileges are its look-up: one answer against the list of the same run."""
        helpdesk = next(role.id for role in account.roles if role.name == "Helpdesk")
        zoom.put(f"/roles/{helpdesk}", NO_ROLE)
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert unread(record, "privileges") == ("partial", 1, 0, 0)
        assert profile.role("Helpdesk")["admin"] is True
        assert profile.user("bob@example.com")["isAdmin"] is True


class TestSettingsOfInactiveUsers:
    @pytest.mark.parametrize(
        "answer",
        [
            NO_USER,
            (400, {"code": 1010, "message": "User not found on this account: x"}),
            (400, {"code": 1000, "message": "You can not access settings of users that are still in pending state."}),
            (400, {"code": 1120, "message": "A valid invitation to join the Zoom account was not found."}),
            (400, {"code": 200, "message": "No permission."}),
            (400, {"code": 200, "message": "Only available for paid account: x."}),
            (400, {"code": 300, "message": "Validation Failed."}),
            (403, {"message": "Forbidden"}),
            (404, {"code": 404, "message": "Not Found"}),
            (409, {"code": 7, "message": "Conflict"}),
        ],
        ids=lambda answer: f"{answer[0]} {answer[1].get('code')}",
    )
    def test_refused_settings_count_as_unavailable(
        self, profile: Profile, account: Account, zoom: Instead, answer: Answer
    ) -> None:
        before = profile.user("ina@example.com")
        zoom.put(settings_of(account, "ina"), answer)
        record = profile.collect(network=zoom)
        assert record.exit_code == 0
        assert {unread(record, part) for part in PARTS} == {("complete", 0, 0, 1)}
        assert notes(record) == [
            "Refused by Zoom for inactive users: settings (1), meeting_authentication (1), "
            "recording_authentication (1), meeting_security (1). Earlier values are kept."
        ]
        assert profile.user("ina@example.com") == before
        assert "meetingSecurityWaitingRoom" in before

    def test_never_read_they_are_absent(self, profile: Profile, account: Account) -> None:
        zoom = Instead(profile)
        zoom.put(settings_of(account, "ina"), NO_USER)
        assert profile.collect(network=zoom).exit_code == 0
        assert "meetingSecurityWaitingRoom" not in profile.user("ina@example.com")

    def test_they_do_not_stop_the_dataset(self, profile: Profile, account: Account) -> None:
        for number in range(2 * MAX_CONSECUTIVE_FAILURES):
            account.add_user(f"gone{number:02}@example.com", status="inactive")
        profile.collect()
        zoom = Instead(profile)
        for user in account.users_with_status("inactive"):
            zoom.put(f"/users/{user.id}/settings", (400, {"code": 200, "message": "Only available for paid account."}))
        record = profile.collect(network=zoom)
        assert record.exit_code == 0
        assert unread(record, "settings") == ("complete", 0, 0, 2 * MAX_CONSECUTIVE_FAILURES + 1)
        assert coverage(record, "settings").read == 5

    @pytest.mark.parametrize("answer", [BROKEN, (429, {"code": 429, "message": "Too many"}), (200, {})])
    def test_a_failure_is_a_failure(self, profile: Profile, account: Account, zoom: Instead, answer: Answer) -> None:
        zoom.put(settings_of(account, "ina"), answer)
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert unread(record, "settings") == ("partial", 1, 0, 0)

    def test_a_refusal_for_an_active_user_keeps_earlier_settings(
        self, profile: Profile, account: Account, zoom: Instead
    ) -> None:
        before = profile.user("ada@example.com")
        zoom.put(settings_of(account, "ada"), (400, {"code": 1000, "message": "still in pending state."}))
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert profile.user("ada@example.com") == before


class TestManyDeletedUsers:
    """600 users, of whom 250 are deleted."""

    @pytest.fixture
    def big(self, profile: Profile, account: Account) -> Instead:
        for number in range(592):
            account.add_user(f"more{number:03}@example.com")
        profile.collect(**USERS_ONLY)
        for number in range(250):
            account.remove_user(person(account, f"more{number:03}").id)
        profile.sandbox.calls.clear()
        return Instead(profile)

    def check(self, profile: Profile, record: RunRecord) -> None:
        assert record.exit_code == 0
        assert record.partial_types == [] or "zoom_user" not in record.partial_types
        assert coverage(record, MISSING).deleted_meanwhile == 250
        assert "Deleted since the last run: 250 users." in notes(record)
        assert len(profile.users) == 350
        assert profile.sandbox.calls.count(LOOK_UP, 404) == 250

    def test_they_are_gone_after_one_run(self, profile: Profile, big: Instead) -> None:
        record = profile.collect(**USERS_ONLY, network=big)
        self.check(profile, record)

    def test_with_a_daily_limit_in_between(self, profile: Profile, big: Instead) -> None:
        profile.sandbox.faults.add(Fault("daily_429", "/users/?*", after=100, times=1))
        record = profile.collect(**USERS_ONLY, network=big)
        assert record.exit_code == 75
        assert 350 < len(profile.users) < 600
        assert "zoom_user" in record.partial_types
        self.check(profile, profile.collect(**USERS_ONLY, network=big))

    def test_interrupted(self, profile: Profile, big: Instead, monkeypatch: pytest.MonkeyPatch) -> None:
        send, left = Instead.send, iter(range(150))

        def stop(self: Instead, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            if next(left, None) is None:
                raise Interrupted("stopped")
            return send(self, request, **options)

        monkeypatch.setattr(Instead, "send", stop)
        with pytest.raises(Interrupted):
            profile.collect(**USERS_ONLY, network=big)
        monkeypatch.setattr(Instead, "send", send)
        assert 350 < len(profile.users) < 600
        record = profile.collect(**USERS_ONLY, network=big)
        assert (record.exit_code, len(profile.users)) == (0, 350)

    def test_refused_look_ups_stop_after_25(self, profile: Profile, big: Instead) -> None:
        big.put("/users/[^/]{20,}", (400, {"code": 200, "message": "No permission."}))
        record = profile.collect(**USERS_ONLY, network=big)
        assert record.exit_code == 3
        assert len(profile.users) == 600
        assert len(big.paths) < 20 + MAX_CONSECUTIVE_FAILURES + 2 * 32

    def test_refusals_of_single_look_ups_do_not_stop_the_others(
        self, profile: Profile, account: Account, big: Instead
    ) -> None:
        odd = sorted(profile.store.find("zoom_user", f"more{number:03}@example.com")[0]["id"] for number in range(250))
        for zoom_id in odd[:60]:
            big.put(f"/users/{zoom_id}", (409, {"code": 7, "message": "Conflict"}))
        record = profile.collect(**USERS_ONLY, network=big)
        assert record.exit_code == 3
        assert len(profile.users) == 350 + 60

    def test_a_missing_user_found_by_look_up_is_read(self, profile: Profile, account: Account) -> None:
        profile.collect()
        zoom = Instead(profile)
        zoom.put("/users", (200, {"total_records": 0, "users": []}), status="inactive")
        profile.sandbox.calls.clear()
        record = profile.collect(network=zoom)
        assert record.exit_code == 0
        assert profile.sandbox.calls.count(LOOK_UP) == 1
        assert profile.sandbox.calls.count("/v2/users/<user_id>/settings") == 24
        assert "ina@example.com" in profile.users


class TestInvitationsAccepted:
    def test_201_are_settled_by_their_address_without_a_call(self, profile: Profile, account: Account) -> None:
        invited = [account.add_user(f"New.{number:03}%|@Example.com", status="pending") for number in range(201)]
        profile.collect(**USERS_ONLY)
        for user in invited:
            account.update_user(user.id, status="active")
        profile.sandbox.calls.clear()
        record = profile.collect(**USERS_ONLY)
        assert record.exit_code == 0
        assert profile.sandbox.calls.count(LOOK_UP) == 0
        assert (coverage(record, MISSING).read, coverage(record, MISSING).deleted_meanwhile) == (201, 0)
        assert notes(record) == ["Invitations accepted: 201."]
        keys = {str(entity["_key"]) for entity in profile.store.entities("zoom_user")}
        assert sum("pending:" in key for key in keys) == 2
        assert len(keys) == 209


MAIN = {"schedule_meeting": {"host_video": True}, "in_meeting": {"waiting_room": True}}
ERROR = {"code": "200", "message": "No permission."}


class TestUnexpectedAnswers:
    @pytest.mark.parametrize(
        ("part", "body"),
        [
            ("meeting_security", MAIN),
            ("meeting_authentication", MAIN),
            ("recording_authentication", {"meeting_authentication": False, "authentication_options": []}),
            ("meeting_security", {"meeting_security": {}}),
            ("meeting_security", {"meeting_security": None}),
            ("settings", {"meeting_security": {"waiting_room": True}}),
            ("settings", {"in_meeting": {}, "schedule_meeting": {}}),
            ("settings", {"in_meeting": {}, "schedule_meeting": {"host_video": True}}),
            ("settings", {"in_meeting": None, "schedule_meeting": {"host_video": True}}),
            ("settings", {"status": "ok"}),
            ("settings", ERROR),
            ("meeting_authentication", ERROR),
            ("settings", {"errorCode": "200", "errorMessage": "No permission."}),
            ("settings", {"errorCode": 1234}),
            ("settings", {"code": "ACCESS_DENIED", "message": "Sorry"}),
        ],
    )
    def test_the_earlier_document_is_kept_as_stale(
        self, profile: Profile, account: Account, zoom: Instead, part: str, body: object
    ) -> None:
        before = profile.user("ada@example.com")
        zoom.put(settings_of(account, "ada"), (200, body), option=None if part == "settings" else part)
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert not_complete(record) == {part: "partial"}
        assert unread(record, part) == ("partial", 1, 0, 0)
        assert profile.user("ada@example.com") == before

    def test_the_first_time_it_is_missing(self, profile: Profile, account: Account) -> None:
        zoom = Instead(profile)
        zoom.put(settings_of(account, "ada"), (200, MAIN), option="meeting_security")
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert unread(record, "meeting_security") == ("partial", 0, 1, 0)
        assert coverage(record, "meeting_security").reason == (
            "/users/{userId}/settings?option=meeting_security returned something other than meeting_security"
        )

    def test_sections_that_were_always_empty_are_fine(self, profile: Profile, account: Account) -> None:
        zoom = Instead(profile)
        zoom.put(settings_of(account, "ada"), (200, {**MAIN, "tsp": {}, "webinar": {}}), option=None)
        assert profile.collect(network=zoom).exit_code == 0
        assert profile.collect(network=zoom).exit_code == 0

    @pytest.mark.parametrize("section", [[], "", False, {"cloud_recording": None}, {"brand_new": True}])
    def test_a_section_can_be_emptied_in_many_ways(
        self, profile: Profile, account: Account, zoom: Instead, section: object
    ) -> None:
        before = profile.user("ada@example.com")
        zoom.put(settings_of(account, "ada"), (200, {**MAIN, "recording": section}), option=None)
        assert profile.collect(network=zoom).exit_code == 3
        assert profile.user("ada@example.com") == before

    @pytest.mark.parametrize("options", [None, {}, ["a"], "none"])
    def test_sign_in_methods_can_be_emptied_too(self, profile: Profile, account: Account, options: object) -> None:
        zoom = Instead(profile)
        good = {"meeting_authentication": True, "authentication_options": [{"name": "Staff", "type": "internally"}]}
        zoom.put(settings_of(account, "ada"), (200, good), option="meeting_authentication")
        profile.collect(network=zoom)
        zoom.answers.clear()
        body = {**good, "authentication_options": options}
        zoom.put(settings_of(account, "ada"), (200, body), option="meeting_authentication")
        assert profile.collect(network=zoom).exit_code == 3
        assert profile.user("ada@example.com")["meetingAuthenticationOptionNames"] == ["Staff"]

    def test_emptied_sections_do_not_stop_the_dataset(self, profile: Profile, account: Account) -> None:
        for number in range(2 * MAX_CONSECUTIVE_FAILURES):
            account.add_user(f"more{number:02}@example.com")
        profile.collect()
        zoom = Instead(profile)
        zoom.put("/users/[^/]+/settings", (200, {**MAIN, "recording": {}}), option=None)
        assert profile.collect(network=zoom).exit_code == 3
        asked = len(zoom.paths)
        profile.sandbox.faults.add(Fault("daily_429", "/users/*/settings", after=60, times=None))
        assert profile.collect(network=zoom, fresh=True).exit_code == 75
        profile.sandbox.faults.clear()
        assert profile.collect(network=zoom).exit_code == 0  # resumed, it is the fresh one still
        assert "recordingCloudRecording" not in profile.user("ada@example.com")
        assert asked > 4 * 50

    def test_fresh_accepts_emptied_sections(self, profile: Profile, account: Account, zoom: Instead) -> None:
        zoom.put(settings_of(account, "ada"), (200, {**MAIN, "recording": {}}), option=None)
        refused = coverage(profile.collect(network=zoom), "settings")
        assert refused.reason == "/users/{userId}/settings returned empty sections that had values before"
        assert "collector collect --fresh" in refused.next_step
        assert "recordingCloudRecording" in profile.user("ada@example.com")
        assert profile.collect(network=zoom, fresh=True).exit_code == 0
        assert "recordingCloudRecording" not in profile.user("ada@example.com")

    @pytest.mark.parametrize("privileges", [{}, {"privileges": None}, {"privileges": "all"}, {"privileges": {}}])
    def test_a_role_without_privileges(
        self, profile: Profile, account: Account, zoom: Instead, privileges: Mapping[str, object]
    ) -> None:
        helpdesk = next(role for role in account.roles if role.name == "Helpdesk")
        for role in (helpdesk, *account.roles[:3]):
            zoom.put(f"/roles/{role.id}", (200, {"id": role.id, "name": role.name, "total_members": 1, **privileges}))
        before = profile.role("Helpdesk")
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert unread(record, "privileges") == ("partial", 1, 0, 0)  # the built-in ones may come without
        assert profile.role("Helpdesk") == before
        assert profile.user("bob@example.com")["isAdmin"] is True

    def test_the_privileges_of_another_role(self, profile: Profile, account: Account, zoom: Instead) -> None:
        helpdesk = next(role.id for role in account.roles if role.name == "Helpdesk")
        zoom.put(f"/roles/{helpdesk}", (200, {"id": "2", "name": "Member", "privileges": []}))
        assert profile.collect(network=zoom).exit_code == 3
        assert profile.role("Helpdesk")["admin"] is True

    @pytest.mark.parametrize(
        "answer", [{}, {"id": 7}, {"status": "active", "email": "ada@example.com"}, {"id": "x", "email": "x@y.example"}]
    )
    def test_a_look_up_that_returns_another_user_deletes_nothing(
        self, profile: Profile, account: Account, zoom: Instead, answer: object
    ) -> None:
        bob = person(account, "bob")
        account.remove_user(bob.id)
        zoom.put(f"/users/{bob.id}", (200, answer))
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert "zoom_user" in record.partial_types
        assert "bob@example.com" in profile.users

    @pytest.mark.parametrize("status", ["inactive", "pending"])
    def test_rows_with_another_status_make_the_list_partial(
        self, profile: Profile, account: Account, zoom: Instead, status: str
    ) -> None:
        row = {"id": person(account, "max").id, "email": "max@example.com", "status": "active"}
        zoom.put("/users", (200, {"total_records": 1, "users": [row]}), status=status)
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert "zoom_user" in record.partial_types
        assert len(profile.users) == 8


class TestUnexpectedlyEmptyLists:
    @pytest.mark.parametrize("kind", ["groups", "roles"])
    @pytest.mark.parametrize("more", [{"{kind}": []}, {"{kind}": None}, {}])
    def test_what_a_look_up_finds_is_kept(
        self, profile: Profile, zoom: Instead, kind: str, more: Mapping[str, object]
    ) -> None:
        zoom.put(f"/{kind}", (200, {"total_records": 0, **{name.format(kind=kind): one for name, one in more.items()}}))
        groups, roles = profile.groups, profile.store.count("zoom_role")
        assert profile.collect(network=zoom).exit_code == 0
        assert (profile.groups, profile.store.count("zoom_role")) == (groups, roles)

    def test_what_was_deleted_is_removed(self, profile: Profile, account: Account, zoom: Instead) -> None:
        for group in list(account.groups):
            account.remove_group(group.id)
        record = profile.collect(network=zoom)
        assert record.exit_code == 0
        assert profile.groups == set()
        assert "Deleted since the last run: 3 groups." in notes(record)

    def test_what_cannot_be_looked_up_is_kept(self, profile: Profile, account: Account, zoom: Instead) -> None:
        for group in list(account.groups):
            account.remove_group(group.id)
        record = profile.collect(network=zoom, scopes=NEEDED_GRANULAR - {"group:read:group:admin"})
        assert record.exit_code == 3
        assert coverage(record, "known groups missing from the lists").scopes[1] == "group:read:group:admin"
        assert profile.groups == {"Engineering", "Sales", "Empty"}

    @pytest.mark.parametrize("answer", [{"members": []}, {"members": None}, {}, {"status": "ok"}])
    @pytest.mark.parametrize("kind", ["groups", "roles"])
    def test_an_unexpectedly_empty_member_list_is_partial(
        self, profile: Profile, account: Account, zoom: Instead, kind: str, answer: Mapping[str, object]
    ) -> None:
        thing = account.groups[0].id if kind == "groups" else account.roles[3].id
        before = profile.members, profile.assignments
        zoom.put(f"/{kind}/{thing}/members", (200, {"total_records": 0, **answer}))
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert not_complete(record) == {f"members of {kind}": "partial"}
        assert (profile.members, profile.assignments) == before

    def test_an_expected_empty_member_list_is_complete(self, profile: Profile, account: Account, zoom: Instead) -> None:
        engineering = account.groups[0].id
        for user in list(account.users_in_group(engineering)):
            account.remove_member(engineering, user.id)
        assert profile.collect(network=zoom).exit_code == 0
        assert {group for group, _ in profile.members} == {"Sales"}

    def test_a_total_that_shrinks_between_pages_ends_no_list(
        self, profile: Profile, account: Account, zoom: Instead
    ) -> None:
        row = {"id": account.groups[0].id, "name": "Engineering", "total_members": 3}
        zoom.put("/groups", (200, {"total_records": 0}), next_page_token="t")
        zoom.put("/groups", (200, {"total_records": 3, "groups": [row], "next_page_token": "t"}))
        record = profile.collect(network=zoom)
        assert record.exit_code == 3
        assert profile.groups == {"Engineering", "Sales", "Empty"}

    @pytest.mark.parametrize("total", [0, 1, -1, True])
    def test_what_an_endless_list_misses_is_looked_up(
        self, profile: Profile, account: Account, zoom: Instead, total: object
    ) -> None:
        row = {"id": account.groups[0].id, "name": "Engineering", "total_members": 3}
        zoom.put("/groups", (200, {"total_records": total, "groups": [row], "next_page_token": "t"}))
        profile.collect(network=zoom)
        assert profile.groups == {"Engineering", "Sales", "Empty"}

    def test_one_of_several_is_removed_without_a_look_up(
        self, profile: Profile, account: Account, zoom: Instead
    ) -> None:
        account.remove_group(account.groups[0].id)
        record = profile.collect(network=zoom, scopes=NEEDED_GRANULAR - {"group:read:group:admin"})
        assert record.exit_code == 0
        assert profile.groups == {"Sales", "Empty"}
        assert notes(record)[0] == "Deleted since the last run: 1 group."


class TestOddIds:
    ODD = (
        "a|has|zoom_user:b",
        "a",
        "b|has|zoom_user:a",
        ".",
        "..",
        "pending:pia@example.com",
        "%7C",
        "|",
        "a b",
    )

    def test_keys_are_unique_and_paths_stay_valid(self, tmp_path: Path) -> None:
        account = Account(seed=1)
        account.add_user("olive@example.com", role_id="0")
        account.add_user("pia@example.com", status="pending")
        for number, zoom_id in enumerate(self.ODD):
            user = account.add_user(f"odd{number}@example.com")
            account.remove_user(user.id)
            account._put(replace(user, id=zoom_id))
        profile = Profile(tmp_path, account)
        zoom = Instead(profile)
        record = profile.collect(network=zoom)
        entities = [entity for type_ in profile.store.entity_types() for entity in profile.store.entities(type_)]
        keys = [str(entity["_key"]) for entity in entities]
        ties = [tie.key for type_ in profile.store.relationship_types() for tie in profile.store.relationships(type_)]
        assert len(set(keys) | set(ties)) == len(keys) + len(ties)
        ids = {entity.get("id") for entity in profile.store.entities("zoom_user")}
        assert ids >= set(self.ODD)
        assert not [path for path in zoom.paths if re.search(r"/(\.|%2e)+(/|$)|//|/v2/settings", path, re.IGNORECASE)]
        # "." and ".." cannot be put in a path, which is reported.
        assert record.exit_code == 3
        assert coverage(record, "settings").missing == 2
        profile.store.close()

    def test_deleted_users_are_removed_whatever_their_id(self, tmp_path: Path) -> None:
        account = Account(seed=1)
        account.add_user("olive@example.com", role_id="0")
        for number, zoom_id in enumerate(self.ODD[:3]):
            user = account.add_user(f"odd{number}@example.com")
            account.remove_user(user.id)
            account._put(replace(user, id=zoom_id))
        profile = Profile(tmp_path, account)
        assert profile.collect().exit_code == 0
        account.remove_user("a")
        assert profile.collect().exit_code == 0
        assert {entity.get("id") for entity in profile.store.entities("zoom_user")} >= {self.ODD[0], self.ODD[2]}
        assert len(profile.users) == 3
        profile.store.close()
