"""Documents: what one reading said about one entity, as canonical JSON; and the entity they make."""

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
    """The one JSON text of these properties: sorted names, no spaces, UTF-8 as it is.

    Raises ValueError for NaN and infinities.
    """
    return _CANONICAL.encode(properties)


def document_hash(canonical: str) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def parse_document(text: str) -> Properties:
    """The properties in a stored document. Raises CollectionFailed when it is none."""
    try:
        properties: Properties = json.loads(text)
    except (ValueError, TypeError):
        raise _damaged() from None
    if not isinstance(properties, dict):
        raise _damaged()
    return properties


_parse_shared = lru_cache(maxsize=256)(parse_document)  # for what most entities have in common: settings, not rows


def joined_entity(key: str, parts: Iterable[tuple[str, str]], tags: Mapping[str, str]) -> Properties | None:
    """The entity of these (part, JSON) pairs, or None when the `row` is not among them.

    The `row` comes first, the other parts follow in alphabetical order and never overwrite an earlier one;
    `tags` come last. Lists may be shared between the entities returned: read them, do not change them.
    Raises CollectionFailed when one of them is damaged.
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
    """What the store holds as a document is none: the file was changed by something else, such as a failing disk."""
    return CollectionFailed(
        "The store is damaged: a document in the profile's graph.db cannot be read. The file was left as it is.",
        NextStep(
            "Move it aside, out of the profile's folder, which `{}` names; then run `{}`.",
            Command("doctor"),
            Command("collect"),
        ),
    )
