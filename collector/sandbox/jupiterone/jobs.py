"""Synchronization jobs: their states, what was uploaded to them, and how the API shows them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from collector.sandbox.jupiterone.graph import Changes, GraphObject, Scope

JobStatus = Literal[
    "AWAITING_UPLOADS",
    "FINALIZE_PENDING",
    "FINALIZING_ENTITIES",
    "FINALIZING_RELATIONSHIPS",
    "FINISHED",
    "ABORTED",
    "ABORTED_DUE_TO_INVALID_CONFIGURATION",
    "ERROR_BAD_DATA",
    "ERROR_UNEXPECTED_FAILURE",
    "UNKNOWN",
]
ObjectKind = Literal["entities", "relationships"]

FINALIZING: tuple[JobStatus, ...] = ("FINALIZE_PENDING", "FINALIZING_ENTITIES", "FINALIZING_RELATIONSHIPS")
ENDED: tuple[JobStatus, ...] = (
    "FINISHED",
    "ABORTED",
    "ABORTED_DUE_TO_INVALID_CONFIGURATION",
    "ERROR_BAD_DATA",
    "ERROR_UNEXPECTED_FAILURE",
)

_COUNTS = ("Created", "Updated", "Deleted")
_ERRORS = ("CreateErrors", "UpdateErrors", "DeleteErrors")


class Event(NamedTuple):
    """An event a client published for a job. `created`: milliseconds since 1970."""

    id: str
    job_id: str
    integration_job_id: str
    name: str
    description: str
    created: int


@dataclass
class Job:
    """One synchronization job. Not safe to share between threads.

    `started`, `ended`: milliseconds since 1970. `outcome`: its status after finalization. `polls`: status
    requests since then. `uploads`: the objects that arrived, with `duplicates`, of which each is an error.
    """

    id: str
    account: str
    scope: Scope
    integration_job_id: str
    ignore_duplicates: bool
    started: int
    status: JobStatus = "AWAITING_UPLOADS"
    outcome: JobStatus = "FINISHED"
    polls: int = 0
    ended: int | None = None
    abort_reason: str | None = None
    partial_types: frozenset[str] = frozenset()
    entities: dict[str, GraphObject] = field(default_factory=dict)
    relationships: dict[str, GraphObject] = field(default_factory=dict)
    uploads: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    entity_changes: Changes = field(default_factory=Changes)
    relationship_changes: Changes = field(default_factory=Changes)

    @property
    def instance_id(self) -> str | None:
        return None if self.scope.source == "api" else self.scope.name

    @property
    def done(self) -> bool:
        return self.status in ENDED

    def add(self, kind: ObjectKind, objects: list[GraphObject], latest_wins: bool) -> None:
        """Take a batch. A `_key` for the second time is an error and is ignored, unless the latest wins."""
        held = self.entities if kind == "entities" else self.relationships
        self.uploads[kind] += len(objects)
        for graph_object in objects:
            key = graph_object["_key"]
            if key in held and not (latest_wins or self.ignore_duplicates):
                self.duplicates[kind] += 1
            else:
                held[key] = graph_object

    def end(self, status: JobStatus, now: int, reason: str | None = None) -> None:
        self.status = status
        self.ended = now
        self.abort_reason = reason
        self.entities.clear()
        self.relationships.clear()

    def document(self) -> dict[str, Any]:
        """The job as the API gives it (JupiterOne SDK and client: synchronization job)."""
        named = {
            "source": self.scope.source,
            "scope": self.scope.name,
            "integrationInstanceId": self.instance_id,
            "integrationJobId": self.integration_job_id or None,
        }
        return {
            "id": self.id,
            "accountId": self.account,
            "status": self.status,
            "done": self.done,
            "syncMode": "DIFF",
            "startTimestamp": self.started,
            **{name: value for name, value in named.items() if value is not None},
            **_counts("Entities", "Entity", self.uploads["entities"], self.entity_changes),
            **_counts("Relationships", "Relationship", self.uploads["relationships"], self.relationship_changes),
            **_counts("MappedRelationships", "MappedRelationship", None, Changes()),
        }


def _counts(plural: str, singular: str, uploaded: int | None, changes: Changes) -> dict[str, int]:
    errors = zip(_ERRORS, (changes.create_errors, 0, 0), strict=True)
    return {
        **({} if uploaded is None else {f"num{plural}Uploaded": uploaded}),
        **{f"num{plural}{name}": getattr(changes, name.lower()) for name in _COUNTS},
        **{f"num{singular}{name}": number for name, number in errors},
    }
