"""Deletion safety: no upload deletes much of a graph unless somebody has said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.errors import UsageError

MOST_DELETED_SHARE = 0.2
MOST_DELETED = 10
RULE = (
    "An upload that would delete more than a fifth of a type, and more than ten objects of it, needs --allow-deletes."
)
"""The same in words, for help and documents."""


class UnsafeUpload(UsageError):
    """The upload may delete more than anybody expects. Nothing was sent."""


@dataclass(frozen=True)
class Deletions:
    """Of `before` objects of a `_type` in JupiterOne, `deleted` would go."""

    type: str
    deleted: int
    before: int

    @property
    def too_many(self) -> bool:
        """As `RULE` says."""
        return self.deleted > MOST_DELETED and self.deleted > MOST_DELETED_SHARE * self.before

    def __str__(self) -> str:
        return f"{self.deleted:,} of {self.before:,} {self.type} ({self.deleted / max(1, self.before):.0%})"


def check_deletions(deletions: Sequence[Deletions]) -> None:
    """Raise UnsafeUpload when of any type too many would be deleted."""
    too_many = [str(entry) for entry in deletions if entry.too_many]
    if too_many:
        raise UnsafeUpload(
            f"This upload would delete {', '.join(too_many)} in JupiterOne.",
            "Look at it with `collector sync --dry-run`. If it is right so, run `collector sync --allow-deletes`.",
        )
