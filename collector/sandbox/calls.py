"""The requests to the sandbox, for tests and for the last line of the demo."""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import NamedTuple


class Call(NamedTuple):
    """One request and its answer.

    `template`: the path with `<>` for what varies, "" for unknown ones. `query`: the raw query. `status`: 0 where the
    connection was dropped. `label`: the rate-limit label, "" without one.
    `grant`: the grant type of a token request, "" of others.
    """

    method: str
    path: str
    query: str
    template: str
    status: int
    label: str
    grant: str = ""


class Calls:
    """A count of all requests and the latest 10,000 of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, int, str]] = Counter()
        self._latest: deque[Call] = deque(maxlen=10_000)

    def add(self, call: Call) -> None:
        with self._lock:
            self._counts[call.template, call.status, call.grant] += 1
            self._latest.append(call)

    def count(self, template: str | None = None, status: int | None = None, grant: str | None = None) -> int:
        """How many requests there were to a template, say "/v2/users/<user_id>/settings", with a status and a grant."""
        with self._lock:
            return sum(
                count
                for (asked, answered, granted), count in self._counts.items()
                if template in (None, asked) and status in (None, answered) and grant in (None, granted)
            )

    def by_template(self) -> dict[str, int]:
        """How many requests there were, by template."""
        with self._lock:
            totals: Counter[str] = Counter()
            for (asked, _, _), count in self._counts.items():
                totals[asked] += count
            return dict(totals)

    @property
    def latest(self) -> list[Call]:
        """Oldest first."""
        with self._lock:
            return list(self._latest)

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()
            self._latest.clear()
