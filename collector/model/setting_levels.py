"""A setting at every level of Zoom: the account has a default, a group its own, a user what holds; two may lock it."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.graph import EntityType


@dataclass(frozen=True)
class Place:
    """Where a level says it: the property, the part that holds it, and the scopes (classic, granular) to read that."""

    property: str
    part: str
    scopes: tuple[str, str]


@dataclass(frozen=True)
class LevelPlaces:
    """Where the account or a group says what a setting is there, and whether it is locked: the first that does."""

    values: tuple[Place, ...]
    locks: tuple[Place, ...]


@dataclass(frozen=True)
class LeveledSetting:
    """A setting of users. `path` as Zoom writes it in the user's document."""

    path: str
    description: str
    user: Place
    account: LevelPlaces
    group: LevelPlaces

    @property
    def name(self) -> str:
        """Its property on a user."""
        return self.user.property


@dataclass(frozen=True)
class Level:
    """A kind of entity that has settings; the step that reads it, and the scopes (classic, granular) of its list."""

    entity: EntityType
    step: str
    scopes: tuple[str, str]


@dataclass(frozen=True)
class SettingLevels:
    """The levels, and every setting they share.

    `membership`: the relationship between group and user, read by `membership_step`. `precedence`: the property of a
    user that lists the ids of the groups, the one that comes first in Zoom's order first.
    """

    account: Level
    group: Level
    user: Level
    membership: str
    membership_step: str
    precedence: str
    settings: tuple[LeveledSetting, ...]
