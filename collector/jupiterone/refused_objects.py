"""Which objects of a batch an error of JupiterOne's is about.

It names them by their place: `Error in entities[0]._rawData (reason=…)`, with the code
ENTITY_UPLOAD_FAILED_VALIDATION (github.com/JupiterOne/sdk, pull request 442). Their place in a list, their key and
their id are understood as well, wherever in the error they stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from collector.errors import RequestFailed, UploadFailed
from collector.jupiterone.batches import Batch

MAX_KEYS_NAMED = 10
_POSITION = re.compile(
    r"(?:\b(?:entities|relationships)|(?<![\w\]]))\[(\d{1,9})\]|\b(?:entities|relationships)\.(\d{1,9})\b"
)
_POSITION_NAMES = ("index", "position")
_BETWEEN_WORDS = re.compile(r"[\s\"'`,;()\[\]{}=]+")


def objects_refused_by(failure: RequestFailed, batch: Batch) -> UploadFailed | None:
    """The failure, told with the keys of the objects it is about; None for one that is not about what was uploaded."""
    said_invalid = "VALIDATION" in (failure.code or "").upper()
    if failure.status not in (400, 422) and not said_invalid:
        return None
    keys = _keys(failure, batch)
    if not keys and not said_invalid:
        return None
    named = ", ".join(keys[:MAX_KEYS_NAMED]) or "which ones it does not say"
    more = f" and {len(keys) - MAX_KEYS_NAMED:,} more" if len(keys) > MAX_KEYS_NAMED else ""
    number = f"{len(keys):,} of" if keys else "some of"
    return UploadFailed(
        f"JupiterOne finds {number} {len(batch.objects):,} {batch.collection} invalid: {named}{more}. "
        f"{' '.join(failure.message.split())}",
        "It would find the same again. Please report it, with this message.",
    )


def _keys(failure: RequestFailed, batch: Batch) -> list[str]:
    """The keys of the objects that are named, in the order of the batch."""
    objects = [json.loads(encoded) for encoded in batch.objects]
    positions: set[int] = set()
    words: set[str] = set()
    for found in _found(failure.body.get("error", failure.body)):
        if isinstance(found, int):
            positions.add(found)
        else:
            words.update(_words(found))
    return [
        str(each["_key"])
        for number, each in enumerate(objects)
        if number in positions or each["_key"] in words or (isinstance(each.get("id"), str) and each["id"] in words)
    ]


def _found(value: object) -> Iterator[int | str]:
    """The positions in the batch that an error names, and all its texts."""
    if isinstance(value, str):
        yield value
        for match in _POSITION.finditer(value):
            yield int(match[1] or match[2])
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            if name in _POSITION_NAMES and isinstance(inner, int):
                yield inner
            yield from _found(inner)
    elif isinstance(value, list):
        if value[:1] in (["entities"], ["relationships"]) and len(value) > 1 and isinstance(value[1], int):
            yield value[1]
        for inner in value:
            yield from _found(inner)


def _words(text: str) -> Iterator[str]:
    """The words of a text, each also without what ends a sentence; the whole text, since a key may hold blanks."""
    yield text
    for word in _BETWEEN_WORDS.split(text):
        yield word
        yield word.rstrip(".:!")
