"""The account, the groups and the roles of the page: what they say of every setting, and what was not read, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from collector.model.coverage import Coverage
from collector.model.graph import Properties
from collector.model.setting_levels import LeveledSetting, LevelLocations, SettingLevels
from collector.query.unread_levels import UnreadLevels
from collector.query.why import KnownValue
from collector.report.blocks import DataBlock
from collector.report.redaction import Redaction
from collector.store import EntityParts, Store

_ROLE = "zoom_role"
_BUILT_IN = "systemRole"


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
        self.unread = UnreadLevels(levels, coverage)

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

    def _entities(self, type_: str, level: str) -> Iterator[EntityParts]:
        locations = [
            location
            for setting in self._levels.settings
            for said in (setting.account if level == "account" else setting.group,)
            for location in (*said.values, *said.locks)
        ]
        return self._store.entity_parts(type_, self._run, {location.part for location in locations})

    def _level(self, step: str, settings: Sequence[LevelLocations], entity: EntityParts) -> Level:
        known = (entity.properties, entity.read_at)
        return Level(
            entity.key,
            entity.properties,
            tuple(self.unread.value(step, each.values, *known) for each in settings),
            tuple(self.unread.lock(step, each.locks, *known) for each in settings),
        )


def has_lock(setting: LeveledSetting) -> bool:
    """Whether Zoom has a lock of the setting at any level."""
    return bool(setting.account.locks or setting.group.locks)


@dataclass(frozen=True)
class LevelName:
    """A group or a role: its `_key`, and its name in the page."""

    key: str
    name: str
    is_admin: bool | None = None


@dataclass
class LevelLines:
    """Writes the lines, and keeps the names by place in the page. `reasons`: why something was not read, each once."""

    settings: Sequence[LeveledSetting]
    redaction: Redaction
    block: DataBlock
    account_key: str = ""
    account_name: str = ""
    groups: list[LevelName] = field(default_factory=list)
    group_ids: dict[str, int] = field(default_factory=dict)
    roles: list[LevelName] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def group_places(self) -> dict[str, int]:
        """The place of each group, by key."""
        return {each.key: place for place, each in enumerate(self.groups)}

    @property
    def role_places(self) -> dict[str, int]:
        """The place of each role, by key."""
        return {each.key: place for place, each in enumerate(self.roles)}

    def write_account(self, reader: LevelReader) -> None:
        """Write the account, also if nothing of it was read."""
        account = reader.account()
        if account is None:
            unread = (KnownValue(unread=reader.unread.account()),) * len(self.settings)
            account = Level("", {}, unread, unread)
        self.account_key = account.key
        self.account_name = _name(account)
        domains = {
            name: [self.redaction.text("domain", str(each)) for each in value]
            for name in ("managedDomains", "trustedDomains")
            if isinstance(value := account.properties.get(name), list)
        }
        name = self.redaction.name(account.key, self.account_name) if account.key else ""
        self.block.line(account=self._level(account, name) | domains)

    def write_groups(self, reader: LevelReader) -> None:
        """Write every group, one at a time."""
        for place, group in enumerate(reader.groups()):
            name = self.redaction.name(group.key, _name(group))
            self.groups.append(LevelName(group.key, name))
            self.group_ids[str(group.properties.get("id"))] = place
            self.block.line(group=self._level(group, name) | {"total": group.properties.get("totalMembers")})

    def write_roles(self, store: Store, run: int) -> None:
        """Write every role with its privileges."""
        for entity in store.entity_parts(_ROLE, run, ("privileges",)):
            role = entity.properties
            name = self.redaction.name(entity.key, str(role.get("displayName") or entity.key))
            admin = role.get("admin")
            self.roles.append(LevelName(entity.key, name, admin if isinstance(admin, bool) else None))
            description = None if self.redaction.is_on and not role.get(_BUILT_IN) else role.get("description")
            self.block.line(
                role={
                    "key": self.redaction.entity(entity.key),
                    "name": name,
                    "admin": admin,
                    "builtIn": role.get(_BUILT_IN),
                    "description": description,
                    "privileges": role.get("privilegeNames"),
                    "total": role.get("totalMembers"),
                }
            )

    def _level(self, level: Level, name: str) -> dict[str, object]:
        return {
            "key": self.redaction.entity(level.key) if level.key else "",
            "name": name,
            "values": [
                self._encoded(known, setting.description)
                for known, setting in zip(level.values, self.settings, strict=True)
            ],
            "locks": [self._encoded(known, "") for known in level.locks],
        }

    def _encoded(self, known: KnownValue, description: str) -> object:
        """The value; {"u": number of the reason} where it was not read, null where Zoom says nothing."""
        if not known.unread:
            return self.redaction.value(known.value, description)
        if known.unread not in self.reasons:
            self.reasons.append(known.unread)
        return {"u": self.reasons.index(known.unread)}


def _name(level: Level) -> str:
    return str(level.properties.get("displayName") or level.key)
