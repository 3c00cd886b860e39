"""Alerts day by day: what is new is told once, and never because it could be read for the first time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from collector.sandbox import Fault
from collector.store.forgetting import Person, forget

from .days import DAY, Days, broken, lines, listener

OFF = "MEDIUM: the waiting room is off: "
MAX_OFF = f"{OFF}Max Rao (max@example.com): meetingSecurityWaitingRoom: yes → no"


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    days = Days(tmp_path)
    yield days
    days.profile.store.close()


def unread(datasets: str, path: str) -> str:
    return (
        f"LOW: a collection was incomplete: {datasets}: {path} failed 5 times: Zoom answered HTTP 500: Internal error"
    )


def new(who: str) -> list[str]:
    """Whoever is new, and has what a user has here who was set nothing."""
    return [
        f"HIGH: scheduled meetings without a passcode: {who}: new",
        f"MEDIUM: meetings without signing in: {who}: new",
        f"MEDIUM: recordings without signing in: {who}: new",
    ]


DOCUMENTS = "settings, meeting_authentication, recording_authentication, meeting_security"
TOLD = [
    [],
    [MAX_OFF],
    [],
    [],
    [MAX_OFF],
    [],
    [unread(DOCUMENTS, "/users/{userId}/settings")],
    [MAX_OFF],
    [
        unread(f"users?status=active, {DOCUMENTS}", "/users"),
        unread("members of roles", "/roles/{roleId}/members"),
    ],
    [
        "HIGH: a new administrator: Cyd Chen (cyd@example.com): isAdmin: no → yes; Role: Admin",
        *new("New Comer (new@example.com)"),
    ],
    [],
    [
        "HIGH: scheduled meetings without a passcode: Max Rao (max@example.com): new",
        f"{OFF}Max Rao (max@example.com): new",
        "MEDIUM: meetings without signing in: Max Rao (max@example.com): new",
        "MEDIUM: recordings without signing in: Max Rao (max@example.com): new",
    ],
    [],
    [
        "HIGH: a user from a foreign domain: Eve Stranger (eve@elsewhere.example): new",
        *new("Eve Stranger (eve@elsewhere.example)"),
    ],
    ["HIGH: the meeting passcode can be switched off: 7041672099: lockedMeetingSecurityMeetingPassword: yes → no"],
    [],
    ["HIGH: a custom role that may administer: Auditor: admin: no → yes; Privileges: Role:Edit, User:Read"],
    [],
    [],
    ["MEDIUM: no collection for two intervals: the last one ended 2026-12-12 12:01 UTC (run 19)"],
]


def test_twenty_days(days: Days, tmp_path: Path) -> None:
    account, levels = days.account, days.account.levels
    told: list[list[str]] = []

    def day(*faults: Fault) -> None:
        told.append(days.day(*faults))

    day()  # 1: the first reading
    days.switch("max", on=False)
    day()  # 2: off
    day()  # 3: still off
    days.switch("max", on=True)
    day()  # 4: on
    days.switch("max", on=False)
    day()  # 5: off again
    days.switch("max", on=True)
    day()  # 6: on
    days.switch("max", on=False)
    day(broken(f"/users/{days.id('max')}/settings"))  # 7: off, unread
    day()  # 8: read
    days.role("cyd", "1")
    account.add_user("new@example.com", "New", "Comer")
    days.switch("new", on=True)
    day(broken("/users", status="active"), broken("/roles/1/members"))  # 9: an administrator, in a partial reading
    day()  # 10: read
    gone = account.user("max@example.com")
    assert gone is not None
    account.remove_user(gone.id)
    day()  # 11: gone
    account._put(gone)
    days.switch("max", on=False)
    day()  # 12: back, and still off
    levels.managed_domains = ["example.com"]
    levels.change({"meeting_security.waiting_room": True, "meeting_security.meeting_password": True})
    levels.lock("meeting_security.meeting_password")
    levels.change({"meeting_security.waiting_room": False}, days.id("Sales"))
    days.optional = True
    day()  # 13: the account and its groups can be read for the first time
    account.add_user("eve@elsewhere.example", "Eve", "Stranger")
    days.switch("eve", on=True)
    day()  # 14: somebody from elsewhere
    levels.unlock("meeting_security.meeting_password")
    day()  # 15: a lock of the account
    levels.lock("meeting_security.meeting_password")
    day()  # 16: locked
    account.update_role(days.id("Auditor"), privileges=("User:Read", "Role:Edit"))
    day()  # 17: a role of one's own, which nobody has any more
    account.remove_user(days.id("eve"))
    day()  # 18: gone
    person = Person("zoom_user", "eve@elsewhere.example", "zoom_user:pending:eve@elsewhere.example")
    days.profile.store.close()
    forget(days.profile.path, person=person)
    days.profile.store = type(days.profile.store).open(days.profile.path)
    day()  # 19: forgotten
    days.profile.clock.time += 2 * DAY
    day()  # 20: late
    assert told == TOLD
    with closing(sqlite3.connect(days.profile.path)) as database:
        assert database.execute("SELECT count(*) FROM alert WHERE finding LIKE '%Eve%'").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM alert WHERE sent_at IS NULL").fetchone() == (0,)


def test_nobody_is_new_who_was_read_for_the_first_time(days: Days) -> None:
    """Neither a user of a list that was never read to its end, nor an administrator whose role could not be read."""
    days.switch("max", on=False)
    assert days.day(broken("/users", status="active"), broken("/roles/*")) == []
    assert days.day() == []


def test_settings_that_were_never_read(days: Days) -> None:
    days.switch("max", on=False)
    days.day(broken(f"/users/{days.id('max')}/settings"))
    assert days.day() == []
    days.switch("ada", on=False)
    assert days.day() == [f"{OFF}Ada Byron (ada@example.com): meetingSecurityWaitingRoom: yes → no"]


def test_an_administrator_on_a_day_whose_roles_were_not_known(days: Days) -> None:
    """Until the role's privileges are read, it is not known whether it administers; then it is, and was not before."""
    days.day()
    planner = days.account.add_role("Planner", ["User:Edit"])
    days.role("max", planner.id)
    assert days.day(broken(f"/roles/{planner.id}")) == [unread("privileges", "/roles/{roleId}")]
    assert days.day() == [
        "HIGH: a new administrator: Max Rao (max@example.com): isAdmin: no → yes; Role: Planner",
        "HIGH: a custom role that may administer: Planner: Privileges: User:Edit; new",
    ]


