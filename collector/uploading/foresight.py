"""What an upload would change, by the record of what was uploaded before; and whether that is safe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.errors import CollectorError, Interrupted
from collector.jupiterone.changes import TypeChanges, count_changes
from collector.jupiterone.jobs import Target
from collector.jupiterone.query import Query
from collector.jupiterone.safety import Deletions, UnsafeUpload, check_deletions
from collector.model.graph import RelationshipType, type_of_key
from collector.resources import account, all_resources, entity_types, relationship_types
from collector.store import Place, RunRecord, Store, UploadRecord, Version

ENTITY_TYPES = tuple(entity.type for entity in entity_types(all_resources()))
RELATIONSHIP_TYPES: tuple[RelationshipType, ...] = tuple(relationship_types(all_resources()))
ALL_TYPES = (*ENTITY_TYPES, *(type_.type for type_ in RELATIONSHIP_TYPES))


@dataclass(frozen=True)
class Foresight:
    """What uploading `run` changes, by `_type`.

    `base`: the upload it was compared with; None without one that can still be told, and then all counts as created.
    `unknown_types`: those of which no record tells what stands in JupiterOne, since none was ever uploaded completely.
    `account_key`: the `_key` of the Zoom account, None if it was never read.
    """

    run: RunRecord
    base: UploadRecord | None
    changes: Mapping[str, TypeChanges]
    unknown_types: tuple[str, ...]
    account_key: str | None

    @property
    def partial_types(self) -> list[str]:
        return self.run.partial_types

    @property
    def deletions(self) -> list[Deletions]:
        return [Deletions(type_, changes.deleted, changes.before) for type_, changes in self.changes.items()]


def foresee(store: Store, run: RunRecord, place: Place) -> Foresight:
    """Compare a run with what was last uploaded to a place."""
    finished = store.uploads.finished(place)
    base = finished[0] if finished and store.knows_run(finished[0].run) else None
    told = finished if base is not None else []
    complete_once = {type_ for upload in told for type_ in ALL_TYPES if type_ not in upload.partial_types}
    unknown = [type_ for type_ in ALL_TYPES if type_ not in complete_once and type_ not in run.partial_types]
    accounts = store.entity_versions(account.ENTITY.type, run.id)
    account_key = next((version.key for version in accounts), None)
    return Foresight(run, base, _changes(store, run, base), tuple(unknown), account_key)


def check_safe(foresight: Foresight, query: Query, target: Target) -> None:
    """Raise UnsafeUpload when too much would be deleted, or nobody can tell how much.

    JupiterOne is asked only about types of which there is no record.
    """
    if set(ALL_TYPES) <= set(foresight.partial_types):
        raise UnsafeUpload(
            f"The collection of run {foresight.run.id} read no set completely, so there is nothing to rely on.",
            "Run `collector collect` again; to upload it all the same, `collector sync --allow-deletes`.",
        )
    check_deletions([*foresight.deletions, *_counted_deletions(foresight, query, target)])


def _changes(store: Store, run: RunRecord, base: UploadRecord | None) -> dict[str, TypeChanges]:
    changes = {}
    for type_ in ENTITY_TYPES:
        before = store.entity_versions(type_, base.run) if base is not None else ()
        changes[type_] = count_changes(before, store.entity_versions(type_, run.id), _Deleted(store, run, type_))
    for tie in RELATIONSHIP_TYPES:
        before = store.relationship_versions(tie.type, base.run) if base is not None else ()
        after = store.relationship_versions(tie.type, run.id)
        changes[tie.type] = count_changes(before, after, _Deleted(store, run, tie.type))
    return changes


class _Deleted:
    """Whether JupiterOne deletes what is no longer uploaded.

    Nothing of a type that was not read completely, but for relationships whose end is deleted.
    """

    def __init__(self, store: Store, run: RunRecord, type_: str) -> None:
        self._store = store
        self._run = run
        self._partial_types = set(run.partial_types)
        self._type = type_

    def __call__(self, version: Version) -> bool:
        return self._type not in self._partial_types or any(self._is_gone(end) for end in version.ends)

    def _is_gone(self, key: str) -> bool:
        return type_of_key(key) not in self._partial_types and not self._store.existed(key, self._run.id)


def _counted_deletions(foresight: Foresight, query: Query, target: Target) -> list[Deletions]:
    """The fewest deletions that follow from how much there is in JupiterOne and how much is uploaded."""
    try:
        deletions = [_counted(type_, foresight, query, target) for type_ in foresight.unknown_types]
        _check_same_account(foresight, deletions, query, target)
    except (Interrupted, UnsafeUpload):
        raise
    except CollectorError as failure:
        raise UnsafeUpload(
            "This profile has no record of what stands at this place in JupiterOne, and JupiterOne could not be asked, "
            f"so nobody can tell what this upload would delete: {failure.message}",
            f"{failure.next_step} The key must be permitted to query the graph; or, if you are sure of key and place, "
            "run `collector sync --allow-deletes` this once.".strip(),
        ) from None
    return deletions


def _counted(type_: str, foresight: Foresight, query: Query, target: Target) -> Deletions:
    relationship = next((tie for tie in RELATIONSHIP_TYPES if tie.type == type_), None)
    if relationship is None:
        before = query.count_entities(type_, target)
    else:
        before = query.count_relationships(relationship, target)
    return Deletions(type_, max(0, before - foresight.changes[type_].uploaded), before)


def _check_same_account(foresight: Foresight, counted: Sequence[Deletions], query: Query, target: Target) -> None:
    """Two accounts of like size would go unnoticed by their numbers."""
    type_ = account.ENTITY.type
    somebody_is_there = any(entry.type == type_ and entry.before for entry in counted)
    if somebody_is_there and foresight.account_key and not query.holds(type_, foresight.account_key, target):
        raise UnsafeUpload(
            f"That place in JupiterOne holds another Zoom account than {foresight.account_key}; this upload would "
            "replace its whole graph.",
            "Give each Zoom account an integration instance of its own (`collector instance create`). If it is to be "
            "replaced, run `collector sync --allow-deletes`.",
        )
