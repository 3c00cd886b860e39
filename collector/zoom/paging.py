"""Follows `next_page_token` to the end of a list (Zoom developer docs, pagination)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass

from collector.errors import RestartListing, Unread
from collector.model.graph import JsonObject
from collector.zoom.client import ZoomClient, total_records
from collector.zoom.endpoint import NO_PARAMS, Endpoint

MAX_RESTARTS = 3
"""How often a list is restarted because its page token expired (after 15 minutes)."""
MAX_REPEATED_PAGES = 5
"""How many pages may repeat an earlier page's rows under a new token before the list counts as endless."""
MAX_PAGES = 10_000
"""How many pages a list may have (three million rows) before it counts as endless."""


@dataclass(frozen=True)
class Page:
    """`rows` as Zoom sent them; `total`: `total_records` at the time of this page, where sent. It may be wrong."""

    rows: Sequence[JsonObject]
    total: int | None


def pages(
    client: ZoomClient,
    endpoint: Endpoint,
    ids: Mapping[str, str] = NO_PARAMS,
    params: Mapping[str, str] = NO_PARAMS,
) -> Iterator[Page]:
    """Every page of a list; starts over if the page token expires (rows then come twice).

    Raises what ZoomClient.get raises, Unread if tokens keep expiring, and RestartListing if the list is endless: Zoom
    repeats a token or pages, sends empty pages with tokens, or never ends.
    """
    for _ in range(MAX_RESTARTS + 1):
        if (yield from _pages_once(client, endpoint, ids, params)):
            return
    raise Unread(f"the page tokens of {endpoint.path} expired {MAX_RESTARTS + 1} times before the list ended")


def _pages_once(
    client: ZoomClient, endpoint: Endpoint, ids: Mapping[str, str], params: Mapping[str, str]
) -> Generator[Page, None, bool]:
    """The pages from the first; returns False if a page token expired before the end."""
    query = dict(params)
    if endpoint.page_size is not None:
        query["page_size"] = str(endpoint.page_size)
    tokens: set[str] = set()
    earlier: set[int] = set()
    empty_pages = repeated_pages = count = 0
    while True:
        try:
            body = client.get(endpoint, ids, query)
        except RestartListing:
            return False
        page = _page(endpoint, body)
        yield page
        count += 1
        token = str(body.get("next_page_token") or "")
        if not token:
            return True
        contents = hash(tuple(str(row.get("id") or row.get("email")) for row in page.rows))
        repeated_pages += bool(page.rows) and contents in earlier
        empty_pages += not page.rows
        if token in tokens:
            raise RestartListing(f"Zoom sent the same page token twice for {endpoint.path}")
        if empty_pages > 1:
            raise RestartListing(f"Zoom sent empty pages with a next page for {endpoint.path}")
        if repeated_pages > MAX_REPEATED_PAGES:
            raise RestartListing(f"Zoom kept sending the same pages for {endpoint.path}")
        if count > MAX_PAGES:
            raise RestartListing(f"{endpoint.path} has more than {MAX_PAGES} pages")
        tokens.add(token)
        earlier.add(contents)
        query["next_page_token"] = token


def _page(endpoint: Endpoint, body: JsonObject) -> Page:
    if endpoint.rows is None:
        return Page([body], 1)
    rows = body.get(endpoint.rows)
    return Page(rows if isinstance(rows, list) else [], total_records(body))
