"""Which host the API calls go to, and which hosts may ever see a token."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

_API_OF_CLOUD = {"zoom.us": "https://api.zoom.us", "zoomgov.com": "https://api.zoomgov.com"}
_NO_PART_OF_A_BASE = re.compile(r"[\s\\?#@\x00-\x1f\x7f]")
"""A base address has neither user nor query, and a backslash ends the host for some readers but not for others."""
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
"""A part of a host name between its dots (RFC 1035 §2.3.1), and the underscores that some have all the same."""


def api_url(configured: str | None, oauth_url: str, from_token: str | None) -> str | None:
    """The API's base address, without `/v2`.

    The setting wins; else the token answer's `api_url` where it is https under Zoom's own domains; else the API host
    of the cloud that `oauth_url` belongs to. `None` when nothing says it.
    """
    if configured:
        return configured.rstrip("/")
    if from_token and zoom_cloud(from_token) is not None:
        return from_token.rstrip("/")
    cloud = zoom_cloud(oauth_url)
    return _API_OF_CLOUD[cloud] if cloud else None


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of a base address, the port of the scheme where it names none."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def zoom_cloud(url: str) -> str | None:
    """`zoom.us` or `zoomgov.com` when the address is https under that domain, else `None`."""
    parts = _base_address(url)
    if parts is None or parts.scheme != "https":
        return None
    host = parts.hostname or ""
    if not _is_valid_host(host):
        return None
    return next((cloud for cloud in _API_OF_CLOUD if host == cloud or host.endswith(f".{cloud}")), None)


def is_safe(url: str) -> bool:
    """Whether a token may be sent there: https anywhere, plain http on loopback only (RFC 8252 §8.3)."""
    parts = _base_address(url)
    if parts is None or not parts.hostname or not _is_valid_host(parts.hostname):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def has_invalid_host(url: str) -> bool:
    """Whether an address would do but for its host, which no computer can have."""
    parts = _base_address(url)
    return parts is not None and bool(parts.hostname) and not _is_valid_host(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_valid_host(host: str) -> bool:
    """Whether a host is an address, or a name that can be looked up, whether there is one of it or not."""
    try:
        if ":" in host:
            return bool(ipaddress.ip_address(host))
        name = host.encode("idna").decode()
    except ValueError:
        return False
    return all(_LABEL.fullmatch(label) for label in name.removesuffix(".").split("."))


def _base_address(url: str) -> SplitResult | None:
    """The parts of an address that calls can be made under, `None` when it is none."""
    if _NO_PART_OF_A_BASE.search(url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
