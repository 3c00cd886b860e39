"""What may answer in a service's place, in words: a proxy, the sign-in page of a network, a redirect.

Of a redirect's address the host alone is told: its query may hold what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

_HOST = re.compile(r"[a-z0-9_.:-]{1,255}", re.IGNORECASE)
_BEFORE_A_TAG = b"\xef\xbb\xbf \t\r\n"


def describe_redirect(status: int, headers: Mapping[str, str]) -> str:
    """What an answer with a status from 300 to 399 does: `redirects to acme.zoom.us (HTTP 301), ...`."""
    location = _header(headers, "location")
    try:
        host = urlsplit(location).hostname or ""
    except ValueError:
        host = ""
    if _HOST.fullmatch(host):
        target = f"to {host}"
    else:
        target = "to another page of the same host" if location.startswith("/") else "elsewhere"
    return f"redirects {target} (HTTP {status}), which is not followed"


def markup_kind(headers: Mapping[str, str], content: bytes) -> str | None:
    """`HTML` or `XML` where the body is a page; None where it is something else."""
    start = content[:512].lstrip(_BEFORE_A_TAG).lower()
    if not start.startswith(b"<"):
        return None
    declared = _header(headers, "content-type").lower()
    is_html = b"<html" in start or b"<!doctype html" in start or "html" in declared
    return "XML" if not is_html and (start.startswith(b"<?xml") or "xml" in declared) else "HTML"


def describe_non_json(status: int, headers: Mapping[str, str], content: bytes) -> str:
    """What came where a JSON object is due, and who likely sent it: `HTML where JSON is due: a sign-in page ...`."""
    page = markup_kind(headers, content)
    if page is None:
        return "something that is not a JSON object"
    # The edge of a failing service answers in HTML, too.
    sender = "something in front of it or" if status >= 500 else "a sign-in page of this network or"
    return f"{page} where JSON is due: {sender} a proxy in between likely answered in its place"


def _header(headers: Mapping[str, str], wanted: str) -> str:
    return next((value for name, value in headers.items() if name.lower() == wanted), "")
