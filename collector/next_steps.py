"""Sentences with commands to run next, which can be completed for a profile.

NextStep("Run `{}` again.", Command("sync"))     is the text "Run `collector sync` again."
.for_call("work", "--source api")                "Run `collector --profile work sync --source api` again."
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

_OF_NO_PROFILE = ("demo", "document", "sandbox")
_OF_A_TARGET = ("run", "sync")


@dataclass(frozen=True)
class Command:
    """A command as a person types it."""

    verb: str
    arguments: str = ""

    def __str__(self) -> str:
        return self.for_call()

    def for_call(self, profile: str = "", target: str = "") -> str:
        """The command for a profile ("": the default one) and, if it uploads, for a destination (its options)."""
        named = f"--profile {shlex.quote(profile)}" if profile and self.verb not in _OF_NO_PROFILE else ""
        there = target if self.verb in _OF_A_TARGET and "--source" not in self.arguments else ""
        return " ".join(filter(None, ("collector", named, self.verb, there, self.arguments)))


class NextStep(str):
    """A sentence with `{}` for each command. As a `str`, which is stored, logged and compared, it has plain commands.

    Text from outside is passed like a command, never inside the sentence. A NextStep can be passed, too, and keeps its
    commands.
    """

    _sentence: str
    _parts: tuple[Command | str, ...]

    def __new__(cls, sentence: str = "", *parts: Command | str) -> NextStep:
        if isinstance(sentence, NextStep) and not parts:
            return sentence
        made = super().__new__(cls, sentence.format(*parts) if parts else sentence)
        made._sentence = sentence
        made._parts = parts
        return made

    def for_call(self, profile: str = "", target: str = "") -> str:
        """The text, with its commands completed: see `Command.for_call`."""
        if not self._parts:
            return str(self)
        called = (
            part.for_call(profile, target) if isinstance(part, Command | NextStep) else part for part in self._parts
        )
        return self._sentence.format(*called)


def joined(*texts: str) -> NextStep:
    """The texts that are not empty, separated by spaces; their commands stay commands."""
    given = tuple(filter(None, texts))
    return NextStep(" ".join("{}" for _ in given), *given)
