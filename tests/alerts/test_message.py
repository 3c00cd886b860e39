"""A message is short, plain, and says the gravest first."""

from __future__ import annotations

import json

import pytest

from collector.alerts.library import load_alerts
from collector.alerts.message import MAX_LENGTH, compose
from collector.store import AlertRecord


def records(rule: str, number: int, name: str = "Max Rao (max@example.com)") -> list[AlertRecord]:
    finding = {"name": name, "values": [["isAdmin", False, True]], "note": "", "new": False}
    return [AlertRecord(9, 7, rule, f"zoom_user:{each}", json.dumps(finding)) for each in range(number)]


def test_the_gravest_first_and_how_many() -> None:
    message = compose([*records("zoom-waiting-room-off", 1), *records("zoom-owner", 1)])
    assert message.title == "Zoom: 2 alerts (CRITICAL)"
    first, second = message.text.split("\n\n")
    assert first.splitlines()[:2] == ["CRITICAL: a new owner", "- Max Rao (max@example.com): isAdmin: no → yes"]
    assert second.startswith("MEDIUM: the waiting room is off\n")


@pytest.mark.parametrize(("profile", "called"), [("", "collector"), ("acme", "collector --profile acme")])
def test_what_is_left_out_is_counted_and_how_to_see_it(profile: str, called: str) -> None:
    message = compose(records("zoom-waiting-room-off", 222), profile)
    assert message.title == f"Zoom{' of acme' if profile else ''}: 222 alerts (MEDIUM)"
    assert message.text.count("\n- Max Rao") == 10
    assert "\n- and 212 more\n" in message.text
    assert message.text.endswith(f"All: `{called} alerts check --since 7`")


@pytest.mark.parametrize("number", [1, 2, 5, 40])
@pytest.mark.parametrize("rules", [1, 3, 8, 20])
@pytest.mark.parametrize("length", [1, 60, 5000])
def test_it_is_never_too_long(number: int, rules: int, length: int) -> None:
    found = [each for rule in load_alerts()[:rules] for each in records(rule.id, number, "x" * length)]
    message = compose(found)
    assert len(message.text) <= MAX_LENGTH
    assert message.title.startswith(f"Zoom: {number * rules:,} alert")


def test_names_cannot_control_anything() -> None:
    message = compose(records("zoom-owner", 1, "Max\n\n- CRITICAL: \x1b[31m\u202eRao\x00"))
    assert message.text.splitlines()[1] == "- Max - CRITICAL: [31m Rao : isAdmin: no → yes"
    assert all(each.isprintable() or each == "\n" for each in message.text)
