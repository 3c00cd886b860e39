"""Follows `next_page_token` to the end of a list (Zoom developer docs, pagination)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from collector.errors import PageTokenExpired, Unread
from collector.model.graph import JsonObject
from collector.zoom.client import ZoomClient
from collector.zoom.endpoint import NO_PARAMS, Endpoint

MOST_RESTARTS = 3
"""How often a listing begins again because its page token expired (they live 15 minutes)."""
SPARE_PAGES = 5
"""Pages allowed beyond what `total_records` announces, before the listing is taken for endless."""
MOST_PAGES = 10_000
"""Pages of a list that announces no total, before it is taken for endless: three million rows."""


@dataclass(frozen=True)
class Page:
    """`rows` as Zoom sent them; `total`: `total_records` at the time of this page, where sent."""

    rows: Sequence[JsonObject]
    total: int | None


class EndlessListing(Unread):
    """The pages go in circles: Zoom repeated a token, sent empty pages with tokens, or never ends."""


def pages(
    client: ZoomClient,
    endpoint: Endpoint,
    ids: Mapping[str, str] = NO_PARAMS,
    params: Mapping[str, str] = NO_PARAMS,
) -> Iterator[Page]:
    """Every page of a list, from the first again when its token expired (rows then come twice).

    Raises what ZoomClient.get raises, EndlessListing when the pages go in circles, Unread when tokens keep expiring.
    """
    for _ in range(MOST_RESTARTS + 1):
        try:
            yield from _one_pass(client, endpoint, ids, params)
            return
        except PageTokenExpired:
            continue
    raise Unread(f"the page tokens of {endpoint.path} expired {MOST_RESTARTS + 1} times before the list ended")


def _one_pass(
    client: ZoomClient, endpoint: Endpoint, ids: Mapping[str, str], params: Mapping[str, str]
) -> Iterator[Page]:
    query = dict(params)
    if endpoint.page_size is not None:
        query["page_size"] = str(endpoint.page_size)
    tokens: set[str] = set()
    empty_pages = count = 0
    served = endpoint.page_size or 1
    while True:
        body = client.get(endpoint, ids, query)
        page = _page(endpoint, body)
        yield page
        count += 1
        token = str(body.get("next_page_token") or "")
        if not token:
            return
        empty_pages += not page.rows
        if count == 1 and page.rows:
            served = len(page.rows)  # Zoom may give fewer rows a page than were asked for
        if token in tokens:
            raise EndlessListing(f"Zoom sent the same page token twice for {endpoint.path}")
        if empty_pages > 1:
            raise EndlessListing(f"Zoom sent empty pages with a next page for {endpoint.path}")
        if page.total is not None and count > math.ceil(page.total / served) + SPARE_PAGES:
            raise EndlessListing(f"{endpoint.path} goes on after all {page.total} announced rows")
        if count > MOST_PAGES:
            raise EndlessListing(f"{endpoint.path} goes on after {MOST_PAGES} pages")
        tokens.add(token)
        query["next_page_token"] = token


def _page(endpoint: Endpoint, body: JsonObject) -> Page:
    if endpoint.rows is None:
        return Page([body], 1)
    rows = body.get(endpoint.rows)
    total = body.get("total_records")
    return Page(rows if isinstance(rows, list) else [], total if isinstance(total, int) else None)
