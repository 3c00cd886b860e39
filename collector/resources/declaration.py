"""Resources are declared as data, each in its own module, as `RESOURCE` (see collector.resources).

The steps, the scope check, the generated data model, the step metadata of summary.json and the conformance tests come
from the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import unquote

from collector.model.graph import EntityType, JsonObject, Properties, RelationshipType
from collector.zoom.endpoint import NO_PARAMS, Endpoint


@dataclass(frozen=True)
class UnknownField:
    """A field of a document that its catalogue does not describe, or describes differently; see model.unknown."""

    path: str
    kind: str
    kept: bool
    described: str = ""


@dataclass(frozen=True)
class Conversion:
    """A document as properties, and its unknown fields.

    `is_expected_kind`: whether it has any field typical of its kind; otherwise it is an answer about something else.
    `emptied`: the properties of sections that Zoom sent empty.
    """

    properties: Properties
    unknown: tuple[UnknownField, ...] = ()
    is_expected_kind: bool = True
    emptied: tuple[str, ...] = ()


ACTIVITY = "activity"
"""The part of an entity that holds what of its row moves by itself."""

PENDING = "pending:"
"""The prefix of the identifier of an invited user without an id; the e-mail address follows."""


def identifier_of(zoom_id: str) -> str:
    """A Zoom id as it appears in a `_key`: unchanged, except for `|` and a leading `pending:`.

    `|` separates the ends in the key of a relationship, and `pending:` starts the identifier of an invitation.
    """
    escaped = zoom_id.replace("%", "%25").replace("|", "%7C")
    return escaped.replace(":", "%3A", 1) if escaped.startswith(PENDING) else escaped


def invitation_identifier(email: str) -> str:
    """The identifier of a user who was invited by this address and has no id yet."""
    return f"{PENDING}{identifier_of(email.lower())}"


def zoom_id(row: JsonObject) -> str | None:
    """The id of a row, None without one."""
    value = row.get("id")
    return value if isinstance(value, str) and value else None


def identify_by_id(row: JsonObject) -> str | None:
    """The identifier of a row by its id, None without one."""
    value = zoom_id(row)
    return None if value is None else identifier_of(value)


def text(row: JsonObject, name: str) -> str:
    """A text of a row, stripped; empty if it is missing or of another type."""
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def whole_number(row: JsonObject, name: str) -> int | None:
    """A whole number of a row; None if it is missing or of another type."""
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True)
class ListPass:
    """One query of a list. `defaults`: fields a row may lack because the query implies them."""

    params: Mapping[str, str] = field(default_factory=lambda: NO_PARAMS)
    defaults: Mapping[str, str] = field(default_factory=lambda: NO_PARAMS)

    def dataset(self, name: str) -> str:
        """What the coverage calls this pass: `users?status=inactive`."""
        query = "&".join(f"{key}={value}" for key, value in self.params.items())
        return f"{name}?{query}" if query else name

    def contradicts(self, row: JsonObject) -> bool:
        """Whether a row does not match the query."""
        return any(row.get(name) not in (None, value) for name, value in self.defaults.items())

    def completed(self, row: JsonObject) -> JsonObject:
        """The row with the defaults for the fields it lacks."""
        return {**self.defaults, **{name: value for name, value in row.items() if value is not None}}


class SettingsChoice(str, Enum):
    """Which settings documents are read; each choice includes the previous one."""

    NONE = "none"
    SECURITY = "security"
    ALL = "all"

    def includes(self, other: SettingsChoice) -> bool:
        """Whether this choice includes the other one."""
        order = list(SettingsChoice)
        return order.index(other) <= order.index(self)


@dataclass(frozen=True)
class EntityDocument:
    """A further document per entity, kept as a separate part. `part`: its name in store and coverage.

    `properties`: the declared properties that it may hold. `min_settings`: the smallest choice of settings that
    includes it; NONE if it is not a settings document. `adds`: for an optional document, what it adds, in words; "" if
    the document is required.
    """

    part: str
    endpoint: Endpoint
    convert: Callable[[JsonObject], Conversion]
    properties: frozenset[str]
    min_settings: SettingsChoice = SettingsChoice.NONE
    adds: str = ""


@dataclass(frozen=True)
class Derivation:
    """Properties derived from the entities at the other end of a link, kept as a separate part."""

    part: str
    properties: frozenset[str]
    derive: Callable[[Sequence[Mapping[str, object]]], Properties]


@dataclass(frozen=True)
class Link:
    """A relationship step.

    Without `members`, every entity at one end is related to every one at the other (the account has all groups). With
    `members`, that endpoint lists the entities at the other end. `foreign_key`: the property of the member that names
    its owner; where present, it is used instead of the list, and the lists of the owners in `skip_member_list_for` are
    not read unless some member lacks it. `member_count_field`: the field of an owner's row that counts its members.
    """

    step_id: str
    step_name: str
    type: RelationshipType
    members: Endpoint | None = None
    foreign_key: str | None = None
    skip_member_list_for: frozenset[str] = frozenset()
    member_count_field: str | None = None
    derivation: Derivation | None = None


@dataclass(frozen=True)
class Resource:
    """A resource of Zoom and how it becomes entities.

    `order`: its place in reports, smaller first. `identify`: returns a row's identifier (the `_key` after the type),
    None without one. `lookup`: reads one entity; its answer is converted like a row. `id_placeholder`: the name of its
    id in paths. `activity`: properties that change by themselves, kept as a separate part. `is_inactive`: whether Zoom
    may refuse the documents of an entity, by its row. `invitation_property`: the property with the addresses of
    invitations. `paid_only`: whether it needs a paid plan (API reference: "a Pro or higher account").
    """

    order: int
    entity: EntityType
    step_id: str
    step_name: str
    name: str
    listing: Endpoint
    identify: Callable[[JsonObject], str | None]
    convert: Callable[[JsonObject], Properties]
    passes: tuple[ListPass, ...] = (ListPass(),)
    documents: tuple[EntityDocument, ...] = ()
    lookup: Endpoint | None = None
    links: tuple[Link, ...] = ()
    id_placeholder: str = "id"
    invitation_property: str | None = None
    activity: frozenset[str] = frozenset()
    is_inactive: Callable[[Mapping[str, object]], bool] = field(default=lambda _: False)
    paid_only: bool = False

    @property
    def noun(self) -> str:
        """What one of them is called on the command line: `user`, `contact-group`."""
        return self.entity.resource.lower().replace(" ", "-")

    def count_phrase(self, number: int) -> str:
        """A count in words: "1 user", "250 users"."""
        return f"{number:,} {self.noun if number == 1 else self.name}"

    @property
    def moves_between_lists(self) -> bool:
        """Whether all lists may miss an entity: it can move from one to another while they are read."""
        return len(self.passes) > 1

    def identifier(self, key: str) -> str:
        """The identifier in an entity's key, as returned by `identify`."""
        return key.removeprefix(self.entity.key(""))

    def id_of_key(self, key: str) -> str:
        """Zoom's name for this entity: its id, or the e-mail address of an invited user without one."""
        return unquote(self.identifier(key).removeprefix(PENDING))

    def path_ids(self, key: str) -> Mapping[str, str] | None:
        """The ids for the paths of this entity; None if it has no id in Zoom (yet)."""
        if key.startswith(self.entity.key(PENDING)):
            return None
        return {self.id_placeholder: self.id_of_key(key)}
