"""The people of the page: columns in blocks, with who is in which group, has which role and which documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collector.model.graph import Properties
from collector.model.setting_levels import SettingLevels
from collector.report.blocks import DataBlock, packed
from collector.report.documents import PartDocuments
from collector.report.redaction import Redaction
from collector.store import EntityParts, RunRecord, Store

_ROWS_IN_A_BLOCK = 2_000
_READ_PARTS = ("access", "activity")
_ROLE_OF_USERS = "zoom_user_assigned_role"
LICENCES = {1: "Basic", 2: "Licensed", 3: "On-premises", 4: "Without a meetings licence", 99: "None"}
"""Zoom API reference, users: `type`."""
NOT_KNOWN = "not known"


@dataclass
class PeopleCounts:
    """How many people there are, by what. What Zoom did not say is counted as "not known"."""

    total: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    by_licence: Counter[str] = field(default_factory=Counter)
    by_role: Counter[int] = field(default_factory=Counter)
    by_group: Counter[int] = field(default_factory=Counter)
    by_admin: Counter[str] = field(default_factory=Counter)
    in_no_group: int = 0
    in_no_role: int = 0
    stale: int = 0
    """Of how many a settings document was kept from an earlier run."""


@dataclass(frozen=True)
class Neighbourhood:
    """The places in the page of groups and roles, by key; of groups also by Zoom's id."""

    groups: Mapping[str, int]
    group_ids: Mapping[str, int]
    roles: Mapping[str, int]


@dataclass
class PeopleWriter:
    """Writes the people after a run. `verdicts`: for each question about people, one letter for each of them."""

    store: Store
    levels: SettingLevels
    run: RunRecord
    documents: Sequence[PartDocuments]
    places: Neighbourhood
    groups_unread: str
    verdicts: Mapping[str, bytearray]
    redaction: Redaction
    counts: PeopleCounts = field(default_factory=PeopleCounts)

    def write(self, block: DataBlock) -> None:
        """Write all blocks, in the order of the keys."""
        rows: list[dict[str, object]] = []
        first = 0
        for row in self._rows():
            rows.append(row)
            if len(rows) == _ROWS_IN_A_BLOCK:
                self._write_block(block, first, rows)
                first += len(rows)
                rows = []
        if rows:
            self._write_block(block, first, rows)

    def _write_block(self, block: DataBlock, first: int, rows: Sequence[Mapping[str, object]]) -> None:
        columns = {name: packed([row[name] for row in rows]) for name in rows[0]}
        end = first + len(rows)
        letters = {question: of_all[first:end].decode() for question, of_all in self.verdicts.items()}
        block.line(people=len(rows), columns=columns, verdicts=letters)

    def _rows(self) -> Iterator[dict[str, object]]:
        run = self.run.id
        groups = _SortedLookup(self.store.neighbours(self.levels.membership, run, of_targets=True))
        roles = _SortedLookup(self.store.neighbours(_ROLE_OF_USERS, run, of_targets=False))
        for entity in self.store.entity_parts(self.levels.user.entity.type, run, _READ_PARTS):
            yield self._row(entity, groups.of(entity.key), roles.of(entity.key))

    def _row(self, entity: EntityParts, group_keys: Sequence[str], role_keys: Sequence[str]) -> dict[str, object]:
        user, hide = entity.properties, self.redaction
        groups, groups_unread = self._groups(user, group_keys)
        roles = [place for key in role_keys if (place := self.places.roles.get(key)) is not None]
        admin = {True: "yes", False: "no"}.get(user.get("isAdmin"), NOT_KNOWN)  # type: ignore[call-overload]
        licence = _licence(user.get("type"))
        status = str(user.get("status") or NOT_KNOWN)
        stale = sum(
            1 << number
            for number, each in enumerate(self.documents)
            if entity.read_at.get(each.part, self.run.began_at) < self.run.began_at
        )
        self._count(status, licence, admin, groups, roles, stale)
        email = _first(user.get("email"))
        return {
            "key": hide.entity(entity.key),
            "name": hide.name(entity.key, str(user.get("displayName") or entity.key)),
            "email": None if hide.is_on else email,
            "status": status,
            "licence": licence,
            "licences": user.get("licenses") or [],
            "admin": admin,
            "roles": roles,
            "groups": groups,
            "groupsUnread": hide.reason(groups_unread),
            "domain": hide.text("domain", _first(user.get("emailDomain"))),
            "department": hide.text("department", _text(user.get("dept"))),
            "employee": hide.text("employee", _text(user.get("employeeId"))),
            "signIn": user.get("loginTypes"),
            "created": _seconds(user.get("createdOn")),
            "lastSignIn": _seconds(user.get("lastLoginOn")),
            "timezone": _text(user.get("timezone")),
            "client": _text(user.get("lastClientVersion")),
            "stale": stale,
            **{f"doc{number}": self._document(each, entity) for number, each in enumerate(self.documents)},
        }

    def _document(self, documents: PartDocuments, entity: EntityParts) -> int:
        """The place of a person's document of this part; -1 if it was never read."""
        id_ = entity.documents.get(documents.part)
        return -1 if id_ is None else documents.index.get(id_, -1)

    def _groups(self, user: Properties, member_of: Sequence[str]) -> tuple[list[int], str]:
        """A person's groups as Zoom orders them, and why they are not all known."""
        listed_ids = user.get(self.levels.precedence)
        ids = [str(each) for each in listed_ids] if isinstance(listed_ids, list) else []
        order = {
            self.places.group_ids[id_]: at for at, id_ in reversed([*enumerate(ids)]) if id_ in self.places.group_ids
        }
        found = dict.fromkeys(place for key in member_of if (place := self.places.groups.get(key)) is not None)
        found.update(dict.fromkeys(order))
        ordered = sorted(found, key=lambda place: order.get(place, len(ids)))
        unread = [id_ for id_ in ids if id_ not in self.places.group_ids]
        if ids and not unread:
            return ordered, ""
        why = self.groups_unread
        if unread and not why:
            why = f"{len(unread):,} of the person's groups are not in the graph"
        return ordered, why

    def _count(
        self, status: str, licence: str, admin: str, groups: Sequence[int], roles: Sequence[int], stale: int
    ) -> None:
        counts = self.counts
        counts.total += 1
        counts.by_status[status] += 1
        counts.by_licence[licence] += 1
        counts.by_admin[admin] += 1
        counts.by_role.update(roles)
        counts.by_group.update(groups)
        counts.in_no_group += not groups
        counts.in_no_role += not roles
        counts.stale += bool(stale)


class _SortedLookup:
    """Looks up what is sorted as the people are, while they pass."""

    def __init__(self, neighbours: Iterator[tuple[str, list[str]]]) -> None:
        self._neighbours = neighbours
        self._next: tuple[str, list[str]] | None = next(neighbours, None)

    def of(self, key: str) -> list[str]:
        if self._next is None or self._next[0] != key:
            return []
        found = self._next[1]
        self._next = next(self._neighbours, None)
        return found


def _licence(type_: Any) -> str:
    return NOT_KNOWN if type_ is None else LICENCES.get(type_, f"type {type_}")


def _first(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return None if value is None else str(value)


def _text(value: object) -> str | None:
    return None if value in (None, "") else str(value)


def _seconds(value: object) -> int | None:
    return int(value / 1000) if isinstance(value, int | float) else None
