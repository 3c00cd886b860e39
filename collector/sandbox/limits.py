"""Rate limits of an account (Zoom developer docs, rate limits).

Limits are shared by everything that reads the account: per second by label, and on free accounts per day, which
ends at 00:00 UTC.
"""

from __future__ import annotations

import math
import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Literal

from collector.clock import Clock
from collector.sandbox.endpoints import Label
from collector.sandbox.errors import daily_limit, per_second_limit
from collector.sandbox.timestamps import timestamp

ZoomPlan = Literal["unlimited", "free", "pro", "business"]
HeaderProfile = Literal["recorded", "documented", "free"]
RetryAfter = Literal["none", "iso", "seconds", "http-date"]

_DAY = 86_400


@dataclass(frozen=True)
class Allowance:
    """Requests allowed; `per_day` is None where there is no daily limit."""

    per_second: int
    per_day: int | None = None


ALLOWANCES: Mapping[ZoomPlan, Mapping[Label, Allowance]] = {
    "unlimited": {},
    "free": {"Light": Allowance(4, 6_000), "Medium": Allowance(2, 2_000)},
    "pro": {"Light": Allowance(30), "Medium": Allowance(20)},
    "business": {"Light": Allowance(80), "Medium": Allowance(60)},
}


class RateLimits:
    """Counts requests, and returns the rate-limit headers.

    `profile`: "recorded" sends the label only, as recorded from paid accounts; "documented" adds the counts per
    second, "free" those per day. `retry_after`: the format of that header on a daily refusal.
    """

    def __init__(self, plan: ZoomPlan, profile: HeaderProfile, retry_after: RetryAfter, clock: Clock) -> None:
        self._allowances = ALLOWANCES[plan]
        self._profile = profile
        self._retry_after = retry_after
        self._clock = clock
        self._lock = threading.Lock()
        self._last_second: dict[Label, deque[float]] = {"Light": deque(), "Medium": deque()}
        self._today: Counter[Label] = Counter()
        self._day = 0

    def take(self, label: Label) -> None:
        """Count one request; raises ZoomError 429 at a limit. Refused requests are not counted."""
        allowance = self._allowances.get(label)
        if allowance is None:
            return
        with self._lock:
            recent = self._recent(label)
            if allowance.per_day is not None and self._today[label] >= allowance.per_day:
                raise daily_limit(self.refusal_headers(daily=True))
            if len(recent) >= allowance.per_second:
                raise per_second_limit(self.refusal_headers(daily=False))
            recent.append(self._clock.monotonic())
            self._today[label] += 1

    def headers(self, label: Label) -> dict[str, str]:
        """The X-RateLimit headers of an answer."""
        headers: dict[str, str] = {"X-RateLimit-Category": label}
        allowance = self._allowances.get(label)
        if allowance is None or self._profile == "recorded":
            return headers
        with self._lock:
            if self._profile == "documented":
                limit, used = allowance.per_second, len(self._recent(label))
                headers["X-RateLimit-Type"] = "QPS"
            elif allowance.per_day is not None:
                limit, used = allowance.per_day, self._today[label]
                headers["X-RateLimit-Type"] = "Daily-limit"
            else:
                return headers
        headers["X-RateLimit-Limit"] = str(limit)
        headers["X-RateLimit-Remaining"] = str(max(0, limit - used))
        return headers

    def refusal_headers(self, daily: bool) -> dict[str, str]:
        """The headers of a 429 beyond the label. Per-second refusals usually have no Retry-After."""
        headers: dict[str, str] = {}
        if self._profile != "recorded":
            headers["X-RateLimit-Type"] = "Daily-limit" if daily else "QPS"
            headers["X-RateLimit-Remaining"] = "0"
        if daily and self._retry_after != "none":
            headers["Retry-After"] = self._next_midnight()
        return headers

    def _recent(self, label: Label) -> deque[float]:
        """The times of the requests in the last second; resets the count of the day on a new day."""
        day = int(self._clock.now() // _DAY)
        if day != self._day:
            self._day = day
            self._today.clear()
        recent = self._last_second[label]
        oldest = self._clock.monotonic() - 1.0
        while recent and recent[0] <= oldest:
            recent.popleft()
        return recent

    def _next_midnight(self) -> str:
        now = self._clock.now()
        midnight = (now // _DAY + 1) * _DAY
        if self._retry_after == "seconds":
            return str(math.ceil(midnight - now))
        if self._retry_after == "http-date":
            return formatdate(midnight, usegmt=True)
        return timestamp(midnight)
