"""Things that go wrong on purpose, as planned or by chance."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence

from collector.sandbox.chance import Chance
from collector.sandbox.fault import Fault, FaultKind
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
