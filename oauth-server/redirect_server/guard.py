"""Checks of every request before routing, and headers of every response."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from flask import Request, Response
from markupsafe import Markup

from collector.settings.redirect_address import Address
from redirect_server.problems import CROSS_SITE, FORGED, PREFETCH, TOO_LONG, Problem

STYLE = Markup((Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - our own
"""Inlined in every page, so that the pages for browsers not let in have it too."""

_STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

HEADERS: Mapping[str, str] = {
    # No scripts, foreign assets, <base> or frames; forms are sent here only.
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    # RFC 9700 §4.2.4: the callback's address contains the code and must not leak.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), clipboard-read=(), clipboard-write=(), display-capture=(), fullscreen=(), "
        "geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), usb=()"
    ),
}

_BROWSER_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")
_MAX_QUERY_LENGTH = 8192


class Guard:
    """The checks for one address. The CSRF token is an HMAC of the browser's id, with a key of this server run."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._key = secrets.token_bytes(32)
        self.cookie = f"zoom_auth_{address.port}"
        self._opened_from_elsewhere = frozenset({"/", "/install", "/done", address.path})
        self._own_host_only = frozenset({"/", "/install", "/done", "/paste"})

    def wrong_host(self, request: Request) -> bool:
        """Whether the Host header is not one of this server's names: DNS rebinding, or a stray proxy."""
        return request.environ.get("HTTP_HOST", "").lower() not in self._address.authorities

    def is_at_other_name(self, request: Request) -> bool:
        """Whether the page must be opened under the host of the redirect URI: cookies belong to one name."""
        is_page = request.method in {"GET", "HEAD"} and request.path in self._own_host_only
        return is_page and request.environ["HTTP_HOST"].lower() != self._address.authority

    def own_address(self, request: Request) -> str:
        """The page under the host of the redirect URI, with the key if there was one and without other parameters."""
        key = self.key(request)
        return f"http://{self._address.authority}{request.path}" + (f"?key={key}" if key else "")

    def key(self, request: Request) -> str | None:
        """The key in the overview's address, or None."""
        value = request.args.get("key", "") if request.method == "GET" and request.path == "/" else ""
        return value if _KEY.fullmatch(value) else None

    def refusal(self, request: Request) -> Problem | None:
        """Why this request is not served, or None."""
        if len(request.query_string) > _MAX_QUERY_LENGTH:
            return TOO_LONG
        if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
            return PREFETCH
        if request.headers.get("Sec-Fetch-Site") == "cross-site" and not self._is_navigation(request):
            return CROSS_SITE
        if request.method == "POST" and not self._comes_from_our_page(request):
            return FORGED
        return None

    def browser_id(self, request: Request) -> str | None:
        """The id in the browser's cookie, or None."""
        value = request.cookies.get(self.cookie, "")
        return value if _BROWSER_ID.fullmatch(value) else None

    def csrf(self, browser_id: str) -> str:
        """The token in the forms shown to this browser."""
        return hmac.new(self._key, browser_id.encode(), hashlib.sha256).hexdigest()

    def set_cookie(self, response: Response, browser_id: str) -> None:
        """A cookie with the id only. Lax, because Strict cookies are not sent with Zoom's redirect back."""
        response.set_cookie(self.cookie, browser_id, httponly=True, samesite="Lax", path="/")

    def _is_navigation(self, request: Request) -> bool:
        """Zoom's redirect back is a cross-site navigation, and so is the redirect after it."""
        return (
            request.method in {"GET", "HEAD"}
            and request.path in self._opened_from_elsewhere
            and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
            and request.headers.get("Sec-Fetch-Dest", "document") == "document"
        )

    def _comes_from_our_page(self, request: Request) -> bool:
        """Origin and token. Pages without a referrer post with `Origin: null` (Fetch standard, "origin header")."""
        origin = request.headers.get("Origin", "null")
        if origin == "null":
            same_origin = request.headers.get("Sec-Fetch-Site") in {"same-origin", "none"}
        else:
            same_origin = origin == f"http://{request.environ['HTTP_HOST'].lower()}"
        browser_id = self.browser_id(request)
        if not same_origin or browser_id is None:
            return False
        return hmac.compare_digest(request.form.get("csrf", "").encode(), self.csrf(browser_id).encode())


def add_security_headers(response: Response) -> Response:
    """The response with the security headers."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
