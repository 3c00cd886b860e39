"""Which host the API calls go to, and which hosts may ever see a token."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_API_OF_CLOUD = {"zoom.us": "https://api.zoom.us", "zoomgov.com": "https://api.zoomgov.com"}


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


def zoom_cloud(url: str) -> str | None:
    """`zoom.us` or `zoomgov.com` when the address is https under that domain, else `None`."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme != "https":
        return None
    return next((cloud for cloud in _API_OF_CLOUD if host == cloud or host.endswith(f".{cloud}")), None)


def is_safe(url: str) -> bool:
    """Whether a token may be sent there: https anywhere, plain http on loopback only (RFC 8252 §8.3)."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username or parts.password or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
