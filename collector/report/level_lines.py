"""Writes the account, the groups and the roles of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from collector.model.setting_levels import LeveledSetting
from collector.query.why import KnownValue
from collector.report.blocks import DataBlock
from collector.report.levels import Level, LevelReader
from collector.report.redaction import Redaction
from collector.store import Store

_ROLE = "zoom_role"
_BUILT_IN = "systemRole"


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
            unread = (KnownValue(unread=reader.account_unread()),) * len(self.settings)
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
