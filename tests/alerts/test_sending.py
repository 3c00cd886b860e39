"""Alerts are sent by one process at a time, once to each address, and stop when they are asked to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.alerts.sending import send_alerts
from collector.errors import Interrupted, ProfileBusy
from collector.settings.profile import Profile

from .days import DAY, SCHEMA, Days, Listener, lines, listener

MAX_OFF = "MEDIUM: the waiting room is off: Max Rao (max@example.com): meetingSecurityWaitingRoom: yes → no"


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    """Max has switched his waiting room off, and nobody has been told."""
    days = Days(tmp_path)
    days.day()
    days.switch("max", on=False)
    days.collect()
    yield days
    days.profile.store.close()


def send(days: Days, *channels: Listener) -> None:
    send_alerts(Profile("default", days.profile.path.parent), SCHEMA, channels, days.profile.clock, interval=DAY)


def test_two_processes_at_once_send_one_message(days: Days) -> None:
    """As when `alerts check --send` is called by hand while `run` waits for a slow channel."""
    (channel,) = days.channels

    def send_meanwhile() -> bool:
        object.__setattr__(channel, "takes", lambda: True)
        with pytest.raises(ProfileBusy):
            send(days, channel)
        return True

    object.__setattr__(channel, "takes", send_meanwhile)
    send(days, channel)
    assert [lines(message) for message in channel.messages] == [[MAX_OFF]]


def test_nothing_was_collected_yet(tmp_path: Path) -> None:
    profile = Profile("default", tmp_path / "nothing")
    assert send_alerts(profile, SCHEMA, [listener()], Days(tmp_path).profile.clock, interval=DAY).findings is None
    assert not profile.folder.exists()


def test_an_address_that_is_listed_twice_gets_it_once(days: Days) -> None:
    first, same = listener(1, "json://host/secret"), listener(2, "json://host/secret")
    send(days, first, same)
    assert [lines(message) for message in first.messages] == [[MAX_OFF]]
    assert same.messages == []


def test_a_stop_is_heard_between_two_channels_and_loses_nothing(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = listener(1), listener(2)
    clock = days.profile.clock

    def stopped(_: float) -> None:
        if first.messages:
            raise Interrupted("The run was asked to stop.")

    with monkeypatch.context() as patched:
        patched.setattr(clock, "wait", stopped)
        with pytest.raises(Interrupted):
            send(days, first, second)
    assert (len(first.messages), len(second.messages)) == (1, 0)
    send(days, first, second)
    assert [[lines(message) for message in each.messages] for each in (first, second)] == [[[MAX_OFF]], [[MAX_OFF]]]
