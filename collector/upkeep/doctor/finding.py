"""The result of a check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from collector.errors import CollectorError, ExitCode


class Level(str, Enum):
    """The result in one word."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """What a check found. `fix`: what to do about it; `exit_code`: that of `collector doctor` for this failure."""

    subject: str
    level: Level
    message: str
    fix: str = ""
    exit_code: ExitCode = ExitCode.COMPLETE

    @classmethod
    def of(cls, subject: str, failure: CollectorError) -> Finding:
        """The finding for a failure that a check raised."""
        return cls(subject, Level.FAILURE, failure.message, failure.next_step, failure.exit_code)
