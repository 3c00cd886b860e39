"""`collector alerts push` and `remove`: what they print and return."""

from __future__ import annotations

import io
import json
import sys

import pytest

from collector.alerts.library import load_alerts
from collector.sandbox.jupiterone import Fault, JupiterOneSandbox

from .conftest import Command

NAMES = [rule.name for rule in load_alerts() if not rule.check]
NUMBER = len(NAMES)


@pytest.fixture(autouse=True)
def nobody_at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())


def test_pushing_twice(collector: Command, jupiterone: JupiterOneSandbox) -> None:
    outcome = collector("alerts", "push", "--dry-run")
    assert outcome.out.splitlines()[-1] == (
        f"In the JupiterOne account sandbox a push would create {NUMBER} alert rules, update 0 and leave 0 unchanged. "
        "Nothing was sent."
    )
    assert jupiterone.rules == []
    outcome = collector("alerts", "push")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        *(f"created: {name}" for name in NAMES),
        f"In the JupiterOne account sandbox {NUMBER} alert rules created, 0 updated, 0 unchanged.",
    ]
    made = jupiterone.rules
    assert json.loads(collector("alerts", "push", "--json").out)["unchanged"] == NAMES
    assert jupiterone.rules == made


def test_removing_twice(collector: Command, jupiterone: JupiterOneSandbox) -> None:
    theirs = jupiterone.add_rule(name="Kim's")
    collector("alerts", "push")
    assert collector("alerts", "remove").code == 2
    outcome = collector("alerts", "remove", "--yes")
    assert outcome.out == f"Removed {NUMBER} alert rules from the JupiterOne account sandbox.\n"
    outcome = collector("alerts", "remove")
    assert outcome.out == "The JupiterOne account sandbox has no alert rule of the collector's to remove.\n"
    assert jupiterone.rules == [theirs]


def test_somebody_elses_of_the_same_name(collector: Command, jupiterone: JupiterOneSandbox) -> None:
    theirs = jupiterone.add_rule(name=NAMES[0])
    outcome = collector("alerts", "push")
    assert outcome.code == 3
    assert outcome.out.splitlines()[-2:] == [
        f"Not the collector's, left alone: the alert rule with the name {NAMES[0]}",
        "JupiterOne takes a name once: rename that one there and push again.",
    ]
    assert jupiterone.rules[0] == theirs


@pytest.mark.parametrize("operation", ["listRuleInstances", "createInlineQuestionRuleInstance"])
def test_a_key_that_may_not(collector: Command, jupiterone: JupiterOneSandbox, operation: str) -> None:
    jupiterone.faults.add(Fault("forbidden", operation=operation, times=None))
    outcome = collector("alerts", "push")
    assert (outcome.code, outcome.out) == (2, "")
    assert "permission to read, create, change and delete alert rules in JupiterOne" in outcome.err


@pytest.mark.parametrize("verb", ["push", "remove"])
def test_without_access(collector: Command, verb: str) -> None:
    outcome = collector("alerts", verb)
    assert (outcome.code, outcome.out) == (2, "")
    assert "JUPITERONE_ACCOUNT and JUPITERONE_API_KEY are not set" in outcome.err
