"""Answers: status, headers and body."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.sandbox.canaries import CANARY
from collector.sandbox.errors import ZoomError
from collector.sandbox.identifiers import number_from

JSON_TYPE = "application/json;charset=UTF-8"
HTML_TYPE = "text/html;charset=UTF-8"


@dataclass(frozen=True)
class SandboxResponse:
    """`dropped`: the connection ends in the middle of the body."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE
    dropped: bool = False


def json_bytes(document: object) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def refusal(error: ZoomError) -> SandboxResponse:
    return SandboxResponse(error.status, json_bytes(error.body), error.headers)


class CommonHeaders:
    """The headers of every recorded answer of Zoom, and some of its cookies, which clients should not keep."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._number = itertools.count(1)

    def __call__(self, cache_control: str) -> list[tuple[str, str]]:
        """Header names and values; the tracking id is a new one each time."""
        rid = f"{number_from(self._seed, 'tracking', next(self._number)):032X}"
        return [
            ("x-zm-trackingid", f"v=2.0;clid=us06;rid=WEB_{rid}"),
            ("x-zm-zoneid", "VA"),
            ("Cache-Control", cache_control),
            ("Pragma", "no-cache"),
            ("Expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
            ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
            ("X-Content-Type-Options", "nosniff"),
            ("Set-Cookie", f"zm_aid={CANARY}-COOKIE; Path=/; HttpOnly"),
            ("Set-Cookie", f"zm_haid={CANARY}-COOKIE-HAID; Path=/; HttpOnly"),
        ]
