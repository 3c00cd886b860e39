"""What was read of what should have been: the law that governs deletion, exit code and trust.

For every (step, thing read) there is one Coverage. A type is partial exactly when its *set* was not read completely;
a single *document* that could not be read is carried over from the last reading and named here with its age.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Status(str, Enum):
    """How completely a thing was read."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    DENIED = "denied"
    NOT_LICENSED = "not licensed"
    SKIPPED = "skipped"
    NOT_GRANTED = "not granted"

    @property
    def incomplete(self) -> bool:
        """Whether it makes the run end with exit code 3; not licensed, skipped and not granted do not."""
        return self in (Status.PARTIAL, Status.DENIED)


@dataclass(frozen=True)
class Coverage:
    """How far one reading of one step got.

    `reading` names the thing read ("users?status=inactive", "settings"). `is_set` tells a set (a list, whose
    incompleteness makes types partial) from documents. `read` counts rows or documents read, `deleted_meanwhile` those
    that answered 404 in between, `stale` documents kept from an earlier reading, `missing` documents neither read nor
    kept. `oldest`: when the oldest one carried over was read, in milliseconds since 1970. `scopes`: what to add,
    classic and granular, when denied or not granted. `unavailable` counts documents that Zoom refuses of whom it may
    (inactive people), which is no fault.
    """

    step: str
    dataset: str
    status: Status
    is_set: bool
    read: int = 0
    deleted_meanwhile: int = 0
    stale: int = 0
    missing: int = 0
    unavailable: int = 0
    oldest: int | None = None
    reason: str = ""
    next_step: str = ""
    scopes: tuple[str, ...] = ()


def any_incomplete(coverage: Iterable[Coverage]) -> bool:
    """Whether something was denied or left unread: exit code 3."""
    return any(entry.status.incomplete for entry in coverage)
