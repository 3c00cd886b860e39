"""Coverage: how completely a run read the account. It governs deletion and the exit code.

There is one Coverage per dataset of a step. A type is partial exactly if its *list* was not read completely. A single
*document* that could not be read is kept from an earlier run: stale, and reported with its age.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Status(str, Enum):
    """How completely a dataset was read."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    DENIED = "denied"
    NOT_LICENSED = "not licensed"
    SKIPPED = "skipped"
    NOT_GRANTED = "not granted"

    @property
    def incomplete(self) -> bool:
        """Whether the run ends with exit code 3; not licensed, not granted and skipped do not."""
        return self in (Status.PARTIAL, Status.DENIED)


@dataclass(frozen=True)
class Coverage:
    """How completely one dataset of one step was read.

    `dataset`: what was read ("users?status=inactive", "settings"). `is_list`: whether it is a list, which makes types
    partial if incomplete, rather than documents. `read`: rows or documents read. `deleted_meanwhile`: entities that
    were listed, then not found. `stale`: documents kept from an earlier run; `oldest`: when the oldest of them was
    read (milliseconds since 1970). `missing`: documents neither read nor kept. `unavailable`: documents that Zoom does
    not serve for inactive users, which is not a failure. `scopes`: the scopes to add if denied
    or not granted, classic and granular.
    """

    step: str
    dataset: str
    status: Status
    is_list: bool
    read: int = 0
    deleted_meanwhile: int = 0
    stale: int = 0
    missing: int = 0
    unavailable: int = 0
    oldest: int | None = None
    reason: str = ""
    next_step: str = ""
    scopes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all of it was read by this run."""
        return self.status is Status.COMPLETE and not self.missing and not self.stale

    @property
    def why(self) -> str:
        """Why not all of it was read, as the end of a sentence."""
        if self.status is Status.NOT_GRANTED:  # `reason` says what the scope would add
            return "its scope is not granted"
        if self.scopes:
            return f"it needs the scope {' or '.join(self.scopes)}"
        return self.reason.rstrip(".") or self.status.value


def any_incomplete(coverage: Iterable[Coverage]) -> bool:
    """Whether something was denied or not read: exit code 3."""
    return any(entry.status.incomplete for entry in coverage)
