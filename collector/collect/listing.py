"""Reads a whole list and says whether it was whole.

Duplicate rows are no fault. Fewer unique rows than Zoom announces (`total_records`): one more pass, then the list is
incomplete. A list that did not end by itself is whole only if it holds just as many rows as Zoom announces (Zoom
developer docs, pagination; docs/architecture.md, "Coverage").
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
AGAIN = NextStep("Run `{}` again; if it stays, ask Zoom's support.", Command("collect"))
_THE_WHOLE_LIST = ListPass()


@dataclass(frozen=True)
class Rows:
    """Rows not seen before in this listing, each with the identifier it is known by from here on.

    `total` is what Zoom announces for the whole of the listing.
    """

    rows: Sequence[tuple[str, JsonObject]]
    total: int | None


@dataclass(frozen=True)
class ListEnd:
    """The end of a listing: how many different rows it held, and what kept it from being whole, if anything did."""

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
    """The rows page by page, each once and completed by the pass, and at last a ListEnd.

    `identify` gives a row's identifier; None for one it cannot tell from others.
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
    return Unread(f"{endpoint.path} gave {read} of the {total} rows Zoom announces, also when read again", AGAIN)
