"""Things that go wrong on purpose, as planned or by chance."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence

from collector.sandbox.fault import Fault, FaultKind
from collector.sandbox.identifiers import fraction_from, number_from
from collector.sandbox.scheduled_faults import ScheduledFaults


class Faults:
    """Planned faults, in the order they were added, then those left to chance.

    A request struck by one is not seen by later ones. `applied`: how often each kind has struck so far.
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
        """From now on one of these strikes `rate` (0 to 1) of the requests they meet; see
        `random_faults.RandomFaults`."""
        with self._lock:
            self._random_faults.append(RandomFaults(rate, faults, seed))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._scheduled.clear()
            self._random_faults.clear()

    def next_fault(self, path: str, parameters: Mapping[str, str]) -> Fault | None:
        """The fault that strikes this request, if one does."""
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
    """Faults of which one strikes now and then. Not safe to share between threads.

    `rate`: the part of the requests struck, of those that any of the faults meets. A fault's `times` is how often it
    strikes at most; `after` is not looked at. What strikes a request depends on `seed`, on the request and on how often
    it has come, whatever its page token; not on what else is asked for at the time.
    """

    def __init__(self, rate: float, faults: Sequence[Fault], seed: int) -> None:
        self._rate = rate
        self._faults = faults
        self._seed = seed
        self._asked: Counter[int] = Counter()
        self._applied: Counter[int] = Counter()

    def next_fault(self, path: str, parameters: Mapping[str, str]) -> Fault | None:
        """The fault that strikes this request, if one does."""
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
