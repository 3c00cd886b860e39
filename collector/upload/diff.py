"""What an upload would change, by the record of what was uploaded before and by what JupiterOne says it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from collector.errors import CollectorError
from collector.model.graph import RelationshipType, type_of_key
from collector.resources import account, all_resources, entity_types, relationship_types
from collector.store import RunRecord, Store, UploadDestination, UploadRecord, Version

ENTITY_TYPES = tuple(entity.type for entity in entity_types(all_resources()))
RELATIONSHIP_TYPES: tuple[RelationshipType, ...] = tuple(relationship_types(all_resources()))
ALL_TYPES = (*ENTITY_TYPES, *(type_.type for type_ in RELATIONSHIP_TYPES))

MAX_DELETED_SHARE = 0.2
MAX_DELETED = 10


@dataclass(frozen=True)
class TypeChanges:
    """How many objects of one `_type` are created, updated, deleted and left as they are.

    `retained`: not uploaded any more, but not deleted either, since the type was not read completely.
    """

    created: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    retained: int = 0

    @property
    def before(self) -> int:
        """How many there were."""
        return self.updated + self.deleted + self.unchanged + self.retained

    @property
    def uploaded(self) -> int:
        """How many are sent."""
        return self.created + self.updated + self.unchanged

    def with_remote_counts(self, remote: int, *, stays: bool) -> TypeChanges:
        """The same where JupiterOne says that it holds so many, if that is more than is known of.

        Those nobody knew of may be what is uploaded as new: as many count as unchanged. The rest will be deleted, or
        stays where the type was not read completely.
        """
        unknown = max(0, remote - self.before)
        known_after_all = min(unknown, self.created)
        rest = unknown - known_after_all
        return replace(
            self,
            created=self.created - known_after_all,
            unchanged=self.unchanged + known_after_all,
            deleted=self.deleted + (0 if stays else rest),
            retained=self.retained + (rest if stays else 0),
        )


@dataclass(frozen=True)
class Deletions:
    """Of `before` objects of a `_type` in JupiterOne, `deleted` would go."""

    type: str
    deleted: int
    before: int

    @property
    def too_many(self) -> bool:
        """As the rule in `collector.upload.safety` says."""
        return self.deleted > MAX_DELETED and self.deleted > MAX_DELETED_SHARE * self.before

    def __str__(self) -> str:
        return f"{self.deleted:,} of {self.before:,} {self.type} ({self.deleted / max(1, self.before):.0%})"


@dataclass(frozen=True)
class RemoteCounts:
    """What JupiterOne says it holds at the place of an upload.

    `counts`: by `_type`; one it does not tell is missing. The rest is only asked before the first upload to a place.
    `others`: entities that no Zoom account has. `other_account`: whether another Zoom account than the profile's is
    there.
    """

    counts: Mapping[str, int]
    others: int = 0
    other_account: bool = False


@dataclass(frozen=True)
class UploadDiff:
    """What uploading `run` changes, by `_type`.

    `first`: nothing was ever uploaded from this profile to the place. `base`: the upload it was compared with; None
    without one that can still be told, and then all counts as created. `unknown_types`: those of which no record tells
    what stands in JupiterOne, since none was ever uploaded completely. `account_key`: the `_key` of the Zoom account,
    None if it was never told. `remote`: None unless JupiterOne was asked. `query_failure`: why it has not told all of
    that, and this computer's record is all there is to go by.
    """

    run: RunRecord
    first: bool
    base: UploadRecord | None
    changes: Mapping[str, TypeChanges]
    unknown_types: tuple[str, ...]
    account_key: str | None
    remote: RemoteCounts | None = None
    query_failure: CollectorError | None = None

    @property
    def partial_types(self) -> list[str]:
        return self.run.partial_types

    @property
    def deletions(self) -> list[Deletions]:
        return [Deletions(type_, changes.deleted, changes.before) for type_, changes in self.changes.items()]

    def with_remote_counts(self, remote: RemoteCounts, query_failure: CollectorError | None = None) -> UploadDiff:
        """The same with what JupiterOne says: of each type, the larger number of deletions counts."""
        changes = {
            type_: change.with_remote_counts(remote.counts.get(type_, 0), stays=type_ in self.partial_types)
            for type_, change in self.changes.items()
        }
        return replace(self, changes=changes, remote=remote, query_failure=query_failure)


def compute_diff(store: Store, run: RunRecord, destination: UploadDestination) -> UploadDiff:
    """Compare a run with what was uploaded to a place before."""
    finished = store.uploads.finished(destination)
    known_uploads = list(takewhile(lambda upload: store.knows_run(upload.run), finished))
    latest_complete = {type_: _latest_complete(known_uploads, type_) for type_ in ALL_TYPES}
    unknown = tuple(type_ for type_ in ALL_TYPES if latest_complete[type_] is None and type_ not in run.partial_types)
    account_key = None if store.account_id is None else account.ENTITY.key(store.account_id)
    return UploadDiff(
        run,
        not finished,
        known_uploads[0] if known_uploads else None,
        _changes(store, run, known_uploads, latest_complete),
        unknown,
        account_key,
    )


def _latest_complete(known_uploads: Sequence[UploadRecord], type_: str) -> UploadRecord | None:
    """The newest of the uploads, the newest first, in which the type was complete: JupiterOne held just that then."""
    return next((upload for upload in known_uploads if type_ not in upload.partial_types), None)


def _changes(
    store: Store,
    run: RunRecord,
    known_uploads: Sequence[UploadRecord],
    latest_complete: Mapping[str, UploadRecord | None],
) -> dict[str, TypeChanges]:
    """Compared with all that was there since a type was uploaded completely: until then nothing of it was deleted."""

    def change(type_: str, versions: Callable[[str, int, int | None], Iterator[Version]]) -> TypeChanges:
        before: Iterable[Version] = ()
        if known_uploads:
            before = versions(type_, known_uploads[0].run, (latest_complete[type_] or known_uploads[-1]).run)
        changes = count_changes(before, versions(type_, run.id, None), _Deleted(store, run, type_))
        forgotten = (
            known_uploads[0].counts.get(type_, 0) - changes.before
            if known_uploads and known_uploads[0] is latest_complete[type_]
            else 0
        )
        return _with_forgotten(changes, max(0, forgotten), retained=type_ in run.partial_types)

    entities = {type_: change(type_, store.entity_versions) for type_ in ENTITY_TYPES}
    return entities | {
        relationship.type: change(relationship.type, store.relationship_versions) for relationship in RELATIONSHIP_TYPES
    }


def _with_forgotten(changes: TypeChanges, number: int, *, retained: bool) -> TypeChanges:
    """With those that were uploaded, and of which `collector forget` has left nothing but that they were."""
    if retained:
        return replace(changes, retained=changes.retained + number)
    return replace(changes, deleted=changes.deleted + number)


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


def count_changes(
    before: Iterable[Version], after: Iterable[Version], is_deleted: Callable[[Version], bool]
) -> TypeChanges:
    """Compare the objects of one type, both in the order of their keys; memory does not grow with their number.

    `is_deleted` is asked about each object that is no longer there.
    """
    created = updated = deleted = unchanged = retained = 0
    for old, new in _pairs(before, after):
        if old is None:
            created += 1
        elif new is not None:
            updated += old.content != new.content
            unchanged += old.content == new.content
        elif is_deleted(old):
            deleted += 1
        else:
            retained += 1
    return TypeChanges(created, updated, deleted, unchanged, retained)


def _pairs(before: Iterable[Version], after: Iterable[Version]) -> Iterator[tuple[Version | None, Version | None]]:
    """The objects of both by key; None where one side has none of that key."""
    olds, news = iter(before), iter(after)
    old, new = next(olds, None), next(news, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old.key < new.key):
            yield old, None
            old = next(olds, None)
        elif old is None or new.key < old.key:
            yield None, new
            new = next(news, None)
        else:
            yield old, new
            old, new = next(olds, None), next(news, None)
