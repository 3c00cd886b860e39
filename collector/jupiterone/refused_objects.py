"""Which objects of a batch an error of JupiterOne's is about.

It names them by position, `Error in entities[0]._rawData (reason=…)`, with the code ENTITY_UPLOAD_FAILED_VALIDATION
(github.com/JupiterOne/sdk, pull request 442).
"""

from __future__ import annotations

import json
import re

from collector.errors import RequestFailed, UploadFailed
from collector.jupiterone.batches import Batch

MAX_KEYS_NAMED = 10
_POSITION = re.compile(r"\b(?:entities|relationships)\[(\d{1,9})\]")


def objects_refused_by(failure: RequestFailed, batch: Batch) -> UploadFailed | None:
    """The failure with the keys of the objects it names; None for one that is not about the uploaded objects."""
    said_invalid = "VALIDATION" in (failure.code or "").upper()
    keys = _keys(failure, batch)
    if not said_invalid and (failure.status not in (400, 422) or not keys):
        return None
    named = ", ".join(keys[:MAX_KEYS_NAMED]) or "it does not say which"
    more = f" and {len(keys) - MAX_KEYS_NAMED:,} more" if len(keys) > MAX_KEYS_NAMED else ""
    number = f"{len(keys):,} of" if keys else "some of"
    return UploadFailed(
        f"JupiterOne finds {number} {len(batch.objects):,} {batch.collection} invalid: {named}{more}. "
        f"{' '.join(failure.message.split())}",
        "Trying again does not help. Please report it with this message.",
    )


def _keys(failure: RequestFailed, batch: Batch) -> list[str]:
    """The keys of the objects that are named, in the order of the batch."""
    error = json.dumps(failure.body.get("error", failure.body))
    positions = {int(found) for found in _POSITION.findall(error)}
    return [str(json.loads(batch.objects[each])["_key"]) for each in sorted(positions) if each < len(batch.objects)]
