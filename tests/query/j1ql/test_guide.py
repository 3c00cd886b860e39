"""The questions in docs/asking.md, asked as they are written there: their answers, and that the evaluator agrees."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.cli import run
from collector.clock import SystemClock
from collector.settings import NAMES
from collector.store import RunGraph
from tests.collect.conftest import people
from tests.collect.profile import Profile

from .evaluator import evaluate
from .known_graphs import strict

GUIDE = (Path(__file__).parents[3] / "docs" / "asking.md").read_text(encoding="utf-8")
COMMANDS = {
    title: shlex.split(block.replace("\\\n", ""))[1:]
    for title, block in re.findall(r"^### ([^\n]+)\n\n```sh\n(collector .*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
}
QUERIES = {title: words[1] for title, words in COMMANDS.items() if words[0] == "query"}
ANSWERS: dict[str, list[list[Any]]] = {
    "Which administrators' meetings have no waiting room?": [["Ada Byron", ["ada@example.com"], False]],
    "Who is outside the domain?": [["Eve Guest", ["eve@partner.example"], "active", ["Member"]]],
    "What changed since yesterday?": [
        ["went", None, None, None, ["Lea Lang"]],
        ["changed", "inMeetingPrivateChat", True, False, ["Max Rao"]],
        ["changed", "totalMembers", 4, 3, ["Member"]],
    ],
    "Who is in no group?": [
        ["Max Rao", ["max@example.com"], "active"],
        ["Olive Owner", ["olive@example.com"], "active"],
        ["Eve Guest", ["eve@partner.example"], "active"],
        ["pim@example.com", ["pim@example.com"], "pending"],
    ],
    "Who may record to their own computer?": [
        ["Bob Stone", ["bob@example.com"], ["Engineering"]],
        ["Max Rao", ["max@example.com"], []],
    ],
    "Who has a licence and never signed in?": [["pia@example.com", ["pia@example.com"], "pending"]],
    "Which settings differ within a group?": [
        [False, False, False, 2, ["ada@example.com", "ina@example.com"]],
        [True, True, False, 1, ["bob@example.com"]],
    ],
    "Whose meetings start before the host arrives, without a passcode?": [["Max Rao", ["max@example.com"], False]],
    "Who administers the account by a custom role?": [["Helpdesk", "Bob Stone", ["bob@example.com"]]],
    "Which inactive people are still in groups?": [["Ina Quist", ["ina@example.com"], ["Engineering"]]],
    "How many people have which status?": [["active", 6], ["pending", 2], ["inactive", 1]],
}
SETTINGS: dict[str, dict[str, object]] = {
    "olive@example.com": {"meeting_security.waiting_room": True},
    "ada@example.com": {"meeting_security.waiting_room": False},
    "bob@example.com": {"meeting_security.waiting_room": True, "recording.local_recording": True},
    "max@example.com": {
        "schedule_meeting.join_before_host": True,
        "meeting_security.meeting_password": False,
        "recording.local_recording": True,
    },
}


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    """The people of the collection's tests, eve of another company, and lea, who left yesterday."""
    account = people()
    account.add_user("eve@partner.example", "Eve", "Guest", type_=1)
    lea = account.add_user("lea@example.com", "Lea", "Lang")
    for user in account.users:
        account.change_settings(user.id, {"recording.local_recording": False, **SETTINGS.get(user.email, {})})
    pim = account.user("pim@example.com")
    assert pim is not None
    account.update_user(pim.id, type=1)
    folder = tmp_path_factory.mktemp("guide") / "default"
    folder.mkdir()
    profile = Profile(folder, account)
    profile.collect()
    account.remove_user(lea.id)
    max_ = account.user("max@example.com")
    assert max_ is not None
    account.change_settings(max_.id, {"in_meeting.private_chat": False})
    profile.clock.time += 86_400
    profile.collect()
    yield profile
    profile.store.close()


@pytest.mark.parametrize("title", COMMANDS)
def test_the_answer_to_a_question(
    title: str, profile: Profile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    verb, *arguments = COMMANDS[title]
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZOOM_HOME", str(profile.path.parent.parent))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(SystemClock, "now", lambda _: profile.clock.now())
    assert run([verb, *arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    if verb == "changes":
        assert answer["uncertain"] == []
        answer["rows"] = [
            [
                each["change"],
                each.get("property"),
                each.get("old"),
                each.get("new"),
                [who["name"] for who in each["who"]],
            ]
            for each in answer["changes"]
        ]
    else:
        assert (answer["complete"], answer["warnings"]) == (True, [])
    assert answer["rows"] == ANSWERS[title]


@pytest.mark.parametrize("title", QUERIES)
def test_the_evaluator_agrees(title: str, profile: Profile) -> None:
    (record, *_) = profile.store.finished_runs()
    graph = RunGraph(profile.store, record.id)
    entities = [dict(each) for _, found in graph.entities() for each in found]
    relationships = [dict(each) for _, found in graph.relationships() for each in found]
    expected = evaluate(QUERIES[title], entities, relationships, int(profile.clock.now() * 1000))
    assert strict(ANSWERS[title]) == strict(expected["rows"])


def test_every_question_has_an_answer() -> None:
    section = GUIDE.partition("\n## Questions\n")[2].partition("\n## ")[0]
    assert section.count("```sh\n") == section.count("\n### ") == len(COMMANDS)
    assert COMMANDS.keys() == ANSWERS.keys()
