"""docs/jupiterone.md as a new user follows it: from nothing to an uploaded graph and back to nothing."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from collector.alerts.library import load_alerts
from collector.questions.library import load_questions
from collector.sandbox import Sandbox
from collector.sandbox.jupiterone import JupiterOneSandbox

from .conftest import Command

GUIDE = (Path(__file__).parents[2] / "docs" / "jupiterone.md").read_text(encoding="utf-8")


def typed() -> list[list[str]]:
    """The calls of `collector` in the guide's shell blocks, in order, each as its arguments."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", GUIDE, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", "").splitlines()
    calls = [shlex.split(line, comments=True) for line in lines]
    return [arguments for program, *arguments in filter(None, calls) if program == "collector"]


def test_from_nothing_to_nothing(
    collector: Command, zoom: Sandbox, jupiterone: JupiterOneSandbox, work: Path, tmp_path: Path
) -> None:
    *forth, alerts_back, questions_back, back = typed()
    assert [arguments[:2] for arguments in forth] == [
        ["instance", "create"],
        ["collect"],
        ["sync", "--dry-run"],
        ["sync"],
        ["instance", "show"],
        ["questions", "push"],
        ["questions", "push"],
        ["alerts", "push"],
        ["questions", "dashboard"],
    ]
    for arguments in forth:
        outcome = collector(*arguments)
        assert outcome.code == 0, outcome.err
    (instance,) = jupiterone.instances
    users = [entity for entity in jupiterone.ingested_entities(instance.id).values() if entity["_type"] == "zoom_user"]
    assert len(users) == len(zoom.account.users)
    assert {user["tag.AccountName"] for user in users} == {"Example Ltd"}
    assert collector("status").code == 0

    pushed = [rule for rule in load_alerts() if not rule.check]
    assert (len(jupiterone.questions), len(jupiterone.rules)) == (len(load_questions()), len(pushed))
    (work / "board.json").unlink()

    for arguments in (alerts_back, questions_back):
        assert collector(*arguments, "--yes").code == 0
    assert (jupiterone.questions, jupiterone.rules) == ([], [])
    assert back == ["uninstall"]
    for _ in range(2):
        assert collector(*back, "--yes").code == 0
    assert (jupiterone.instances, jupiterone.entities()) == ([], {})
    assert [*work.iterdir(), *(tmp_path / "home").iterdir()] == []
