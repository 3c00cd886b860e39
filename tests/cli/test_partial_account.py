"""An account that was not read completely: every verb that looks says what is not known, and calls none of it false,
absent or changed. A new verb gets its rows in LOOKS.

Not read: the roles (no scope), the inactive users (the list breaks off), the members of Sales, the settings of ada.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from collector.cli.verbs import GROUPS
from collector.sandbox import Fault
from tests.collect.conftest import people
from tests.collect.profile import Profile
from tests.served import NEEDED_GRANULAR

from .conftest import Command, words

FIRST = "first"
"""This is the first collection: what it did not read, nobody knows."""
LATER = "later"
"""It follows a complete one: what it did not read is as it was."""


@dataclass(frozen=True)
class Look:
    """A command, what it says on either stream, and what it must not say (regular expressions)."""

    profile: str
    command: str
    says: tuple[str, ...]
    never: tuple[str, ...] = ()
    code: int = 0


EMPLOYEES = "employees.csv"

LOOKS = [
    Look(
        FIRST,
        "status",
        (
            "users?status=inactive (fetch-users) partial: ",
            "settings (fetch-users) partial: ",
            "members of groups (build-user-and-group-relationship) partial: ",
            "roles (fetch-roles) denied: the token lacks the scope for /roles",
        ),
    ),
    Look(FIRST, "status --json", ('"reading": "roles", "status": "denied"', '"zoom_group_has_user", "zoom_role",')),
    Look(LATER, "status --runs", ("incomplete", "datasets")),
    Look(LATER, "status", ("Stale: 8 documents from earlier runs, the oldest read 2026-11-23 ",)),
    Look(
        FIRST,
        "show user ada@example.com",
        (
            "`zoom_group_has_user` was not read completely in run 1: some may be missing or gone.",
            "`zoom_user_assigned_role` was not read completely in run 1",
            "`settings`, `meeting_authentication`, `recording_authentication`, `meeting_security` were never read (",
            "`access` was never read (`zoom_user_assigned_role` was not read completely).",
        ),
        ("isAdmin", "inMeeting", "may be gone in Zoom"),
    ),
    Look(FIRST, "show user ada@example.com --json", ('"complete": false', "were never read ("), ("isAdmin",)),
    Look(FIRST, "show user ina@example.com", ("Not every user was read in run 1.",), code=2),
    Look(FIRST, "show group Sales", ("`zoom_group_has_user` was not read completely in run 1: some may be missing",)),
    Look(FIRST, "show role Admin", ("Not every role was read in run 1.",), code=2),
    Look(
        FIRST,
        "show account",
        (
            "`zoom_account_has_user` was not read completely in run 1",
            "`managed_domains`, `trusted_domains` were never read (its scope is not granted).",
        ),
        ("locked",),
    ),
    Look(
        LATER,
        "show user ada@example.com",
        ("`meeting_security` were last read by an earlier run (/users", "ASSIGNED role: Admin", "isAdmin: yes"),
    ),
    Look(LATER, "show user ina@example.com", ("this one may be gone in Zoom.", "group HAS this: Engineering")),
    Look(LATER, "show role Admin", ("`zoom_role` was not read completely in run 2: this one may be gone in Zoom.",)),
    Look(
        FIRST,
        "why ada@example.com in_meeting.waiting_room",
        ("Ada Byron: not known", "Not known, because the user's settings were not read (/users/{userId}/settings fai"),
    ),
    Look(
        FIRST,
        "why cyd@example.com in_meeting.waiting_room",
        ("Not known, because the locks of the account were not read (it needs the scope account:read:admin or",),
    ),
    Look(
        FIRST,
        "why in_meeting.waiting_room",
        ("not every user was read (/users failed 5 times", "no: 4 not read: 3 ("),
        ("No group differs",),
    ),
    Look(FIRST, "why in_meeting.waiting_room --json", ('"usersUnread": "not every user was read (', '"unread": 3')),
    Look(LATER, "why ada@example.com in_meeting.waiting_room", ("Ada Byron: no", "no 2026-11-23 12:00:00 UTC")),
    Look(
        FIRST,
        "query 'FIND zoom_user WITH isAdmin != true AS u RETURN u.name, u.isAdmin'",
        (
            '"complete": false',
            "Warning: `zoom_user` was not read completely in run 1 (the graph has 7)",
            "Warning: `isAdmin`, `admin` were not read completely: 7 of 7 users have none; `!=` and `= undefined` cou",
        ),
        (r"\bfalse\b(?!, \"warnings\")",),
    ),
    Look(
        FIRST,
        "query 'FIND zoom_user WITH inMeetingWaitingRoom != true AS u RETURN u.name'",
        ('"complete": false', "`settings` was not read completely: 1 of 7 users were never read; `!=` and "),
    ),
    Look(
        FIRST,
        "query 'FIND zoom_user AS u THAT !HAS zoom_group RETURN u.name'",
        ('"complete": false', "`zoom_group_has_user` was not read completely in run 1"),
    ),
    Look(FIRST, "query 'FIND zoom_role AS r RETURN count(r)'", ('"complete": false', "`zoom_role` was not read compl")),
    Look(FIRST, "query 'FIND zoom_user THAT ASSIGNED zoom_role RETURN TREE'", ('"complete": false', "`zoom_role` was")),
    Look(
        LATER,
        "query 'FIND zoom_user WITH inMeetingWaitingRoom != true AS u RETURN u.name'",
        ('"complete": false', "2 of 8 users come from an earlier run, the oldest of 2026-11-23"),
        ("never read",),
    ),
    Look(LATER, "query 'FIND zoom_user' --run 1", ('"complete": true, "warnings": []',)),
    Look(
        FIRST,
        "list users --columns name,isAdmin,roles,groups --format table",
        (
            "Warning: `zoom_user` was not read completely in run 1",
            "Warning: `zoom_user_assigned_role` was not read completely in run 1",
            "Warning: `zoom_group_has_user` was not read completely in run 1",
            "Warning: `isAdmin`, `admin` were not read completely: 7 of 7 users have none",
        ),
        (r"\bfalse\b",),
    ),
    Look(FIRST, "list users --columns name,isAdmin", ('["Ada Byron", null]', '"complete": false')),
    Look(FIRST, "list users --columns name,inMeetingWaitingRoom", ('["Ada Byron", null]', '["Bob Stone", false]')),
    Look(
        FIRST,
        "list groups --columns name,totalMembers,members",
        ('["Sales", 2, []]', '"complete": false', "`zoom_group_has_user` was not read completely in run 1"),
    ),
    Look(FIRST, "list roles", ('"complete": false', "`zoom_role` was not read completely in run 1 (the graph has 0)")),
    Look(LATER, "list roles", ('["Helpdesk", true', "`zoom_role` was not read completely in run 2 (the graph has 5)")),
    Look(FIRST, "changes", ("There is nothing to compare run 1 with: no earlier collection was finished.",), code=2),
    Look(
        LATER,
        "changes --json",
        (
            '"changes": [ ], "uncertain": [ ], "notCompared": ["Run 2 did not read all users (/users failed 5 times',
            "which users went is not known.",
            "which roles went is not known.",
            "who left groups is not known.",
            "(2 from an earlier run; /users/{userId}/settings failed 5 times",
            '"complete": false',
        ),
    ),
    Look(
        LATER,
        "changes --format table",
        ("Nothing changed, as far as both runs have read.", "Not compared: Run 2 did n"),
    ),
    Look(
        FIRST,
        "questions run waiting-room --json",
        ('"counts": {"good": 0, "bad": 4, "unknown": 1}', '"complete": false', "1 of 7 users were never read"),
    ),
    Look(
        FIRST,
        "questions run administrators two-factor",
        (
            "`zoom_user_assigned_role` was not read completely in run 1",
            "Must everybody sign in to Zoom with two factors? managed-question-zoom-two-factor",
            "Bad: 0 Not known: 1",
        ),
    ),
    Look(LATER, "questions run waiting-room", ("2 of 8 users come from an earlier run", "Not known: 0 Good: 0")),
    Look(
        FIRST,
        f"employees {EMPLOYEES} --json",
        (
            '"withoutZoom": null',
            '"notFound": [ { "row": 3, "employeeEmail": "ina@example.com" } ]',
            '"complete": false',
        ),
    ),
    Look(
        FIRST,
        f"employees {EMPLOYEES}",
        (
            "Only in Zoom (left the company?): 6 (some may no longer be in Zoom)",
            "Employees not found among the users that were read: 1",
        ),
        ("[Ww]ithout Zoom",),
    ),
    Look(LATER, f"employees {EMPLOYEES}", ("Matched: 2", "`zoom_user` was not read completely in run 2")),
    Look(
        FIRST,
        "report --json",
        ('"dataset": "users?status=inactive", "status": "partial"', '"dataset": "roles", "status": "denied"'),
    ),
    Look(
        FIRST,
        "export graph --format csv",
        (
            "`zoom_user` was not read completely in run 1 (the graph has 7): some may be missing, others may be gone",
            "`isAdmin`, `admin` were not read completely: 7 of 7 users have none. Reason: `zoom_user_assigned_role`",
            "`meeting_security` were not read completely: 1 of 7 users were never read. Reason: /users/{userId}/se",
            "export.json says so, too.",
        ),
    ),
    Look(FIRST, "alerts check", ("is the first collection: there is nothing to compare it with.",)),
    Look(
        LATER,
        "alerts check",
        (
            "LOW: a collection was incomplete",
            "Not compared: Run 2 did not read all users",
            "Run 2 did not read any roles",
        ),
        ("a new", "is off", "gone"),
        code=3,
    ),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where both profiles are."""
    home = tmp_path_factory.mktemp("home")
    for name in (FIRST, LATER):
        (home / name).mkdir()
        profile = Profile(home / name, people())
        if name == LATER:
            assert profile.collect().exit_code == 0
            profile.clock.time += 86_400
        ada, faults = profile.account.user("ada@example.com"), profile.sandbox.faults
        (sales,) = (group for group in profile.account.groups if group.name == "Sales")
        assert ada is not None
        faults.add(Fault("status_500", f"/users/{ada.id}/settings", times=None))
        faults.add(Fault("status_500", "/users", query={"status": "inactive"}, times=None))
        faults.add(Fault("status_500", f"/groups/{sales.id}/members", times=None))
        assert profile.collect(scopes=NEEDED_GRANULAR - {"role:read:list_roles:admin"}).exit_code == 3
        profile.store.close()
    return home


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.profile}: {look.command}")
def test_it_says_what_is_not_known(look: Look, home: Path, collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOOM_HOME", str(home))
    Path(EMPLOYEES).write_text("E-mail\nada@example.com\nina@example.com\n", encoding="utf-8")
    outcome = collector(*shlex.split(look.command), "--profile", look.profile)
    said = words(f"{outcome.out} {outcome.err}")
    assert outcome.code == look.code
    assert [text for text in look.says if text not in said] == []
    assert [pattern for pattern in look.never if re.search(pattern, said)] == []


def test_every_verb_that_looks_is_asked() -> None:
    assert {look.command.split()[0] for look in LOOKS} == GROUPS["Look"].keys() | GROUPS["Ask"].keys()
