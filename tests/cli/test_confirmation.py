"""What deletes asks first; where nobody can be asked, it is not done."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.sandbox.jupiterone import JupiterOneSandbox

from .conftest import CollectOnce, Command

VERBS = {
    (
        "forget",
        "--user",
        "ada@example.com",
    ): "Erase ada@example.com from the profile 'default', now and in its history?",
    ("instance", "delete"): "and in JupiterOne all entities that were uploaded to it?",
    ("uninstall",): "Continue?",
}
pytestmark = [
    pytest.mark.parametrize("verb", VERBS, ids=" ".join),
    pytest.mark.parametrize("to_json", [(), ("--json",)], ids=["text", "json"]),
]
Remains = Callable[[], tuple[int, int, bool]]


@pytest.fixture
def remains(collector: Command, collect_once: CollectOnce, jupiterone: JupiterOneSandbox, tmp_path: Path) -> Remains:
    """What the verbs delete: whether a person is shown, how many instances there are, whether there is a store."""
    collect_once()
    assert collector("instance", "create", "--account-name", "Example Ltd").code == 0
    store = tmp_path / "home" / "default" / "graph.db"
    return lambda: (collector("show", "user", "ada@example.com").code, len(jupiterone.instances), store.exists())


@pytest.mark.parametrize(
    ("typed", "code", "goes"), [("n\n", 0, False), ("\n", 0, False), ("y\n", 0, True), ("", 130, False)]
)
def test_it_asks_first(
    collector: Command,
    remains: Remains,
    monkeypatch: pytest.MonkeyPatch,
    verb: tuple[str, ...],
    to_json: tuple[str, ...],
    typed: str,
    code: int,
    goes: bool,
) -> None:
    before = remains()
    terminal = io.StringIO(typed)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    outcome = collector(*verb, *to_json)
    assert outcome.code == code
    assert f"{VERBS[verb]} [y/N]" in outcome.err
    assert ("Nothing was changed.\n" in outcome.err) == (code == 0 and not goes)
    assert outcome.out == "" if to_json and not goes else True
    assert (remains() != before) == goes


def test_without_a_terminal_nothing_is_done(
    collector: Command,
    remains: Remains,
    monkeypatch: pytest.MonkeyPatch,
    verb: tuple[str, ...],
    to_json: tuple[str, ...],
) -> None:
    before = remains()
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    outcome = collector(*verb, *to_json)
    assert outcome.code == 2
    assert outcome.err.endswith(
        "Error: This deletes data and there is no terminal to confirm it on.\n"
        "Next: Run with --yes to skip the question.\n"
    )
    assert remains() == before
