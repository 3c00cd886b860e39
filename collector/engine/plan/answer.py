"""The first answer of an endpoint, and what it says about the calls still to come."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from collector.engine.tally import FAILURES_IN_A_ROW
from collector.errors import CollectorError, Denied, NotApplicable, NotLicensed, ReadingError, Vanished
from collector.zoom.client import ZoomClient
from collector.zoom.endpoint import NO_PARAMS, Endpoint
from collector.zoom.paging import Page, pages


@dataclass(frozen=True)
class Refusal:
    """Why there was no answer, and how many calls finding out took; a collection spends as many."""

    failure: CollectorError
    calls: int

    @property
    def of_one(self) -> bool:
        """Whether it says nothing about the others of the same kind: this one has gone, or has no such document."""
        return isinstance(self.failure, Vanished | NotApplicable)

    @property
    def of_all(self) -> bool:
        """Whether a collection asks for no other of the same kind after it."""
        return self.scope_missing or isinstance(self.failure, NotLicensed)

    @property
    def scope_missing(self) -> bool:
        """Whether it is the token that lacks something, not the administrator's role."""
        return isinstance(self.failure, Denied) and bool(self.failure.scopes)


def first_answer(
    client: ZoomClient,
    endpoint: Endpoint,
    ids: Mapping[str, str] = NO_PARAMS,
    params: Mapping[str, str] = NO_PARAMS,
) -> Page | Refusal:
    """The first page of a list, or a document as the one row of a page.

    Raises DailyLimitReached, SignInRequired or Interrupted.
    """
    before = client.calls[endpoint.path]
    try:
        return next(pages(client, endpoint, ids, params))
    except ReadingError as failure:
        return Refusal(failure, client.calls[endpoint.path] - before)


def rows_announced(page: Page) -> int:
    """How many rows the whole list has."""
    return max(len(page.rows), page.total or 0)


def page_size_served(endpoint: Endpoint, page: Page) -> int | None:
    """Rows on a page: as many as the first had where others follow, else as many as are asked for, if a number is."""
    others_follow = rows_announced(page) > len(page.rows)
    return len(page.rows) if page.rows and others_follow else endpoint.page_size


def page_count(rows: int, page_size: int | None) -> int:
    """Calls for a list of so many rows; an empty one takes a call, too."""
    return max(1, math.ceil(rows / page_size)) if page_size else 1


def list_calls(endpoint: Endpoint, page: Page) -> int:
    """Calls for the whole list, its first page included.

    A list that holds fewer rows than it announces is read again, which costs what the missing rows would have.
    """
    return page_count(rows_announced(page), page_size_served(endpoint, page))


def is_open_ended(endpoint: Endpoint, page: Page) -> bool:
    """Whether more may follow a full page although Zoom announces no total, so that nobody knows how much."""
    return page.total is None and endpoint.page_size is not None and len(page.rows) >= endpoint.page_size


def document_calls(entities: int, answer: Page | Refusal) -> int:
    """Calls for the documents of one kind of so many entities, of which one was asked for.

    A failing kind is given up as a collection gives it up (engine.documents).
    """
    if not isinstance(answer, Refusal) or answer.of_one:
        return entities
    return answer.calls * (1 if answer.of_all else min(entities, FAILURES_IN_A_ROW))
