"""Documents as canonical JSON, and the entity they make together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

from collector.errors import CollectionFailed
from collector.model.graph import Properties, PropertyValue
from collector.next_steps import Command, NextStep

ROW = "row"
"""The part whose presence makes an entity exist: its row in the list it was read from."""

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(properties: Mapping[str, PropertyValue]) -> str:
    """The JSON of these properties: sorted names, no spaces, unescaped. Raises ValueError for NaN and infinities."""
    return _CANONICAL.encode(properties)


def document_hash(canonical: str) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def parse_document(text: str) -> Properties:
    """The properties in a stored document. Raises CollectionFailed if it is damaged."""
    try:
        properties: Properties = json.loads(text)
    except (ValueError, TypeError):
        raise _damaged() from None
    if not isinstance(properties, dict):
        raise _damaged()
    return properties


_parse_shared = lru_cache(maxsize=256)(parse_document)  # most entities share their settings, but not their rows


def joined_entity(key: str, parts: Iterable[tuple[str, str]], tags: Mapping[str, str]) -> Properties | None:
    """The entity of these (part, JSON) pairs, or None without a `row`.

    The `row` comes first, then the other parts in alphabetical order, which never overwrite an earlier one, then
    `tags`. Lists may be shared between entities: do not change them. Raises CollectionFailed if a part is damaged.
    """
    texts = dict(parts)
    row = texts.pop(ROW, None)
    if row is None:
        return None
    properties = parse_document(row)
    if not properties.keys() >= {"_type", "_class"}:
        raise _damaged()
    entity: Properties = {"_key": key, "_type": properties.pop("_type"), "_class": properties.pop("_class")}
    entity.update(properties)
    for part in sorted(texts):
        for name, value in _parse_shared(texts[part]).items():
            entity.setdefault(name, value)
    entity.update(tags)
    return entity


def _damaged() -> CollectionFailed:
    """A stored document is not JSON: something else, such as a failing disk, changed the file."""
    return CollectionFailed(
        "The store is damaged: a document in the profile's graph.db cannot be read. The file was left as it is.",
        NextStep(
            "Move it aside, out of the profile's folder, which `{}` names; then run `{}`.",
            Command("doctor"),
            Command("collect"),
        ),
    )
