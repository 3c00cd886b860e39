"""How the settings of users correspond to those of groups and of the account, and what only those two have.

The same path means the same at every level, and the lock of a setting is that of its path, or of the section it is in.
`setting_levels.csv` has what Zoom does otherwise: for a path of the user, or a section of them, what it is called
besides in the settings of the account and of groups, and where its lock is (Zoom API reference; found by comparing the
fields of the three documents).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from collector.model.naming import property_name
from collector.model.setting_levels import Level, LeveledSetting, LevelLocations, SettingLevels, SettingLocation
from collector.resources import account, groups, users
from collector.resources.catalogue import ACCOUNT, GROUP, Setting, catalogue
from collector.resources.declaration import EntityDocument, Resource

_OPTIONS = frozenset({"meeting_authentication", "meeting_security", "recording_authentication"})
"""What the settings endpoints of all three levels take as `option`; a document with a name of its own is one of it."""


@dataclass(frozen=True)
class OtherNames:
    """What a path of the user is called elsewhere besides; "" where it has its own name only."""

    account: str
    group: str
    lock: str


@cache
def other_names() -> Mapping[str, OtherNames]:
    """The table, by the path of the user or of a section of them."""
    table = (files("collector.resources") / "setting_levels.csv").read_text(encoding="utf-8")
    _heading, *rows = csv.reader(table.splitlines())
    return {path: OtherNames(*names) for path, *names in rows}


def lock_name(path: str) -> str:
    """The property that says whether what is at this path is locked."""
    name = property_name(path)
    return f"locked{name[0].upper()}{name[1:]}"


def setting_levels() -> SettingLevels:
    """Every setting that is kept, with where each level says it."""
    (membership,) = (link for link in groups.RESOURCE.links if link.members is not None)
    of_users = [_of_users(setting) for setting in catalogue().values() if setting.kept]
    return SettingLevels(
        account=_level(account.RESOURCE),
        group=_level(groups.RESOURCE),
        user=_level(users.RESOURCE),
        membership=membership.type.type,
        membership_step=membership.step_id,
        precedence="groupIds",
        settings=(*of_users, *_above_users(of_users)),
    )


def _level(resource: Resource) -> Level:
    return Level(resource.entity, resource.step_id, resource.listing.scopes.advice)


def _of_users(setting: Setting) -> LeveledSetting:
    return LeveledSetting(
        setting.path,
        setting.name,
        setting.description,
        _catalogued_location(users.RESOURCE, setting),
        _places(setting, account.RESOURCE, "account"),
        _places(setting, groups.RESOURCE, "group"),
    )


def _above_users(of_users: Iterable[LeveledSetting]) -> Iterator[LeveledSetting]:
    """What the account or groups say that is about no setting of users; they spell it alike."""
    said = {location.property for each in of_users for level in (each.account, each.group) for location in level.values}
    by_name: dict[str, Setting] = {}
    for owner in (ACCOUNT, GROUP):
        for setting in catalogue(owner).values():
            if setting.kept and not setting.is_lock and setting.name not in said:
                by_name.setdefault(setting.name, setting)
    for name, setting in by_name.items():
        of_account = _catalogued_locations(account.RESOURCE, ACCOUNT, setting.path)
        of_groups = _catalogued_locations(groups.RESOURCE, GROUP, setting.path)
        yield LeveledSetting(setting.path, name, setting.description, None, of_account, of_groups)


def _catalogued_locations(resource: Resource, owner: str, path: str) -> LevelLocations:
    """Where the catalogue has this path, and the locks of it and of the sections it is in."""
    kept = {setting.name: setting for setting in catalogue(owner).values() if setting.kept}
    value = kept.get(property_name(path))
    if value is None:
        return LevelLocations((), ())
    locks = [kept[name] for name in map(lock_name, (prefix for prefix, _ in _prefixes(path))) if name in kept]
    return LevelLocations(
        (_catalogued_location(resource, value),), tuple(_catalogued_location(resource, lock) for lock in locks)
    )


def _catalogued_location(resource: Resource, setting: Setting) -> SettingLocation:
    (document,) = (each for each in resource.documents if each.part == setting.document)
    return SettingLocation(setting.name, document.part, document.endpoint.scopes.advice)


def _places(setting: Setting, resource: Resource, level: str) -> LevelLocations:
    values = [_location(resource, "/settings", _option(setting.path, setting.document), setting.name)]
    locks = []
    for path, rest in _prefixes(setting.path):
        names = other_names().get(path)
        other: str = "" if names is None else getattr(names, level)
        if other:
            path_there = f"{other}{rest}"
            values.append(_location(resource, "/settings", _option(path_there), property_name(path_there)))
        for lock in (path, "" if names is None else names.lock):
            if lock:
                locks.append(_location(resource, "/lock_settings", _option(lock), lock_name(lock)))
    return LevelLocations(tuple(filter(None, values)), tuple(filter(None, locks)))


def _prefixes(path: str) -> Iterator[tuple[str, str]]:
    """The path, then the sections it is in, each with what follows; the first word of a longer path locks nothing."""
    prefix, rest = path, ""
    while prefix == path or "." in prefix:
        yield prefix, rest
        prefix, _, last = prefix.rpartition(".")
        rest = f".{last}{rest}"


def _option(path: str, document: str = "") -> str | None:
    """The `option` with which a settings endpoint sends what is at this path."""
    option = document or path.partition(".")[0]
    return option if option in _OPTIONS else None


def _location(resource: Resource, ending: str, option: str | None, name: str) -> SettingLocation | None:
    """Where a resource keeps a property; None unless it reads the document."""
    document = _document(resource, ending, option)
    return None if document is None else SettingLocation(name, document.part, document.endpoint.scopes.advice)


def _document(resource: Resource, ending: str, option: str | None) -> EntityDocument | None:
    for document in resource.documents:
        endpoint = document.endpoint
        if endpoint.path.endswith(ending) and endpoint.params.get("option") == option:
            return document
    return None
