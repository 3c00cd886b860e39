"""Faults that apply to certain requests of a sequence, such as the third and fourth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class ScheduledFault(Protocol):
    """Spares the first `after` matching requests and applies to the next `times`, all with None."""

    @property
    def after(self) -> int: ...

    @property
    def times(self) -> int | None: ...


FaultT = TypeVar("FaultT", bound=ScheduledFault)


class ScheduledFaults(Generic[FaultT]):
    """Faults in the order they were added; at most one applies to a request. Not safe to share between threads."""

    def __init__(self) -> None:
        self._faults: list[FaultT] = []
        self._matched: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self._faults)

    def add(self, *faults: FaultT) -> None:
        self._faults.extend(faults)

    def clear(self) -> None:
        self._faults.clear()
        self._matched.clear()

    def next_fault(self, matches: Callable[[FaultT], bool]) -> FaultT | None:
        """The fault for a request, of those for which `matches` is true."""
        for position, fault in enumerate(self._faults):
            if not matches(fault):
                continue
            self._matched[position] += 1
            turn = self._matched[position] - fault.after
            if turn > 0 and (fault.times is None or turn <= fault.times):
                return fault
        return None
