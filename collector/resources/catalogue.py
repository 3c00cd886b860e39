"""The catalogue of user settings and how they become properties.

`user_settings.csv` describes every settings path: in which of the four documents it is, its type, whether it is a
secret, and its meaning. A path `a.b.c_d` becomes the property `aBCD`. Secrets are always dropped.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from collector.model.graph import JsonObject, Properties, Property, PropertyValue
from collector.model.naming import property_name
from collector.redaction import looks_secret, mask_urls
from collector.resources.declaration import Conversion, UnknownField, text

OBJECTS = "objects"
"""The catalogue's type for lists of objects, which are dropped (JupiterOne accepts no nested values)."""

_KINDS = {"bool": "boolean", "int": "number", "str": "text"}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
_MAX_UNKNOWN_PATH_LENGTH = 200
_MEASURE = re.compile(
    r"(?:^|[._]|(?<=[a-z])(?=[A-Z]))"
    r"(?i:length|count|limit|size|capacity|quota|percent|days?|hours?|minutes?|seconds?|duration|interval|timeout)$"
)
"""The last word of names whose numbers are harmless."""


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

    @property
    def kind(self) -> str:
        """The described kind in the words of model.unknown."""
        return _KINDS.get(self.type, "list")

    def read(self, value: object) -> PropertyValue:
        """A value as what it is described to be; None for one of another kind.

        Zoom sometimes sends numbers where booleans are described, and either as text: that is taken where it can mean
        one thing only. A flag about passwords takes 0 and 1 only: another number may be the password (`pmi_password`
        is either).
        """
        kind = self.type.removesuffix("[]")
        if kind == self.type:
            return to_property_value(self._read_one(kind, value))
        items = [self._read_one(kind, item) for item in value] if isinstance(value, list) else None
        return to_property_value(items) if is_property_value(items) else None

    def _read_one(self, kind: str, value: object) -> object:
        if isinstance(value, str):
            return _FROM_TEXT[kind](value)
        if kind == "bool":
            return value if isinstance(value, bool) or _is_safe_value(self.path, value) else None
        return value if kind == "int" and isinstance(value, bool | int | float) else None


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
    distinguishing_paths = {path for path in described if _documents_with()[path] == 1}
    sections = _names_by_section(wanted.values())

    def convert(body: JsonObject) -> Conversion:
        properties: Properties = {}
        unknown: dict[str, object] = {}
        present: list[str] = []
        is_expected_kind = False
        for path, value in _leaves_and_sections(body):
            if path in sections:
                present.append(path)
            if value is None or isinstance(value, dict):
                continue
            is_expected_kind = is_expected_kind or path in distinguishing_paths
            setting = wanted.get(path)
            if setting is not None and (read := setting.read(value)) is not None:
                properties[setting.name] = read
            elif setting is not None or (path not in described and path not in _documents_with()):
                unknown[path] = value  # what another of the four documents says is left to that
        emptied = {name for path in present if sections[path].isdisjoint(properties) for name in sections[path]}
        fields = []
        for path, value in sorted(unknown.items()):
            name = property_name(path)
            claimed = not name or path in sections or name in properties or name in taken | _described_names()
            kept = not claimed and not _is_within_secret(path) and _is_safe_value(path, value)
            if kept:
                properties[name] = to_property_value(value)
            described_as = wanted[path].kind if path in wanted else ""
            fields.append(UnknownField(path[:_MAX_UNKNOWN_PATH_LENGTH], _kind(value), kept, described_as))
        return Conversion(properties, tuple(fields), is_expected_kind, tuple(sorted(emptied)))

    return convert


def option_names(prefix: str) -> tuple[str, ...]:
    """The three properties about the sign-in methods."""
    return tuple(f"{prefix}Option{what}" for what in ("Names", "Types", "Domains"))


def authentication_options(body: JsonObject, prefix: str) -> Properties:
    """A list of sign-in methods as three lists: `<prefix>OptionNames`, `<prefix>OptionTypes`, `<prefix>OptionDomains`.

    Domains, a comma-separated text in Zoom, become single ones. Nothing where Zoom sent no list of objects.
    """
    objects = body.get("authentication_options")
    if not isinstance(objects, list) or not all(isinstance(option, dict) for option in objects):
        return {}
    names, types, domains = ([mask_urls(text(one, name)) for one in objects] for name in ("name", "type", "domains"))
    return {
        f"{prefix}OptionNames": [name for name in names if name],
        f"{prefix}OptionTypes": [type_ for type_ in types if type_],
        f"{prefix}OptionDomains": [domain.strip() for domain in ",".join(domains).split(",") if domain.strip()],
    }


def to_property_value(value: object) -> PropertyValue:
    """A JSON scalar or list of scalars as a property value; texts lose secrets embedded in addresses."""
    if value is True or value is False:
        return value
    if isinstance(value, str):
        return mask_urls(value)
    if isinstance(value, list):
        return [mask_urls(item) if isinstance(item, str) else item for item in value]
    return value if isinstance(value, bool | int | float) else None


@cache
def _documents_with() -> Mapping[str, int]:
    """In how many of the four documents a described path may occur: what is in one only tells that one."""
    return Counter(setting.path for setting in catalogue().values())


@cache
def _described_names() -> frozenset[str]:
    return frozenset(setting.name for setting in catalogue().values())


@cache
def _secret_paths() -> tuple[str, ...]:
    return tuple(setting.path for setting in catalogue().values() if setting.secret)


def _names_by_section(settings: Iterable[Setting]) -> Mapping[str, set[str]]:
    """The properties that each section of a document holds: `in_meeting`, `in_meeting.webinar_chat`."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    for setting in settings:
        path = setting.path
        while path := path.rpartition(".")[0]:
            names[path].add(setting.name)
    return dict(names)


def _leaves_and_sections(body: JsonObject) -> Iterator[tuple[str, object]]:
    """Every dotted path with its value; objects come before what is in them."""
    waiting: list[tuple[str, JsonObject]] = [("", body)]
    while waiting:
        above, inner = waiting.pop()
        for name, value in inner.items():
            path = f"{above}{name}"
            yield path, value
            if isinstance(value, dict):
                waiting.append((f"{path}.", value))


def _is_within_secret(path: str) -> bool:
    """Whether a described secret, become an object, is what this path leads into."""
    return any(path.startswith(f"{secret}.") for secret in _secret_paths())


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.strip().lower())


def _number(text: str) -> int | float | None:
    """The number a text is, written as JSON would."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)


_FROM_TEXT: Mapping[str, Callable[[str], object]] = {"bool": _boolean, "int": _number, "str": str}


def _is_safe_value(path: str, value: object) -> bool:
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


def is_property_value(value: object) -> bool:
    """Whether JupiterOne takes it as a property: a scalar, or a list of scalars of one type."""
    if isinstance(value, list):
        return len({type(item) for item in value}) <= 1 and all(isinstance(i, bool | int | float | str) for i in value)
    return isinstance(value, bool | int | float | str)
