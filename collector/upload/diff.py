"""What an upload would change: compared with earlier uploads, and with the counts JupiterOne reports."""

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
    """Objects of one `_type`, counted by what the upload does to them.

    `retained`: no longer uploaded, but not deleted, because the type was not read completely.
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
        """With the count JupiterOne reports, if that is larger than what is known.

        The objects that were not known may be those that are uploaded as new: as many count as unchanged. The rest is
        deleted, or retained if the type was not read completely.
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
    """`deleted` of the `before` objects of a `_type` in JupiterOne."""

    type: str
    deleted: int
    before: int

    @property
    def too_many(self) -> bool:
        """By the rule in `collector.upload.safety`."""
        return self.deleted > MAX_DELETED and self.deleted > MAX_DELETED_SHARE * self.before

    def __str__(self) -> str:
        return f"{self.deleted:,} of {self.before:,} {self.type} ({self.deleted / max(1, self.before):.0%})"


@dataclass(frozen=True)
class RemoteCounts:
    """What the destination contains, as JupiterOne reports it.

    `counts`: by `_type`, without those it does not report. The rest is asked only before the first upload to a
    destination. `others`: entities that are not Zoom's. `other_account`: whether it contains another Zoom account than
    the profile's.
    """

    counts: Mapping[str, int]
    others: int = 0
    other_account: bool = False


@dataclass(frozen=True)
class UploadDiff:
    """What uploading `run` changes, by `_type`.

    `first`: this profile has never uploaded to the destination. `base`: the upload it is compared with; None when no
    earlier one is known, and then everything counts as created. `unknown_types`: never uploaded completely, so their
    number in JupiterOne is unknown here. `account_key`: the `_key` of the Zoom account, None if not known. `remote`:
    None unless JupiterOne was asked. `query_failure`: why its counts are missing or incomplete.
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
        """With the counts JupiterOne reports: for each type, the larger number of deletions counts."""
        changes = {
            type_: change.with_remote_counts(remote.counts.get(type_, 0), stays=type_ in self.partial_types)
            for type_, change in self.changes.items()
        }
        return replace(self, changes=changes, remote=remote, query_failure=query_failure)


def compute_diff(store: Store, run: RunRecord, destination: UploadDestination) -> UploadDiff:
    """Compare a run with the earlier uploads to a destination."""
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
    """The latest upload in which the type was complete, so that JupiterOne contained exactly that. Newest first."""
    return next((upload for upload in known_uploads if type_ not in upload.partial_types), None)


def _changes(
    store: Store,
    run: RunRecord,
    known_uploads: Sequence[UploadRecord],
    latest_complete: Mapping[str, UploadRecord | None],
) -> dict[str, TypeChanges]:
    """Compare with everything since a type was last uploaded completely: nothing of it was deleted since."""

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
    """With the uploaded objects of which `collector forget` has kept only the number."""
    if retained:
        return replace(changes, retained=changes.retained + number)
    return replace(changes, deleted=changes.deleted + number)


class _Deleted:
    """Whether JupiterOne deletes an object that is no longer uploaded.

    Of a partial type it deletes nothing, except relationships whose end is deleted.
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
    """Compare the objects of one type, both sorted by key, in constant memory.

    `is_deleted` is called for each object that is only in `before`.
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
    """Pairs of equal key; None where one side has no such key."""
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
