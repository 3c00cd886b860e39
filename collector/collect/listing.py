"""Reads a list and decides whether it is complete.

Duplicate rows are fine. If there are fewer unique rows than Zoom announces (`total_records`), the list is read once
more, and is incomplete if rows are still missing. A list that never ends is complete only if it has exactly as many
rows as announced (Zoom developer docs, pagination; docs/architecture.md, "Coverage").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from collector.errors import CollectorError, DailyLimitReached, ReadingError, RestartListing, Unread
from collector.model.graph import JsonObject
from collector.next_steps import Command, NextStep
from collector.resources.declaration import ListPass
from collector.store.distinct import Distinct
from collector.zoom.client import ZoomClient
from collector.zoom.endpoint import NO_PARAMS, Endpoint
from collector.zoom.paging import pages

_PASSES = 2
COLLECT_AGAIN = NextStep("Run `{}` again. If it keeps failing, contact Zoom support.", Command("collect"))
_THE_WHOLE_LIST = ListPass()


@dataclass(frozen=True)
class Rows:
    """New rows of a list, each with its identifier. `total`: how many rows Zoom announces for the whole list."""

    rows: Sequence[tuple[str, JsonObject]]
    total: int | None


@dataclass(frozen=True)
class ListEnd:
    """The end of a list: how many different rows it had, and why it is incomplete, if it is."""

    read: int
    failure: CollectorError | None = None


def read_list(
    client: ZoomClient,
    endpoint: Endpoint,
    ids: Mapping[str, str] = NO_PARAMS,
    list_pass: ListPass = _THE_WHOLE_LIST,
    *,
    identify: Callable[[JsonObject], str | None],
) -> Iterator[Rows | ListEnd]:
    """The rows page by page, each once and completed by the pass; the last item is a ListEnd.

    `identify` returns a row's identifier, None if it has none.
    """
    problem: CollectorError | None = None
    with Distinct() as seen:
        for _ in range(_PASSES):
            total: int | None = None
            unidentified = 0
            circle: RestartListing | None = None
            try:
                for page in pages(client, endpoint, ids, list_pass.params):
                    total = max(page.total or 0, total or 0) if page.total is not None else total
                    new_rows = []
                    for row in map(list_pass.completed, page.rows):
                        identifier = identify(row)
                        if identifier is None:
                            unidentified += 1
                        elif seen.add(identifier):
                            new_rows.append((identifier, row))
                    yield Rows(new_rows, total)
            except RestartListing as endless:
                circle = endless
            except (ReadingError, DailyLimitReached) as failure:
                yield ListEnd(seen.count, failure)
                return
            problem = _problem(endpoint, seen.count, unidentified, total, circle)
            if problem is None:
                break
        yield ListEnd(seen.count, problem)


def _problem(
    endpoint: Endpoint, read: int, unidentified: int, total: int | None, circle: RestartListing | None
) -> CollectorError | None:
    if unidentified:
        return Unread(f"{unidentified} rows of {endpoint.path} have no id")
    if circle is not None:
        return None if total and read == total else circle
    if total is None or read >= total:
        return None
    return Unread(
        f"{endpoint.path} gave {read} of the {total} rows Zoom announces, also when read again", COLLECT_AGAIN
    )
