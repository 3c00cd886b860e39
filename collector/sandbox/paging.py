"""Lists in pages, by next_page_token (Zoom developer docs, pagination)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from collector.clock import Clock
from collector.sandbox.errors import bad_page_token, validation_failed
from collector.sandbox.identifiers import fraction_from

TokenAbsentStyle = Literal["missing", "empty"]
Item = TypeVar("Item")

DEFAULT_PAGE_SIZE = 30
MAXIMUM_PAGE_SIZE = 300
TOKEN_SECONDS = 15 * 60
_PAYLOAD = struct.Struct(">Id")
_SEAL_BYTES = 12


@dataclass(frozen=True)
class ListQuery:
    """A request for a list by `subject`. A page token is valid for exactly this query."""

    subject: str
    path: str
    parameters: Mapping[str, str]

    @property
    def token(self) -> str:
        return self.parameters.get("next_page_token", "")

    def identity(self) -> str:
        """Everything that must stay the same from page to page."""
        fixed = sorted(item for item in self.parameters.items() if item[0] != "next_page_token")
        return repr((self.subject, self.path, fixed))


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some of the items, and the fields beside them in the answer."""

    items: Sequence[Item]
    frame: Mapping[str, Any]


class Pager:
    """Cuts lists into pages.

    `token_absent_style`: whether the last page has no token or an empty one. `dup_rate` and `skip_rate`, 0 to 1: the
    share of page boundaries that repeat the last row before them, or lose the first row after them, as when the
    directory changes between two pages; `seed` decides which.
    """

    def __init__(
        self,
        clock: Clock,
        token_absent_style: TokenAbsentStyle = "missing",  # noqa: S107 - the word, not a token
        dup_rate: float = 0.0,
        skip_rate: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._clock = clock
        self._token_absent_style = token_absent_style
        self._dup_rate = dup_rate
        self._skip_rate = skip_rate
        self._seed = seed

    def page(self, items: Sequence[Item], query: ListQuery) -> Page[Item]:
        """The page asked for; raises ZoomError for sizes and tokens Zoom does not accept."""
        size = _page_size(query)
        start = self._start(query)
        end = min(start + size, len(items))
        frame: dict[str, Any] = {
            "page_count": -(-len(items) // size),
            "page_number": start // size + 1,
            "page_size": size,
            "total_records": len(items),
        }
        if end < len(items):
            frame["next_page_token"] = self.token(query, end)
        elif self._token_absent_style == "empty":  # noqa: S105 - the word, not a token
            frame["next_page_token"] = ""
        return Page(self._with_duplicates_and_gaps(items, start, end, query), frame)

    def token(self, query: ListQuery, start: int) -> str:
        """A token for the page that starts at item `start`."""
        payload = _PAYLOAD.pack(start, self._clock.now() + TOKEN_SECONDS)
        return base64.urlsafe_b64encode(payload + self._seal(payload, query)).decode()

    def token_for_same_page(self, query: ListQuery) -> str:
        """A token for the page that `query` asks for."""
        return self.token(query, self._start(query))

    def _start(self, query: ListQuery) -> int:
        if not query.token:
            return 0
        try:
            sealed = base64.urlsafe_b64decode(query.token)
            payload, seal = sealed[:-_SEAL_BYTES], sealed[-_SEAL_BYTES:]
            start, expires = _PAYLOAD.unpack(payload)
        except (binascii.Error, struct.error, ValueError):
            raise bad_page_token() from None
        if seal != self._seal(payload, query) or self._clock.now() >= expires:
            raise bad_page_token()
        return int(start)

    def _seal(self, payload: bytes, query: ListQuery) -> bytes:
        key = f"sandbox page tokens {self._seed}".encode()
        return hashlib.blake2b(payload + query.identity().encode(), key=key, digest_size=_SEAL_BYTES).digest()

    def _with_duplicates_and_gaps(
        self, items: Sequence[Item], start: int, end: int, query: ListQuery
    ) -> Sequence[Item]:
        rows = list(items[start:end])
        if start == 0 or not rows:
            return rows
        drawn = fraction_from(self._seed, query.path, start)
        if drawn < self._dup_rate:
            return [items[start - 1], *rows]
        if drawn >= 1.0 - self._skip_rate:
            return rows[1:]
        return rows


def _page_size(query: ListQuery) -> int:
    text = query.parameters.get("page_size", "")
    if not text:
        return DEFAULT_PAGE_SIZE
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MAXIMUM_PAGE_SIZE:
        raise validation_failed("page_size")
    return int(text)
