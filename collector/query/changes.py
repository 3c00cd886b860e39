"""What changed between two runs: who came and left, who joined which group or role, which values are others now.

Only what both runs know is called a change. What one of them did not read is said in `Changes.not_compared`, and what
may or may not be a change is in `Changes.uncertain`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from collector.model.graph import PropertyValue
from collector.model.graph_schema import GraphSchema
from collector.store import RunRecord, Store

AREAS = ("users", "groups", "roles", "settings")
"""What changes are about. "settings": the documents of users, groups and the account; "groups" and "roles" include who
has them, "roles" their privileges."""


class Kind(str, Enum):
    """What happened. The kinds from FIRST_SEEN on are uncertain.

    ACCEPTED: an invitation became a user. FIRST_SEEN, FIRST_SEEN_IN: came or joined, or was not read before.
    NEWLY_SENT, NO_LONGER_SENT: a property that no entity had in the earlier run, or has in the later one.
    """

    CAME = "came"
    LEFT = "left"
    ACCEPTED = "accepted"
    JOINED = "joined"
    REMOVED = "removed"
    CHANGED = "changed"
    FIRST_SEEN = "first seen"
    FIRST_SEEN_IN = "first seen in"
    NEWLY_SENT = "newly sent"
    NO_LONGER_SENT = "no longer sent"


@dataclass(frozen=True, slots=True)
class Named:
    """An entity by its `_key`, and its name for people."""

    key: str
    name: str


@dataclass(frozen=True)
class Change:
    """One thing that happened to one or more entities of a `_type`, ordered by key.

    `of`: the group or role that was joined or left. `part`, `property`, `old`, `new`: of a value; None is undefined.
    `invitations`: the keys before an invitation was accepted, in the order of `who`.
    """

    kind: Kind
    type: str
    who: tuple[Named, ...]
    of: Named | None = None
    part: str = ""
    property: str = ""
    old: PropertyValue = None
    new: PropertyValue = None
    invitations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What changed between two runs. `not_compared`: sentences for people about what one of the runs did not read."""

    since: RunRecord
    until: RunRecord
    changes: tuple[Change, ...]
    uncertain: tuple[Change, ...]
    not_compared: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether both runs read everything that was to be compared."""
        return not self.not_compared


def compared_runs(store: Store, since: str | None = None, until: str | None = None) -> tuple[RunRecord, RunRecord]:
    """The runs to compare, each named by its number or a date; by default the newest and the one before.

    Raises UsageError if there is no such run, or the first is not before the second.
    """
    raise NotImplementedError


def previous_run(store: Store, until: RunRecord) -> RunRecord | None:
    """The newest run of an earlier session whose graph was written (exit code 0, 3 or 75); None if there is none."""
    raise NotImplementedError


def changes(
    store: Store, schema: GraphSchema, since: RunRecord, until: RunRecord, of: Collection[str] = AREAS
) -> Changes:
    """What changed from the graph after one run to that after a later one, in these areas."""
    raise NotImplementedError
