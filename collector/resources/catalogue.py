"""The catalogues of settings and how settings become properties.

`user_settings.csv`, `account_settings.csv` and `group_settings.csv` describe every settings path: in which document it
is, its type, whether it is a secret, and its meaning. A path `a.b.c_d` becomes the property `aBCD`, its lock
`lockedABCD`. Secrets are always dropped.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files

from collector.model.graph import JsonObject, Properties, Property, PropertyValue, ValueType
from collector.model.naming import property_name
from collector.redaction import looks_secret, mask_urls
from collector.resources.declaration import Conversion, EntityDocument, SettingsChoice, UnknownField, text
from collector.zoom.endpoint import Endpoint

OBJECTS = "objects"
"""The catalogue's type for lists of objects, which are dropped (JupiterOne accepts no nested values)."""

IDS = "ids"
"""The catalogue's type for lists of objects of which the ids are written."""

USER, ACCOUNT, GROUP = "user", "account", "group"
"""Whose settings a catalogue holds."""

_LOCKED = "locked."
_AUTHENTICATION = re.compile("(meeting|recording)_authentication$")
_KINDS = {"bool": "boolean", "int": "number", "str": "text"}
_VALUE_TYPES = {
    "bool": ValueType.BOOLEAN,
    "int": ValueType.INTEGER,
    "str": ValueType.TEXT,
    "int[]": ValueType.INTEGERS,
    "str[]": ValueType.TEXTS,
    IDS: ValueType.TEXTS,
}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
_MAX_UNKNOWN_PATH_LENGTH = 200
_MEASURE = re.compile(
    r"(?:^|[._]|(?<=[a-z])(?=[A-Z]))"
    r"(?i:length|count|limit|size|capacity|quota|percent|days?|hours?|minutes?|seconds?|duration|interval|timeout)$"
)
"""The last word of names whose numbers are harmless."""


@dataclass(frozen=True)
class Setting:
    """A row of a catalogue. `type`: bool, int, str, int[], str[], objects or ids."""

    document: str
    path: str
    type: str
    secret: bool
    description: str

    @cached_property
    def name(self) -> str:
        """The property it becomes."""
        return property_name(f"{_prefix(self.document)}{self.path}")

    @property
    def is_lock(self) -> bool:
        """Whether it says that the setting of this path is locked."""
        return bool(_prefix(self.document))

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
        if self.type == IDS:
            return _ids(value)
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
def catalogue(owner: str = USER) -> Mapping[str, Setting]:
    """Every described settings path of users, of the account or of groups."""
    table = (files("collector.resources") / f"{owner}_settings.csv").read_text(encoding="utf-8")
    _heading, *rows = csv.reader(table.splitlines())
    settings = [
        Setting(document, path, type_, kept_out == "yes", description)
        for document, path, type_, kept_out, description in rows
    ]
    return {f"{setting.document}:{setting.path}": setting for setting in settings}


def setting_properties(owner: str = USER) -> tuple[Property, ...]:
    """The properties a catalogue gives, in its order; secrets and lists of objects give none."""
    return tuple(
        Property(setting.name, setting.description, _VALUE_TYPES[setting.type])
        for setting in catalogue(owner).values()
        if setting.kept
    )


def sign_in_method_properties() -> tuple[Property, ...]:
    """The properties that tell the sign-in methods of meetings and recordings."""
    return tuple(
        Property(f"{kind}AuthenticationOption{what}", f"{text} that {kind}s may ask for", ValueType.TEXTS)
        for kind in ("meeting", "recording")
        for what, text in (
            ("Names", "Names of the sign-in methods"),
            ("Types", "Kinds of the sign-in methods"),
            ("Domains", "E-mail domains the sign-in methods accept"),
        )
    )


def settings_document(
    part: str, endpoint: Endpoint, option: str | None, reserved_names: frozenset[str], owner: str = USER, adds: str = ""
) -> EntityDocument:
    """What an endpoint answers with this `option`; without one it is the long document, which is not about security."""
    return EntityDocument(
        part,
        replace(endpoint, params={"option": option} if option else {}),
        document_converter(part, reserved_names, owner),
        _properties_of(part, owner),
        SettingsChoice.ALL if option is None else SettingsChoice.SECURITY,
        adds,
    )


