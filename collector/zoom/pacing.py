"""Spaces calls evenly, at the rate the plan allows.

Zoom counts calls per account, rate-limit label and second, over all apps of the account (Zoom developer docs, rate
limits). The calls of a label are one interval apart, so no second, whenever it starts, holds more than allowed.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from collector.clock import Clock
from collector.settings.choices import ZoomPlan
from collector.zoom.endpoint import Label

MARGIN = 0.975
"""The share of the allowed rate that is used, so that network jitter does not exceed it."""

SLOWED_SECONDS = 60.0
"""How long a label runs at half its rate after Zoom refused a call for the per-second limit."""

CALLS_PER_SECOND: Mapping[ZoomPlan, Mapping[Label, float]] = {
    ZoomPlan.FREE: {Label.LIGHT: 4, Label.MEDIUM: 2, Label.HEAVY: 1},
    ZoomPlan.PRO: {Label.LIGHT: 30, Label.MEDIUM: 20, Label.HEAVY: 10},
    ZoomPlan.BUSINESS: {Label.LIGHT: 80, Label.MEDIUM: 60, Label.HEAVY: 40},
}
"""Zoom's published limits, in calls per second; `unlimited` (for a sandbox) has none."""


@dataclass
class _LabelPace:
    interval: float
    slowed_interval: float
    next_turn: float = 0.0
    paused_until: float = 0.0
    slowed_until: float = 0.0


class Pacer:
    """Hands out turns, separately for each label; safe to share between threads."""

    def __init__(self, plan: ZoomPlan, share: float, clock: Clock) -> None:
        """`share`: how much of the account's limits this run may use, above 0, at most 1."""
        self._clock = clock
        self._lock = threading.Lock()
        self._paces = {label: _label_pace(plan, label, share) for label in Label}

    def wait_turn(self, label: Label) -> None:
        """Wait until this label's next call may be sent."""
        while True:
            turn = self._take_turn(label)
            self._clock.wait(turn - self._clock.monotonic())
            with self._lock:
                if self._paces[label].paused_until <= turn:
                    return

    def pause(self, label: Label, seconds: float) -> None:
        """After a refusal: no call under this label for `seconds`, then half the rate for a minute."""
        with self._lock:
            pace = self._paces[label]
            now = self._clock.monotonic()
            pace.paused_until = max(pace.paused_until, now + seconds)
            pace.slowed_until = pace.paused_until + SLOWED_SECONDS
            pace.next_turn = max(pace.next_turn, pace.paused_until)

    def _take_turn(self, label: Label) -> float:
        with self._lock:
            pace = self._paces[label]
            turn = max(self._clock.monotonic(), pace.next_turn, pace.paused_until)
            pace.next_turn = turn + (pace.slowed_interval if turn < pace.slowed_until else pace.interval)
            return turn


def _label_pace(plan: ZoomPlan, label: Label, share: float) -> _LabelPace:
    if plan is ZoomPlan.UNLIMITED:
        return _LabelPace(interval=0.0, slowed_interval=2 / CALLS_PER_SECOND[ZoomPlan.BUSINESS][label])
    interval = 1 / (CALLS_PER_SECOND[plan][label] * MARGIN * share)
    return _LabelPace(interval=interval, slowed_interval=2 * interval)
