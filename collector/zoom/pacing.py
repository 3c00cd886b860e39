"""Evenly spaced calls: as many a second as the plan allows, never two at once from the same turn.

Zoom counts calls per account, rate-limit label and second, over all apps of the account (Zoom developer docs, rate
limits). A label's turns are handed out one interval apart, so that no second of any phase holds more than allowed.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from collector.clock import Clock
from collector.settings.choices import Plan
from collector.zoom.endpoint import Label

MARGIN = 0.975
"""The part of the allowed rate that is used, so that jitter on the way does not cross it."""

SLOWED_SECONDS = 60.0
"""How long a label goes at half its rate after Zoom refused a call for its per-second limit."""


CALLS_PER_SECOND: Mapping[Plan, Mapping[Label, float]] = {
    Plan.FREE: {Label.LIGHT: 4, Label.MEDIUM: 2, Label.HEAVY: 1},
    Plan.PRO: {Label.LIGHT: 30, Label.MEDIUM: 20, Label.HEAVY: 10},
    Plan.BUSINESS: {Label.LIGHT: 80, Label.MEDIUM: 60, Label.HEAVY: 40},
}
"""Zoom's published limits in calls a second; `unlimited` (for a sandbox) has none."""


@dataclass
class _Lane:
    interval: float
    slowed_interval: float
    next_turn: float = 0.0
    paused_until: float = 0.0
    slowed_until: float = 0.0


class Pacer:
    """Hands out turns, one label apart from the other; safe to share between threads."""

    def __init__(self, plan: Plan, share: float, clock: Clock) -> None:
        """`share`: the part of the account's allowance this run may use, above 0, at most 1."""
        self._clock = clock
        self._lock = threading.Lock()
        self._lanes = {label: _lane(plan, label, share) for label in Label}

    def wait_turn(self, label: Label) -> None:
        """Return when this label's next call may be sent."""
        while True:
            turn = self._take_turn(label)
            self._clock.wait(turn - self._clock.monotonic())
            with self._lock:
                if self._lanes[label].paused_until <= turn:
                    return

    def pause(self, label: Label, seconds: float) -> None:
        """Zoom refused a call: nobody calls under this label for `seconds`, and slowly for a minute after."""
        with self._lock:
            lane = self._lanes[label]
            now = self._clock.monotonic()
            lane.paused_until = max(lane.paused_until, now + seconds)
            lane.slowed_until = lane.paused_until + SLOWED_SECONDS
            lane.next_turn = max(lane.next_turn, lane.paused_until)

    def _take_turn(self, label: Label) -> float:
        with self._lock:
            lane = self._lanes[label]
            turn = max(self._clock.monotonic(), lane.next_turn, lane.paused_until)
            lane.next_turn = turn + (lane.slowed_interval if turn < lane.slowed_until else lane.interval)
            return turn


def _lane(plan: Plan, label: Label, share: float) -> _Lane:
    if plan is Plan.UNLIMITED:
        return _Lane(interval=0.0, slowed_interval=2 / CALLS_PER_SECOND[Plan.BUSINESS][label])
    interval = 1 / (CALLS_PER_SECOND[plan][label] * MARGIN * share)
    return _Lane(interval=interval, slowed_interval=2 * interval)
