"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from collector.errors import CollectorError, ExitCode


class Level(str, Enum):
    """How a thing stands."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `fix` says what mends it; `exit_code` what a failure of it means."""

    subject: str
    level: Level
    message: str
    fix: str = ""
    exit_code: ExitCode = ExitCode.COMPLETE

    @classmethod
    def of(cls, subject: str, failure: CollectorError) -> Finding:
        """A failure that something else has met, too."""
        return cls(subject, Level.FAILURE, failure.message, failure.next_step, failure.exit_code)
