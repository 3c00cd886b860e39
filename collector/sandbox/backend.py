"""What answers are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collector.clock import Clock
from collector.sandbox.account import Account
from collector.sandbox.answers import as_json
from collector.sandbox.paging import Page, Pager
from collector.sandbox.settings import UserSettings

Row = dict[str, Any]


@dataclass(frozen=True)
class Backend:
    """The account, and the way its lists are cut into pages."""

    account: Account
    pager: Pager
    settings: UserSettings
    clock: Clock


def listing(page: Page[Any], name: str, rows: Sequence[Row]) -> bytes:
    """The answer with one page of a list."""
    return as_json({**page.frame, name: rows})
