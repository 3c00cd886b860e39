"""The catalogue of user settings and the one rule by which they become properties.

`user_settings.csv` says of every settings path: which of the four documents holds it, its type, whether it is a
secret, and what it tells. A path `a.b.c_d` becomes the property `aBCD`. Secrets never pass, whatever their type.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from collector.model.graph import JsonObject, Properties, Property, PropertyValue
from collector.model.naming import property_name
from collector.redaction import looks_secret, mask_urls
from collector.resources.declaration import Conversion, UnknownField, text

OBJECTS = "objects"
"""The catalogue's type for lists of objects: known, and not written as they are (JupiterOne takes no nested values)."""

_LONGEST_UNKNOWN_PATH = 200
_MEASURE = re.compile(
    r"(?:^|[._]|(?<=[a-z])(?=[A-Z]))"
    r"(?i:length|count|limit|size|capacity|quota|percent|days?|hours?|minutes?|seconds?|duration|interval|timeout)$"
)
"""The last word of a name under which a number is harmless."""


@dataclass(frozen=True)
class Setting:
    """A row of the catalogue. `type`: bool, int, str, int[], str[] or objects."""

    document: str
    path: str
    type: str
    secret: bool
    description: str

    @cached_property
    def name(self) -> str:
        """The property it becomes."""
        return property_name(self.path)

    @property
    def kept(self) -> bool:
        """Whether it becomes a property at all."""
        return not self.secret and self.type != OBJECTS

    def accepts(self, value: object) -> bool:
        """Whether a value is of the described kind; Zoom sometimes sends numbers where booleans are described.

        A flag about passwords takes 0 and 1 only: another number may be the password (`pmi_password` is either).
        """
        if self.type == "bool":
            return value is True or value is False or _may_keep(self.path, value)
        if self.type == "int":
            return isinstance(value, bool | int | float)
        if self.type == "str":
            return isinstance(value, str)
        return isinstance(value, list) and is_plain(value)


@cache
def catalogue() -> Mapping[str, Setting]:
    """Every described settings path."""
    table = (files("collector.resources") / "user_settings.csv").read_text(encoding="utf-8")
    _heading, *rows = csv.reader(table.splitlines())
    settings = [
        Setting(document, path, type_, kept_out == "yes", description)
        for document, path, type_, kept_out, description in rows
    ]
    return {f"{setting.document}:{setting.path}": setting for setting in settings}


def setting_properties() -> tuple[Property, ...]:
    """The properties the catalogue gives a user, in its order; secrets and lists of objects give none."""
    return tuple(
        Property(setting.name, setting.description)
        for setting in catalogue().values()
        if not setting.secret and setting.type != OBJECTS
    )


def converter(document: str, taken: frozenset[str]) -> Callable[[JsonObject], Conversion]:
    """The function that turns a document of this name into properties.

    `taken` are property names of the user that a setting nobody has described yet must not claim.
    """

    described = {setting.path: setting for setting in catalogue().values() if setting.document == document}
    wanted = {path: setting for path, setting in described.items() if setting.kept}

    def convert(body: JsonObject) -> Conversion:
        properties: Properties = {}
        unknown: dict[str, object] = {}
        for path, value in _leaves(body):
            setting = wanted.get(path)
            if setting is not None and setting.accepts(value):
                properties[setting.name] = plain(value)
            elif setting is not None or (path not in described and path not in _described_paths()):
                unknown[path] = value  # what another of the four documents says is left to that
        fields = []
        for path, value in sorted(unknown.items()):
            name = property_name(path)
            claimed = not name or name in properties or name in taken | _described_names()
            kept = not claimed and not _is_within_secret(path) and _may_keep(path, value)
            if kept:
                properties[name] = plain(value)
            fields.append(UnknownField(path[:_LONGEST_UNKNOWN_PATH], _kind(value), kept))
        return Conversion(properties, tuple(fields))

    return convert


def authentication_options(body: JsonObject, prefix: str) -> Properties:
    """A list of sign-in methods as three lists: `<prefix>OptionNames`, `<prefix>OptionTypes`, `<prefix>OptionDomains`.

    Domains, a comma-separated text in Zoom, become single ones. Nothing where Zoom sent no list.
    """
    options = body.get("authentication_options")
    if not isinstance(options, list):
        return {}
    objects = [option for option in options if isinstance(option, dict)]
    names, types, domains = ([mask_urls(text(one, name)) for one in objects] for name in ("name", "type", "domains"))
    return {
        f"{prefix}OptionNames": [name for name in names if name],
        f"{prefix}OptionTypes": [type_ for type_ in types if type_],
        f"{prefix}OptionDomains": [domain.strip() for domain in ",".join(domains).split(",") if domain.strip()],
    }


def plain(value: object) -> PropertyValue:
    """A JSON scalar or list of scalars as a property value; texts lose secrets embedded in addresses."""
    if value is True or value is False:
        return value
    if isinstance(value, str):
        return mask_urls(value)
    if isinstance(value, list):
        return [mask_urls(item) if isinstance(item, str) else item for item in value]
    return value if isinstance(value, bool | int | float) else None


@cache
def _described_paths() -> frozenset[str]:
    return frozenset(setting.path for setting in catalogue().values())


@cache
def _described_names() -> frozenset[str]:
    return frozenset(setting.name for setting in catalogue().values())


@cache
def _secret_paths() -> tuple[str, ...]:
    return tuple(setting.path for setting in catalogue().values() if setting.secret)


def _leaves(body: JsonObject) -> Iterator[tuple[str, object]]:
    """Every dotted path that leads to something other than an object, with its value; null says nothing."""
    waiting: list[tuple[str, JsonObject]] = [("", body)]
    while waiting:
        above, inner = waiting.pop()
        for name, value in inner.items():
            path = f"{above}{name}"
            if isinstance(value, dict):
                waiting.append((f"{path}.", value))
            elif value is not None:
                yield path, value


def _is_within_secret(path: str) -> bool:
    """Whether a described secret, become an object, is what this path leads into."""
    return any(path.startswith(f"{secret}.") for secret in _secret_paths())


def _may_keep(path: str, value: object) -> bool:
    """Booleans, 0 and 1 may be kept; another number only where its name says that it measures or counts.

    A number may be a code that lets people in (`personal_meeting_id`, an access or conference code), under any name.
    """
    if isinstance(value, bool):
        return True
    if not isinstance(value, int | float):
        return False
    if value in (0, 1):
        return True
    return bool(_MEASURE.search(path)) and not any(map(looks_secret, path.split(".")))


def _kind(value: object) -> str:
    """The kind of a value that is no object, in the words of model.unknown."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, list) else "text"


def is_plain(value: object) -> bool:
    """Whether JupiterOne takes it as a property: a scalar, or a list of scalars of one type."""
    if isinstance(value, list):
        return len({type(item) for item in value}) <= 1 and all(isinstance(i, bool | int | float | str) for i in value)
    return isinstance(value, bool | int | float | str)
