"""Entities and relationships, encoded and split into request bodies that JupiterOne accepts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from collector.errors import UploadFailed
from collector.model.graph import JsonObject

MAX_BODY_BYTES = 5_000_000
"""The limit of JupiterOne's own client for an encoded body (JupiterOne SDK 17)."""

Collection = Literal["entities", "relationships"]


@dataclass(frozen=True)
class Batch:
    """The objects of one upload, each encoded as JSON already."""

    collection: Collection
    objects: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        """`{"entities":[…]}`, UTF-8."""
        return b'{"%s":[%s]}' % (self.collection.encode(), b",".join(self.objects))

    @property
    def body_for_retry(self) -> bytes:
        """The body for sending it again: `ignoreDuplicates` lets the latest of two objects with one key win.

        Without it duplicate keys are an error (JupiterOne docs, sync jobs API reference, "Request flags").
        """
        return self.body[:-1] + b',"ignoreDuplicates":true}'

    def halves(self) -> tuple[Batch, Batch]:
        """Two smaller batches with the same objects. Raises UploadFailed when there is only one object."""
        if len(self.objects) == 1:
            raise _too_large(self.objects[0])
        middle = len(self.objects) // 2
        return Batch(self.collection, self.objects[:middle]), Batch(self.collection, self.objects[middle:])


def batches(collection: Collection, objects: Iterable[JsonObject], largest: int = MAX_BODY_BYTES) -> Iterator[Batch]:
    """Batches whose bodies have at most `largest` bytes, in the order of `objects`, which are walked once.

    Raises UploadFailed for an object that does not fit into a body of its own.
    """
    empty = len(Batch(collection, ()).body_for_retry)
    gathered: list[bytes] = []
    size = empty
    for value in objects:
        encoded = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        if empty + len(encoded) > largest:
            raise _too_large(encoded)
        separator = 1 if gathered else 0
        if size + separator + len(encoded) > largest:
            yield Batch(collection, tuple(gathered))
            gathered, size, separator = [], empty, 0
        gathered.append(encoded)
        size += separator + len(encoded)
    if gathered:
        yield Batch(collection, tuple(gathered))


def _too_large(encoded: bytes) -> UploadFailed:
    key = json.loads(encoded).get("_key")
    return UploadFailed(
        f"{key} is larger ({len(encoded):,} bytes) than JupiterOne accepts in one upload.",
        "Nothing was changed in JupiterOne. Please report it, with the key and the size.",
    )
