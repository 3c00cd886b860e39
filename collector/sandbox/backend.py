"""What the endpoints answer from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collector.clock import Clock
from collector.sandbox.account import Account
from collector.sandbox.errors import validation_failed
from collector.sandbox.paging import ListQuery, Page, Pager
from collector.sandbox.responses import json_bytes
from collector.sandbox.settings import UserSettings

Row = dict[str, Any]


@dataclass(frozen=True)
class Backend:
    """The account, and what turns it into answers."""

    account: Account
    pager: Pager
    settings: UserSettings
    clock: Clock


def listing(page: Page[Any], name: str, rows: Sequence[Row]) -> bytes:
    """The answer with one page of a list."""
    return json_bytes({**page.frame, name: rows})


def requested_option(query: ListQuery, known: tuple[str, ...]) -> str:
    """The `option` of a query, "" without one; raises ZoomError for one the endpoint does not have."""
    option = query.parameters.get("option", "")
    if option not in known:
        raise validation_failed("option")
    return option
