"""Deletion safety: no upload deletes much of a graph without --allow-deletes."""

from __future__ import annotations

from collections.abc import Sequence

from collector.errors import UnsafeUpload
from collector.next_steps import Command, NextStep, joined
from collector.upload.diff import ALL_TYPES, Deletions, RemoteCounts, UploadDiff

RULE = (
    "An upload that would delete more than a fifth of a type, and more than ten objects of it, needs --allow-deletes."
)
"""For help and documents."""
_USE_ANOTHER_DESTINATION = NextStep(
    "Give each Zoom account its own integration instance (`{}`), or its own scope (`--scope NAME`).",
    Command("instance create"),
)


def check_safe(diff: UploadDiff) -> None:
    """Raise UnsafeUpload when too much would be deleted, or it is not known how much.

    Without JupiterOne's counts only the deletions in this computer's record are checked.
    """
    if set(ALL_TYPES) <= set(diff.partial_types):
        raise UnsafeUpload(
            f"The collection of run {diff.run.id} read no list completely.",
            NextStep(
                "Run `{}` again; to upload it anyway, `{}`.",
                Command("collect"),
                Command("sync", "--allow-deletes"),
            ),
        )
    if diff.remote is not None:
        _check_destination(diff, diff.remote)
    check_deletions(diff.deletions)


def _check_destination(diff: UploadDiff, remote: RemoteCounts) -> None:
    """An upload replaces everything at its destination, no matter who uploaded it."""
    uncounted = set(diff.unknown_types) - remote.counts.keys()
    if diff.query_failure is not None and (diff.first or uncounted):
        raise UnsafeUpload(
            "This profile has not uploaded to this destination before, and JupiterOne did not report its counts, so "
            f"the deletions are unknown: {diff.query_failure.message}",
            joined(
                diff.query_failure.next_step,
                NextStep(
                    "If the key is right but may not query, and you are sure of the destination, run `{}` once.",
                    Command("sync", "--allow-deletes"),
                ),
            ),
        )
    if remote.other_account:
        key = diff.account_key
        other = f"another Zoom account than {key}" if key else "a Zoom account, and this profile does not know its own"
        raise UnsafeUpload(
            f"This destination in JupiterOne contains {other}; the upload would replace its whole graph.",
            NextStep("{} To replace it, run `{}`.", _USE_ANOTHER_DESTINATION, Command("sync", "--allow-deletes")),
        )
    if remote.others:
        raise UnsafeUpload(
            f"This destination in JupiterOne contains {remote.others:,} entities that are not Zoom's; the upload "
            "would delete them all.",
            NextStep("{} To delete them, run `{}`.", _USE_ANOTHER_DESTINATION, Command("sync", "--allow-deletes")),
        )


def check_deletions(deletions: Sequence[Deletions]) -> None:
    """Raise UnsafeUpload when too many objects of any type would be deleted."""
    too_many = [str(entry) for entry in deletions if entry.too_many]
    if too_many:
        raise UnsafeUpload(
            f"This upload would delete {', '.join(too_many)} in JupiterOne.",
            NextStep(
                "Check with `{}`. If the deletions are right, run `{}`.",
                Command("sync", "--dry-run"),
                Command("sync", "--allow-deletes"),
            ),
        )
