"""What the store holds of one setting: at every level for one user, or for the whole account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from collector.errors import UsageError
from collector.model.graph import Properties, PropertyValue
from collector.model.setting_levels import LeveledSetting, LevelLocations, SettingLevels, SettingLocation
from collector.next_steps import Command, NextStep
from collector.query.show import find_entities, require_collected
from collector.query.unread_levels import UnreadLevels
from collector.query.why import Explanation, KnownValue, LevelValues, Verdict, explain
from collector.store import Store

_MAX_CANDIDATES = 20


@dataclass(frozen=True)
class UserSetting:
    """A setting of one user, at every level. `groups`: the user's, in Zoom's order.

    `may_be_outdated`: the user does not have what the levels say, which may have been read later than the user was.
    """

    setting: LeveledSetting
    user: Properties
    value: KnownValue
    account: LevelValues
    groups: tuple[LevelValues, ...]
    explanation: Explanation
    may_be_outdated: bool


@dataclass(frozen=True)
class UserCounts:
    """How many users have which value.

    `by_value`: the most frequent first; `without`: of how many Zoom sends none; `unread`: of how many it is not known,
    and why. `users_unread`: why there may be more users or fewer, a clause; "" where all were read.
    """

    by_value: tuple[tuple[PropertyValue, int], ...]
    without: int
    unread: int
    unread_because: str
    users_unread: str = ""


@dataclass(frozen=True)
class SettingOverview:
    """A setting in the whole account.

    `differing`: the groups that have another value than the account (any value, if the account's is not known), or lock
    it where the account does not.
    `unread_groups`: those of which one or the other is not known. `users`: None if users have no such setting.
    """

    setting: LeveledSetting
    account: LevelValues
    differing: tuple[LevelValues, ...]
    unread_groups: tuple[LevelValues, ...]
    groups_unread: str
    users: UserCounts | None


def find_setting(levels: SettingLevels, text: str) -> LeveledSetting:
    """The setting that `text` names: the property, Zoom's path, the last word of that, or any part that is unique.

    Case and separators do not count, and a setting of users comes before one of the account alone. Raises UsageError
    when there is none, or more than one.
    """
    found = _matching(levels, text)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{text!r} may be one of {len(found)} settings: {_listed([each.path for each in found])}.",
            "Name one of them, as written here.",
        )
    raise UsageError(
        f"There is no setting {text!r} in the graph.",
        NextStep(
            "Name it as Zoom does (in_meeting.waiting_room), by its property (inMeetingWaitingRoom), or by a part of "
            "either; `{}` lists those of a user, `{}` those of the account.",
            Command("show", "user EMAIL"),
            Command("show", "account"),
        ),
    )


def _matching(levels: SettingLevels, text: str) -> list[LeveledSetting]:
    wanted = _letters(text)
    found: list[LeveledSetting] = []
    for is_meant in (_is_path, _is_last_word, _is_part) if wanted else ():
        for has_user in (True, False):
            settings = (each for each in levels.settings if (each.user is not None) is has_user)
            found = found or [each for each in settings if is_meant(wanted, each.path)]
    return found


def _is_path(wanted: str, path: str) -> bool:
    return _letters(path) == wanted


def _is_last_word(wanted: str, path: str) -> bool:
    return _letters(path.rpartition(".")[2]) == wanted


def _is_part(wanted: str, path: str) -> bool:
    return wanted in _letters(path)


def _setting_of_users(levels: SettingLevels, text: str) -> tuple[LeveledSetting, SettingLocation]:
    """As `find_setting`, and where users have it. Raises UsageError if they do not have what is found."""
    others = [each for each in _matching(levels, text) if each.user is None]
    if not others:
        setting = find_setting(levels, text)
        if setting.user is not None:
            return setting, setting.user
    levels_with = {
        "the account": any(each.account.values for each in others),
        "groups": any(each.group.values for each in others),
    }
    whose = " and of ".join(name for name, has_them in levels_with.items() if has_them)
    paths = _listed([each.path for each in others])
    raise UsageError(
        f"Users have no such setting. Settings of {whose}: {paths}.",
        NextStep("Ask for one without EMAIL: `{}`.", Command("why", others[0].path)),
    )


def setting_of_user(store: Store, levels: SettingLevels, email: str, text: str) -> UserSetting:
    """The setting of the user whom `email` names, and why it is so. Raises UsageError."""
    require_collected(store)
    setting, location = _setting_of_users(levels, text)
    found = find_entities(store, levels.user.entity, email)
    if len(found) > 1:
        keys = _listed([str(view.entity["_key"]) for view in found])
        raise UsageError(f"{email!r} may be one of {len(found)} users: {keys}.", "Name one of them by this key.")
    user = store.entity(str(found[0].entity["_key"])) or {}
    reader = _Reader(store, levels)
    value = reader.value_of_user(location, user)
    account = reader.account(setting)
    groups, groups_unread = reader.groups_of(setting, user)
    explanation = explain(value, account, groups, groups_unread)
    run = store.latest_run()
    is_stale = run is not None and value.read_at is not None and value.read_at < run.began_at
    outdated = explanation.verdict is Verdict.DIFFERS or (explanation.verdict is Verdict.OWN_CHOICE and is_stale)
    return UserSetting(setting, user, value, account, tuple(groups), explanation, outdated)


def setting_overview(store: Store, levels: SettingLevels, text: str) -> SettingOverview:
    """The setting in the whole account. Raises UsageError."""
    require_collected(store)
    setting = find_setting(levels, text)
    reader = _Reader(store, levels)
    account = reader.account(setting)
    groups = [reader.group(setting, group) for group in store.entities(levels.group.entity.type)]
    return SettingOverview(
        setting,
        account,
        tuple(group for group in groups if _differs(group, account)),
        tuple(group for group in groups if group.value.unread or group.lock.unread),
        reader.unread.groups(members=False) if setting.group.values else "",
        None if setting.user is None else reader.users_by_value(setting.user),
    )


def _differs(group: LevelValues, account: LevelValues) -> bool:
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
        self._partial_types = () if run is None else run.partial_types
        self.unread = UnreadLevels(levels, () if run is None else run.coverage)

    def value_of_user(self, location: SettingLocation, user: Properties) -> KnownValue:
        level = self._levels.user
        status = user.get("status")
        otherwise = f"Zoom gives none of a user whose status is {status}" if status != "active" else ""
        return self.unread.value(level.step, (location,), user, self._read_at(user), otherwise)

    def account(self, setting: LeveledSetting) -> LevelValues:
        level = self._levels.account
        entity = next(iter(self._store.entities(level.entity.type)), None)
        if entity is None:
            unread = KnownValue(unread=self.unread.account())
            return LevelValues("account", unread, unread)
        return self._level("account", level.step, setting.account, entity)

    def group(self, setting: LeveledSetting, group: Properties) -> LevelValues:
        name = f"group {group.get('displayName') or group['_key']}"
        return self._level(name, self._levels.group.step, setting.group, group)

    def groups_of(self, setting: LeveledSetting, user: Properties) -> tuple[list[LevelValues], str]:
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
        values = [self.group(setting, groups[id_]) for id_ in ordered]
        why = "" if ids and not unread else self.unread.groups()
        if unread and not why:
            why = f"the groups {_listed(unread)} are not in the graph"
        return values, why

    def users_by_value(self, location: SettingLocation) -> UserCounts:
        level = self._levels.user
        counts: dict[str, tuple[PropertyValue, int]] = {}
        without = 0
        for properties, count in self._store.documents(level.entity.type, location.part):
            value = properties.get(location.property)
            if value is None:
                without += count
            else:
                counts[repr(value)] = value, counts.get(repr(value), (value, 0))[1] + count
        by_value = sorted(counts.values(), key=lambda each: (-each[1], repr(each[0])))
        unread = self._store.count(level.entity.type) - without - sum(count for _, count in by_value)
        because = self.unread.document(level.step, location) if unread else ""
        return UserCounts(tuple(by_value), without, unread, because, self.users_unread())

    def users_unread(self) -> str:
        """Why the users are not all known, a clause; "" where they are."""
        level = self._levels.user
        if level.entity.type not in self._partial_types:
            return ""
        return f"not every user was read ({self.unread.of_list(level.step, level.scopes)})"

    def _level(self, name: str, step: str, locations: LevelLocations, entity: Properties) -> LevelValues:
        read_at = self._read_at(entity)
        return LevelValues(
            name,
            self.unread.value(step, locations.values, entity, read_at),
            self.unread.lock(step, locations.locks, entity, read_at),
            str(entity["_key"]),
        )

    def _read_at(self, entity: Properties) -> dict[str, int]:
        return {part.part: part.read_at for part in self._store.parts(str(entity["_key"]))}


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - _MAX_CANDIDATES
    return ", ".join(chain(names[:_MAX_CANDIDATES], [f"and {more} more"] if more > 0 else []))
