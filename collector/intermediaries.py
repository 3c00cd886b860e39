"""Describes answers that do not come from the service: of a proxy, a network's sign-in page, a redirect.

Only the host of a redirect is shown: its query may contain secrets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

_HOST = re.compile(r"[a-z0-9_.:-]{1,255}", re.IGNORECASE)
_BEFORE_A_TAG = b"\xef\xbb\xbf \t\r\n"


def describe_redirect(status: int, headers: Mapping[str, str]) -> str:
    """Describes a redirect: `redirects to acme.zoom.us (HTTP 301), ...`."""
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
    """`HTML` or `XML` if the body is a page, otherwise None."""
    start = content[:512].lstrip(_BEFORE_A_TAG).lower()
    if not start.startswith(b"<"):
        return None
    declared = _header(headers, "content-type").lower()
    is_html = b"<html" in start or b"<!doctype html" in start or "html" in declared
    return "XML" if not is_html and (start.startswith(b"<?xml") or "xml" in declared) else "HTML"


def describe_non_json(status: int, headers: Mapping[str, str], content: bytes) -> str:
    """Describes a body that is not a JSON object, and its likely sender: `HTML instead of JSON: a sign-in page ...`."""
    page = markup_kind(headers, content)
    if page is None:
        return "something that is not a JSON object"
    # The edge of a failing service also answers in HTML.
    sender = "something in front of it or" if status >= 500 else "a sign-in page of this network or"
    return f"{page} instead of JSON: {sender} a proxy in between likely answered in its place"


def _header(headers: Mapping[str, str], wanted: str) -> str:
    return next((value for name, value in headers.items() if name.lower() == wanted), "")
