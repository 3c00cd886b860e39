"""Things that go wrong on purpose, as planned or by chance."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence

from collector.sandbox.fault import Fault, FaultKind
from collector.sandbox.identifiers import fraction_from, number_from
from collector.sandbox.planned import Planned


class Faults:
    """Planned faults, in the order they were added, then those left to chance.

    A request struck by one is not seen by later ones. `struck`: how often each kind has struck so far.
    """

    def __init__(self) -> None:
        self.struck: Counter[FaultKind] = Counter()
        self._lock = threading.Lock()
        self._planned: Planned[Fault] = Planned()
        self._chances: list[Chance] = []

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._planned.add(*faults)

    def at_random(self, rate: float, faults: Sequence[Fault], seed: int = 0) -> None:
        """From now on one of these strikes `rate` (0 to 1) of the requests they meet; see `chance.Chance`."""
        with self._lock:
            self._chances.append(Chance(rate, faults, seed))

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._planned.clear()
            self._chances.clear()

    def strike(self, path: str, parameters: Mapping[str, str]) -> Fault | None:
        """The fault that strikes this request, if one does."""
        if not self._planned and not self._chances:
            return None
        with self._lock:
            planned = self._planned.strike(lambda fault: fault.meets(path, parameters))
            fault = planned or self._by_chance(path, parameters)
            if fault is not None:
                self.struck[fault.kind] += 1
            return fault

    def _by_chance(self, path: str, parameters: Mapping[str, str]) -> Fault | None:
        return next((fault for chance in self._chances if (fault := chance.strike(path, parameters))), None)


class Chance:
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
        self._struck: Counter[int] = Counter()

    def strike(self, path: str, parameters: Mapping[str, str]) -> Fault | None:
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
            if fault.meets(path, parameters) and (fault.times is None or self._struck[number] < fault.times)
        ]
        if not possible:
            return None
        drawn = possible[number_from("which", *turn) % len(possible)]
        self._struck[drawn] += 1
        return self._faults[drawn]