def test_a_deactivated_user_with_a_licence(days: Days) -> None:
    days.day()
    days.account.update_user(days.id("max"), status="inactive")
    assert days.day() == [
        "LOW: a deactivated user holds a licence: Max Rao (max@example.com): status: active → inactive"
    ]


def test_an_invitation_is_told_once(days: Days) -> None:
    """Who accepts it has another key, but the role was told of when it was given. What then is bad is new then."""
    days.optional = True
    days.account.levels.managed_domains = ["example.com"]
    days.day()
    boss = days.account.add_user("Boss@example.com", status="pending", role_id="1")
    eve = days.account.add_user("eve@elsewhere.example", status="pending")
    for name in ("Boss", "eve"):
        days.switch(name, on=True)
    assert days.day() == ["HIGH: a new administrator: boss@example.com: Role: Admin; new"]
    days.account.update_user(boss.id, status="active", display_name="The Boss")
    assert days.day() == [
        "HIGH: scheduled meetings without a passcode: The Boss (boss@example.com): "
        "meetingSecurityRequirePasswordForScheduledMeeting: not set → no; status: pending → active",
        "MEDIUM: meetings without signing in: The Boss (boss@example.com): "
        "meetingAuthentication: not set → no; status: pending → active",
        "MEDIUM: recordings without signing in: The Boss (boss@example.com): "
        "recordingAuthentication: not set → no; recordingCloudRecording: not set → yes; status: pending → active",
    ]
    days.account.update_user(eve.id, status="active")
    assert days.day()[0] == ("HIGH: a user from a foreign domain: eve@elsewhere.example: status: pending → active")
    assert days.day() == []


def test_what_changed_of_the_account_is_said(days: Days) -> None:
    """Group and user are as they were; what they are compared with has changed."""
    levels = days.account.levels
    days.optional = True
    levels.managed_domains = ["example.com", "example.org"]
    days.account.add_user("eve@example.org", "Eve", "Moss")
    levels.change({"meeting_security.waiting_room": False})
    levels.change({"meeting_security.waiting_room": False}, days.id("Sales"))
    for name in ("Engineering", "Empty"):
        levels.change({"meeting_security.waiting_room": True}, days.id(name))
    days.day()
    levels.change({"meeting_security.waiting_room": True})
    assert days.day() == [
        "MEDIUM: a group without the waiting room: Sales: zoom_account.meetingSecurityWaitingRoom: no → yes"
    ]
    levels.managed_domains = ["example.com"]
    assert days.day() == [
        "HIGH: a user from a foreign domain: Eve Moss (eve@example.org): "
        "zoom_account.managedDomains: example.com, example.org → example.com"
    ]


