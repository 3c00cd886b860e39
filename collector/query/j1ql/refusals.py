"""How a query is refused: what it says and where, why not, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from collector.errors import UsageError
from collector.next_steps import Command, NextStep
from collector.query.j1ql.syntax import Position

_READ_THE_GUIDE = "docs/asking.md describes what can be asked, with examples."
_ASK_JUPITERONE = NextStep(
    "Upload the graph with `{}`, then ask JupiterOne: there, or with its own client (npm package "
    "@jupiterone/jupiterone-client-nodejs, key in J1_API_TOKEN): `j1 --account NAME --query 'FIND …'`.",
    Command("sync"),
)


def refused(position: Position, reason: str, next_step: str = _READ_THE_GUIDE) -> UsageError:
    """The query cannot be answered because of what stands here."""
    return UsageError(f"Line {position.line}, column {position.column}: {reason}", next_step)


def for_the_platform(position: Position, what: str) -> UsageError:
    """What only JupiterOne knows."""
    return refused(position, f"{what} known to JupiterOne only.", _ASK_JUPITERONE)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known names that are spelled like this one, in words; empty if there is none."""
    by_fold = {each.lower(): each for each in sorted(known, reverse=True)}
    close = [by_fold[fold] for fold in get_close_matches(name.lower(), by_fold, n=3, cutoff=0.6)]
    return " or ".join(f"`{each}`" for each in close)
