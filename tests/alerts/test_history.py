"""What is read of the history to find what is new."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from collector.alerts.history import History

from .days import SCHEMA, Days


def test_only_what_is_compared_is_held(tmp_path: Path) -> None:
    """A setting switched off for all of a large account would not fit the memory with all the settings of everybody."""
    days = Days(tmp_path)
    days.day()
    with closing(days.profile.store), closing(days.profile.store.read_only()) as database:
        history = History(days.profile.store, database, SCHEMA)
        found = history.properties(history.keys("zoom_user", 1), 1, ["meetingSecurityWaitingRoom", "isAdmin"])
    assert len(found) == len(days.account.users)
    assert {name for properties in found.values() for name in properties} == {
        *("meetingSecurityWaitingRoom", "isAdmin"),
        *("displayName", "name", "email", "createdOn"),
    }
