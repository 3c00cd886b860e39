"""What more scopes would add, wherever a person looks: a line for each, and no failure."""

from __future__ import annotations

import json

import pytest

from collector.resources import least_privilege
from collector.sandbox import Account, Sandbox
from tests.served import DECLARED, declare_everything

from .conftest import Command, served

LEAST = frozenset(least_privilege(DECLARED)["granular"])
WHAT_THEY_ADD = {
    "account:read:settings:admin": "the account's settings",
    "account:read:lock_settings:master": "which settings the account locks",
    "account:read:managed_domains:master": "the account's managed domains",
    "account:read:trusted_domains:master": "the account's trusted domains",
    "group:read:settings:admin": "the settings of groups",
    "group:read:lock_settings:admin": "which settings groups lock",
}


@pytest.fixture(autouse=True)
def _least_privilege(account: Account, monkeypatch: pytest.MonkeyPatch):
    declare_everything(monkeypatch)
    with served(Sandbox(account, scopes=LEAST), monkeypatch):
        yield


@pytest.mark.parametrize("verb", ["collect", "plan"])
def test_a_line_for_each_scope(collector: Command, verb: str) -> None:
    outcome = collector(verb)
    assert outcome.code == 0
    _, _, after = outcome.out.partition("\nOptional scopes that are not granted:\n")
    lines = after.partition("\n\n")[0].splitlines()
    assert lines == [
        f"  {scope.partition(':')[0]}:read:admin or {scope} would add {what}" for scope, what in WHAT_THEY_ADD.items()
    ]
    assert "incomplete" not in outcome.out.lower()


def test_the_doctor(collector: Command) -> None:
    outcome = collector("doctor")
    assert outcome.code == 0
    for scope, what in WHAT_THEY_ADD.items():
        assert f": not granted; {scope.partition(':')[0]}:read:admin or {scope} would add {what}" in outcome.out


@pytest.mark.parametrize(("verb", "entries"), [("collect", "coverage"), ("plan", "gaps")])
def test_json(collector: Command, verb: str, entries: str) -> None:
    found = [entry for entry in json.loads(collector(verb, "--json").out)[entries] if entry["status"] == "not granted"]
    assert len(found) == 15
    assert {entry["scopes"][1] for entry in found} == WHAT_THEY_ADD.keys()
    assert {entry["reason"] for entry in found} == {f"would add {what}" for what in WHAT_THEY_ADD.values()}


def test_left_out_by_choice_they_are_not_told(collector: Command) -> None:
    assert "Optional scopes" not in collector("collect", "--settings", "none").out