def test_the_owner_changes(days: Days) -> None:
    days.day()
    days.role("olive", "1")
    days.role("ada", "0")
    assert days.day() == ["CRITICAL: a new owner: Ada Byron (ada@example.com): Role: Owner"]


def test_many_users_gone(days: Days) -> None:
    for number in range(12):
        days.account.add_user(f"user{number}@example.com")
    days.day()
    for number in range(10):
        days.account.remove_user(days.id(f"user{number}"))
    assert days.day() == ["HIGH: many users gone: 10 of 20 users are gone"]
    assert days.day() == []


def test_a_channel_that_fails_is_told_the_next_day(days: Days) -> None:
    first, second = listener(1), listener(2)
    days.channels = [first, second]
    days.day()
    days.switch("max", on=False)
    object.__setattr__(second, "takes", lambda: False)
    days.collect()
    report = days.tell()
    assert (report.sent_to, report.failed, int(report.exit_code)) == ((first,), (second,), 3)
    assert report.problems == ["Channel 2 (json) of ALERT_URLS did not take the alerts; the next run sends them."]
    object.__setattr__(second, "takes", lambda: True)
    days.switch("ada", on=False)
    days.collect()
    days.tell()
    ada_off = MAX_OFF.replace("Max Rao (max", "Ada Byron (ada")
    assert [lines(message) for message in first.messages] == [[MAX_OFF], [ada_off]]
    assert [lines(message) for message in second.messages] == [[MAX_OFF, ada_off]]
    days.tell()
    assert (len(first.messages), len(second.messages)) == (2, 1)


def test_a_process_that_dies_after_sending_sends_again(days: Days) -> None:
    days.day()
    days.switch("max", on=False)
    days.collect()
    (channel,) = days.channels
    send = channel.send

    def die(title: str, text: str) -> bool:
        send(title, text)
        raise KeyboardInterrupt

    object.__setattr__(channel, "send", die)
    with pytest.raises(KeyboardInterrupt):
        days.tell()
    object.__setattr__(channel, "send", send)
    days.tell()
    days.tell()
    assert [lines(message) for message in channel.messages] == [[MAX_OFF], [MAX_OFF]]


def test_days_without_alerts_are_made_up_for(days: Days) -> None:
    days.day()
    days.switch("max", on=False)
    days.collect()
    days.collect()
    assert days.day() == [MAX_OFF]


def test_a_channel_that_is_new_is_told_from_then_on(days: Days) -> None:
    days.day()
    days.switch("max", on=False)
    days.day()
    late = listener(2)
    days.channels.append(late)
    days.switch("ada", on=False)
    days.day()
    assert [lines(message) for message in late.messages] == [[MAX_OFF.replace("Max Rao (max", "Ada Byron (ada")]]


def test_a_collection_that_is_overdue_is_told_once(days: Days) -> None:
    days.day()
    days.profile.clock.time += 3 * DAY
    for _ in range(3):
        days.tell()
    (message,) = days.channels[0].messages
    assert lines(message) == [
        "MEDIUM: no collection for two intervals: the last one ended 2026-11-24 12:00 UTC (run 1)"
    ]
    assert days.day() == []


def test_history_that_was_forgotten_is_no_first_collection(days: Days) -> None:
    """The run that was compared last is gone: the oldest that is kept stands in for it."""
    days.day()
    days.collect()
    days.collect()
    days.profile.store.close()
    forget(days.profile.path, before=int((days.profile.clock.time - DAY / 2) * 1000))
    days.profile.store = type(days.profile.store).open(days.profile.path)
    days.switch("max", on=False)
    assert days.day() == [MAX_OFF]


def test_settings_that_could_not_be_read_for_long(days: Days) -> None:
    """Somebody came meanwhile; the settings of all are then read for the first time."""
    days.switch("max", on=False)
    denied = Fault("missing_privilege", "/users/*/settings", times=None)
    days.day(denied)
    days.account.add_user("new@example.com", "New", "Comer")
    for _ in range(3):
        days.day(denied)
    assert days.day() == []


def test_somebody_new_whose_settings_were_read_the_day_after(days: Days) -> None:
    days.day()
    comer = days.account.add_user("new@example.com", "New", "Comer")
    days.switch("new", on=True)
    days.day(broken(f"/users/{comer.id}/settings"))
    assert [line.replace(": new", "") for line in days.day()] == [
        line.replace(": new", "") for line in new("New Comer (new@example.com)")
    ]
