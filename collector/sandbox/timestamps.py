"""Zoom's format of times."""

from __future__ import annotations

import time


def timestamp(seconds: float) -> str:
    """Seconds since 1970 as `2026-01-31T23:59:59Z` (Zoom recordings: UTC, no fraction)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