def _properties_of(document: str, owner: str) -> frozenset[str]:
    """The declared properties that a document of this name may hold."""
    settings = {setting.name for setting in catalogue(owner).values() if setting.document == document and setting.kept}
    asked_by = _AUTHENTICATION.search(document)
    return frozenset(settings if asked_by is None else settings | {*option_names(f"{asked_by[1]}Authentication")})


def document_converter(
    document: str, reserved_names: frozenset[str], owner: str = USER
) -> Callable[[JsonObject], Conversion]:
    """As `converter`, with the sign-in methods of the documents that list some."""
    convert_settings = converter(document, reserved_names, owner)
    asked_by = _AUTHENTICATION.search(document)
    if asked_by is None:
        return convert_settings
    prefix = f"{asked_by[1]}Authentication"

    def convert(body: JsonObject) -> Conversion:
        conversion = convert_settings(body)
        options = authentication_options(body, prefix)
        emptied = option_names(prefix) if "authentication_options" in body and not options else ()
        return replace(
            conversion, properties={**conversion.properties, **options}, emptied=(*conversion.emptied, *emptied)
        )

    return convert


def converter(document: str, reserved_names: frozenset[str], owner: str = USER) -> Callable[[JsonObject], Conversion]:
    """The function that turns a document of this name into properties.

    `reserved_names` are property names of the entity that a setting nobody has described yet must not claim.
    """
    described = {setting.path: setting for setting in catalogue(owner).values() if setting.document == document}
    described_names = {setting.name for setting in catalogue(owner).values()}
    secrets = tuple(f"{setting.path}." for setting in catalogue(owner).values() if setting.secret)
    documents_with = _documents_with(owner, is_lock=bool(_prefix(document)))
    prefix = _prefix(document)
    wanted = {path: setting for path, setting in described.items() if setting.kept}
    distinguishing_paths = {path for path in described if documents_with[path] == 1}
    sections = _names_by_section(wanted.values())

    def convert(body: JsonObject) -> Conversion:
        properties: Properties = {}
        unknown: dict[str, object] = {}
        present: list[str] = []
        is_expected_kind = False
        for path, value in _leaves_and_sections(body):
            if path in sections and path not in wanted:
                present.append(path)
            if value is None or isinstance(value, dict):
                continue
            is_expected_kind = is_expected_kind or path in distinguishing_paths
            setting = wanted.get(path)
            if setting is not None and (read := setting.read(value)) is not None:
                properties[setting.name] = read
            elif setting is not None or (path not in described and path not in documents_with):
                unknown[path] = value  # what another of the documents says is left to that
        emptied = {name for path in present if sections[path].isdisjoint(properties) for name in sections[path]}
        fields = []
        for path, value in sorted(unknown.items()):
            name = property_name(f"{prefix}{path}")
            claimed = not name or path in sections or name in properties or name in reserved_names | described_names
            kept = not claimed and not path.startswith(secrets) and _is_safe_value(path, value)
            if kept:
                properties[name] = to_property_value(value)
            described_as = wanted[path].kind if path in wanted else ""
            fields.append(UnknownField(f"{prefix}{path}"[:_MAX_UNKNOWN_PATH_LENGTH], _kind(value), kept, described_as))
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


def _prefix(document: str) -> str:
    """What stands before the paths of a document: `locked.` in those that say what is locked."""
    return _LOCKED if document.endswith("_locks") else ""


@cache
def _documents_with(owner: str, *, is_lock: bool) -> Mapping[str, int]:
    """In how many of the documents a described path may occur: what is in one only tells that one."""
    return Counter(setting.path for setting in catalogue(owner).values() if setting.is_lock is is_lock)


def _ids(value: object) -> PropertyValue:
    """The ids of a list of objects; None for anything else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    return [mask_urls(identifier) for item in value if isinstance(identifier := item.get("id"), str) and identifier]


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
