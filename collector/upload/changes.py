"""What an upload changes in JupiterOne: the graph uploaded before beside the one to be uploaded now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar


class Versioned(Protocol):
    """An object of the graph: two with the same key differ if their contents do."""

    @property
    def key(self) -> str: ...

    @property
    def content(self) -> object: ...


Object = TypeVar("Object", bound=Versioned)


@dataclass(frozen=True)
class TypeChanges:
    """How many objects of one `_type` are created, updated, deleted and left as they are.

    `staying`: not uploaded any more, but not deleted either, since the type was not read completely.
    """

    created: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    staying: int = 0

    @property
    def before(self) -> int:
        """How many there were."""
        return self.updated + self.deleted + self.unchanged + self.staying

    @property
    def uploaded(self) -> int:
        """How many are sent."""
        return self.created + self.updated + self.unchanged

    def with_held(self, held: int, *, stays: bool) -> TypeChanges:
        """The same where JupiterOne says that it holds so many, if that is more than is known of.

        Those nobody knew of may be what is uploaded as new: as many count as unchanged. The rest will be deleted, or
        stays where the type was not read completely.
        """
        unknown = max(0, held - self.before)
        known_after_all = min(unknown, self.created)
        rest = unknown - known_after_all
        return replace(
            self,
            created=self.created - known_after_all,
            unchanged=self.unchanged + known_after_all,
            deleted=self.deleted + (0 if stays else rest),
            staying=self.staying + (rest if stays else 0),
        )


def count_changes(
    before: Iterable[Object], after: Iterable[Object], is_deleted: Callable[[Object], bool]
) -> TypeChanges:
    """Compare the objects of one type, both in the order of their keys; memory does not grow with their number.

    `is_deleted` is asked about each object that is no longer there.
    """
    created = updated = deleted = unchanged = staying = 0
    for old, new in _pairs(before, after):
        if old is None:
            created += 1
        elif new is not None:
            updated += old.content != new.content
            unchanged += old.content == new.content
        elif is_deleted(old):
            deleted += 1
        else:
            staying += 1
    return TypeChanges(created, updated, deleted, unchanged, staying)


def _pairs(before: Iterable[Object], after: Iterable[Object]) -> Iterator[tuple[Object | None, Object | None]]:
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
