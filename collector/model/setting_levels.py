"""A setting at every level of Zoom: the account has a default, a group its own, a user what holds; two may lock it."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model.graph import EntityType


@dataclass(frozen=True)
class SettingLocation:
    """Where a level says it: the property, the part that holds it, and the scopes (classic, granular) to read that."""

    property: str
    part: str
    scopes: tuple[str, str]


@dataclass(frozen=True)
class LevelLocations:
    """Where the account or a group says what a setting is there, and whether it is locked: the first that does."""

    values: tuple[SettingLocation, ...]
    locks: tuple[SettingLocation, ...]


@dataclass(frozen=True)
class LeveledSetting:
    """A setting. `path` as Zoom writes it in the user's document; `name`: the property.

    What users do not have (two factors, single sign-on, chat) has no `user`: `path` and `name` are then those of the
    account or of groups. A level without such a setting has no locations.
    """

    path: str
    name: str
    description: str
    user: SettingLocation | None
    account: LevelLocations
    group: LevelLocations


@dataclass(frozen=True)
class Level:
    """A kind of entity that has settings; the step that reads it, and the scopes (classic, granular) of its list."""

    entity: EntityType
    step: str
    scopes: tuple[str, str]


@dataclass(frozen=True)
class SettingLevels:
    """The levels, and every setting: those of users, then those that only the account or groups have.

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
