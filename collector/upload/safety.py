"""Deletion safety: no upload deletes much of a graph unless somebody has said so. Nobody is asked here."""

from __future__ import annotations

from collections.abc import Sequence

from collector.errors import UnsafeUpload
from collector.next_steps import Command, NextStep, joined
from collector.upload.diff import ALL_TYPES, Deletions, Foresight, Held

RULE = (
    "An upload that would delete more than a fifth of a type, and more than ten objects of it, needs --allow-deletes."
)
"""The same in words, for help and documents."""
_ANOTHER_PLACE = NextStep(
    "Give each Zoom account an integration instance of its own (`{}`), or a scope of its own (`--scope NAME`).",
    Command("instance create"),
)


def check_safe(foresight: Foresight) -> None:
    """Raise UnsafeUpload when too much would be deleted, or nobody can tell how much.

    Of a foresight without what JupiterOne holds, only what this computer's record tells is looked at.
    """
    if set(ALL_TYPES) <= set(foresight.partial_types):
        raise UnsafeUpload(
            f"The collection of run {foresight.run.id} read no set completely, so there is nothing to rely on.",
            NextStep(
                "Run `{}` again; to upload it all the same, `{}`.",
                Command("collect"),
                Command("sync", "--allow-deletes"),
            ),
        )
    if foresight.held is not None:
        _check_place(foresight, foresight.held)
    check_deletions(foresight.deletions)


def _check_place(foresight: Foresight, held: Held) -> None:
    """An upload replaces all that stands at its place, whoever put it there."""
    untold = set(foresight.unknown_types) - held.counts.keys()
    if foresight.silence is not None and (foresight.first or untold):
        raise UnsafeUpload(
            "This profile has no record of what stands at this place in JupiterOne, and JupiterOne does not tell, so "
            f"nobody can say what this upload would delete: {foresight.silence.message}",
            joined(
                foresight.silence.next_step,
                NextStep(
                    "If the key is right and may only synchronize, and you are sure of the place, run `{}` this once.",
                    Command("sync", "--allow-deletes"),
                ),
            ),
        )
    if held.other_account:
        key = foresight.account_key
        other = f"another Zoom account than {key}" if key else "a Zoom account, and this profile does not know its own"
        raise UnsafeUpload(
            f"That place in JupiterOne holds {other}; this upload would replace its whole graph.",
            NextStep("{} If it is to be replaced, run `{}`.", _ANOTHER_PLACE, Command("sync", "--allow-deletes")),
        )
    if held.others:
        raise UnsafeUpload(
            f"That place in JupiterOne holds {held.others:,} entities that no Zoom account has; this upload "
            "would delete them all.",
            NextStep("{} If they are to go, run `{}`.", _ANOTHER_PLACE, Command("sync", "--allow-deletes")),
        )


def check_deletions(deletions: Sequence[Deletions]) -> None:
    """Raise UnsafeUpload when of any type too many would be deleted."""
    too_many = [str(entry) for entry in deletions if entry.too_many]
    if too_many:
        raise UnsafeUpload(
            f"This upload would delete {', '.join(too_many)} in JupiterOne.",
            NextStep(
                "Look at it with `{}`. If it is right so, run `{}`.",
                Command("sync", "--dry-run"),
                Command("sync", "--allow-deletes"),
            ),
        )
