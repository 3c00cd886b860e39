"""The calls that arrived at a server: how much of the allowed rate was used, and how many were refused."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

REFUSED = 429


class Arrival(NamedTuple):
    """One request: when it arrived, in seconds of the server's steady clock, and the status it was answered with."""

    at: float
    status: int


def used_share(arrivals: Sequence[Arrival], allowed_per_second: float, middle: float = 0.8) -> float:
    """The part of the allowed calls that was made, over the middle of the run: 0.97 for 97 %. Refused ones are none.

    `middle`: the part of the time between the first and the last arrival that is looked at.
    """
    first, last = min(arrivals).at, max(arrivals).at
    edge = (last - first) * (1 - middle) / 2
    begin, end = first + edge, last - edge
    answered = sum(begin <= arrival.at < end and arrival.status != REFUSED for arrival in arrivals)
    return answered / (allowed_per_second * (end - begin))


def refused_part(arrivals: Sequence[Arrival]) -> float:
    """The share of calls that was refused for the rate limit."""
    return sum(arrival.status == REFUSED for arrival in arrivals) / len(arrivals)


def busiest_second(arrivals: Sequence[Arrival]) -> int:
    """The most calls answered in any rolling second."""
    times = sorted(arrival.at for arrival in arrivals if arrival.status != REFUSED)
    return max((bisect_left(times, at + 1.0) - number for number, at in enumerate(times)), default=0)
