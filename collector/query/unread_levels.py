"""What is known of a setting, and why the account, the groups or a document were not read: by the coverage of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from collector.model.coverage import Coverage, Status
from collector.model.graph import Properties
from collector.model.setting_levels import SettingLevels, SettingLocation
from collector.query.why import KnownValue


class UnreadLevels:
    """What a run read of a setting, and why it did not read the rest: clauses, "" for what was read."""

    def __init__(self, levels: SettingLevels, coverage: Iterable[Coverage]) -> None:
        self._levels = levels
        self._coverage: Mapping[tuple[str, str], Coverage] = {(each.step, each.dataset): each for each in coverage}

    def account(self) -> str:
        """Why the account is not in the graph."""
        level = self._levels.account
        return self.of_list(level.step, level.scopes) or "the account is not in the graph"

    def groups(self, *, members: bool = True) -> str:
        """Why the groups, or their members, are not known."""
        levels = self._levels
        if why := self.of_list(levels.group.step, levels.group.scopes):
            return f"the groups were not read ({why})"
        why = self.of_list(levels.membership_step, levels.group.scopes) if members else ""
        return f"the members of groups were not read ({why})" if why else ""

    def value(
        self,
        step: str,
        locations: Sequence[SettingLocation],
        entity: Properties,
        read_at: Mapping[str, int],
        otherwise: str = "",
    ) -> KnownValue:
        """What the first of the locations says that holds a value. `read_at`: when each part of the entity was read.

        `otherwise`: why it was not read, if that is known already. Without locations the level has no such setting, or
        no lock of it: Zoom says nothing.
        """
        for location in locations:
            if (value := entity.get(location.property)) is not None:
                return KnownValue(value, read_at=read_at.get(location.part))
        unread = next((location for location in locations if location.part not in read_at), None)
        return KnownValue(unread=(otherwise or self.document(step, unread)) if unread is not None else "")

    def lock(
        self, step: str, locations: Sequence[SettingLocation], entity: Properties, read_at: Mapping[str, int]
    ) -> KnownValue:
        """The same of a lock, which is a boolean."""
        known = self.value(step, locations, entity, read_at)
        return known if isinstance(known.value, bool) else replace(known, value=None)

    def document(self, step: str, location: SettingLocation) -> str:
        """Why a document was not read."""
        return _why_unread(self._coverage.get((step, location.part)), location.scopes)

    def of_list(self, step: str, scopes: tuple[str, str]) -> str:
        """Why a list was not read completely."""
        entries = [entry for (of, _), entry in self._coverage.items() if of == step and entry.is_list]
        for entry in entries:
            if entry.status not in (Status.COMPLETE, Status.NOT_LICENSED):
                return _why_unread(entry, scopes)
        return "" if entries else _why_unread(None, scopes)


def _why_unread(entry: Coverage | None, scopes: tuple[str, str]) -> str:
    """Why something was not read, and which scope would tell."""
    needed = f"it needs the scope {scopes[0]} or {scopes[1]}"
    if entry is None:
        return f"not collected yet; {needed}"
    if entry.scopes:
        return needed
    if entry.status is Status.NOT_LICENSED:
        return "not in the account's plan"
    if entry.status is Status.COMPLETE:
        return "Zoom gave none"
    return entry.reason.rstrip(".") or entry.status.value
