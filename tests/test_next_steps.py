"""A next step is a text with commands, which are completed for the profile of a call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import collector
from collector.next_steps import Command, NextStep, joined

REPOSITORY = Path(collector.__file__).parent.parent
PRODUCT = (*(REPOSITORY / "collector").rglob("*.py"), *(REPOSITORY / "oauth-server").rglob("*.py"))
COMMAND = re.compile(r"\bcollector (auth|collect|doctor|forget|instance|plan|run|show|status|sync|uninstall)\b")
HELD = {"next_step", "fix", "otherwise"}
"""Attributes that hold a text with commands."""

SCOPE = "--source api --scope 'our zoom'"


@pytest.mark.parametrize(
    ("command", "profile", "target", "written"),
    [
        (Command("sync"), "", "", "collector sync"),
        (Command("sync"), "work", "", "collector --profile work sync"),
        (Command("sync"), "", SCOPE, f"collector sync {SCOPE}"),
        (Command("sync", "--dry-run"), "work", SCOPE, f"collector --profile work sync {SCOPE} --dry-run"),
        (Command("run", "--poll"), "work", SCOPE, f"collector --profile work run {SCOPE} --poll"),
        (Command("sync", "--source api --scope NAME"), "", SCOPE, "collector sync --source api --scope NAME"),
        (Command("collect", "--fresh"), "work", SCOPE, "collector --profile work collect --fresh"),
        (Command("auth login"), "work", SCOPE, "collector --profile work auth login"),
        (Command("instance delete", "1-2"), "work", "", "collector --profile work instance delete 1-2"),
        (Command("doctor"), "not valid;", "", "collector --profile 'not valid;' doctor"),
        (Command("demo"), "work", SCOPE, "collector demo"),
        (Command("document"), "work", SCOPE, "collector document"),
        (Command("sandbox"), "work", SCOPE, "collector sandbox"),
    ],
)
def test_a_command_works_on_the_profile_and_the_target_of_a_call(
    command: Command, profile: str, target: str, written: str
) -> None:
    assert command.for_call(profile, target) == written


STEP = NextStep("Move {} aside, then run `{}`.", "/home/{x}", Command("collect"))


@pytest.mark.parametrize(
    ("step", "plain", "for_work"),
    [
        (NextStep(), "", ""),
        (NextStep("Free some space on {disk}."), "Free some space on {disk}.", "Free some space on {disk}."),
        (
            STEP,
            "Move /home/{x} aside, then run `collector collect`.",
            "Move /home/{x} aside, then run `collector --profile work collect`.",
        ),
        (
            joined(STEP, NextStep("Or: {}", Command("demo"))),
            "Move /home/{x} aside, then run `collector collect`. Or: collector demo",
            "Move /home/{x} aside, then run `collector --profile work collect`. Or: collector demo",
        ),
        (
            joined(NextStep("Wait {} s.", "5"), STEP),
            "Wait 5 s. Move /home/{x} aside, then run `collector collect`.",
            "Wait 5 s. Move /home/{x} aside, then run `collector --profile work collect`.",
        ),
        (joined("", STEP), STEP, STEP.for_call("work")),
        (joined(STEP, ""), STEP, STEP.for_call("work")),
        (joined("Free {it}.", ""), "Free {it}.", "Free {it}."),
        (joined("", ""), "", ""),
        (NextStep(STEP), STEP, STEP.for_call("work")),
    ],
)
def test_a_text_is_plain_by_itself_and_can_be_written_for_a_profile(step: NextStep, plain: str, for_work: str) -> None:
    assert step == plain
    assert step.for_call() == plain
    assert step.for_call("work") == for_work


def test_no_command_of_a_profile_is_part_of_a_plain_text() -> None:
    plain = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno}: {node.value}"
        for path in PRODUCT
        for node in _texts(ast.parse(path.read_text(encoding="utf-8")))
        if COMMAND.search(node.value) and "sandbox" not in path.name
    ]
    assert plain == [], "write NextStep('... `{}` ...', Command(verb)), which can name the profile"


def test_no_text_with_commands_is_made_plain() -> None:
    """In an f-string it would lose its commands."""
    lost = [
        f"{path.relative_to(REPOSITORY)}:{node.lineno}"
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Attribute) and node.value.attr in HELD
    ]
    assert lost == [], "use NextStep('{} ...', text, ...) or joined(text, other)"


def _texts(module: ast.Module) -> Iterator[ast.Constant]:
    """The texts of a module, except docstrings, log messages and the examples of the help."""
    written = {
        constant
        for node in ast.walk(module)
        if isinstance(node, ast.Expr)
        or (isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("logger.", "example")))
        for constant in (
            [node.value] if isinstance(node, ast.Expr) else [each for value in node.args for each in ast.walk(value)]
        )
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in written:
            yield node
