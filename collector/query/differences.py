"""The differences between the graphs after two runs, read by SQL: only what differs reaches Python.

The store ends a fact only on evidence (a complete list, a look-up), so what is gone is known to be gone. What is new is
known to be new if some complete reading since the earlier run did not have it. Equal pairs of documents are compared
once, however many entities have them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from collector.model.graph import Properties, PropertyValue, RelationshipType
from collector.model.graph_schema import ROW, EntitySchema
from collector.query.change import Change, Kind, Named
from collector.store import ReadOnlyDatabase, RunRecord
from collector.store.row_ids import key_bounds
from collector.store.schema import alive


def _name(document: str, key: str) -> str:
    return f"coalesce(json_extract({document}.json, '$.displayName'), json_extract({document}.json, '$.name'), {key})"


_OF_TYPE = "entity.key >= :first AND entity.key < :end"

_ONLY_IN = f"""
    SELECT entity.key, {_name("document", "entity.key")},
        json_extract(document.json, '$.createdOn'), json_extract(document.json, '$.email[0]'),
        json_extract(document.json, '$.status'),
        EXISTS (SELECT 1 FROM part AS other WHERE other.entity = entity.id AND other.part = :row
            AND {alive("other", ":known")})
    FROM entity
    CROSS JOIN part AS own ON own.entity = entity.id AND own.part = :row AND {alive("own", ":here")}
    CROSS JOIN document ON document.id = own.document
    WHERE {_OF_TYPE} AND NOT EXISTS (
        SELECT 1 FROM part AS other WHERE other.entity = entity.id AND other.part = :row AND {alive("other", ":there")})
    ORDER BY entity.key"""

_CHANGED_PARTS = f"""
    SELECT entity.key, {_name("document", "entity.key")}, new.part, old.document, new.document
    FROM entity
    CROSS JOIN part AS new ON new.entity = entity.id AND new.from_run > :since AND {alive("new", ":until")}
    CROSS JOIN part AS was ON was.entity = entity.id AND was.part = :row AND {alive("was", ":since")}
    CROSS JOIN part AS own ON own.entity = entity.id AND own.part = :row AND {alive("own", ":until")}
    CROSS JOIN document ON document.id = own.document
    LEFT JOIN part AS old ON old.entity = entity.id AND old.part = new.part AND {alive("old", ":since")}
    WHERE {_OF_TYPE} AND old.document IS NOT new.document
    ORDER BY entity.key"""

_LOST_PARTS = f"""
    SELECT old.part, count(*)
    FROM entity
    CROSS JOIN part AS old ON old.entity = entity.id AND {alive("old", ":since")} AND old.to_run <= :until
    CROSS JOIN part AS own ON own.entity = entity.id AND own.part = :row AND {alive("own", ":until")}
    WHERE {_OF_TYPE} AND NOT EXISTS (
        SELECT 1 FROM part AS new WHERE new.entity = entity.id AND new.part = old.part AND {alive("new", ":until")})
    GROUP BY old.part ORDER BY old.part"""

_UNCHANGED_DOCUMENTS = f"""
    SELECT json FROM document WHERE id IN (
        SELECT part.document
        FROM entity
        CROSS JOIN part ON part.entity = entity.id AND part.part = :part
            AND part.from_run <= :since AND (part.to_run IS NULL OR part.to_run > :until)
        WHERE {_OF_TYPE})"""

_RELATIONSHIPS_ONLY_IN = f"""
    SELECT source.key, {_name("source_document", "source.key")}, target.key, {_name("target_document", "target.key")},
        EXISTS (SELECT 1 FROM relationship AS other WHERE other.type = link.type AND other.source = link.source
            AND other.target = link.target AND {alive("other", ":known")}),
        source_document.id IS NOT NULL, target_document.id IS NOT NULL
    FROM relationship_type
    CROSS JOIN relationship AS link ON link.type = relationship_type.id AND {alive("link", ":here")}
    CROSS JOIN entity AS source ON source.id = link.source
    CROSS JOIN entity AS target ON target.id = link.target
    LEFT JOIN part AS source_row
        ON source_row.entity = source.id AND source_row.part = :row AND {alive("source_row", ":until")}
    LEFT JOIN part AS target_row
        ON target_row.entity = target.id AND target_row.part = :row AND {alive("target_row", ":until")}
    LEFT JOIN document AS source_document ON source_document.id = source_row.document
    LEFT JOIN document AS target_document ON target_document.id = target_row.document
    WHERE relationship_type.type = :type AND NOT EXISTS (
        SELECT 1 FROM relationship AS other WHERE other.type = link.type AND other.source = link.source
            AND other.target = link.target AND {alive("other", ":there")})
    ORDER BY source.key, target.key"""

_RELATED = f"""
    SELECT 1
    FROM relationship AS link
    JOIN relationship_type ON relationship_type.id = link.type AND relationship_type.type = :type
    WHERE link.source = (SELECT id FROM entity WHERE key = :source)
        AND link.target = (SELECT id FROM entity WHERE key = :target) AND {alive("link", ":since")}"""

_FIRST_COMPLETE = """
    SELECT min(run) FROM step_result WHERE run BETWEEN :since AND :until
        AND EXISTS (SELECT 1 FROM json_each(types) WHERE value = :type)
        AND NOT EXISTS (SELECT 1 FROM json_each(partial_types) WHERE value = :type)"""

_NEVER = 0
"""The number of no run: nothing was in the graph after it."""


@dataclass(frozen=True)
class Differences:
    """What differs in entities of one type.

    `first_read`, `lost`: how many entities have a part that they did not have before, or no longer have.
    """

    changes: tuple[Change, ...]
    first_read: Mapping[str, int]
    lost: Mapping[str, int]


@dataclass
class GraphComparison:
    """The graphs after two runs. As they are found: `came`: the keys of entities known to be new; `invitations`: the
    keys before invitations were accepted, by those after it; `left_behind`: as in `Changes`.
    """

    database: ReadOnlyDatabase
    since: RunRecord
    until: RunRecord
    came: set[str] = field(default_factory=set)
    invitations: dict[str, str] = field(default_factory=dict)
    left_behind: set[str] = field(default_factory=set)

    def entities(self, type_: str) -> Iterator[Change]:
        """Who came and who went."""
        complete = self._first_complete(type_)
        found: dict[Kind, list[Named]] = {Kind.CAME: [], Kind.ACCEPTED: [], Kind.FIRST_READ: []}
        invited: dict[str, str] = {}
        went: list[Named] = []
        for key, name, _, email, status, _ in self._only_in(type_, self.since, self.until, _NEVER):
            went.append(Named(key, str(name)))
            if status == "pending" and email:
                invited[email] = key
        for key, name, created_on, email, _, was_there in self._only_in(
            type_, self.until, self.since, complete or _NEVER
        ):
            is_new = (complete is not None and not was_there) or (
                isinstance(created_on, int | float) and created_on > self.since.ended_at
            )
            kind = Kind.ACCEPTED if email in invited else Kind.CAME if is_new else Kind.FIRST_READ
            found[kind].append(Named(key, str(name)))
            if kind is Kind.ACCEPTED:
                self.invitations[key] = invited.pop(email)
            elif kind is Kind.CAME:
                self.came.add(key)
        accepted = tuple(self.invitations[each.key] for each in found[Kind.ACCEPTED])
        became_users = set(accepted)
        found[Kind.WENT] = [each for each in went if each.key not in became_users]
        for kind, who in found.items():
            if who:
                yield Change(kind, type_, tuple(who), invitations=accepted if kind is Kind.ACCEPTED else ())

    def members(self, type_: RelationshipType, member_type: str) -> Iterator[Change]:
        """Who joined and left groups or roles. A user or group that is gone did not leave as well."""
        complete = self._first_complete(type_.type)
        found: dict[tuple[Kind, Named], list[Named]] = {}
        for here, there in ((self.until, self.since), (self.since, self.until)):
            known = {"known": complete or _NEVER, "here": here.id, "there": there.id}
            for source, source_name, target, target_name, was_there, *ends_exist in self.database.rows(
                _RELATIONSHIPS_ONLY_IN, {**self._runs(), **known, "type": type_.type}
            ):
                ends = Named(source, str(source_name)), Named(target, str(target_name))
                member, owner = ends if type_.source == member_type else ends[::-1]
                if not all(ends_exist):
                    if type_.type not in self.until.partial_types:  # else others may have joined or left as well
                        self.left_behind.add(owner.key)
                    continue
                if here is self.since:
                    kind = Kind.LEFT
                elif self._was_invited_to(type_, member.key, source, target):
                    continue
                else:
                    is_new = (complete is not None and not was_there) or not self.came.isdisjoint((source, target))
                    kind = Kind.JOINED if is_new else Kind.FIRST_READ_IN
                found.setdefault((kind, owner), []).append(member)
        for (kind, owner), who in found.items():
            yield Change(kind, member_type, tuple(sorted(who, key=lambda each: each.key)), of=owner)

    def properties(self, type_: EntitySchema, is_wanted: Callable[[str], bool]) -> Differences:
        """Which values of entities in both graphs differ, in the parts that are wanted."""
        differing = _DifferingValues(self, type_)
        first_read: dict[str, int] = {}
        parameters = {**self._runs(), **key_bounds(type_.type)}
        who = Named("", "")
        for key, name, part, old, new in self.database.rows(_CHANGED_PARTS, parameters):
            if _is_volatile(type_, part) or not is_wanted(part):
                continue
            if old is None:
                first_read[part] = first_read.get(part, 0) + 1
                continue
            if who.key != key:  # its parts share it
                who = Named(key, str(name))
            differing.add(who, part, old, new)
        lost = {
            part: count for part, count in self.database.rows(_LOST_PARTS, parameters) if not _is_volatile(type_, part)
        }
        return Differences(tuple(differing.changes()), first_read, lost)

    def unchanged_documents(self, type_: str, part: str) -> Iterator[Properties]:
        """The distinct documents that entities had in both runs and all the time between."""
        for (text,) in self.database.rows(_UNCHANGED_DOCUMENTS, {**self._runs(), **key_bounds(type_), "part": part}):
            yield json.loads(text)

    def _only_in(self, type_: str, here: RunRecord, there: RunRecord, known: int) -> Iterator[sqlite3.Row]:
        runs = {"here": here.id, "there": there.id, "known": known}
        return self.database.rows(_ONLY_IN, {"row": ROW, **key_bounds(type_), **runs})

    def _was_invited_to(self, type_: RelationshipType, member: str, source: str, target: str) -> bool:
        invitation = self.invitations.get(member)
        if invitation is None:
            return False
        ends = {"source": source, "target": target, "source" if member == source else "target": invitation}
        return self.database.row(_RELATED, {"since": self.since.id, "type": type_.type, **ends}) is not None

    def _first_complete(self, type_: str) -> int | None:
        """The first of the runs compared and those between that read all of a type."""
        run: int | None = self.database.value(_FIRST_COMPLETE, {**self._runs(), "type": type_})
        return run

    def _runs(self) -> dict[str, object]:
        return {"since": self.since.id, "until": self.until.id, "row": ROW}


class _DifferingValues:
    """Values that differ, equal ones together with everybody they concern."""

    def __init__(self, comparison: GraphComparison, type_: EntitySchema) -> None:
        self._comparison = comparison
        self._type = type_
        self._pairs: dict[tuple[str, int, int], list[list[Named]]] = {}
        self._found: dict[tuple[str, str, str, str], tuple[PropertyValue, PropertyValue, list[Named]]] = {}
        self._sent: dict[tuple[str, Kind], set[str]] = {}
        self._volatile = {
            name for name, parts in type_.properties.items() if any(_is_volatile(type_, part) for part in parts)
        }
        self._document = lru_cache(maxsize=64)(self._read)

    def add(self, who: Named, part: str, old: int, new: int) -> None:
        """Note that an entity had one document as this part, and now has another."""
        concerned = self._pairs.get((part, old, new))
        if concerned is None:
            concerned = self._compared(part, old, new)
            if part in self._type.shared:
                self._pairs[part, old, new] = concerned
        for each in concerned:
            each.append(who)

    def changes(self) -> Iterator[Change]:
        """One for each part, property, old and new value."""
        uncertain = self._uncertain()
        for (part, name, _, _), (old, new, who) in sorted(self._found.items(), key=_order):
            kind = Kind.NEWLY_SENT if old is None else Kind.NO_LONGER_SENT
            certain = None not in (old, new) or (part, name) not in uncertain[kind]
            yield Change(Kind.CHANGED if certain else kind, self._type.type, tuple(who), None, part, name, old, new)

    def _compared(self, part: str, old: int, new: int) -> list[list[Named]]:
        before, after = self._document(old), self._document(new)
        self._sent.setdefault((part, Kind.NEWLY_SENT), set()).update(before)
        self._sent.setdefault((part, Kind.NO_LONGER_SENT), set()).update(after)
        concerned = []
        for name in _differing(before, after):
            left, right = before.get(name), after.get(name)
            if name.startswith("_") or name in self._volatile or (part != ROW and _same_list(left, right)):
                continue
            key = (part, name, repr(left), repr(right))
            concerned.append(self._found.setdefault(key, (left, right, []))[2])
        return concerned

    def _uncertain(self) -> dict[Kind, set[tuple[str, str]]]:
        """The properties, by part, that no entity had before, or has now."""
        found: dict[Kind, set[tuple[str, str]]] = {Kind.NEWLY_SENT: set(), Kind.NO_LONGER_SENT: set()}
        for (part, name, _, _), (old, new, _) in self._found.items():
            kind = Kind.NEWLY_SENT if old is None else Kind.NO_LONGER_SENT
            if None in (old, new) and name not in self._sent[part, kind]:
                found[kind].add((part, name))
        for part in {part for names in found.values() for part, _ in names}:
            for document in self._comparison.unchanged_documents(self._type.type, part):
                here = {(part, name) for name, value in document.items() if value is not None}
                for names in found.values():
                    names -= here
                if not any(part == each for names in found.values() for each, _ in names):
                    break
        return found

    def _read(self, document: int) -> Properties:
        text = self._comparison.database.value("SELECT json FROM document WHERE id = ?", (document,))
        properties: Properties = json.loads(text)
        if None in properties.values():
            return {name: value for name, value in properties.items() if value is not None}
        return properties


def _order(found: tuple[tuple[str, str, str, str], object]) -> tuple[str, ...]:
    part, name, old, new = found[0]
    return name, part, old, new


def _is_volatile(type_: EntitySchema, part: str) -> bool:
    """Whether it moves by itself, such as the last sign-in: it belongs to no dataset and follows from nothing."""
    source = type_.parts.get(part)
    return source is not None and not source.datasets and not source.types


def _differing(before: Properties, after: Properties) -> list[str]:
    """The names of different values. `True` is not 1; most values are one and the same object, which is quicker."""
    get = after.get
    changed = [
        name
        for name, left in before.items()
        if (right := get(name)) is not left and (left != right or type(left) is not type(right))
    ]
    return changed + [name for name in after if name not in before]


def _same_list(left: PropertyValue, right: PropertyValue) -> bool:
    """Lists in documents come in no order that means anything."""
    return isinstance(left, list) and isinstance(right, list) and sorted(map(str, left)) == sorted(map(str, right))
