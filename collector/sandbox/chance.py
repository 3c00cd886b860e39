"""Things that go wrong now and then, drawn from a seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from collector.sandbox.fault import Fault
from collector.sandbox.identifiers import fraction_from, number_from


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
