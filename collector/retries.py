"""When to send a request again: what an answer asks for, and how long to wait. No network here."""

from __future__ import annotations

import random
import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_FIRST_MOMENT = 1_000_000_000
"""A number above this is a moment in seconds since 1970: nobody asks to wait for thirty years."""


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """How many seconds to wait, 0 or more, by the value of a Retry-After header; None where it says nothing.

    It is a number of seconds or a date (RFC 9110 §10.2.3). An ISO 8601 instant (Zoom) and seconds since 1970, as
    `now` is, are understood as well. A moment without a time zone is UTC.
    """
    text = (header or "").strip()
    if _NUMBER.fullmatch(text):
        number = float(text)
        return max(0.0, number - now) if number > _FIRST_MOMENT else number
    for parse in (parsedate_to_datetime, _iso_instant):
        try:
            moment = parse(text)
        except (TypeError, ValueError, OverflowError):
            continue
        return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() - now)
    return None


def backoff_seconds(tries: int, longest: float, randomness: random.Random, asked: float | None = None) -> float:
    """How long to wait after so many tries: 1, 2, 4, 8 … seconds, or what was asked for if that is more.

    Each with up to half as much again by chance, so that those who failed together do not come back together; at most
    `longest`.
    """
    wait = max(asked or 0.0, 2.0 ** (tries - 1)) * (1 + randomness.random() / 2)
    return min(wait, longest)


def _iso_instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
