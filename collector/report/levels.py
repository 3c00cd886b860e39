"""What the account and the groups say of every setting after a run, and what of it was not read, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from collector.model.coverage import Coverage, Status
from collector.model.graph import Properties
from collector.model.setting_levels import LeveledSetting, LevelLocations, SettingLevels, SettingLocation
from collector.query.setting_values import why_unread
from collector.query.why import KnownValue
from collector.store import EntityParts, Store


@dataclass(frozen=True)
class Level:
    """The account or a group. `values` and `locks`: of each setting, in the order of the settings."""

    key: str
    properties: Properties
    values: tuple[KnownValue, ...]
    locks: tuple[KnownValue, ...]


class LevelReader:
    """Reads the levels of a run. `coverage`: what that run says of what it read."""

    def __init__(self, store: Store, levels: SettingLevels, run: int, coverage: Sequence[Coverage]) -> None:
        self._store = store
        self._levels = levels
        self._run = run
        self._coverage: Mapping[tuple[str, str], Coverage] = {(each.step, each.dataset): each for each in coverage}

    def account(self) -> Level | None:
        """The account; None if it was not read."""
        level = self._levels.account
        for entity in self._entities(level.entity.type, "account"):
            return self._level(level.step, [each.account for each in self._levels.settings], entity)
        return None

    def groups(self) -> Iterator[Level]:
        """The groups, sorted by key."""
        level = self._levels.group
        locations = [each.group for each in self._levels.settings]
        for entity in self._entities(level.entity.type, "group"):
            yield self._level(level.step, locations, entity)

    def account_unread(self) -> str:
        """Why the account is not known, a clause."""
        level = self._levels.account
        return self._list_unread(level.step, level.scopes) or "the account is not in the graph"

    def groups_unread(self, *, members: bool = True) -> str:
        """Why the groups, or their members, are not known, a clause; "" where they are."""
        levels = self._levels
        if why := self._list_unread(levels.group.step, levels.group.scopes):
            return f"the groups were not read ({why})"
        why = self._list_unread(levels.membership_step, levels.group.scopes) if members else ""
        return f"the members of groups were not read ({why})" if why else ""

    def user_part_unread(self, location: SettingLocation) -> str:
        """Why a document of users was not read, a clause."""
        return why_unread(self._coverage.get((self._levels.user.step, location.part)), location.scopes)

    def _entities(self, type_: str, level: str) -> Iterator[EntityParts]:
        locations = [
            location
            for setting in self._levels.settings
            for said in (setting.account if level == "account" else setting.group,)
            for location in (*said.values, *said.locks)
        ]
        return self._store.entity_parts(type_, self._run, {location.part for location in locations})

    def _level(self, step: str, settings: Sequence[LevelLocations], entity: EntityParts) -> Level:
        locks = (self._known(step, each.locks, entity) for each in settings)
        return Level(
            entity.key,
            entity.properties,
            tuple(self._known(step, each.values, entity) for each in settings),
            tuple(lock if isinstance(lock.value, bool) else KnownValue(unread=lock.unread) for lock in locks),
        )

    def _known(self, step: str, locations: Sequence[SettingLocation], entity: EntityParts) -> KnownValue:
        """The first of the locations that holds a value. Without locations Zoom says nothing."""
        for location in locations:
            if (value := entity.properties.get(location.property)) is not None:
                return KnownValue(value)
        unread = next((location for location in locations if location.part not in entity.documents), None)
        if unread is None:
            return KnownValue()
        return KnownValue(unread=why_unread(self._coverage.get((step, unread.part)), unread.scopes))

    def _list_unread(self, step: str, scopes: tuple[str, str]) -> str:
        entries = [entry for (of, _), entry in self._coverage.items() if of == step and entry.is_list]
        for entry in entries:
            if entry.status not in (Status.COMPLETE, Status.NOT_LICENSED):
                return why_unread(entry, scopes)
        return "" if entries else why_unread(None, scopes)


def has_lock(setting: LeveledSetting) -> bool:
    """Whether Zoom has a lock of the setting at any level."""
    return bool(setting.account.locks or setting.group.locks)
