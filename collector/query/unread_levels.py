"""Why the account, the groups or a document of settings were not read, by the coverage of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from collector.model.coverage import Coverage, Status
from collector.model.setting_levels import SettingLevels, SettingLocation


class UnreadLevels:
    """Why what a run should have read is not known: clauses, "" for what was read."""

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
