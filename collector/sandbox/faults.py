"""Scheduled and random faults."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence

from collector.sandbox.fault import Fault, FaultKind
from collector.sandbox.identifiers import fraction_from, number_from
from collector.sandbox.scheduled_faults import ScheduledFaults


class Faults:
    """Scheduled faults, in the order they were added, then random ones.

    At most one applies to a request. `applied`: how often each kind has applied so far.
    """

    def __init__(self) -> None:
        self.applied: Counter[FaultKind] = Counter()
        self._lock = threading.Lock()
        self._scheduled: ScheduledFaults[Fault] = ScheduledFaults()
        self._random_faults: list[RandomFaults] = []

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._scheduled.add(*faults)

    def at_random(self, rate: float, faults: Sequence[Fault], seed: int = 0) -> None:
        """From now on one of these applies to `rate` (0 to 1) of the requests they match; see `RandomFaults`."""
        with self._lock:
            self._random_faults.append(RandomFaults(rate, faults, seed))

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._scheduled.clear()
            self._random_faults.clear()

    def next_fault(self, path: str, parameters: Mapping[str, str]) -> Fault | None:
        """The fault that applies to this request, if one does."""
        if not self._scheduled and not self._random_faults:
            return None
        with self._lock:
            scheduled = self._scheduled.next_fault(lambda fault: fault.matches(path, parameters))
            fault = scheduled or self._random_fault(path, parameters)
            if fault is not None:
                self.applied[fault.kind] += 1
            return fault

    def _random_fault(self, path: str, parameters: Mapping[str, str]) -> Fault | None:
        return next(
            (fault for random_faults in self._random_faults if (fault := random_faults.next_fault(path, parameters))),
            None,
        )


class RandomFaults:
    """Random faults. Not safe to share between threads.

    `rate`: the share of the matching requests that get a fault. A fault's `times` is its maximum; `after` is ignored.
    Which fault a request gets depends only on `seed`, the request without its page token, and how often it has come.
    """

    def __init__(self, rate: float, faults: Sequence[Fault], seed: int) -> None:
        self._rate = rate
        self._faults = faults
        self._seed = seed
        self._asked: Counter[int] = Counter()
        self._applied: Counter[int] = Counter()

    def next_fault(self, path: str, parameters: Mapping[str, str]) -> Fault | None:
        """The fault that applies to this request, if one does."""
        fixed = sorted(item for item in parameters.items() if item[0] != "next_page_token")
        request = number_from(path, fixed)
        self._asked[request] += 1
        turn = (self._seed, request, self._asked[request])
        if fraction_from("whether", *turn) >= self._rate:
            return None
        possible = [
            number
            for number, fault in enumerate(self._faults)
            if fault.matches(path, parameters) and (fault.times is None or self._applied[number] < fault.times)
        ]
        if not possible:
            return None
        drawn = possible[number_from("which", *turn) % len(possible)]
        self._applied[drawn] += 1
        return self._faults[drawn]
