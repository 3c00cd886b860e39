"""What was not read, as the page says it: each reason once, for people, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.model.coverage import Coverage, Status
from collector.next_steps import Command, NextStep

_DATASETS = {
    "account": "the account",
    "meeting_authentication": "sign-in to meetings",
    "meeting_security": "security of meetings",
    "recording_authentication": "sign-in to recordings",
    "users?status=active": "active people",
    "users?status=inactive": "inactive people",
    "users?status=pending": "invited people who have not signed in yet",
    "zoom_user_assigned_role": "who holds which role",
    "zoom_account_has_role": "roles of the account",
    "zoom_group_has_user": "who is in which group",
    "zoom_account_has_group": "groups of the account",
    "zoom_account_has_user": "users of the account",
}
"""What people call the datasets that Zoom's parameters or a type of relationship name."""

_COLLECT = Command("collect")
_WHAT_TO_DO: dict[Status, str] = {
    Status.SKIPPED: NextStep("To have it read, run `{}` without that choice.", _COLLECT),
    Status.PARTIAL: NextStep("Run `{}` again; if it fails again, see `{}`.", _COLLECT, Command("status")),
    Status.DENIED: NextStep("Remove the cause, then run `{}` again.", _COLLECT),
    Status.NOT_LICENSED: "Nothing: the account's plan does not include it.",
    Status.NOT_GRANTED: "Grant the scope if you want it read; it is optional.",
}
"""Where the run itself named no next step and no scope."""


@dataclass(frozen=True)
class Gap:
    """What was not read for one reason. `missing`, `stale`: documents of all of it; None for lists."""

    entries: tuple[Coverage, ...]

    @property
    def names(self) -> str:
        """What it is, in the words of people."""
        return ", ".join(dict.fromkeys(name_of_dataset(each.dataset) for each in self.entries))

    @property
    def technical(self) -> str:
        """The steps with their datasets."""
        steps: dict[str, list[str]] = {}
        for each in self.entries:
            steps.setdefault(each.step, []).append(each.dataset)
        return "; ".join(f"{step}: {', '.join(datasets)}" for step, datasets in steps.items())

    @property
    def status(self) -> Status:
        return self.entries[0].status

    @property
    def is_list(self) -> bool:
        return self.entries[0].is_list

    @property
    def missing(self) -> int:
        return sum(each.missing for each in self.entries)

    @property
    def stale(self) -> int:
        return sum(each.stale for each in self.entries)

    @property
    def oldest(self) -> int | None:
        """When the oldest of what is stale was read."""
        return min((each.oldest for each in self.entries if each.oldest), default=None)

    @property
    def why(self) -> str:
        """The reason as a sentence, "" where it is not shown."""
        reason = self.entries[0].reason.rstrip(".")
        return f"{reason[0].upper()}{reason[1:]}." if reason else ""

    @property
    def what_to_do(self) -> str:
        entry = self.entries[0]
        if entry.next_step:
            return str(entry.next_step)
        if entry.scopes:
            return f"Add the scope {' or '.join(entry.scopes)}."
        return _WHAT_TO_DO.get(entry.status, "")


def name_of_dataset(dataset: str) -> str:
    """What people call it."""
    return _DATASETS.get(dataset, dataset)


def together(entries: Sequence[Coverage]) -> tuple[Gap, ...]:
    """Those with the same reason together, in the order of the first of each."""
    alike: dict[object, list[Coverage]] = {}
    for each in entries:
        alike.setdefault((each.is_list, each.status, each.reason, each.next_step, each.scopes), []).append(each)
    return tuple(Gap(tuple(found)) for found in alike.values())
