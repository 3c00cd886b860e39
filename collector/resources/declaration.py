"""How a resource is declared: as data, once, in a file of its own.

From the declaration come its steps, the scope check, the generated data model, the step metadata of summary.json and
the conformance tests. A declaration is found by its module attribute `RESOURCE` (see collector.resources).
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
    """A field of a document that its catalogue does not describe, or not so; see model.unknown."""

    path: str
    kind: str
    kept: bool
    described: str = ""


@dataclass(frozen=True)
class Conversion:
    """A document as properties, and what in it was not known.

    `is_expected_kind`: whether it holds any field by which documents of its kind are known; one that does not is an
    answer about something else. `emptied`: the properties that sections sent without content would have held.
    """

    properties: Properties
    unknown: tuple[UnknownField, ...] = ()
    is_expected_kind: bool = True
    emptied: tuple[str, ...] = ()


ACTIVITY = "activity"
"""The part of an entity that holds what of its row moves by itself."""

PENDING = "pending:"
"""Begins the identifier of somebody who was invited and has no id yet; the e-mail address follows."""


def identifier_of(zoom_id: str) -> str:
    """The part of a `_key` that an id of Zoom's becomes: the id itself, but for what would mean something else there.

    `|` parts the ends in the key of a relationship, and `pending:` begins the identifier of an invitation.
    """
    escaped = zoom_id.replace("%", "%25").replace("|", "%7C")
    return escaped.replace(":", "%3A", 1) if escaped.startswith(PENDING) else escaped


def invitation_of(email: str) -> str:
    """The identifier of somebody who was invited by this address and has no id yet."""
    return f"{PENDING}{identifier_of(email.lower())}"


def zoom_id(row: JsonObject) -> str | None:
    """The id of a row that has one, a text."""
    value = row.get("id")
    return value if isinstance(value, str) and value else None


def by_id(row: JsonObject) -> str | None:
    """The identifier of a row that has an id."""
    value = zoom_id(row)
    return None if value is None else identifier_of(value)


def text(row: JsonObject, name: str) -> str:
    """A text of a row without the blanks around it; empty where it is missing or of another type."""
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def whole_number(row: JsonObject, name: str) -> int | None:
    """A whole number of a row; None where it is missing or of another type."""
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True)
class ListPass:
    """One reading of a list. `defaults` are fields a row may lack because the query already says them."""

    params: Mapping[str, str] = field(default_factory=lambda: NO_PARAMS)
    defaults: Mapping[str, str] = field(default_factory=lambda: NO_PARAMS)

    def dataset(self, name: str) -> str:
        """What the coverage calls this pass: `users?status=inactive`."""
        query = "&".join(f"{key}={value}" for key, value in self.params.items())
        return f"{name}?{query}" if query else name

    def contradicts(self, row: JsonObject) -> bool:
        """Whether a row says that it is none of those asked for."""
        return any(row.get(name) not in (None, value) for name, value in self.defaults.items())

    def completed(self, row: JsonObject) -> JsonObject:
        """The row with the defaults for the fields it lacks."""
        return {**self.defaults, **{name: value for name, value in row.items() if value is not None}}


class SettingsChoice(str, Enum):
    """Which settings documents are read; each choice reads what the one before it does, and more."""

    NONE = "none"
    SECURITY = "security"
    ALL = "all"

    def includes(self, other: SettingsChoice) -> bool:
        """Whether what the other choice reads is read with this one too."""
        order = list(SettingsChoice)
        return order.index(other) <= order.index(self)


@dataclass(frozen=True)
class EntityDocument:
    """A further answer per entity, kept as a part of its own. `part` is its name in store and coverage.

    `properties`: the declared ones that it may hold. `min_settings`: the smallest choice of settings with which it is
    read; NONE for what is no settings document.
    """

    part: str
    endpoint: Endpoint
    convert: Callable[[JsonObject], Conversion]
    properties: frozenset[str]
    min_settings: SettingsChoice = SettingsChoice.NONE


@dataclass(frozen=True)
class Derivation:
    """Properties of a member that follow from the entities a link ties it to, kept as a part of its own."""

    part: str
    properties: frozenset[str]
    derive: Callable[[Sequence[Mapping[str, object]]], Properties]


@dataclass(frozen=True)
class Link:
    """A relationship step.

    Without `members` every entity at one end is tied to every one at the other (the account has all its groups). With
    `members` that endpoint lists, for each entity of the declaring resource, the entities at the other end.
    `foreign_key` is the property of the member that names its entity; it decides where present, and the entities in
    `skip_member_list_for` are not asked for their lists unless some member lacks it. `member_count_field` is the field
    of the declaring resource's list rows that counts an entity's members, for planning.
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
    """A kind of thing in Zoom and how it becomes entities.

    `order` places it in reports; smaller first. `identify` gives a row's identifier (the part of `_key` after the type)
    or None when the row has none. `lookup` asks for one entity; its answer is converted like a row. `id_placeholder` is
    what the paths about one of them call its id. `activity` names the properties of a row that move by themselves,
    which are kept as a part of their own. `is_inactive` tells by its row whether an entity is one whose documents Zoom
    may refuse. `invitation_property` is the property with the addresses that invitations are known by. `paid_only`:
    whether Zoom has it in paid plans only (API reference: "a Pro or higher account").
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
        """So many of them, in words: "1 user", "250 users"."""
        return f"{number:,} {self.noun if number == 1 else self.name}"

    @property
    def moves_between_lists(self) -> bool:
        """Whether one of them may be missed by all lists: it moves from one to another while they are read."""
        return len(self.passes) > 1

    def identifier(self, key: str) -> str:
        """The part of an entity's key after its type, as `identify` gave it."""
        return key.removeprefix(self.entity.key(""))

    def id_of_key(self, key: str) -> str:
        """What Zoom calls this entity: its id, or the e-mail address of somebody who was invited and has none yet."""
        return unquote(self.identifier(key).removeprefix(PENDING))

    def path_ids(self, key: str) -> Mapping[str, str] | None:
        """What fills the placeholder of the paths about this entity; None where it has no id in Zoom (yet)."""
        if key.startswith(self.entity.key(PENDING)):
            return None
        return {self.id_placeholder: self.id_of_key(key)}
