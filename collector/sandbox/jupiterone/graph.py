"""The graph of the account, scope by scope, and the changes by a finalized upload.

JupiterOne docs, synchronization API: an upload in DIFF mode replaces what its scope holds, but for partial datasets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from collector.sandbox.jupiterone.identifiers import graph_object_id

GraphObject = dict[str, Any]

_ENDS = ("from", "to")


class Scope(NamedTuple):
    """What a job is compared with: the data of one instance, or of one scope name of source "api"."""

    source: str
    name: str


@dataclass(frozen=True)
class Ingested:
    """An object as it was uploaded, and the tags the platform put on it."""

    uploaded: GraphObject
    tags: Mapping[str, Any]


@dataclass
class ScopeData:
    entities: dict[str, Ingested] = field(default_factory=dict)
    relationships: dict[str, Ingested] = field(default_factory=dict)


@dataclass
class Changes:
    """The changes to the entities, or to the relationships."""

    created: int = 0
    updated: int = 0
    deleted: int = 0
    create_errors: int = 0


@dataclass(frozen=True)
class Upload:
    """All a job uploaded, each `_key` once."""

    entities: Mapping[str, GraphObject]
    relationships: Mapping[str, GraphObject]
    partial_types: frozenset[str]
    tags: Mapping[str, Any]


class Graph:
    """Everything that was ingested."""

    def __init__(self) -> None:
        self._scopes: dict[Scope, ScopeData] = {}

    def scopes(self) -> Iterator[tuple[Scope, ScopeData]]:
        yield from self._scopes.items()

    def data(self, scope: Scope) -> ScopeData:
        return self._scopes.setdefault(scope, ScopeData())

    def delete_instance(self, instance_id: str) -> None:
        for scope in [scope for scope in self._scopes if scope.source != "api" and scope.name == instance_id]:
            del self._scopes[scope]

    def ingest(self, scope: Scope, upload: Upload) -> tuple[Changes, Changes]:
        """Apply an upload to its scope. Returns the changes to entities and to relationships."""
        data = self.data(scope)
        entities = Changes()
        for key, entity in upload.entities.items():
            _put(data.entities, key, Ingested(entity, upload.tags), entities)
        entities.deleted = _delete_missing(data.entities, upload.entities, upload.partial_types)
        return entities, self._ingest_relationships(scope, upload)

    def _ingest_relationships(self, scope: Scope, upload: Upload) -> Changes:
        """Relationships without both ends are errors; those whose end was deleted are deleted, partial type or not."""
        stored = self.data(scope).relationships
        changes = Changes()
        for key, relationship in upload.relationships.items():
            if self._has_ends(scope, relationship):
                _put(stored, key, Ingested(relationship, {}), changes)
            else:
                changes.create_errors += 1
        changes.deleted = _delete_missing(stored, upload.relationships, upload.partial_types)
        for key in [key for key, kept in stored.items() if not self._has_ends(scope, kept.uploaded)]:
            del stored[key]
            changes.deleted += 1
        return changes

    def _has_ends(self, scope: Scope, relationship: GraphObject) -> bool:
        return all(
            relationship[f"_{end}EntityKey"] in self.data(scope_of_end(scope, relationship, end)).entities
            for end in _ENDS
        )


def scope_of_end(scope: Scope, relationship: GraphObject, end: str) -> Scope:
    """The relationship's own scope, unless it names another one (`_fromEntitySource`, `_fromEntityScope`)."""
    source = relationship.get(f"_{end}EntitySource", scope.source)
    return Scope(source, relationship.get(f"_{end}EntityScope", scope.name))


def _put(stored: dict[str, Ingested], key: str, ingested: Ingested, changes: Changes) -> None:
    if key not in stored:
        changes.created += 1
    elif stored[key] != ingested:
        changes.updated += 1
    stored[key] = ingested


def _delete_missing(stored: dict[str, Ingested], uploaded: Mapping[str, object], partial_types: frozenset[str]) -> int:
    missing = [
        key for key, kept in stored.items() if key not in uploaded and kept.uploaded["_type"] not in partial_types
    ]
    for key in missing:
        del stored[key]
    return len(missing)


def with_platform_properties(scope: Scope, ingested: Ingested, account: str) -> GraphObject:
    """An entity or relationship as queries show it."""
    uploaded = ingested.uploaded
    ends = {
        f"_{end}EntityId": graph_object_id(account, *scope_of_end(scope, uploaded, end), uploaded[f"_{end}EntityKey"])
        for end in _ENDS
        if f"_{end}EntityKey" in uploaded
    }
    origin = {"_scope": scope.name} if scope.source == "api" else {"_integrationInstanceId": scope.name}
    return {
        **uploaded,
        **ingested.tags,
        **ends,
        "_id": graph_object_id(account, *scope, uploaded["_key"]),
        "_accountId": account,
        "_source": scope.source,
        "_deleted": False,
        **origin,
    }
