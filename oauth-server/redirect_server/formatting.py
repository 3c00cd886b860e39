"""Times and account names for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone

from markupsafe import Markup, escape

_COMMAND = re.compile("`([^`]+)`")
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


def relative(moment: float, now: float) -> str:
    """`in 58 minutes`, `3 days ago`, `now`; both in seconds since 1970."""
    seconds = abs(moment - now)
    unit, size = next((known for known in _UNITS if seconds >= known[1]), ("minute", 60))
    count = int(seconds // size)
    if not count:
        return "in less than a minute" if moment > now else "just now"
    length = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {length}" if moment > now else f"{length} ago"


def absolute(moment: float) -> str:
    """Seconds since 1970 in this computer's time zone: `2026-11-23 18:04 CET`."""
    return datetime.fromtimestamp(moment, timezone.utc).astimezone().strftime("%Y-%m-%d %H:%M %Z")


def machine(moment: float) -> str:
    """Seconds since 1970 for a `datetime` attribute."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def describe_account(account: Mapping[str, object] | None) -> str:
    """Who has signed in, as far as known: `ada@example.com (account x1)`."""
    known = account or {}
    name = str(known.get("email") or known.get("id") or "a user Zoom did not name")
    return f"{name} (account {known['account_id']})" if known.get("account_id") else name


def whole(text: str) -> Markup:
    """The text with "sign-in" kept on one line, which a phone would break, and commands in backticks as code."""
    kept = escape(text).replace("sign-in", Markup('<span class="whole">sign-in</span>'))
    return Markup(_COMMAND.sub(r'<code class="copy">\1</code>', kept))  # noqa: S704 - escaped above


def breakable(text: object) -> Markup:
    """An e-mail address or a path that breaks after `@` and `/` before it breaks anywhere else."""
    return escape(text).replace("@", Markup("@<wbr>")).replace("/", Markup("/<wbr>"))
