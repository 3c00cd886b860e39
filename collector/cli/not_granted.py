"""What more could be read: the optional documents whose scope the token lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rich.console import Console

from collector.cli.output import format_time
from collector.cli.plain_text import printable
from collector.model.coverage import Coverage, Status


def print_not_granted(console: Console, coverage: Iterable[Coverage]) -> None:
    """A line for each scope, with what it would add; documents of one scope share it."""
    by_scope: defaultdict[tuple[str, tuple[str, ...]], list[Coverage]] = defaultdict(list)
    for entry in coverage:
        if entry.status is Status.NOT_GRANTED:
            by_scope[entry.reason, entry.scopes].append(entry)
    if by_scope:
        console.print("\nOptional scopes that are not granted:")
    for (reason, scopes), entries in by_scope.items():
        console.print(printable(f"  {' or '.join(scopes)} {reason}{_kept(entries)}"))


def _kept(entries: list[Coverage]) -> str:
    """What an earlier run has read of it."""
    oldest = [entry.oldest for entry in entries if entry.oldest is not None]
    kept = sum(entry.stale for entry in entries)
    return f" ({kept} stale, the oldest from {format_time(min(oldest))})" if oldest else ""
