"""Ids in JupiterOne's formats, the same for the same seed."""

from __future__ import annotations

import itertools
import random
import threading
import uuid

_GRAPH_NAMESPACE = uuid.UUID("5b3f3c2e-1f0a-4c55-9a57-0d0d4f8e7a10")


class Identifiers:
    """Random-looking UUIDs, one after the other. Safe to share between threads."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def new(self) -> str:
        with self._lock:
            number = next(self._numbers)
        bits = random.Random(f"{self._seed}:{number}").getrandbits(128)
        return str(uuid.UUID(int=bits, version=4))


def graph_object_id(*scope_and_key: str) -> str:
    """`_id` of an entity or relationship: a UUIDv5 of scope and key (JupiterOne docs, pipeline upgrade of 2025)."""
    return str(uuid.uuid5(_GRAPH_NAMESPACE, "\x1f".join(scope_and_key)))
