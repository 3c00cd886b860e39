"""Changes between two runs, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from collector.model.graph import PropertyValue
from collector.store import RunRecord

AREAS = ("users", "groups", "roles", "settings")
"""What changes are about. "groups" and "roles": also who has them; "roles": also their privileges. "settings": what is
set and locked for users, groups and the account."""


class Kind(str, Enum):
    """What happened.

    CAME, WENT: an entity. ACCEPTED: an invitation became a user. JOINED, LEFT: a group, or a role. CHANGED: a value.

    These are not certain. FIRST_READ: an entity that came, or was not read before. FIRST_READ_IN: the same of a group
    or role it is in. NEWLY_SENT, NO_LONGER_SENT: a value of a property that no entity of the type had in the earlier
    run, or has in the later one; Zoom, or this program, may have begun or ceased to give it.
    """

    CAME = "came"
    WENT = "went"
    ACCEPTED = "accepted"
    JOINED = "joined"
    LEFT = "left"
    CHANGED = "changed"
    FIRST_READ = "first read"
    FIRST_READ_IN = "first read in"
    NEWLY_SENT = "newly sent"
    NO_LONGER_SENT = "no longer sent"

    @property
    def is_certain(self) -> bool:
        return self not in (Kind.FIRST_READ, Kind.FIRST_READ_IN, Kind.NEWLY_SENT, Kind.NO_LONGER_SENT)


@dataclass(frozen=True, slots=True)
class Named:
    """An entity by its `_key`, and its name for people."""

    key: str
    name: str


@dataclass(frozen=True)
class Change:
    """What happened to one or more entities of a `_type`, ordered by key.

    `of`: the group or role that was joined or left. `part`, `property`, `old`, `new`: of a value; None is undefined.
    `invitations`: the keys before invitations were accepted, in the order of `who`.
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
    """What changed from the graph after one run to that after a later one.

    `uncertain`: what may be a change or not. `not_compared`: sentences about what one of the runs did not read.
    `left_behind`: the keys of the groups and roles of users who went or accepted an invitation, where all members were
    read.
    """

    since: RunRecord
    until: RunRecord
    changes: tuple[Change, ...]
    uncertain: tuple[Change, ...]
    not_compared: tuple[str, ...]
    left_behind: frozenset[str] = frozenset()

    @property
    def complete(self) -> bool:
        """Whether both runs read everything that was to be compared."""
        return not self.not_compared
