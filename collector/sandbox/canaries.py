"""Values that stand for secrets, recognizable so that tests can search every output of the collector for them."""

from __future__ import annotations

CANARY = "CANARY"
"""In every secret text: passcodes, host keys, stream keys, access tokens, cookies, the client secret."""

PMI_CANARY = "55500"
"""The first five of the ten digits of every personal meeting id, which cannot hold a text."""


def personal_meeting_id(number: int) -> int:
    """The ten-digit personal meeting id of the user with this number."""
    return int(f"{PMI_CANARY}{number % 100_000:05}")
