"""How long to wait before a retry. No network here."""

from __future__ import annotations

import random
import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_FIRST_MOMENT = 1_000_000_000
"""A larger number is a time in seconds since 1970: nobody asks to wait for thirty years."""


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """The seconds to wait, 0 or more, from the value of a Retry-After header; None without a valid one.

    A number of seconds or a date (RFC 9110 §10.2.3); also an ISO 8601 time (Zoom), and seconds since 1970, as `now`.
    A time without a time zone is UTC.
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
    """The seconds to wait after this many tries: 1, 2, 4, 8 …, or `asked` if that is more; at most `longest`.

    Up to half as much again is added at random, so that calls that failed together are not retried together.
    """
    wait = max(asked or 0.0, 2.0 ** (tries - 1)) * (1 + randomness.random() / 2)
    return min(wait, longest)


def _iso_instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
