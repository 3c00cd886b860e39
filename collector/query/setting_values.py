"""What the store holds of one setting: at every level for one user, or for the whole account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from collector.errors import UsageError
from collector.model.coverage import Coverage, Status
from collector.model.graph import Properties, PropertyValue
from collector.model.setting_levels import LeveledSetting, LevelPlaces, Place, SettingLevels
from collector.next_steps import Command, NextStep
from collector.query.show import find_entities, require_collected
from collector.query.why import Explanation, LevelReading, Reading, explain
from collector.store import Store

_MAX_CANDIDATES = 20


@dataclass(frozen=True)
class UserSetting:
    """A setting of one user, at every level. `groups`: the user's, in Zoom's order."""

    setting: LeveledSetting
    user: Properties
    value: Reading
    account: LevelReading
    groups: tuple[LevelReading, ...]
    explanation: Explanation


@dataclass(frozen=True)
class SettingOverview:
    """A setting in the whole account.

    `differing`: the groups that have another value than the account (any value, if the account's is not known), or lock
    it where the account does not.
    `unread_groups`: those of which one or the other is not known. `users`: each value, with how many users have it, the
    most frequent first; `without`: of how many Zoom sends none; `unread`: of how many it is not known, and why.
    """

    setting: LeveledSetting
    account: LevelReading
    differing: tuple[LevelReading, ...]
    unread_groups: tuple[LevelReading, ...]
    groups_unread: str
    users: tuple[tuple[PropertyValue, int], ...]
    without: int
    unread: int
    unread_because: str


def find_setting(levels: SettingLevels, text: str) -> LeveledSetting:
    """The setting that `text` names: the property, Zoom's path, the last word of that, or any part that is unique.

    Case and separators do not count. Raises UsageError when there is none, or more than one.
    """
    wanted = _letters(text)
    by_letters = {_letters(setting.path): setting for setting in levels.settings if wanted}
    if wanted in by_letters:
        return by_letters[wanted]
    last_words = [each for each in by_letters.values() if _letters(each.path.rpartition(".")[2]) == wanted]
    found = last_words or [each for letters, each in by_letters.items() if wanted in letters]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{text!r} may be one of {len(found)} settings: {_listed([each.path for each in found])}.",
            "Name one of them, as written here.",
        )
    raise UsageError(
        f"There is no setting of users {text!r} in the graph.",
        NextStep(
            "Name it as Zoom does (in_meeting.waiting_room), by its property (inMeetingWaitingRoom), or by a part of "
            "either; `{}` lists those of a user.",
            Command("show", "user EMAIL"),
        ),
    )


def setting_of_user(store: Store, levels: SettingLevels, email: str, text: str) -> UserSetting:
    """The setting of the user whom `email` names, and why it is so. Raises UsageError."""
    require_collected(store)
    setting = find_setting(levels, text)
    found = find_entities(store, levels.user.entity, email)
    if len(found) > 1:
        keys = _listed([str(view.entity["_key"]) for view in found])
        raise UsageError(f"{email!r} may be one of {len(found)} users: {keys}.", "Name one of them by this key.")
    user = store.entity(str(found[0].entity["_key"])) or {}
    reader = _Reader(store, levels)
    value = reader.value_of_user(setting, user)
    account = reader.account(setting)
    groups, groups_unread = reader.groups_of(setting, user)
    return UserSetting(setting, user, value, account, tuple(groups), explain(value, account, groups, groups_unread))


def setting_overview(store: Store, levels: SettingLevels, text: str) -> SettingOverview:
    """The setting in the whole account. Raises UsageError."""
    require_collected(store)
    setting = find_setting(levels, text)
    reader = _Reader(store, levels)
    account = reader.account(setting)
    groups = [reader.group(setting, group) for group in store.entities(levels.group.entity.type)]
    users, without = reader.users_by_value(setting)
    unread = store.count(levels.user.entity.type) - without - sum(count for _, count in users)
    return SettingOverview(
        setting,
        account,
        tuple(group for group in groups if _differs(group, account)),
        tuple(group for group in groups if group.value.unread or group.lock.unread),
        reader.groups_unread(members=False),
        tuple(users),
        without,
        unread,
        reader.why_unread(levels.user.step, setting.user) if unread else "",
    )


def _differs(group: LevelReading, account: LevelReading) -> bool:
    if group.is_locked and not account.is_locked:
        return True
    value = group.value.value
    return value is not None and (account.value.value is None or not account.value.may_be(group.value))


class _Reader:
    """Reads one setting from a store. What it does not find it explains by the coverage of the latest run."""

    def __init__(self, store: Store, levels: SettingLevels) -> None:
        self._store = store
        self._levels = levels
        run = store.latest_run()
        coverage: Sequence[Coverage] = () if run is None else run.coverage
        self._coverage: Mapping[tuple[str, str], Coverage] = {(each.step, each.dataset): each for each in coverage}

    def value_of_user(self, setting: LeveledSetting, user: Properties) -> Reading:
        level = self._levels.user
        status = user.get("status")
        otherwise = f"Zoom gives none of a user whose status is {status}" if status != "active" else ""
        return self._read(level.step, (setting.user,), user, otherwise)

    def account(self, setting: LeveledSetting) -> LevelReading:
        level = self._levels.account
        entity = next(iter(self._store.entities(level.entity.type)), None)
        if entity is None:
            unread = Reading(unread=self._set_unread(level.step, level.scopes) or "the account is not in the graph")
            return LevelReading("account", unread, unread)
        return self._level("account", level.step, setting.account, entity)

    def group(self, setting: LeveledSetting, group: Properties) -> LevelReading:
        name = f"group {group.get('displayName') or group['_key']}"
        return self._level(name, self._levels.group.step, setting.group, group)

    def groups_of(self, setting: LeveledSetting, user: Properties) -> tuple[list[LevelReading], str]:
        """The user's groups as Zoom orders them, and why they are not known, "" where they are."""
        levels = self._levels
        listed = user.get(levels.precedence)
        ids = [str(each) for each in listed] if isinstance(listed, list) else []
        groups = {}
        for relationship in self._store.relationships_of(str(user["_key"])):
            if relationship.type == levels.membership and (found := self._store.entity(relationship.source_key)):
                groups[str(found.get("id"))] = found
        for id_ in ids:
            if id_ not in groups:
                named = self._store.find(levels.group.entity.type, id_)
                groups |= {str(each["id"]): each for each in named if each.get("id") == id_}
        unread = [id_ for id_ in ids if id_ not in groups]
        ordered = sorted(groups, key=lambda id_: ids.index(id_) if id_ in ids else len(ids))
        readings = [self.group(setting, groups[id_]) for id_ in ordered]
        why = "" if ids and not unread else self.groups_unread()
        if unread and not why:
            why = f"the groups {_listed(unread)} are not in the graph"
        return readings, why

    def users_by_value(self, setting: LeveledSetting) -> tuple[list[tuple[PropertyValue, int]], int]:
        """Each value with how many users have it, the most frequent first; and how many have none."""
        counts: dict[str, tuple[PropertyValue, int]] = {}
        without = 0
        for properties, count in self._store.documents(self._levels.user.entity.type, setting.user.part):
            value = properties.get(setting.name)
            if value is None:
                without += count
            else:
                counts[repr(value)] = value, counts.get(repr(value), (value, 0))[1] + count
        return sorted(counts.values(), key=lambda each: (-each[1], repr(each[0]))), without

    def groups_unread(self, *, members: bool = True) -> str:
        """Why the groups, or their members, are not known, a clause; "" where they are."""
        levels = self._levels
        if why := self._set_unread(levels.group.step, levels.group.scopes):
            return f"the groups were not read ({why})"
        why = self._set_unread(levels.membership_step, levels.group.scopes) if members else ""
        return f"the members of groups were not read ({why})" if why else ""

    def why_unread(self, step: str, place: Place) -> str:
        """Why a document was not read."""
        return _why(self._coverage.get((step, place.part)), place.scopes)

    def _set_unread(self, step: str, scopes: tuple[str, str]) -> str:
        """Why a set was not read completely, "" where it was."""
        entries = [entry for (of, _), entry in self._coverage.items() if of == step and entry.is_list]
        for entry in entries:
            if entry.status not in (Status.COMPLETE, Status.NOT_LICENSED):
                return _why(entry, scopes)
        return "" if entries else _why(None, scopes)

    def _level(self, name: str, step: str, places: LevelPlaces, entity: Properties) -> LevelReading:
        lock = self._read(step, places.locks, entity)
        return LevelReading(
            name,
            self._read(step, places.values, entity),
            lock if isinstance(lock.value, bool) else replace(lock, value=None),
            str(entity["_key"]),
        )

    def _read(self, step: str, places: Sequence[Place], entity: Properties, otherwise: str = "") -> Reading:
        """The first of the places that says something. `otherwise`: why it was not read, if that is known already."""
        read_at = {part.part: part.read_at for part in self._store.parts(str(entity["_key"]))}
        for place in places:
            if (value := entity.get(place.property)) is not None:
                return Reading(value, read_at=read_at.get(place.part))
        unread = next((place for place in places if place.part not in read_at), None)
        if unread is not None:
            return Reading(unread=otherwise or self.why_unread(step, unread))
        return Reading(unread="" if places else "not collected by this version")


def _why(entry: Coverage | None, scopes: tuple[str, str]) -> str:
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


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - _MAX_CANDIDATES
    return ", ".join(chain(names[:_MAX_CANDIDATES], [f"and {more} more"] if more > 0 else []))
