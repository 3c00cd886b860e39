"""The API's host, and which hosts a token may be sent to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

_API_OF_CLOUD = {"zoom.us": "https://api.zoom.us", "zoomgov.com": "https://api.zoomgov.com"}
_NO_PART_OF_A_BASE = re.compile(r"[\s\\?#@\x00-\x1f\x7f]")
"""A base address has neither user nor query. A backslash ends the host for some parsers but not for others."""


def api_url(configured: str | None, oauth_url: str, from_token: str | None) -> str | None:
    """The API's base address, without `/v2`.

    The setting wins; then the token answer's `api_url`, if it is https under Zoom's own domains; then the API host of
    the cloud of `oauth_url`. `None` without any.
    """
    if configured:
        return configured.rstrip("/")
    if from_token and zoom_cloud(from_token) is not None:
        return from_token.rstrip("/")
    cloud = zoom_cloud(oauth_url)
    return _API_OF_CLOUD[cloud] if cloud else None


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of a base address; the port defaults to the scheme's."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def zoom_cloud(url: str) -> str | None:
    """`zoom.us` or `zoomgov.com` when the address is https under that domain, else `None`."""
    parts = _base_address(url)
    if parts is None or parts.scheme != "https":
        return None
    host = parts.hostname or ""
    return next((cloud for cloud in _API_OF_CLOUD if host == cloud or host.endswith(f".{cloud}")), None)


def is_safe(url: str) -> bool:
    """Whether a token may be sent there: https anywhere, plain http on loopback only (RFC 8252 §8.3)."""
    parts = _base_address(url)
    if parts is None or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _base_address(url: str) -> SplitResult | None:
    """The parts of a base address, `None` when it is not one."""
    if _NO_PART_OF_A_BASE.search(url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
